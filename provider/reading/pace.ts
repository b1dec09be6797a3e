import { DeadlineError } from "../errors.js";
import type { RateLimit, ThrottleHint } from "../hss/refusal.js";
import type { Clock } from "../runtime/runtime.js";
import { Allowance, type LimitSource } from "./pace-allowance.js";
import { History, type Sent } from "./pace-history.js";
import { Lessons } from "./pace-lessons.js";
import { Ramp } from "./pace-ramp.js";

/**
 * When requests are sent: as fast as the service allows. One for every account, endpoint and API, since that is what a
 * service counts by. It starts brisk; at the first refusal everything stops for as long as the service says, and from
 * then on its limit is kept, so that there is no second one.
 */
export interface Pace {
  /**
   * Waits for a turn, first come first served. Rejects with the signal's reason, and with a `DeadlineError` as soon as it
   * is known that the next turn is not before `deadlineAt` (milliseconds since the epoch).
   */
  enter(signal?: AbortSignal, deadlineAt?: number): Promise<Turn>;
  /**
   * How long so many requests that have not had their turn yet will take at the known rate, in milliseconds; a guess by
   * the answers' time where no limit is known, and 0 before the first answer.
   */
  estimateMs(requests: number): number;
  readonly state: PaceState;
}

export interface Turn {
  /** Once, whatever happened. */
  done(outcome: TurnOutcome): void;
}

export type TurnOutcome =
  { readonly kind: "ok" } | { readonly kind: "throttled"; readonly hint: ThrottleHint } | { readonly kind: "failed" };

export interface PaceState {
  readonly inFlight: number;
  readonly waiting: number;
  /** How many may be in flight. */
  readonly width: number;
  readonly accepted: number;
  readonly throttled: number;
  /** The limit that binds, where one is known. */
  readonly limit?: RateLimit & { readonly source: LimitSource };
  /** When the next one may be sent, milliseconds since the epoch; only while everything waits for that. */
  readonly pausedUntil?: number;
}

export interface PaceOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxConcurrency: number;
  /** Never more in any minute. */
  readonly requestsPerMinute?: number;
}

export function createPace(options: PaceOptions): Pace {
  return new PaceKeeper(options);
}

interface Waiting {
  readonly deadlineAt: number;
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

class PaceKeeper implements Pace {
  private readonly history = new History();
  private readonly lessons: Lessons;
  private readonly ramp: Ramp;
  private readonly queue: Waiting[] = [];
  private inFlight = 0;
  private accepted = 0;
  private throttled = 0;
  private alarm: { readonly at: number; readonly controller: AbortController } | undefined;

  constructor(private readonly options: PaceOptions) {
    this.lessons = new Lessons(this.history, configured(options.requestsPerMinute));
    this.ramp = new Ramp(Math.max(1, Math.floor(options.maxConcurrency)));
  }

