import type { RateLimit, ThrottleHint } from "../hss/refusal.js";
import type { Clock } from "../runtime/runtime.js";
import { Limits, type LimitSource, type Sent } from "./limit.js";

/**
 * Decides when requests are sent: as fast as the service allows. One for every account, endpoint and API, since that is
 * what a service counts by.
 */
export interface Pace {
  /**
   * Waits for a slot, first come first served. Rejects with the signal's reason, and with the deadline's error as soon as
   * it is known that the next slot comes too late.
   */
  enter(deadline: SlotDeadline): Promise<Slot>;
  /**
   * How long it takes to send so many more requests at the known rate, in milliseconds; where no limit is known, a guess
   * from how long answers take, 0 before the first one.
   */
  estimateMs(requests: number): number;
  readonly state: PaceState;
}

/** By when a request has to be sent: the part of `Deadline` that is needed here. */
export interface SlotDeadline {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly signal?: AbortSignal;
  /** Throws where `what` takes `ms` and that is more than is left. */
  require(ms: number, what: string): void;
}

/** Permission to send one request. */
export interface Slot {
  /** Once, whatever happened. */
  done(outcome: SlotOutcome): void;
}

export type SlotOutcome =
  | { readonly kind: "ok" }
  | { readonly kind: "failed" }
  /** Given up by who asked, which says nothing about the service. */
  | { readonly kind: "aborted" }
  | { readonly kind: "throttled"; readonly hint: ThrottleHint };

export interface PaceState {
  readonly inFlight: number;
  readonly waiting: number;
  /** How many may be in flight. */
  readonly width: number;
  readonly accepted: number;
  readonly throttled: number;
  /** The lowest limit, where one is known. */
  readonly limit?: RateLimit & { readonly source: LimitSource };
  /** When the next request may be sent, milliseconds since the epoch; only while a limit holds it back. */
  readonly pausedUntil?: number;
}

export interface PaceOptions {
  readonly clock: Clock;
  readonly maxConcurrency: number;
  /** Never more in any minute. */
  readonly requestsPerMinute?: number;
}

export function createPace(options: PaceOptions): Pace {
  return new SlotQueue(options);
}

interface Waiter {
  readonly deadline: SlotDeadline;
  readonly onAbort: () => void;
  readonly resolve: (slot: Slot) => void;
  readonly reject: (error: unknown) => void;
}

/** By then a minute's window is half empty, and what got through before proves less. */
const idleMs = 30_000;

class SlotQueue implements Pace {
  private readonly limits: Limits;
  private readonly waiters: Waiter[] = [];
  private ramp: Ramp;
  private inFlight = 0;
  private accepted = 0;
  private throttled = 0;
  private lastUsedAt = -Infinity;
  private timer: { readonly at: number; readonly stop: AbortController } | undefined;

  constructor(private readonly options: PaceOptions) {
    this.limits = new Limits(options.requestsPerMinute);
    this.ramp = new Ramp(options.maxConcurrency, -Infinity);
  }

