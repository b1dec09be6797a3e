import { ServiceError, type ServiceErrorDetails } from "../errors.js";
import { parseHttpDate } from "./clockSkew.js";

/** So many requests in any such time. */
export interface RateLimit {
  readonly requests: number;
  readonly perMs: number;
}

/** What a refusal says about when to come back. */
export interface ThrottleHint {
  /** As the service says it, uncut; 0 for a date that is past. */
  readonly retryAfterMs?: number;
  readonly limit?: RateLimit;
}

/** A refusal for coming too fast, or one that says when to come back. */
export class ThrottledError extends ServiceError {
  constructor(
    message: string,
    details: ServiceErrorDetails,
    readonly hint: ThrottleHint,
    options?: ErrorOptions,
  ) {
    super(message, details, options);
  }
}

export interface ThrottledAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The own clock at its arrival, in milliseconds since the epoch. */
  readonly now: number;
}

/** What a 429 (or a 503 with `Retry-After`) says. Empty where it says nothing. */
export function throttleHint({ headers, body, now }: ThrottledAnswer): ThrottleHint {
  const retryAfterMs = retryAfter(headers, now);
  const limit = bodyLimit(body) ?? exhaustedLimit(headers);
  return { ...(retryAfterMs !== undefined && { retryAfterMs }), ...(limit && { limit }) };
}

/** Whether an answer is a refusal for coming too fast, by its status or its code. */
export const isThrottled = (status: number, errorCode?: string): boolean =>
  status === 429 || (errorCode !== undefined && /^API(GW|G)\.0308$/.test(errorCode));

const decimal = /^\d{1,12}(?:\.\d{1,9})?$/;

function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const milliseconds = headers["retry-after-ms"]?.trim();
  if (milliseconds !== undefined && decimal.test(milliseconds)) return Number(milliseconds);
  const text = headers["retry-after"]?.trim();
  if (text !== undefined) {
    if (decimal.test(text)) return Math.round(Number(text) * 1000);
    const date = parseHttpDate(text);
    if (date !== undefined) return Math.max(0, date - serverNow(headers, now));
  }
  return reset(headers, now);
}

/** Both dates of the server's own clock, where it gives one: a clock that is off does not change the wait. */
function serverNow(headers: Readonly<Record<string, string>>, now: number): number {
  const { date, age } = headers;
  return (age === undefined && date !== undefined && parseHttpDate(date)) || now;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * `ratelimit-reset` is in seconds by its draft. `x-ratelimit-reset` is seconds to some and a time to others: taken only
 * where it can be nothing but a time within a day.
 */
function reset(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const delta = headers["ratelimit-reset"]?.trim() ?? headers["x-ratelimit-reset-after"]?.trim();
  if (delta !== undefined && decimal.test(delta) && Number(delta) * 1000 <= dayMs)
    return Math.round(Number(delta) * 1000);
  const time = headers["x-ratelimit-reset"]?.trim();
  if (time === undefined || !/^\d{10}(?:\d{3})?$/.test(time)) return undefined;
  const wait = (time.length === 13 ? Number(time) : Number(time) * 1000) - serverNow(headers, now);
  return wait > -60_000 && wait <= dayMs ? Math.max(0, wait) : undefined;
}

const units: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000, day: dayMs };
const limitText = /limit:\s*(\d{1,9})\s*,\s*time:\s*(\d{1,6})\s*(second|minute|hour|day)s?\b/i;

function rateLimit(text: string): RateLimit | undefined {
  const match = limitText.exec(text);
  if (!match) return undefined;
  const requests = Number(match[1]);
  const perMs = Number(match[2]) * (units[(match[3] ?? "").toLowerCase()] ?? 0);
  return requests > 0 && perMs > 0 ? { requests, perMs } : undefined;
}

/** The gateway's `policy user over ratelimit,limit:5,time:1 minute`. */
function bodyLimit(body: string): RateLimit | undefined {
  const at = body.search(/over ratelimit/i);
  return at < 0 ? undefined : rateLimit(body.slice(at, at + 200));
}

/** Of the gateway's `x-apig-ratelimit-*: remain:0,limit:5,time:1 minute`, the one that has nothing left. */
function exhaustedLimit(headers: Readonly<Record<string, string>>): RateLimit | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (/^x-apig-ratelimit-/.test(name) && /^\s*remain:\s*0\s*,/i.test(value)) return rateLimit(value);
  }
  return undefined;
}