  enter(signal?: AbortSignal, deadlineAt = Infinity): Promise<Turn> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        reject(signal?.reason as Error);
        this.admit();
      };
      const waiting: Waiting = {
        deadlineAt,
        admit: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve(this.turn());
        },
        refuse: (error) => {
          signal?.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.queue.push(waiting);
      this.admit();
    });
  }

  estimateMs(requests: number): number {
    if (requests <= 0) return 0;
    const now = this.options.clock.now();
    const { roundTripMs } = this.history;
    const width = this.lessons.learned.length > 0 ? this.options.maxConcurrency : this.ramp.width;
    const unlimited = Math.ceil(requests / Math.max(1, width)) * roundTripMs;
    const resumeAt = Math.max(now, this.lessons.resumeAt);
    const last = this.lessons.allowances.map((limit) => limit.lastAt(this.history, resumeAt, requests));
    return Math.max(unlimited, Math.max(resumeAt, ...last) - now + roundTripMs);
  }

  get state(): PaceState {
    const { allowances } = this.lessons;
    const [slowest] = [...allowances].sort((a, b) => b.gapMs - a.gapMs);
    const now = this.options.clock.now();
    const nextAt = this.nextAt(now);
    return {
      inFlight: this.inFlight,
      waiting: this.queue.length,
      width: this.ramp.width,
      accepted: this.accepted,
      throttled: this.throttled,
      ...(slowest && { limit: { ...slowest.limit, source: slowest.source } }),
      ...(nextAt > now && { pausedUntil: nextAt }),
    };
  }

  private turn(): Turn {
    const { clock } = this.options;
    const sentAt = clock.now();
    this.ramp.sent(this.inFlight, sentAt);
    this.inFlight++;
    const sent = this.history.add(sentAt);
    for (const limit of this.lessons.allowances) limit.sent(sentAt);
    let open = true;
    return {
      done: (outcome) => {
        if (!open) return;
        open = false;
        this.inFlight--;
        this.answered(sent, outcome, clock.now());
        this.admit();
      },
    };
  }

  private answered(sent: Sent, outcome: TurnOutcome, now: number): void {
    switch (outcome.kind) {
      case "ok":
        this.accepted++;
        this.history.accepted(sent, now);
        this.ramp.succeeded(sent.at, now, this.lessons.measured?.gapMs);
        this.lessons.accepted(sent, now);
        return;
      case "failed":
        this.history.failed(sent, now);
        this.ramp.failed(sent.at, now);
        return;
      case "throttled":
        this.throttled++;
        this.history.refused(sent);
        if (this.lessons.refused(sent, outcome.hint, now)) this.ramp.throttled(now, this.lessons.measured?.gapMs);
    }
  }

  /** Admits all that may go now, and wakes for the next. */
  private admit(): void {
    const now = this.options.clock.now();
    this.refuseLate(now);
    for (;;) {
      const [next] = this.queue;
      // what is not for the time to decide is decided when an answer comes
      if (!next || !this.ramp.allows(this.inFlight, now)) {
        this.wakeAt(undefined);
        return;
      }
      const at = this.nextAt(now);
      if (at > now) {
        this.wakeAt(at);
        return;
      }
      this.queue.shift();
      next.admit();
      this.history.forgetOld(2 * Math.max(0, ...this.lessons.allowances.map(({ requests }) => requests)));
    }
  }

  /** Whom the next turn comes too late for. */
  private refuseLate(now: number): void {
    if (!this.queue.some(({ deadlineAt }) => deadlineAt < Infinity)) return;
    const at = this.nextAt(now);
    for (const waiting of this.queue.filter(({ deadlineAt }) => at > now && at >= deadlineAt)) {
      this.queue.splice(this.queue.indexOf(waiting), 1);
      waiting.refuse(tooLate(at - now, waiting.deadlineAt - now, this.state.limit));
    }
  }

  private nextAt(now: number): number {
    const times = this.lessons.allowances.map((limit) => limit.nextAt(this.history, now));
    return Math.max(now, this.lessons.resumeAt, ...times);
  }

  private wakeAt(at: number | undefined): void {
    if (this.alarm?.at === at) return;
    this.alarm?.controller.abort();
    this.alarm = undefined;
    if (at === undefined) return;
    const alarm = { at, controller: new AbortController() };
    this.alarm = alarm;
    // timers end early by a fraction of a millisecond
    const ms = Math.ceil(at - this.options.clock.now());
    this.options.clock.sleep(ms, alarm.controller.signal).then(
      () => {
        if (this.alarm !== alarm) return;
        this.alarm = undefined;
        this.admit();
      },
      () => undefined,
    );
  }
}

const seconds = (ms: number): string => `${Math.ceil(Math.max(0, ms) / 1000)} s`;

function tooLate(waitMs: number, leftMs: number, limit?: RateLimit): DeadlineError {
  const known =
    limit && Number.isInteger(limit.requests) ? ` (${limit.requests} requests in ${seconds(limit.perMs)})` : "";
  return new DeadlineError(
    `the next request is allowed in ${seconds(waitMs)}${known}, and deadlineSeconds leaves ${seconds(leftMs)}: raise deadlineSeconds or narrow the query`,
  );
}

/** A window of a minute, or as much longer as it takes to hold whole requests. */
function configured(requestsPerMinute: number | undefined): Allowance[] {
  if (requestsPerMinute === undefined || !(requestsPerMinute > 0)) return [];
  const requests = Math.max(1, Math.floor(requestsPerMinute));
  return [new Allowance({ requests, perMs: (60_000 * requests) / requestsPerMinute }, "configured")];
}
