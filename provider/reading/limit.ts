import type { RateLimit, ThrottleHint } from "../hss/refusal.js";

/** From the settings, named by a refusal, or found out by counting what got through before one. */
export type LimitSource = "configured" | "stated" | "found";

export interface Sent {
  /** Milliseconds since the epoch, by our clock. */
  readonly at: number;
  answeredAt?: number;
}

/** More than the settings allow in a minute. */
const remembered = 100_000;
/** The part of a window that is given up at most for requests that may have reached the service late. */
const latePart = 0.15;

/** Every request sent, oldest first, except the refused ones: services do not count those. */
class SentRequests {
  private list: Sent[] = [];
  private quickestMs = Infinity;
  averageMs = 0;

  get lastAt(): number {
    return this.list.at(-1)?.at ?? -Infinity;
  }

  add(at: number): Sent {
    const sent: Sent = { at };
    this.list.push(sent);
    if (this.list.length > 2 * remembered) this.list = this.list.slice(-remembered);
    return sent;
  }

  accepted(sent: Sent, now: number): void {
    sent.answeredAt = now;
    const tookMs = now - sent.at;
    this.averageMs += (tookMs - this.averageMs) / (this.quickestMs === Infinity ? 1 : 8);
    this.quickestMs = Math.min(this.quickestMs, tookMs);
  }

  refused(sent: Sent): void {
    this.list = this.list.filter((other) => other !== sent);
  }

  /** The requests sent after `after` and not after `until`. */
  between(after: number, until: number): readonly Sent[] {
    const before = (time: number): number => this.list.findLastIndex(({ at }) => at <= time) + 1;
    return this.list.slice(before(after), before(until));
  }

  /**
   * When the requests sent after `since` leave a window of that length, soonest first. Whatever an answer took longer than
   * the quickest, its request may have taken to reach the service.
   */
  leaving(windowMs: number, since: number, now: number): number[] {
    const longestMs = windowMs * (1 + latePart);
    return this.between(Math.max(since, now - longestMs), now)
      .map(({ at, answeredAt = now }) =>
        Math.min(at + longestMs, Math.max(at, answeredAt - this.quickestMs) + windowMs),
      )
      .filter((at) => at > now)
      .sort((a, b) => a - b);
  }
}

/**
 * So many requests in any such time, each sent as early as that allows. A sliding window accepts that; so does a fixed
 * window of that length, and a token bucket.
 */
export class Limit {
  /** How much of it is used: less while others seem to use it too. */
  share = 1;
  /** At equal distances, for a service that refused although the limit was kept. */
  evenly = false;
  /** The service no longer counts what was sent until then. */
  countsFrom = -Infinity;

  constructor(
    readonly source: LimitSource,
    public requests: number,
    readonly perMs: number,
  ) {}

  /** Timers and clocks are not exact: a little longer than the service's. */
  private get windowMs(): number {
    return this.perMs + Math.min(100, Math.max(5, this.perMs * 0.005));
  }

  /** Between two requests, on average. */
  get gapMs(): number {
    return this.windowMs / (this.requests * this.share);
  }

  /** When the n-th request from now may be sent. */
  nextAt(sent: SentRequests, now: number, n = 1): number {
    const requests = Math.ceil(this.requests * this.share);
    const leaving = sent.leaving(this.windowMs, this.countsFrom, now).slice(-requests);
    const free = requests - leaving.length;
    const first = leaving[((n - 1) % requests) - free] ?? now;
    const inWindow = first + Math.floor((n - 1) / requests) * this.windowMs;
    if (!this.evenly) return inWindow;
    return Math.max(inWindow, Math.max(now, sent.lastAt + this.gapMs) + (n - 1) * this.gapMs);
  }
}

const commonWindowsMs = [1000, 10_000, 60_000, 300_000, 3_600_000, 86_400_000];

/** Every limit that holds, and what refusals say about them. */
export class Limits {
  readonly sent = new SentRequests();
  private readonly configured: readonly Limit[] = [];
  private learned: readonly Limit[] = [];
  /** The latest refusal that was not merely in flight with an earlier one. */
  private refusal: { readonly sentAt: number; readonly at: number } | undefined;
  /** Counts again when one that was still in flight at the refusal turns out to be refused too. */
  private recount: (() => void) | undefined;
  private pausedUntil = -Infinity;
  private calmSince = -Infinity;

  constructor(requestsPerMinute?: number) {
    if (requestsPerMinute === undefined) return;
    // a window long enough for whole requests
    const requests = Math.max(1, Math.floor(requestsPerMinute));
    this.configured = [new Limit("configured", requests, (60_000 * requests) / requestsPerMinute)];
  }

  get all(): Limit[] {
    return [...this.configured, ...this.learned];
  }

  /** A limit that was found may be too high, and then all in flight are refused: no more than it takes to use it. */
  get enoughInFlight(): number {
    const found = this.learned.find(({ source }) => source === "found");
    return found ? 3 + Math.ceil((1.5 * this.sent.averageMs) / found.gapMs) : Infinity;
  }

  /** When the n-th request from now may be sent. */
  nextAt(now: number, n = 1): number {
    const from = Math.max(now, this.pausedUntil);
    return Math.max(from, ...this.all.map((limit) => limit.nextAt(this.sent, from, n)));
  }

