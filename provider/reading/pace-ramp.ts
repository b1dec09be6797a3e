/**
 * How many requests may be in flight, while no limit is known and after one was hit.
 *
 * Every request in flight when a limit is reached is refused, so a limit should be reached with few: the start is a slow
 * one, as TCP's. What is in flight beyond what the commonest limits let through stays small around the places where
 * they end: five (documented for HSS, a minute), ten (a second). Who lets through more than ten a second is soon read
 * with all that may be in flight.
 */
export class Ramp {
  width: number;
  private accepted = 0;
  private startedAt = -Infinity;
  private lastAt = -Infinity;
  private quickestMs = Infinity;
  private limited = false;
  private brisk = false;
  private halvedAt = -Infinity;

  constructor(private readonly max: number) {
    this.width = Math.min(max, first);
  }

  allows(inFlight: number, now: number): boolean {
    if (inFlight >= this.width) return false;
    if (this.limited || this.brisk) return true;
    return inFlight < this.cautiousWidth() && this.accepted + inFlight < this.ceiling(now);
  }

  sent(inFlight: number, now: number): void {
    if (!this.limited && inFlight === 0 && now - this.lastAt > idleMs) {
      this.accepted = 0;
      this.startedAt = now;
      this.brisk = false;
      this.width = Math.min(this.max, first);
    }
    this.lastAt = now;
  }

  succeeded(sentAt: number, now: number, measuredGapMs?: number): void {
    this.accepted++;
    this.lastAt = now;
    this.quickestMs = Math.min(this.quickestMs, now - sentAt);
    // what has been answered was sent this much earlier, or more
    if (this.accepted > this.assured(now - this.quickestMs) + 1) this.brisk = true;
    // answers to what was sent before the width was cut say nothing about the new width
    if (sentAt < this.halvedAt) return;
    if (this.limited) this.widen(this.needed(measuredGapMs));
    else if (this.accepted >= past(10)) this.hasten(now);
    else this.width = Math.min(this.max, Math.max(this.width, second));
  }

  /**
   * No more may be refused at once than went through. Which is soon many where that went through in part of a second; in
   * more of it a window may have ended, which lets through twice as many as it will.
   */
  private hasten(now: number): void {
    if (!this.brisk || now - this.startedAt > 400) this.widen(Math.max(second, Math.floor(this.accepted / 3)));
    else this.width = Math.min(this.max, Math.max(this.width, Math.floor(0.75 * this.accepted)));
  }

  private widen(most: number): void {
    this.width = Math.max(this.width, Math.min(this.max, most, this.width + 1));
  }

  /** Half as many at a time: the service is in trouble. Those that were in flight with the first count as one. */
  failed(sentAt: number, now: number): void {
    if (sentAt < this.halvedAt) return;
    this.halvedAt = now;
    this.width = Math.min(this.max, Math.max(2, Math.ceil(this.width / 2)));
  }

  /** A limit was reached: after the pause few requests find out whether it is over; one where that is a guess. */
  throttled(now: number, measuredGapMs?: number): void {
    this.limited = true;
    this.halvedAt = now;
    this.width = Math.min(this.max, measuredGapMs === undefined ? first : 1);
  }

  /** What is in flight at ten a second, and a little more. */
  private cautiousWidth(): number {
    if (this.accepted < past(10)) return second;
    return first + Math.floor((10 * this.quickestMs) / 1000);
  }

  /** With a limit that is only measured: what keeps it busy, since all that is in flight may be refused once more. */
  private needed(measuredGapMs?: number): number {
    return measuredGapMs === undefined ? this.max : first + Math.ceil((1.5 * this.quickestMs) / measuredGapMs);
  }

  private ceiling(now: number): number {
    if (this.accepted < past(5)) return past(5);
    if (this.accepted < past(10)) return past(10);
    return Math.floor(this.assured(now)) + first;
  }

  /** What a bucket of ten that refills at ten a second would have let through; one may have run over. */
  private assured(now: number): number {
    return 9 + (10 * (now - this.startedAt)) / 1000;
  }
}

const first = 3;
const second = 5;
/** The first request that a limit would refuse goes alone. */
const past = (limit: number): number => limit + 1;
/** By then a minute's window is half empty, and what was accepted before says less. */
const idleMs = 30_000;
