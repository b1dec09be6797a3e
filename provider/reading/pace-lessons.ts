import type { ThrottleHint } from "../hss/throttle-hint.js";
import { Allowance } from "./pace-allowance.js";
import type { History, Sent } from "./pace-history.js";

/** Windows that limits are commonly given for. */
const commonMs = [1000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000];
const commonSpan = (ms: number): number => commonMs.find((span) => span >= ms) ?? ms;

/** A limit that was reached: the first refusal, and those of requests that were in flight with it. */
interface Hit {
  /** When the refused request was sent, and when its answer came. Nothing was sent later, before the pause was over. */
  readonly sentAt: number;
  readonly at: number;
  readonly waitMs: number;
}

/**
 * What refusals teach. A server that says its limit is believed. From one that does not the limit is measured: what it
 * let through before it refused; then, since it is empty whenever it refuses, what it lets through between two refusals.
 */
export class Lessons {
  private limits: Allowance[] = [];
  private hit: Hit | undefined;
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

  get resumeAt(): number {
    return this.pausedUntil;
  }

  /** Whether it is a refusal of its own, not one more of those that were in flight. */
  refused(sent: Sent, hint: ThrottleHint, now: number): boolean {
    if (this.hit && sent.at <= this.hit.at) {
      if (hint.retryAfterMs !== undefined) this.pausedUntil = Math.max(this.pausedUntil, now + hint.retryAfterMs);
      return false;
    }
    const resumeAt = this.learn(sent, hint, now);
    this.hit = { sentAt: sent.at, at: now, waitMs: resumeAt - now };
    this.pausedUntil = Math.max(this.pausedUntil, resumeAt);
    this.cleanSince = this.pausedUntil;
    return true;
  }

  /** An answer came. One to a request of before the refusal belongs to what was let through by then. */
  accepted(sent: Sent, now: number): void {
    if (this.hit && sent.at <= this.hit.at) this.recount(this.hit);
    else this.dare(now);
  }

  private learn(sent: Sent, hint: ThrottleHint, now: number): number {
    const since = this.hit;
    const through = since && this.history.acceptedBetween(since.at, now).length;
    // "at once" that was in vain is no information
    const retryAfterMs = hint.retryAfterMs === 0 && through === 0 ? undefined : hint.retryAfterMs;
    const asked = retryAfterMs === undefined ? undefined : now + retryAfterMs;
    if (hint.limit) return this.said(new Allowance(hint.limit, "said"), asked, now);
    const [limit] = this.limits;
    if (!limit) return this.measure(commonSpan(retryAfterMs ?? 0), sent, asked, now);
    if (limit.source === "said") return this.tighten(limit, asked, now);
    return this.remeasure(limit, sent, { hit: since, through: through ?? 0, retryAfterMs }, now);
  }

  private said(limit: Allowance, asked: number | undefined, now: number): number {
    const same = this.limits.find(({ limit: known }) => known.perMs === limit.limit.perMs);
    if (same?.source === "said" && same.limit.requests === limit.limit.requests) return this.tighten(same, asked, now);
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
  private tighten(limit: Allowance, asked: number | undefined, now: number): number {
    const resumeAt = asked ?? now + limit.limit.perMs;
    const soon = this.hit && now - this.cleanSince < 10 * limit.limit.perMs;
    if (limit.shape !== "window" && soon) limit.factor = Math.max(0.1, limit.factor * 0.7);
    limit.allowForLateness();
    limit.placeFrom("spread", resumeAt);
    return resumeAt;
  }

  private measure(perMs: number, sent: Sent, asked: number | undefined, now: number): number {
    const limit = new Allowance({ requests: this.letThrough(perMs, sent.at, now), perMs }, "measured");
    this.limits = [limit];
    const resumeAt = this.fit(limit, asked, now);
    return asked ?? Math.max(resumeAt, now + Math.min(perMs, 500));
  }

  /** Answers that were still on their way belong to the first measurement. */
  private recount({ sentAt, at }: Hit): void {
    const [limit] = this.limits;
    if (
      limit?.source !== "measured" ||
      limit.shape !== "window" ||
      this.history.acceptedBetween(at, Infinity).length > 0
    ) {
      return;
    }
    const requests = this.letThrough(limit.limit.perMs, sentAt, at);
    if (requests !== limit.limit.requests) {
      this.limits = [new Allowance({ requests, perMs: limit.limit.perMs }, "measured")];
    }
  }

  private letThrough(perMs: number, refusedAt: number, until: number): number {
    const accepted = this.history.acceptedBetween(refusedAt - perMs, until);
    const [first] = accepted;
    if (!first) return 1;
    return roundest(accepted.length / (1 + (refusedAt - first.at) / perMs), accepted.length);
  }

  private remeasure(
    limit: Allowance,
    sent: Sent,
    { hit, through, retryAfterMs }: { hit: Hit | undefined; through: number; retryAfterMs: number | undefined },
    now: number,
  ): number {
    const { perMs } = limit.limit;
    const asked = retryAfterMs === undefined ? undefined : now + retryAfterMs;
    const elapsed = hit ? sent.at - hit.sentAt : perMs;
    if (through === 0) {
      // even one was too soon: the window is longer
      const longer = commonSpan(Math.max(perMs + 1, retryAfterMs ?? 0));
      return this.measure(longer, sent, asked, now);
    }
    if (limit.factor > 1) {
      limit.factor = Math.max(1, limit.factor - dareStep);
      this.patience *= 2;
      return asked ?? now + perMs;
    }
    if (retryAfterMs !== undefined && retryAfterMs > perMs) {
      const longer = new Allowance({ requests: through, perMs: commonSpan(retryAfterMs) }, "measured");
      this.limits = [longer];
      return now + retryAfterMs;
    }
    const current = limit.requests / perMs;
    const rate = Math.min(through / elapsed, current * 0.95);
    const measured = new Allowance({ requests: rate * perMs, perMs }, "measured");
    measured.placeFrom("bucket", sent.at);
    this.limits = [measured];
    return asked ?? now + Math.max(Math.min(perMs, 1000), 1 / rate);
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
      if (limit.source !== "measured" || calm < this.patience * limit.limit.perMs) return;
      limit.factor += dareStep;
    }
    this.cleanSince = now;
  }
}

const dareStep = 0.05;

/** The roundest number between two: people set limits. A bucket had refilled a little by then, a window had not. */
function roundest(low: number, high: number): number {
  for (const unit of [1000, 100, 50, 10, 5]) {
    const number = Math.floor(high / unit) * unit;
    if (number > 0 && number >= low - 0.5) return number;
  }
  return high;
}