  enter(deadline: SlotDeadline): Promise<Slot> {
    const { signal } = deadline;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = (): void => {
        this.remove(waiter);
        reject(signal?.reason as Error);
        this.admit();
      };
      const waiter: Waiter = { deadline, onAbort, resolve, reject };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.waiters.push(waiter);
      this.admit();
    });
  }

  estimateMs(requests: number): number {
    if (requests <= 0) return 0;
    const now = this.options.clock.now();
    const { averageMs } = this.limits.sent;
    const unlimitedMs = Math.ceil(requests / this.options.maxConcurrency) * averageMs;
    return Math.max(unlimitedMs, this.limits.nextAt(now, requests) - now + averageMs);
  }

  get state(): PaceState {
    const now = this.options.clock.now();
    const nextAt = this.limits.nextAt(now);
    const [lowest] = this.limits.all.sort((a, b) => b.gapMs - a.gapMs);
    return {
      inFlight: this.inFlight,
      waiting: this.waiters.length,
      width: this.ramp.width,
      accepted: this.accepted,
      throttled: this.throttled,
      ...(lowest && { limit: { requests: lowest.requests, perMs: lowest.perMs, source: lowest.source } }),
      ...(nextAt > now && { pausedUntil: nextAt }),
    };
  }

  private remove(waiter: Waiter): void {
    this.waiters.splice(this.waiters.indexOf(waiter), 1);
    waiter.deadline.signal?.removeEventListener("abort", waiter.onAbort);
  }

  /** Gives slots to all who may have one now, and sets a timer for the next. */
  private admit(): void {
    const now = this.options.clock.now();
    for (;;) {
      const at = this.limits.nextAt(now);
      if (at > now) this.rejectLate(at, now);
      const [first] = this.waiters;
      const next = first && this.ramp.allows(this.inFlight, now) ? first : undefined;
      if (!next || at > now) {
        // with too many in flight the next answer decides, not the time
        this.wakeAt(next && at);
        return;
      }
      this.remove(next);
      next.resolve(this.slot(now));
    }
  }

  /** Rejects waiters whose deadline precedes the next slot. */
  private rejectLate(at: number, now: number): void {
    const late = this.waiters.filter(({ deadline }) => deadline.at <= at);
    if (late.length === 0) return;
    const { limit } = this.state;
    const rate =
      limit && Number.isInteger(limit.requests) ? ` (${limit.requests} in ${limit.perMs / 1000} s are allowed)` : "";
    for (const waiter of late) {
      try {
        waiter.deadline.require(at - now, `waiting for the next request${rate}`);
      } catch (error) {
        this.remove(waiter);
        waiter.reject(error);
      }
    }
  }

  private slot(now: number): Slot {
    const isNew = this.inFlight === 0 && now - this.lastUsedAt > idleMs;
    if (isNew && !this.ramp.limited) this.ramp = new Ramp(this.options.maxConcurrency, now);
    this.lastUsedAt = now;
    this.inFlight++;
    const sent = this.limits.sent.add(now);
    let open = true;
    return {
      done: (outcome) => {
        if (!open) return;
        open = false;
        this.inFlight--;
        this.answered(sent, outcome);
        this.admit();
      },
    };
  }

  private answered(sent: Sent, outcome: SlotOutcome): void {
    const { limits, ramp } = this;
    const now = this.options.clock.now();
    if (outcome.kind === "ok") {
      this.accepted++;
      this.lastUsedAt = now;
      limits.accepted(sent, now);
      ramp.succeeded(sent.at, limits.enoughInFlight);
    } else if (outcome.kind === "aborted") {
      sent.answeredAt = now;
    } else if (outcome.kind === "failed") {
      sent.answeredAt = now;
      // the service is in trouble
      ramp.narrow(Math.max(2, Math.ceil(ramp.width / 2)), sent.at, now);
    } else {
      this.throttled++;
      if (!limits.refused(sent, outcome.hint, now)) return;
      ramp.limited = true;
      // one request finds out whether the limit is over
      ramp.narrow(1, sent.at, now);
    }
  }

  private wakeAt(at: number | undefined): void {
    if (this.timer?.at === at) return;
    this.timer?.stop.abort();
    this.timer = undefined;
    if (at === undefined) return;
    const timer = (this.timer = { at, stop: new AbortController() });
    // timers end early by a fraction of a millisecond
    const ms = Math.ceil(at - this.options.clock.now());
    this.options.clock.sleep(ms, timer.stop.signal).then(
      () => {
        if (this.timer !== timer) return;
        this.timer = undefined;
        this.admit();
      },
      () => undefined,
    );
  }
}

/**
 * How many requests may be in flight. All in flight when a limit is reached are refused, so the start is slow where the
 * common limits end: after five (HSS documents five a minute) and after ten (a second). A service that lets more than ten
 * a second through is soon read at full width.
 */
class Ramp {
  width: number;
  limited = false;
  private accepted = 0;
  private fast = false;
  private narrowedAt = -Infinity;

  constructor(
    private readonly most: number,
    private readonly startedAt: number,
  ) {
    this.width = Math.min(most, 3);
  }

  allows(inFlight: number, now: number): boolean {
    if (inFlight >= this.width) return false;
    if (this.limited || this.fast) return true;
    // the sixth and the eleventh go alone
    const most = [6, 11].find((count) => this.accepted < count) ?? this.tenASecond(now) + 3;
    return this.accepted + inFlight < most;
  }

  succeeded(sentAt: number, enough: number): void {
    this.accepted++;
    if (this.accepted > this.tenASecond(sentAt) + 2) this.fast = true;
    // answers to what was sent before the width was narrowed say nothing about it
    if (sentAt < this.narrowedAt) return;
    // if a limit comes now, fewer are refused than got through
    const wider = this.accepted < 11 ? 5 : Math.min(this.width + 1, Math.floor(0.75 * this.accepted));
    this.width = Math.max(this.width, Math.min(this.most, enough, wider));
  }

  /** Only once for all that were in flight together. */
  narrow(width: number, sentAt: number, now: number): void {
    if (sentAt < this.narrowedAt) return;
    this.narrowedAt = now;
    this.width = Math.min(this.most, width);
  }

  /** What a token bucket of ten, refilled with ten a second, has let through by then, less one. */
  private tenASecond(at: number): number {
    return Math.floor(9 + (at - this.startedAt) / 100);
  }
}
