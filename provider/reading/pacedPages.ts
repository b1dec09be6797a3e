import { reasonOf } from "../runtime/deadline.js";
import { DeadlineError } from "../errors.js";
import type { HssClient } from "../hss/client.js";
import type { Credentials, CredentialSource } from "../hss/credentials/index.js";
import type { EventFilter } from "../hss/request.js";
import { redactor } from "../redact.js";
import { ThrottledError } from "../hss/throttleHint.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Pace } from "./pace.js";
import type { PageSource, ReadPage } from "./pages.js";
import { duration } from "./span.js";
import { redactError } from "../redactError.js";
import { withRetries, type RetryBudget } from "../hss/retry.js";

/** What a read has cost so far. */
export interface RequestCounts {
  requests: number;
  retries: number;
  throttled: number;
}

export interface Workload {
  requests: number;
}

export interface PacedPagesOptions {
  readonly client: HssClient;
  readonly credentials: CredentialSource;
  readonly pace: Pace;
  readonly runtime: Runtime;
  readonly projectId: string;
  readonly filter: EventFilter;
  readonly counts: RequestCounts;
  /** What is still to be read, as far as it is known. */
  readonly workload: Workload;
  /** Throws where the workload can't be done in time; asked when the service has told its pace. */
  affordable(): void;
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
  readonly maxRetries: number;
  readonly budget: RetryBudget;
}

/** Pages of one read: each attempt waits for a slot, is newly signed, and is repeated where that can help. */
export function pacedPages(options: PacedPagesOptions): PageSource {
  const { client, credentials, pace, runtime, projectId, filter, counts } = options;
  const mustFit = (ms: number, what: string): void => {
    const left = options.deadlineAt - runtime.clock.now();
    if (ms < left) return;
    throw new DeadlineError(
      `reading HSS events: ${what} would take about ${duration(ms)}, and deadlineSeconds leaves ${duration(left)}: raise deadlineSeconds or narrow the query`,
    );
  };
  return async (time, offset, limit, signal, ownTurn) => {
    let used: Credentials | undefined;
    const attempt = async (n: number): Promise<ReadPage> => {
      const current = (used = await credentials.get(signal));
      const slot = await pace.enter({ at: options.deadlineAt, signal, require: mustFit });
      counts.requests++;
      if (n > 1) counts.retries++;
      try {
        const page = { filter, time, offset, limit };
        const arrived = async (): Promise<void> => {
          slot.done({ kind: "ok" });
          // answers that are there already let others go before this one is worked on
          await runtime.clock.sleep(0, signal);
          await ownTurn?.();
        };
        const answer = await client.listAppWhitelistEvents(projectId, page, current, { signal, arrived });
        slot.done({ kind: "ok" });
        options.workload.requests--;
        // the same object: `release` reaches everything that still holds it
        return Object.assign(answer, { offset, total: answer.totalNum });
      } catch (error) {
        if (error instanceof ThrottledError && error.status !== 503) {
          counts.throttled++;
          slot.done({ kind: "throttled", hint: error.hint });
        } else {
          slot.done({ kind: "failed" });
        }
        // before it is logged, or becomes the cause of another
        throw redactError(error, redactor(credentials.secrets()));
      }
    };
    try {
      return await withRetries(attempt, {
        ...options,
        clock: runtime.clock,
        random: runtime.random,
        signal,
        what: "listing HSS whitelist events",
        onRetry: ({ error, kind, waitMs, attempts }) => {
          // without another token the next attempt would fail as this one did
          if (kind === "throttled") options.affordable();
          if (kind === "auth" && used && !credentials.reject(used)) throw error;
          const reason = error instanceof Error ? error.message : String(error);
          runtime.log.debug(
            `hss: attempt ${attempts} at offset ${offset} failed, next in ${Math.round(waitMs)} ms: ${reason}`,
          );
        },
      });
    } catch (error) {
      if (signal?.aborted) throw reasonOf(signal);
      throw error;
    }
  };
}
