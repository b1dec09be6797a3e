import { ResponseError, ServiceError, TransportError } from "../errors.js";
import type { Deadline } from "../runtime/deadline.js";
import type { Clock, Log } from "../runtime/runtime.js";
import { printable } from "../text.js";
import { isThrottled, ThrottledError } from "./refusal.js";

export interface RetryOptions {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly deadline: Deadline;
  /** Further attempts after a transient fault. Being throttled is not a fault: that ends with the deadline. */
  readonly maxRetries: number;
  /** Shared by all requests of a read. */
  readonly budget: RetryBudget;
  /** What is attempted, for messages: "logging in to IAM". */
  readonly what: string;
}

/**
 * Thrown by an attempt that has put right what made it fail with `cause`: the clock was corrected, or new credentials can be
 * had. The next attempt follows at once; a second failure for the same reason is final.
 */
export class TryAgain extends Error {
  constructor(
    readonly reason: "clock" | "credentials",
    cause: unknown,
  ) {
    super(`the ${reason} changed, so another attempt may succeed`, { cause });
  }
}

const baseMs = 200;
/** A service that throttles without a word is asked again more slowly than one that stumbled. */
const throttledBaseMs = 500;
const capMs = 20_000;

/**
 * Attempts until one succeeds, with back-off and full jitter, except that a wait the service itself asks for is kept to,
 * uncut. Throws the last attempt's error where no further one may be made or could help; `DeadlineError` (with that error as
 * its cause) where the deadline comes before the next attempt; the signal's reason once that is aborted.
 */
export async function withRetries<T>(attempt: (n: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, deadline, budget, log, what } = options;
  const { signal } = deadline;
  const tries = new Tries(options);
  for (let n = 1; ; n++) {
    signal.throwIfAborted();
    try {
      const result = await attempt(n);
      budget.earn(tries.paid);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      const waitMs = tries.waitAfter(error);
      const last = error instanceof TryAgain ? error.cause : error;
      const reason = last instanceof Error ? last.message : String(last);
      log.debug(`hss: attempt ${n} at ${what} failed, next in ${Math.round(waitMs)} ms: ${printable(reason, 600)}`);
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    }
  }
}

/** What has been tried for one request. */
class Tries {
  private readonly counts = { throttled: 0, transient: 0 };
  private readonly renewed = new Set<string>();
  /** Retries that the budget has paid for. */
  paid = 0;

  constructor(private readonly options: RetryOptions) {}

  /** How long to wait before the next attempt, in milliseconds; throws the error if there is none. */
  waitAfter(error: unknown): number {
    if (error instanceof TryAgain) {
      if (this.renewed.has(error.reason)) throw error.cause;
      this.renewed.add(error.reason);
      return 0;
    }
    const { maxRetries, deadline, budget, what } = this.options;
    const verdict = classify(error);
    if (verdict === undefined || maxRetries === 0) throw error;
    if (verdict.kind === "transient" && this.counts.transient >= maxRetries) throw error;
    const waitMs = this.wait(verdict);
    const asked = verdict.afterMs === undefined ? "" : " that the service asks for";
    deadline.require(waitMs, `the wait${asked} before ${what} again`, error);
    if (verdict.kind === "transient") {
      if (!budget.spend(verdict.timedOut)) throw error;
      this.paid++;
    }
    this.counts[verdict.kind]++;
    return waitMs;
  }

  private wait({ kind, afterMs }: Verdict): number {
    const step = Math.min(capMs, (kind === "throttled" ? throttledBaseMs : baseMs) * 2 ** this.counts[kind]);
    const jittered = this.options.random() * step;
    if (afterMs === undefined) return jittered;
    // a service that says "at once" again and again does not mean it
    return this.counts[kind] > 0 ? Math.max(afterMs, jittered) : afterMs;
  }
}

/** What retries may cost in one read, so that a dead service fails fast while a few faults are healed. */
export interface RetryBudget {
  /** Pays for a retry; false where the budget is used up. */
  spend(timedOut?: boolean): boolean;
  /** Gives back what a retry that helped has cost; a success without retries earns a little. */
  earn(retriesPaid: number): void;
  readonly left: number;
}

