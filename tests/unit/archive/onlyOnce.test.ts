import type { Condition, PutOptions, StoredObject } from "../../../provider/archive/bucketClient.js";
import { OnlyOnce } from "../../../provider/archive/onlyOnce.js";
import { virtualClock, type VirtualClock } from "../../support/virtualClock.js";

interface Behaviour {
  /** What the store does with the header; of OBS's own header the second. */
  readonly ifNoneMatch: "follows" | "ignores" | "refuses" | "misunderstands";
  readonly forbidOverwrite?: "follows" | "ignores" | "refuses";
  /** A part of answers is lost, before or after the request took effect. */
  readonly lost?: number;
  /** A part of conditional writes ends with 409, as AWS's of two at once. */
  readonly conflicts?: number;
  readonly isObs?: boolean;
}

const refusal = (status: number, Code: string) =>
  Object.assign(new Error(Code), { Code, $metadata: { httpStatusCode: status } });

/** A bucket whose requests arrive, take effect at one moment, and are answered, with others' in between. */
class ModelBucket {
  readonly objects = new Map<string, { bytes: Buffer; modifiedAt: number }>();
  readonly written: string[] = [];
  isStopped: (key: string) => boolean = () => false;

  constructor(
    private readonly behaviour: Behaviour,
    private readonly clock: VirtualClock,
    private readonly random: () => number,
  ) {}

  get place() {
    return { isObs: this.behaviour.isObs ?? false } as never;
  }

  put(key: string, bytes: Uint8Array, { condition, withinMs = 1e9 }: PutOptions = {}): Promise<void> {
    return this.request(() => {
      const how = condition && this.howTo(condition);
      if (how === "misunderstands") throw refusal(412, "PreconditionFailed");
      if (how === "refuses") throw refusal(501, "NotImplemented");
      if (how === "follows" && this.objects.has(key))
        throw condition === "if-none-match" ? refusal(412, "PreconditionFailed") : refusal(409, "ObjectAlreadyExists");
      if (how === "follows" && key === path && this.random() < (this.behaviour.conflicts ?? 0))
        throw refusal(409, "ConditionalRequestConflict");
      if (!key.startsWith(".claims/")) this.written.push(Buffer.from(bytes).toString());
      this.objects.set(key, { bytes: Buffer.from(bytes), modifiedAt: this.clock.now() });
    }, withinMs);
  }

  get(key: string): Promise<Buffer> {
    return this.request(() => {
      const found = this.objects.get(key);
      if (!found) throw refusal(404, "NoSuchKey");
      return found.bytes;
    });
  }

  async has(key: string): Promise<void> {
    await this.get(key);
  }

  remove(key: string): Promise<void> {
    if (this.isStopped(key)) return new Promise(() => undefined);
    return this.request(() => void this.objects.delete(key));
  }

  list(prefix: string): Promise<StoredObject[]> {
    return this.request(() =>
      [...this.objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { bytes, modifiedAt }]) => ({ key, size: bytes.length, modifiedAt })),
    );
  }

  private howTo(condition: Condition) {
    return condition === "if-none-match" ? this.behaviour.ifNoneMatch : (this.behaviour.forbidOverwrite ?? "refuses");
  }

  private async request<T>(effect: () => T, withinMs = 1e9): Promise<T> {
    const { clock, random } = this;
    // attempts of the client, each with its own fate
    for (const end = clock.now() + withinMs; ;) {
      await clock.sleep(Math.ceil(random() * 200));
      const fate = random();
      const lost = this.behaviour.lost ?? 0;
      const result = fate < lost / 2 || clock.now() > end ? undefined : { value: effect() };
      await clock.sleep(Math.ceil(random() * 200));
      if (clock.now() > end) throw Object.assign(new Error("timed out"), { name: "TimeoutError" });
      if (result && fate >= lost) return result.value;
      if (random() < 0.2) throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
    }
  }
}

/** Numbers in [0, 1), the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

const path = "manifests/00000007.json";

async function race(behaviour: Behaviour, seed: number, writers: number) {
  const clock = virtualClock();
  const random = randomOf(seed);
  const bucket = new ModelBucket(behaviour, clock, random);
  let drawn = 0;
  const made = Array.from({ length: writers }, async (_, n) => {
    const onlyOnce = new OnlyOnce({ client: bucket, clock, random, unique: () => `u${++drawn}` });
    await clock.sleep(random() * 500);
    return onlyOnce.create(path, Buffer.from(`writer ${n}`)).catch(() => "unknown" as const);
  });
  const results = await clock.run(Promise.all(made));
  return { results, bucket };
}

const behaviours: readonly (readonly [string, Behaviour])[] = [
  ["follows If-None-Match", { ifNoneMatch: "follows" }],
  ["follows it, and refuses some of two at once", { ifNoneMatch: "follows", conflicts: 0.3 }],
  ["follows it, and loses answers", { ifNoneMatch: "follows", lost: 0.3 }],
  ["ignores it", { ifNoneMatch: "ignores" }],
  ["ignores it, and loses answers", { ifNoneMatch: "ignores", lost: 0.2 }],
  ["refuses it", { ifNoneMatch: "refuses" }],
  ["refuses every write with it", { ifNoneMatch: "misunderstands" }],
  ["is OBS, and follows its own header", { ifNoneMatch: "refuses", forbidOverwrite: "follows", isObs: true }],
  ["is OBS, and knows If-None-Match only", { ifNoneMatch: "follows", forbidOverwrite: "ignores", isObs: true }],
  ["is OBS, and knows neither", { ifNoneMatch: "ignores", forbidOverwrite: "ignores", isObs: true }],
];

test.each(behaviours)("of several writers exactly one is first where a store %s", async (_, behaviour) => {
  let unknown = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const { results, bucket } = await race(behaviour, seed, 2 + (seed % 3));
    const there = bucket.objects.get(path)?.bytes.toString();
    const winners = results.flatMap((result, n) => (result === true ? [`writer ${n}`] : []));
    unknown += results.filter((result) => result === "unknown").length;
    // nobody was overwritten: one content only was ever written, though an answer may have been lost
    expect([seed, new Set(bucket.written).size]).toEqual([seed, there === undefined ? 0 : 1]);
    expect([seed, winners.length <= 1]).toEqual([seed, true]);
    if (winners[0] !== undefined) expect([seed, there]).toEqual([seed, winners[0]]);
    if (!results.includes("unknown")) expect([seed, winners.length]).toEqual([seed, 1]);
    expect([...bucket.objects.keys()].filter((key) => key.startsWith(".claims/manifests"))).toEqual(
      behaviour.lost === undefined ? [] : expect.anything(),
    );
  }
  if (behaviour.lost === undefined) expect(unknown).toBe(0);
});

test("a claim that was left behind is void after a quarter of an hour, and not before", async () => {
  const clock = virtualClock();
  const bucket = new ModelBucket({ ifNoneMatch: "refuses" }, clock, randomOf(1));
  bucket.objects.set(`.claims/${path}/somebody`, { bytes: Buffer.from(""), modifiedAt: clock.now() });
  const attempt = () =>
    new OnlyOnce({ client: bucket, clock, random: Math.random, unique: () => "mine" }).create(path, Buffer.from("x"));
  await expect(clock.run(attempt())).rejects.toThrow(
    "another sync holds a claim to manifests/00000007.json, or was stopped while it did: it is void after 15 minutes, try again then",
  );
  await clock.run(clock.sleep(14 * 60_000));
  await expect(clock.run(attempt())).resolves.toBe(true);
  expect([...bucket.objects.keys()]).toEqual([path]);
});
