import type { ThrottleHint } from "../hss/refusal.js";
import { Allowance, dareStep } from "./pace-allowance.js";
import type { History, Sent } from "./pace-history.js";

/** Windows that limits are commonly given for. */
const commonMs = [1000, 10_000, 60_000, 300_000, 3_600_000, 86_400_000];
const commonSpan = (ms: number): number => commonMs.find((span) => span >= ms) ?? ms;

/** A limit that was reached: the first refusal, and those of requests that were in flight with it. */
interface Hit {
  /** When the refused request was sent, and when its answer came. Nothing was sent later, before the pause was over. */
  readonly sentAt: number;
  readonly at: number;
}

/**
 * What refusals teach. A server that says its limit is believed. From one that does not the limit is measured: what it
 * let through before it refused; then, since it is empty whenever it refuses, what it lets through between two refusals.
 */
export class Lessons {
  private limits: Allowance[] = [];
  private hit: Hit | undefined;
  /** Those since the window that is assumed was first assumed. */
  private hits: readonly Hit[] = [];
  /** Measures again when an answer comes that was still on its way at the refusal. */
  private recount: (() => void) | undefined;
  private pausedUntil = -Infinity;
  private cleanSince = -Infinity;
  /** Windows without a refusal, before more than was measured is tried. */
  private patience = 30;

  constructor(
    private readonly history: History,
    private readonly configured: readonly Allowance[],
  ) {}

  get allowances(): readonly Allowance[] {
    return [...this.configured, ...this.limits];
  }

  get learned(): readonly Allowance[] {
    return this.limits;
  }

  /** The measured limit; undefined where the service itself has said one, or none was reached. */
  get measured(): Allowance | undefined {
    return this.limits.find(({ source }) => source === "measured");
  }

  get resumeAt(): number {
    return this.pausedUntil;
  }

  /** Whether it is a refusal of its own, not one more of those that were in flight. */
  refused(sent: Sent, hint: ThrottleHint, now: number): boolean {
    if (this.hit && sent.at <= this.hit.at) {
      if (hint.retryAfterMs !== undefined) this.pausedUntil = Math.max(this.pausedUntil, now + hint.retryAfterMs);
      return false;
    }
    this.recount = undefined;
    const resumeAt = this.learn(sent, hint, now);
    this.hit = { sentAt: sent.at, at: now };
    this.hits = [...this.hits, this.hit].slice(-6);
    this.pausedUntil = Math.max(this.pausedUntil, resumeAt);
    this.cleanSince = this.pausedUntil;
    return true;
  }

  /** An answer came. One to a request of before the refusal belongs to what was let through by then. */
  accepted(sent: Sent, now: number): void {
    if (this.hit && sent.at <= this.hit.at) this.recount?.();
    else this.dare(now);
  }

  private learn(sent: Sent, hint: ThrottleHint, now: number): number {
    const since = this.hit;
    const through = since && this.history.acceptedBetween(since.at, now).length;
    // "at once" that was in vain is no information
    const retryAfterMs = hint.retryAfterMs === 0 && through === 0 ? undefined : hint.retryAfterMs;
    const asked = retryAfterMs === undefined ? undefined : now + retryAfterMs;
    if (hint.limit) return this.said(new Allowance(hint.limit, "said"), sent, asked, now);
    const [limit] = this.limits;
    if (!limit) return this.measure(commonSpan(retryAfterMs ?? 0), sent, asked, now);
    if (limit.source === "said") return this.tighten(limit, sent, asked, now);
    return this.remeasure(limit, sent, retryAfterMs, now);
  }

  private said(limit: Allowance, sent: Sent, asked: number | undefined, now: number): number {
    const same = this.limits.find(({ limit: known }) => known.perMs === limit.limit.perMs);
    if (same?.source === "said" && same.limit.requests === limit.limit.requests)
      return this.tighten(same, sent, asked, now);
    this.limits = [...this.limits.filter((known) => known !== same && known.source === "said"), limit];
    return this.fit(limit, asked, now);
  }

  /** When to go on; and from what the server asks, what kind of limiter it must be. */
  private fit(limit: Allowance, asked: number | undefined, now: number): number {
    const { perMs, requests } = limit.limit;
    const free = limit.nextAt(this.history, now);
    if (asked === undefined) return limit.isUsedUp(this.history, now) ? free : now + perMs;
    const sliding = asked >= free - 0.05 * perMs - 100;
    if (sliding) return asked;
    // sooner than a sliding window would: the next token of a bucket, or else the end of a fixed window
    if (asked - now <= perMs / requests + 1000) limit.placeFrom("bucket", asked);
    else limit.startsAnew(now);
    return asked;
  }

  /** Refused although the known limit was kept: it counts otherwise, or others use it, too. */
  private tighten(limit: Allowance, sent: Sent, asked: number | undefined, now: number): number {
    if (limit.shape === "bucket" && asked !== undefined) {
      // emptier than thought, by those that were in flight when it was empty last
      limit.placeFrom("bucket", asked);
      if (this.hit && this.history.acceptedBetween(this.hit.at, now).length > 3) limit.factor *= 0.97;
      return asked;
    }
    if (asked === undefined && limit.shape === "window" && limit.explainsByLateness(this.history, sent.at)) {
      limit.allowForLateness();
      return limit.nextAt(this.history, now);
    }
    const resumeAt = asked ?? now + limit.limit.perMs;
    const soon = this.hit && now - this.cleanSince < 10 * limit.limit.perMs;
    if (limit.shape !== "window" && soon) limit.factor = Math.max(0.1, limit.factor * 0.7);
    limit.allowForLateness();
    limit.placeFrom("spread", resumeAt);
    return resumeAt;
  }

