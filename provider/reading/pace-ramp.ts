/**
 * How many requests may be in flight, while no limit is known and after one was hit.
 *
 * Every request in flight when a limit is reached is refused, so a limit should be reached with few: the start is a slow
 * one, as TCP's. What is in flight beyond what the commonest limits let through stays small around the places where
 * they end: five (documented for HSS, a minute), ten (a second). Who lets through more than ten a second is read
 * with one more at a time for every answer.
 */
export class Ramp {
  width: number;
  private accepted = 0;
  private startedAt = -Infinity;
  private lastAt = -Infinity;
  private limited = false;
  private brisk = false;
  private halvedAt = -Infinity;

  constructor(private readonly max: number) {
    this.width = Math.min(max, first);
  }

  allows(inFlight: number, now: number): boolean {
    if (inFlight >= this.width) return false;
    return this.limited || this.brisk || this.accepted + inFlight < this.ceiling(now);
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

  succeeded(sentAt: number, now: number): void {
    this.accepted++;
    this.lastAt = now;
    if (this.accepted > this.assured(now) + 1) this.brisk = true;
    // answers to what was sent before the width was cut say nothing about the new width
    if (sentAt < this.halvedAt) return;
    if (this.limited || this.accepted >= past(10)) this.width = Math.min(this.max, this.width + 1);
    else if (this.accepted >= past(5)) this.width = Math.min(this.max, Math.max(this.width, second));
  }

  /** Half as many at a time: the service is in trouble. Those that were in flight with the first count as one. */
  failed(sentAt: number, now: number): void {
    if (sentAt < this.halvedAt) return;
    this.halvedAt = now;
    this.width = Math.min(this.max, Math.max(2, Math.ceil(this.width / 2)));
  }

  /** A limit was reached: after the pause one request finds out whether it is over. */
  throttled(now: number): void {
    this.limited = true;
    this.halvedAt = now;
    this.width = 1;
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
