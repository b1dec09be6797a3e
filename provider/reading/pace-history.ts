/** One request, as far as a rate limiter is concerned. */
export interface Sent {
  /** Milliseconds since the epoch, by the own clock. */
  readonly at: number;
  answeredAt?: number;
  accepted: boolean;
}

/** The requests that a server may have counted: all that were sent, but for those that it refused. */
export class History {
  private sent: Sent[] = [];
  /** The shortest time to an accepted answer. */
  private quickest = Infinity;
  private average: number | undefined;

  constructor(private readonly keep = 2000) {}

  add(now: number): Sent {
    const sent: Sent = { at: now, accepted: false };
    this.sent.push(sent);
    return sent;
  }

  accepted(sent: Sent, now: number): void {
    const roundTrip = now - sent.at;
    sent.answeredAt = now;
    sent.accepted = true;
    this.quickest = Math.min(this.quickest, roundTrip);
    this.average = this.average === undefined ? roundTrip : this.average + (roundTrip - this.average) / 8;
  }

  failed(sent: Sent, now: number): void {
    sent.answeredAt = now;
  }

  refused(sent: Sent): void {
    const index = this.sent.lastIndexOf(sent);
    if (index >= 0) this.sent.splice(index, 1);
  }

  /** Newest first. */
  *recent(): Generator<Sent> {
    for (let i = this.sent.length - 1; i >= 0; i--) yield this.sent[i] as Sent;
  }

  acceptedBetween(after: number, until: number): Sent[] {
    const found: Sent[] = [];
    for (const sent of this.recent()) {
      if (sent.at <= after) break;
      if (sent.at <= until && sent.accepted) found.push(sent);
    }
    return found.reverse();
  }

  /**
   * How much later than the quickest the request may have reached the server. All that is known of its way is the round
   * trip, so all that this one took longer may have been on the way there.
   */
  lateness(sent: Sent, now: number): number {
    if (this.quickest === Infinity) return 0;
    return Math.max(0, (sent.answeredAt ?? now) - sent.at - this.quickest);
  }

  get roundTripMs(): number {
    return this.average ?? 0;
  }

  forgetOld(limit: number): void {
    const keep = Math.min(100_000, Math.max(this.keep, limit));
    if (this.sent.length > 2 * keep) this.sent = this.sent.slice(-keep);
  }
}
