import type { RateLimit } from "../hss/refusal.js";
import type { History } from "./pace-history.js";

/** Where a limit is known from. */
export type LimitSource = "configured" | "said" | "measured";

/**
 * What kind of limiter to be right for.
 *
 * - `window`: N requests in any time M, as early as possible. What a sliding window accepts, a fixed window of that size
 *   accepts, too, and so does a bucket of N that refills at N/M. It is the fastest that is safe with all three.
 * - `spread`: the same, and one every M/N. For limiters that let fewer through at once than they say.
 * - `bucket`: one every M/N, and what was not used before may be used later. For a bucket that is known to be empty.
 */
export type LimiterShape = "window" | "spread" | "bucket";

/** Timers and clocks are not exact: this much later than allowed, as a part of the window. */
const marginOf = (perMs: number): number => Math.min(100, Math.max(5, perMs * 0.005));
/** Timers wake late; so much may be caught up. */
const timerMs = 5;

const fullLateness = 0.25;

/** So much more of a measured limit is tried at a time. */
export const dareStep = 0.05;

/** One limit, and when it allows the next request. */
export class Allowance {
  shape: LimiterShape = "window";
  /** What is used of it: less while others seem to use the same limit, more while trying what it really is. */
  factor = 1;
  /** How much more than measured it may be, as a part of it. */
  doubt = dareStep;
  /** How much of a request's lateness is believed to be on the way there, as a part of the window. */
  private latenessPart = 0.15;
  /** Requests sent until then are not in the server's window any more. */
  private ignoredUntil = -Infinity;
  /** The next place of `spread` and `bucket`. */
  private placeAt = -Infinity;

  constructor(
    public limit: RateLimit,
    readonly source: LimitSource,
  ) {}

  get requests(): number {
    return Math.max(1, Math.floor(this.limit.requests * this.factor + 1e-9));
  }

  /** Milliseconds until a request leaves the window. */
  private get spanMs(): number {
    return this.limit.perMs + marginOf(this.limit.perMs);
  }

  get gapMs(): number {
    return this.spanMs / (this.limit.requests * this.factor);
  }

  /** When the next request may be sent: now or later. */
  nextAt(history: History, now: number): number {
    return Math.max(this.windowAt(history, now), this.place(now));
  }

  /** When `requests` further ones will have been sent, if nothing else is. */
  lastAt(history: History, now: number, requests: number): number {
    const last = requests - 1;
    const placed = this.shape === "window" ? now : this.place(now) + last * this.gapMs;
    if (this.shape === "bucket") return Math.max(now, placed - Math.max(0, now - this.placeAt));
    const leaving = this.leaving(history, now).slice(-this.requests);
    const free = this.requests - leaving.length;
    const slot = last % this.requests;
    const first = slot < free ? now : (leaving[slot - free] ?? now);
    return Math.max(placed, first + Math.floor(last / this.requests) * this.spanMs);
  }

  sent(now: number): void {
    if (this.shape !== "window") this.placeAt = Math.max(this.placeAt, now - this.creditMs) + this.gapMs;
  }

  /** Whether so many were sent that the limit explains a refusal. */
  isUsedUp(history: History, now: number): boolean {
    return this.leaving(history, now).length >= this.requests;
  }

  /** From then on the server's window is a new one. */
  startsAnew(now: number): void {
    this.ignoredUntil = now;
  }

  /** One every M/N from `at`. */
  placeFrom(shape: "spread" | "bucket", at: number): void {
    this.shape = shape;
    this.placeAt = at;
  }

  /** Whether a refusal then may be due to requests that arrived late, though they were thought to have left by then. */
  explainsByLateness(history: History, at: number): boolean {
    return this.latenessPart < fullLateness && this.leaving(history, at, fullLateness).length >= this.requests;
  }

  /** The server counted otherwise than assumed: its arrivals are less even than believed. */
  allowForLateness(): void {
    this.latenessPart = fullLateness;
  }

  private get creditMs(): number {
    return this.shape === "bucket" ? Math.max(timerMs, this.spanMs - 2 * this.gapMs) : timerMs;
  }

  private place(now: number): number {
    return this.shape === "window" ? now : Math.max(now, this.placeAt);
  }

  private windowAt(history: History, now: number): number {
    if (this.shape === "bucket") return now;
    const leaving = this.leaving(history, now);
    return leaving.length < this.requests ? now : (leaving[leaving.length - this.requests] ?? now);
  }

  /** When each request that may still be in the server's window will surely have left it; soonest first. */
  private leaving(history: History, now: number, latenessPart = this.latenessPart): number[] {
    const believed = this.limit.perMs * latenessPart;
    const times: number[] = [];
    for (const sent of history.recent()) {
      const earliest = sent.at + this.spanMs;
      if (sent.at <= this.ignoredUntil || earliest + believed <= now) break;
      const at = earliest + Math.min(believed, history.lateness(sent, now));
      if (at > now) times.push(at);
    }
    return times.sort((a, b) => a - b);
  }
}
