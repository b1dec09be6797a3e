import { DeadlineError } from "../errors.js";
import { printable } from "../text.js";
import type { Clock } from "../runtime/runtime.js";
import { createRetryBudget, type RetryBudget } from "./retryBudget.js";
import { classify, type RetryKind, type Verdict } from "./retryClassify.js";

export { classify, createRetryBudget };
export type { RetryBudget, RetryKind, Verdict };

export interface RetryOptions {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly signal?: AbortSignal;
  /** Further attempts after a transient fault. Being throttled is no fault: that ends with the deadline. */
  readonly maxRetries: number;
  /** Milliseconds since the epoch. */
  readonly deadlineAt?: number;
  /** Shared by all requests of a read. */
  readonly budget: RetryBudget;
  readonly classify?: (error: unknown) => Verdict;
  /** Before the wait; the retry waits for what it returns, e.g. a new token. */
  readonly onRetry?: (retry: Retry) => void | Promise<void>;
  /** What is attempted, for messages: "reading a page". */
  readonly what?: string;
}

export interface Retry {
  readonly error: unknown;
  readonly kind: RetryKind;
  /** How many attempts were made. */
  readonly attempts: number;
  readonly waitMs: number;
}

const baseMs = 200;
/** A service that throttles without a word is asked again more slowly than one that stumbled. */
const throttledBaseMs = 500;
const capMs = 20_000;
/** Without a deadline being throttled must end some time, too. */
const maxThrottled = 50;

/**
 * Attempts until one succeeds, with back-off and full jitter, but for what the service itself asks to wait: that is
 * waited, uncut. Throws the last attempt's error where no further one may be made or could help; `DeadlineError` (with
 * that error as its cause) where the deadline comes before the next attempt; the signal's reason once it is aborted.
 */
export async function withRetries<T>(attempt: (n: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, budget } = options;
  const tries = new Tries(options);
  for (let n = 1; ; n++) {
    signal?.throwIfAborted();
    try {
      const result = await attempt(n);
      budget.earn(tries.paid);
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      const retry = tries.next(error, n);
      await options.onRetry?.(retry);
      if (retry.waitMs > 0) await clock.sleep(retry.waitMs, signal);
    }
  }
}

/** What has been tried for one request. */
class Tries {
  private readonly counts: Record<RetryKind, number> = { throttled: 0, transient: 0, auth: 0, skew: 0 };
  /** Retries that the budget has paid for. */
  paid = 0;

  constructor(private readonly options: RetryOptions) {}

  /** The next retry; throws where there is none. */
  next(error: unknown, attempts: number): Retry {
    const verdict = (this.options.classify ?? classify)(error);
    if (!verdict.retry || this.counts[verdict.kind] >= this.allowed(verdict.kind)) throw error;
    const waitMs = this.wait(verdict);
    this.mustMeetDeadline(error, verdict, waitMs);
    if (verdict.kind === "transient") {
      if (!this.options.budget.spend(verdict.timedOut)) throw error;
      this.paid++;
    }
    this.counts[verdict.kind]++;
    return { error, kind: verdict.kind, attempts, waitMs };
  }

  private allowed(kind: RetryKind): number {
    switch (kind) {
      case "transient":
        return this.options.maxRetries;
      case "throttled":
        return this.options.maxRetries === 0 ? 0 : maxThrottled;
      default:
        // a second refusal means that the new token, or the corrected clock, did not help
        return 1;
    }
  }

  private wait({ kind, afterMs }: Verdict & { retry: true }): number {
    if (kind === "auth" || kind === "skew") return afterMs ?? 0;
    const step = Math.min(capMs, (kind === "throttled" ? throttledBaseMs : baseMs) * 2 ** this.counts[kind]);
    const jittered = this.options.random() * step;
    if (afterMs === undefined) return jittered;
    // "at once" again and again is no answer to live by
    return this.counts[kind] > 0 ? Math.max(afterMs, jittered) : afterMs;
  }

  private mustMeetDeadline(error: unknown, { kind, afterMs }: Verdict & { retry: true }, waitMs: number): void {
    const { clock, deadlineAt, what = "the request" } = this.options;
    if (deadlineAt === undefined) return;
    const left = deadlineAt - clock.now();
    if (waitMs < left) return;
    const asked = afterMs === undefined ? "" : ", as the service asks,";
    const reason = kind === "throttled" ? "the service is asked too fast" : "the last attempt failed";
    const last = error instanceof Error ? error.message : String(error);
    throw new DeadlineError(
      `${what}: ${reason}, and waiting ${seconds(waitMs)}${asked} does not fit into the ${seconds(Math.max(0, left))} that deadlineSeconds leaves; raise deadlineSeconds or narrow the query. Last: ${printable(last, 600)}`,
      { cause: error },
    );
  }
}

const seconds = (ms: number): string => `${ms >= 10_000 ? Math.ceil(ms / 1000) : Number((ms / 1000).toFixed(1))} s`;
