import { gatewayError, Refusal } from "./answers.js";

export interface FlowControl {
  limit: number;
  perSeconds: number;
  /** Whether a refusal says when to come back. The real gateway has not been seen to: `none` is the default. */
  retryAfter?: "seconds" | "date" | "none";
}

/** Counts accepted calls in a window that slides with the calls' times. */
export class Throttle {
  private accepted: number[] = [];

  constructor(private readonly rule: FlowControl) {}

  /** `now`: when the call arrived. @throws Refusal 429 */
  admit(requestId: string, now: number): void {
    const windowMs = this.rule.perSeconds * 1000;
    this.accepted = this.accepted.filter((time) => time > now - windowMs);
    const oldest = this.accepted[0];
    if (this.accepted.length < this.rule.limit || oldest === undefined) {
      this.accepted.push(now);
      return;
    }
    const { limit, perSeconds } = this.rule;
    const message = `The throttling threshold has been reached: policy user over ratelimit,limit:${limit},time:${span(perSeconds)}`;
    throw new Refusal(
      gatewayError(429, "APIGW.0308", message, requestId, this.retryHeader(oldest + windowMs - now, now)),
    );
  }

  private retryHeader(waitMs: number, now: number): Record<string, string> {
    switch (this.rule.retryAfter) {
      case "seconds":
        return { "Retry-After": String(Math.ceil(waitMs / 1000)) };
      case "date":
        // Dates have whole seconds: round up, or the client comes too early.
        return { "Retry-After": new Date(Math.ceil((now + waitMs) / 1000) * 1000).toUTCString() };
      default:
        return {};
    }
  }
}

/** The gateway's own grammar: never a plural. */
function span(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} hour`;
  return seconds % 60 === 0 ? `${seconds / 60} minute` : `${seconds} second`;
}
