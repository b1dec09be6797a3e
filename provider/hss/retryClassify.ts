import { ResponseError, ServiceError, TransportError } from "../errors.js";
import { isSkewError } from "./clockSkew.js";
import { isThrottled, ThrottledError } from "./throttleHint.js";

/** Whether another attempt can help, and why it was needed. */
export type Verdict =
  | { readonly retry: false }
  | {
      readonly retry: true;
      /** What the service asks to wait, in milliseconds; without it the back-off grows by itself. */
      readonly afterMs?: number;
      readonly kind: RetryKind;
      /** An attempt that held its place until it timed out costs more of the retry budget. */
      readonly timedOut?: boolean;
    };

/**
 * `throttled`: too fast, no fault. `transient`: may be gone next time. `auth`: the token or key has expired, and a new
 * one may help. `skew`: the clocks differ, and the corrected one may help.
 */
export type RetryKind = "throttled" | "transient" | "auth" | "skew";

const never: Verdict = { retry: false };
const transient = { retry: true, kind: "transient" } as const;

/**
 * The verdict on an error of this project. HSS answers 400 for nearly everything, so the code comes before the status.
 * An error that carries `final: true` is never retried.
 */
export function classify(error: unknown): Verdict {
  if (isFinal(error)) return never;
  if (error instanceof TransportError) return transport(error);
  // HTML from a proxy and half a JSON text, which a cut connection without a length leaves, look like this
  if (error instanceof ResponseError) return transient;
  if (error instanceof ServiceError) return service(error);
  return never;
}

const isFinal = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "final" in error && error.final === true;

/** A certificate or an address that is wrong stays wrong. */
const hopeless =
  /CERT|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|^ERR_TLS|^ERR_SSL|^UND_ERR_INVALID_ARG$|^ERR_INVALID_URL$|^HPE_INVALID_URL$/;
const timeouts = /TIMEOUT|TIMEDOUT|ABORT_ERR/;

function transport(error: TransportError): Verdict {
  const codes = causes(error).flatMap((cause) =>
    "code" in cause && typeof cause.code === "string" ? [cause.code] : [],
  );
  if (codes.some((code) => hopeless.test(code))) return never;
  const names = causes(error).map((cause) => ("name" in cause ? String(cause.name) : ""));
  return [...codes, ...names].some((text) => timeouts.test(text) || text === "TimeoutError")
    ? { ...transient, timedOut: true }
    : transient;
}

function causes(error: Error): object[] {
  const chain: object[] = [];
  for (let next: unknown = error.cause; typeof next === "object" && next !== null && chain.length < 10;) {
    chain.push(next);
    next = "cause" in next ? next.cause : undefined;
  }
  return chain;
}

const transientCodes = new Set(["HSS.0041", "HSS.1004", "HSS.1006"]);
const transientStatuses = new Set([408, 500, 502, 503, 504]);

function service(error: ServiceError): Verdict {
  const { status } = error;
  const code = error.errorCode === undefined ? undefined : currentForm(error.errorCode);
  const afterMs = error instanceof ThrottledError ? error.hint.retryAfterMs : undefined;
  const wait = afterMs === undefined ? {} : { afterMs };
  if (isThrottled(status, code)) return { retry: true, kind: "throttled", ...wait };
  if (isSkewError(error)) return { retry: true, kind: "skew" };
  if (isExpired(status, code, error.serviceMessage ?? "")) return { retry: true, kind: "auth" };
  if (code !== undefined && transientCodes.has(code)) return { ...transient, ...wait };
  if (code !== undefined && callerCodes.has(code)) return never;
  // an error_code under 200 that is not known to be the caller's fault
  return transientStatuses.has(status) || (status >= 200 && status < 300) ? { ...transient, ...wait } : never;
}

const callerCodes = new Set([
  ...["HSS.0001", "HSS.0002", "HSS.0010", "HSS.0011", "HSS.0013", "HSS.0014"],
  ...["HSS.1001", "HSS.1002", "HSS.1003", "HSS.1005", "HSS.1019"],
  ...["0101", "0102", "0301", "0302", "0303", "0304", "0305"].flatMap((n) => [`APIGW.${n}`, `APIG.${n}`]),
]);

/** `00000010` is the older form of `HSS.0010`. */
const currentForm = (code: string): string => (/^0000\d{4}$/.test(code) ? `HSS.${code.slice(4)}` : code);

/** The gateway's words for a token, or a temporary key, whose time is over. */
function isExpired(status: number, code: string | undefined, message: string): boolean {
  if (status !== 401) return false;
  if (code !== undefined && /^API(GW|G)\.0307$/.test(code)) return true;
  return /token\b[^.]{0,60}\b(expire[sd]?|must be updated)|decrypt token fail/i.test(message);
}