  /** The first refusal, or the first with a longer window. */
  private measure(perMs: number, sent: Sent, asked: number | undefined, now: number): number {
    const requests = (): number => this.letThrough(perMs, sent.at);
    const limit = new Allowance({ requests: requests(), perMs }, "measured");
    this.limits = [limit];
    this.hits = [];
    this.recount = () => {
      limit.limit = { requests: requests(), perMs };
    };
    const resumeAt = this.fit(limit, asked, now);
    // a fixed window, of which it saw the end of one and the whole next, is over by then
    return asked ?? Math.max(resumeAt, now + Math.min(perMs, 1000));
  }

  /**
   * What the limit must be if so much went through before it was reached. A window let through what is in it. A bucket
   * holds at least what went through since any moment, but for what flowed in meanwhile.
   */
  private letThrough(perMs: number, refusedAt: number): number {
    const times = this.history.acceptedBetween(-Infinity, refusedAt).map(({ at }) => at);
    const inWindow = times.filter((at) => at > refusedAt - perMs).length;
    const inBucket = times.map((at, index) => (times.length - index) / (1 + (refusedAt - at) / perMs));
    const least = inBucket.reduce((most, n) => Math.max(most, n), 1);
    return roundest(least, Math.max(inWindow, Math.ceil(least)));
  }

  /** Refused again, though what was measured was kept. */
  private remeasure(limit: Allowance, sent: Sent, retryAfterMs: number | undefined, now: number): number {
    const { perMs, requests } = limit.limit;
    const asked = retryAfterMs === undefined ? undefined : now + retryAfterMs;
    const through = (since: Hit): number => this.history.acceptedBetween(since.sentAt, sent.at).length;
    const [first = { sentAt: sent.at - perMs, at: now }] = this.hits;
    const last = this.hits.at(-1) ?? first;
    if (through(last) === 0 && limit.explainsByLateness(this.history, sent.at)) {
      limit.allowForLateness();
      return asked ?? now + perMs;
    }
    // even one was too soon, or it is asked for more than a window: the window is longer
    if (through(last) === 0 || (retryAfterMs ?? 0) > perMs) {
      return this.measure(commonSpan(Math.max(perMs + 1, retryAfterMs ?? 0)), sent, asked, now);
    }
    if (limit.factor > 1 && limit.shape !== "bucket") {
      limit.factor = Math.max(1, limit.factor - dareStep);
      this.patience *= 2;
      return asked ?? now + perMs;
    }
    const current = (requests * limit.factor) / perMs;
    this.recount = () => {
      // a bucket was empty both times; a part of a request may have been left in it
      const rate = (through(first) - 0.5) / (sent.at - first.sentAt);
      const inWindow = this.history.acceptedBetween(sent.at - perMs, sent.at).length;
      const around = this.history.acceptedBetween(Math.max(last.sentAt, sent.at - 1.25 * perMs), sent.at).length;
      let even: number | undefined;
      if (limit.shape !== "bucket" && Math.max(rate * perMs, around) > 0.75 * requests) {
        // nearly as much as was measured: it is the arrivals that are uneven
        even = requests * (limit.shape === "window" ? 1 : Math.min(0.98, Math.max(0.85, rate / current)));
      } else if (
        limit.shape !== "bucket" &&
        inWindow >= 5 &&
        (rate * perMs > 0.6 * inWindow || through(last) <= inWindow)
      ) {
        // a window after all, of which the first measurement saw the end of one and the whole next; where all of it went
        // through in one, only the pause makes the rate look lower
        even = roundest(rate * perMs, inWindow);
      }
      if (even !== undefined) {
        const window = new Allowance({ requests: even, perMs }, "measured");
        window.allowForLateness();
        window.placeFrom("spread", now);
        this.limits = [window];
        return;
      }
      const bucket = new Allowance({ requests: Math.min(rate, current * 0.98) * perMs, perMs }, "measured");
      bucket.placeFrom("bucket", sent.at);
      bucket.doubt = Math.max(dareStep, 1 / through(first));
      this.limits = [bucket];
    };
    this.recount();
    return asked ?? now + Math.max(Math.min(perMs, 1000), this.limits[0]?.gapMs ?? 0);
  }

  /** Long without a refusal: give back what was taken off; of a measured limit, try a little more. */
  private dare(now: number): void {
    const [limit] = this.limits;
    if (!limit) return;
    const calm = now - this.cleanSince;
    if (limit.factor < 1) {
      if (calm < 5 * limit.limit.perMs) return;
      limit.factor = Math.min(1, limit.factor + 0.1);
    } else {
      if (limit.source !== "measured") return;
      const patience = limit.doubt > dareStep ? 10 * limit.gapMs : this.patience * limit.limit.perMs;
      if (calm < patience) return;
      limit.factor += limit.doubt;
      limit.doubt = Math.max(dareStep, limit.doubt / 2);
    }
    this.cleanSince = now;
  }
}

/** The roundest number between two: people set limits. A bucket had refilled a little by then, a window had not. */
function roundest(low: number, high: number): number {
  // of few, one is much
  if (high < 10) return high;
  for (const unit of [1000, 100, 50, 10, 5]) {
    const number = Math.floor(high / unit) * unit;
    if (number > 0 && number >= low - 0.5) return number;
  }
  return high;
}