/** A hundred retries that do not help. */
const capacity = 500;
const cost = 5;
/** A timeout has already cost time. */
const timeoutCost = 10;

/** The token bucket of the AWS SDKs' standard mode: a tenth of failures never empties it, a dead service soon does. */
export function createRetryBudget(): RetryBudget {
  let left = capacity;
  return {
    get left() {
      return left;
    },
    spend(timedOut = false) {
      const price = timedOut ? timeoutCost : cost;
      if (left < price) return false;
      left -= price;
      return true;
    },
    earn(retriesPaid) {
      left = Math.min(capacity, left + (retriesPaid > 0 ? retriesPaid * cost : 1));
    },
  };
}

/** Why another attempt can help. */
export interface Verdict {
  /** `throttled`: too fast, not a fault. `transient`: may be gone next time. */
  readonly kind: "throttled" | "transient";
  /** What the service asks to wait, in milliseconds; without it the back-off grows by itself. */
  readonly afterMs?: number;
  /** An attempt that held its place until it timed out costs more of the retry budget. */
  readonly timedOut?: boolean;
}

const transient = { kind: "transient" } as const;

/**
 * The verdict on an error; undefined where another attempt can't help. HSS answers 400 for nearly everything, so the code
 * comes before the status.
 */
export function classify(error: unknown): Verdict | undefined {
  if (error instanceof TransportError) return transport(error);
  // HTML from a proxy and half a JSON text, which a cut connection without a length leaves, look like this
  if (error instanceof ResponseError) return transient;
  if (error instanceof ServiceError) return service(error);
  return undefined;
}

/** A certificate or an address that is wrong stays wrong. */
const hopeless =
  /CERT|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|^ERR_TLS|^ERR_SSL|^UND_ERR_INVALID_ARG$|^ERR_INVALID_URL$|^HPE_INVALID_URL$/;
const timeouts = /TIMEOUT|TIMEDOUT|ABORT_ERR/;

function transport(error: TransportError): Verdict | undefined {
  const codes = causes(error).flatMap((cause) =>
    "code" in cause && typeof cause.code === "string" ? [cause.code] : [],
  );
  if (codes.some((code) => hopeless.test(code))) return undefined;
  const names = causes(error).map((cause) => ("name" in cause ? String(cause.name) : ""));
  return [...codes, ...names].some((text) => timeouts.test(text) || text === "TimeoutError")
    ? { ...transient, timedOut: true }
    : transient;
}

function causes(error: Error): object[] {
  const chain: object[] = [];
  for (let next: unknown = error.cause; typeof next === "object" && next !== null && chain.length < 10;) {
    chain.push(next);
    next = "cause" in next ? next.cause : undefined;
  }
  return chain;
}

const transientCodes = new Set(["HSS.0041", "HSS.1004", "HSS.1006"]);
const transientStatuses = new Set([408, 500, 502, 503, 504]);

function service(error: ServiceError): Verdict | undefined {
  const { status } = error;
  const code = error.errorCode === undefined ? undefined : currentForm(error.errorCode);
  const afterMs = error instanceof ThrottledError ? error.hint.retryAfterMs : undefined;
  const wait = afterMs === undefined ? {} : { afterMs };
  if (isThrottled(status, code)) return { kind: "throttled", ...wait };
  if (code !== undefined && transientCodes.has(code)) return { ...transient, ...wait };
  if (code !== undefined && callerCodes.has(code)) return undefined;
  // an error_code under 200 that is not known to be the caller's fault
  return transientStatuses.has(status) || (status >= 200 && status < 300) ? { ...transient, ...wait } : undefined;
}

const callerCodes = new Set([
  ...["HSS.0001", "HSS.0002", "HSS.0010", "HSS.0011", "HSS.0013", "HSS.0014"],
  ...["HSS.1001", "HSS.1002", "HSS.1003", "HSS.1005", "HSS.1019"],
  ...["0101", "0102", "0301", "0302", "0303", "0304", "0305"].flatMap((n) => [`APIGW.${n}`, `APIG.${n}`]),
]);

/** `00000010` is the older form of `HSS.0010`. */
const currentForm = (code: string): string => (/^0000\d{4}$/.test(code) ? `HSS.${code.slice(4)}` : code);
