import { FileError } from "../errors.js";
import type { Clock } from "../runtime/runtime.js";
import type { BucketClient, Condition, PutOptions } from "./bucketClient.js";
import { isAbsent, isThere, isUnknownHeader, refusalOf, type StoreRefusal } from "./bucketErrors.js";

/** How a store is kept from replacing what is there. */
export interface Way {
  /** That it does not refuse; undefined where there is none. */
  readonly condition?: Condition;
  /** Whether it follows it; if not, writers settle it among themselves. */
  readonly isFollowed: boolean;
}

export interface OnlyOnceOptions {
  readonly client: Pick<BucketClient, "get" | "has" | "list" | "put" | "remove" | "place">;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** A name that nobody else draws. */
  readonly unique: () => string;
}

/** A claim that is so much older than another was left behind, by the store's clock. */
const staleMs = 15 * 60_000;
/** Whoever has a claim has written by then, or writes no more. */
const writeMs = 5 * 60_000;
/** So long others may hold theirs before somebody gives up. */
const patienceMs = 2 * 60_000;
const mostConflicts = 8;

/**
 * Writes an object where there is none, for one of however many who try. Most stores do that themselves if they are asked to,
 * each by another header; which one this store follows is tried out first, since one that does not know a header may ignore it.
 */
export class OnlyOnce {
  private found: Promise<Way> | undefined;

  constructor(private readonly options: OnlyOnceOptions) {}

  /** True where the object is there and is this one, also where an earlier attempt, whose answer was lost, wrote it. */
  async create(path: string, bytes: Uint8Array): Promise<boolean> {
    const { condition, isFollowed } = await this.way();
    return isFollowed && condition ? this.conditional(path, bytes, condition) : this.claimed(path, bytes, condition);
  }

  /** The store's way, tried out once. */
  way(): Promise<Way> {
    if (!this.found) {
      this.found = this.tryOut();
      this.found.catch(() => (this.found = undefined));
    }
    return this.found;
  }

  private async tryOut(): Promise<Way> {
    const { client, unique } = this.options;
    const ways: Condition[] = client.place.isObs ? ["x-obs-forbid-overwrite", "if-none-match"] : ["if-none-match"];
    let ignored: Condition | undefined;
    for (const condition of ways) {
      const path = `.claims/probe-${unique()}`;
      const first = await this.tried(path, condition);
      if (first && isUnknownHeader(first)) continue;
      if (first && !isThere(first)) throw first.error;
      // an attempt whose answer was lost wrote it; else the store says of any object that it is there
      if (first && !(await this.exists(path))) continue;
      const second = await this.tried(path, condition);
      await client.remove(path);
      if (second && isThere(second)) return { condition, isFollowed: true };
      if (second && !isUnknownHeader(second)) throw second.error;
      ignored = condition;
    }
    return { ...(ignored && { condition: ignored }), isFollowed: false };
  }

  private async tried(path: string, condition: Condition): Promise<(StoreRefusal & { error: unknown }) | undefined> {
    try {
      await this.options.client.put(path, Buffer.from("{}\n"), { condition });
      return undefined;
    } catch (error) {
      return { ...refusalOf(error), error };
    }
  }

  private async conditional(path: string, bytes: Uint8Array, condition: Condition): Promise<boolean> {
    const { client, clock, random } = this.options;
    for (let conflict = 1; ; conflict++) {
      try {
        await client.put(path, bytes, { condition });
        return true;
      } catch (error) {
        const refusal = refusalOf(error);
        if (isThere(refusal)) return this.isOurs(path, bytes);
        // no answer: it may have been written all the same
        if (refusal.status === undefined && (await this.isOurs(path, bytes).catch(() => false))) return true;
        // two at once, of whom neither may have been first
        if (refusal.status !== 409 || conflict === mostConflicts) throw error;
        await clock.sleep(100 * 2 ** conflict * (0.5 + random()));
      }
    }
  }

  /**
   * Everybody lays a claim beside the others' and looks whether it is alone. Of two, the later one sees the earlier one's claim, or
   * if that is gone again, what it wrote: so no two write. Holds where a list shows at once what was written, and where no
   * request that was given up takes effect ten minutes later.
   */
  private async claimed(path: string, bytes: Uint8Array, condition?: Condition): Promise<boolean> {
    const { client, clock, random, unique } = this.options;
    const folder = `.claims/${path}/`;
    const until = clock.now() + patienceMs;
    for (let attempt = 0; ; attempt++) {
      if (await this.exists(path)) return this.isOurs(path, bytes);
      const claim = `${folder}${unique()}`;
      const since = clock.now();
      await client.put(claim, Buffer.from("{}\n"), { withinMs: writeMs / 5 });
      let mayBeUnderWay = false;
      try {
        const claims = await client.list(folder);
        const own = claims.find(({ key }) => key === claim);
        const others = claims.filter(({ key }) => key !== claim);
        const isStale = ({ modifiedAt }: { modifiedAt: number }) => own && own.modifiedAt - modifiedAt > staleMs;
        for (const other of others.filter(isStale)) await client.remove(other.key);
        if (own && others.every(isStale)) {
          if (await this.exists(path)) return await this.isOurs(path, bytes);
          const left = since + writeMs - clock.now();
          if (left > 0) {
            mayBeUnderWay = true;
            const isFirst = await this.putAlone(path, bytes, { withinMs: left, ...(condition && { condition }) });
            mayBeUnderWay = false;
            return isFirst;
          }
        }
      } catch (error) {
        // without an answer the write may still take effect: nobody else is to write until that is past
        mayBeUnderWay &&= refusalOf(error).status === undefined;
        throw error;
      } finally {
        if (!mayBeUnderWay) await client.remove(claim).catch(() => undefined);
      }
      if (clock.now() > until) {
        throw new FileError(
          `another sync holds a claim to ${path}, or was stopped while it did: it is void after ${staleMs / 60_000} minutes, try again then`,
        );
      }
      await clock.sleep(Math.min(5000, 100 * 2 ** attempt) * (0.5 + random()));
    }
  }

  private async putAlone(path: string, bytes: Uint8Array, options: PutOptions): Promise<boolean> {
    try {
      await this.options.client.put(path, bytes, options);
      return true;
    } catch (error) {
      if (isThere(refusalOf(error))) return this.isOurs(path, bytes);
      throw error;
    }
  }

  private async exists(path: string): Promise<boolean> {
    try {
      await this.options.client.has(path);
      return true;
    } catch (error) {
      if (isAbsent(refusalOf(error))) return false;
      throw error;
    }
  }

  private async isOurs(path: string, bytes: Uint8Array): Promise<boolean> {
    return (await this.options.client.get(path)).equals(bytes);
  }
}
