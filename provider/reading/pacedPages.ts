import { abortError } from "../abort.js";
import type { HssClient } from "../hss/client.js";
import { withCredentials, type Credentials, type CredentialSource } from "../hss/credentials/index.js";
import type { EventFilter } from "../hss/request.js";
import { redactError, redactor } from "../redact.js";
import { ThrottledError } from "../hss/refusal.js";
import type { Deadline } from "../runtime/deadline.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Pace } from "./pace.js";
import type { PageSource, ReadPage } from "./pages.js";
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
  readonly deadline: Deadline;
  readonly maxRetries: number;
  readonly budget: RetryBudget;
}

/** Pages of one read: each attempt waits for its turn, is newly signed, and is repeated where that can help. */
export function pacedPages(options: PacedPagesOptions): PageSource {
  const { client, credentials, pace, runtime, projectId, filter, counts } = options;
  return async (time, offset, limit, signal, ownTurn) => {
    const attempt = async (n: number, current: Credentials): Promise<ReadPage> => {
      const turn = await pace.enter(signal, options.deadline.at);
      counts.requests++;
      if (n > 1) counts.retries++;
      try {
        const page = { filter, time, offset, limit };
        const arrived = async (): Promise<void> => {
          turn.done({ kind: "ok" });
          // answers that are there already let others go before this one is worked on
          await runtime.clock.sleep(0, signal);
          await ownTurn?.();
        };
        const answer = await client.listAppWhitelistEvents(projectId, page, current, { signal, arrived });
        turn.done({ kind: "ok" });
        options.workload.requests--;
        // the same object: `release` reaches everything that still holds it
        return Object.assign(answer, { offset, total: answer.totalNum });
      } catch (error) {
        if (error instanceof ThrottledError && error.status !== 503) {
          counts.throttled++;
          turn.done({ kind: "throttled", hint: error.hint });
          options.affordable();
        } else {
          turn.done({ kind: "failed" });
        }
        // before it is logged, or becomes the cause of another
        throw redactError(error, redactor(credentials.secrets()));
      }
    };
    try {
      return await withRetries((n) => withCredentials(credentials, signal, (current) => attempt(n, current)), {
        ...runtime,
        ...options,
        deadline: { ...options.deadline, signal: signal ?? options.deadline.signal },
        what: `listing HSS whitelist events at offset ${offset}`,
      });
    } catch (error) {
      if (signal?.aborted) throw abortError(signal, "reading HSS events");
      throw error;
    }
  };
}
