import type { ThrottleHint } from "../../provider/hss/refusal.js";

export type Limiter = "sliding" | "fixed" | "bucket";
export type Says = "retryAfter" | "limit" | "both" | "nothing";

export interface Rule {
  readonly kind: Limiter;
  readonly requests: number;
  readonly perMs: number;
  /** How far into its window a fixed window is when the read begins, as a part of it. */
  readonly phase?: number;
}

/** Milliseconds until the request would be accepted; 0 where it is. */
export type Admit = (now: number) => number;

export function limiter({ kind, requests, perMs, phase = 0 }: Rule, start: number): Admit {
  let accepted: number[] = [];
  let tokens = requests;
  let at = start;
  return (now) => {
    if (kind === "bucket") {
      tokens = Math.min(requests, tokens + ((now - at) * requests) / perMs);
      at = now;
      if (tokens < 1 - 1e-9) return ((1 - tokens) * perMs) / requests;
      tokens--;
      return 0;
    }
    const offset = now - start + phase * perMs;
    const from = kind === "sliding" ? now - perMs : now - (offset % perMs);
    accepted = accepted.filter((time) => (kind === "sliding" ? time > from : time >= from));
    if (accepted.length >= requests) return (kind === "sliding" ? (accepted[0] ?? now) : from) + perMs - now;
    accepted.push(now);
    return 0;
  };
}

export const hint = (says: Says, { requests, perMs }: Rule, waitMs: number): ThrottleHint => ({
  ...((says === "retryAfter" || says === "both") && { retryAfterMs: Math.ceil(waitMs / 1000) * 1000 }),
  ...((says === "limit" || says === "both") && { limit: { requests, perMs } }),
});

export const kinds: Limiter[] = ["sliding", "fixed", "bucket"];

/** For requests that may wait for ever. */
export const noDeadline = { at: Infinity, require: () => undefined };