  accepted(sent: Sent, now: number): void {
    this.sent.accepted(sent, now);
    const slowed = this.learned.find(({ share }) => share < 1);
    if (!slowed || now - this.calmSince < 5 * slowed.perMs) return;
    slowed.share = Math.min(1, slowed.share + 0.1);
    this.calmSince = now;
  }

  /** Returns false for a request that was in flight with one refused before: that says nothing new. */
  refused(sent: Sent, hint: ThrottleHint, now: number): boolean {
    this.sent.refused(sent);
    const last = this.refusal;
    if (last && sent.at <= last.at) {
      this.pausedUntil = Math.max(this.pausedUntil, now + (hint.retryAfterMs ?? 0));
      this.recount?.();
      return false;
    }
    const through = last ? this.sent.between(last.sentAt, sent.at).length : 1;
    // it was in vain to come back at once
    const waitMs = hint.retryAfterMs === 0 && through === 0 ? undefined : hint.retryAfterMs;
    this.recount = undefined;
    const resumeAt = hint.limit ? this.stated(hint.limit, waitMs, now) : this.unnamed(sent, through, waitMs, now);
    this.pausedUntil = Math.max(this.pausedUntil, resumeAt);
    this.calmSince = this.pausedUntil;
    this.refusal = { sentAt: sent.at, at: now };
    return true;
  }

  /** The service names its limit. */
  private stated({ requests, perMs }: RateLimit, waitMs: number | undefined, now: number): number {
    const others = this.learned.filter((limit) => limit.source === "stated" && limit.perMs !== perMs);
    const known = this.learned.find((limit) => limit.source === "stated" && limit.perMs === perMs);
    if (known?.requests === requests) return this.slowDown(known, waitMs, now);
    const limit = new Limit("stated", requests, perMs);
    this.learned = [...others, limit];
    return this.resume(limit, waitMs, now);
  }

  /** The service does not: its limit is what got through, in the shortest common window that explains the refusals. */
  private unnamed(sent: Sent, through: number, waitMs: number | undefined, now: number): number {
    const [known] = this.learned;
    if (known?.source === "stated") return this.slowDown(known, waitMs, now);
    if (known && through > 0 && (waitMs ?? 0) <= known.perMs) return this.lower(known, sent, waitMs, now);
    const atLeastMs = Math.max(waitMs ?? 0, known ? known.perMs + 1 : 0);
    const limit = new Limit("found", 1, commonWindowsMs.find((ms) => ms >= atLeastMs) ?? atLeastMs);
    this.learned = [limit];
    this.recount = () => {
      const inWindow = this.sent.between(sent.at - limit.perMs, sent.at);
      // a token bucket held fewer, and was refilled meanwhile
      const tokens = inWindow.length / (1 + (sent.at - (inWindow[0] ?? sent).at) / limit.perMs);
      limit.requests = Math.max(1, roundest(tokens, inWindow.length));
    };
    this.recount();
    const resumeAt = this.resume(limit, waitMs, now);
    // a fixed window that was over half-way through the count is over by then
    return waitMs === undefined ? Math.max(resumeAt, now + 1000) : resumeAt;
  }

  /** Refused again although the limit that was found was kept, and some got through in between: it is too high. */
  private lower(limit: Limit, sent: Sent, waitMs: number | undefined, now: number): number {
    const most = limit.requests * 0.97;
    const since = this.refusal?.sentAt ?? 0;
    limit.evenly = true;
    this.recount = () => {
      const inWindow = this.sent.between(sent.at - limit.perMs, sent.at).length;
      // what a token bucket got since it was empty; it may not have been quite empty
      const tokens = (limit.perMs * (this.sent.between(since, sent.at).length + 0.5)) / (sent.at - since);
      limit.requests = Math.min(most, roundest(tokens, Math.max(tokens, inWindow)));
    };
    this.recount();
    return now + (waitMs ?? Math.max(1000, limit.gapMs));
  }

  /** When to go on after the first refusal by a limit. */
  private resume(limit: Limit, waitMs: number | undefined, now: number): number {
    const nextAt = limit.nextAt(this.sent, now);
    // others must have used it up
    if (waitMs === undefined) return nextAt > now ? nextAt : now + limit.perMs;
    // sooner than a sliding window would: a fixed window ends then, or a token bucket has its next token
    if (now + waitMs < nextAt - 0.05 * limit.perMs - 100) {
      limit.countsFrom = now;
      limit.evenly = waitMs <= limit.perMs / limit.requests + 1000;
    }
    return now + waitMs;
  }

  /** Refused although the limit was kept: others use it too, or requests arrive unevenly. */
  private slowDown(limit: Limit, waitMs: number | undefined, now: number): number {
    if (limit.evenly) limit.share = Math.max(0.1, limit.share * 0.7);
    limit.evenly = true;
    return now + (waitMs ?? limit.perMs);
  }
}

/** The roundest number between two: people set limits. */
function roundest(low: number, high: number): number {
  // of so few, one more or less matters
  if (high < 10) return high;
  const rounded = [100, 10, 5].map((unit) => Math.floor(high / unit) * unit);
  return rounded.find((number) => number > 0 && number >= low - 0.5) ?? high;
}
