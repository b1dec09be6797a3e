import { CredentialsError, ServiceError, type ServiceErrorDetails } from "../errors.js";
import { printable } from "../text.js";
import { dayMs } from "../time.js";
import { isRecord } from "../values.js";
import type { HttpResponse } from "../runtime/runtime.js";
import { parseHttpDate, serverTime } from "./clockSkew.js";

/** What a refusal says, in whichever of the service's forms. */
export interface Refusal {
  readonly errorCode?: string;
  readonly serviceMessage?: string;
  readonly requestId?: string;
}

const firstText = (source: Record<string, unknown>, names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value = source[name];
    if ((typeof value === "string" && value !== "") || typeof value === "number") return printable(String(value), 600);
  }
  return undefined;
};

/** The five documented forms of an error body, nested one level at most; undefined for any other body. */
export function parseRefusal(body: unknown): Refusal | undefined {
  if (!isRecord(body)) return undefined;
  const candidates = [body, ...Object.values(body).filter(isRecord)];
  for (const candidate of candidates) {
    const errorCode = firstText(candidate, ["error_code", "errorCode", "code"]);
    const message = firstText(candidate, ["error_msg", "error_description", "errorMsg", "message"]);
    if (errorCode !== undefined || message !== undefined) {
      return {
        errorCode,
        serviceMessage: message && withoutCanonicalRequest(message),
        requestId: firstText(candidate, ["request_id"]),
      };
    }
  }
  return undefined;
}

/** The gateway echoes what was signed, with the query and the security token. */
const withoutCanonicalRequest = (message: string): string => message.replace(/[,;]?\s*canonicalRequest\s*:.*$/is, "");

/** Who refused; IAM stands for STS too. What helps is not the same. */
export type RefusingService = "HSS" | "IAM";

interface Advice {
  readonly byCode: readonly (readonly [RegExp, string])[];
  readonly byStatus: Readonly<Record<number, string>>;
  /** Where a wrong address comes from. */
  readonly address: string;
}

const keys: readonly [RegExp, string] = [
  /^API(GW|G)\.0301$/,
  "check accessKey and secretKey (with securityToken for temporary keys) or token, and that they are valid for this region",
];

const advice: Readonly<Record<RefusingService, Advice>> = {
  HSS: {
    byCode: [
      keys,
      [
        /^HSS\.00(10|13)$/,
        "the account needs permission to read HSS; one limited to an enterprise project must set enterpriseProjectId",
      ],
      [/^API(GW|G)\.0101$/, "check endpoint and region: this address does not serve HSS"],
      [/^API(GW|G)\.0308$/, "set requestsPerMinute, or read less often"],
      [/^HSS\.000[12]$/, "the service refused an argument"],
      [/^HSS\.0011$/, "check projectId and enterpriseProjectId"],
    ],
    byStatus: {
      401: "check the credentials",
      403: "the account needs permission to read HSS",
      404: "check endpoint and region: this address does not serve HSS",
      407: "check the proxy's user name and password",
    },
    address: "endpoint and region",
  },
  IAM: {
    byCode: [
      keys,
      [/^API(GW|G)\.0101$/, "check authUrl and region: this address does not serve IAM"],
      [/^API(GW|G)\.0308$/, "log in less often: keep one process, or use access keys"],
    ],
    byStatus: {
      401: "check userName, password and domainName, or the keys",
      403: "the account needs the permission for this in IAM; an agency must delegate to it, and it must be allowed to assume agencies",
      404: "check authUrl and region, and the names of account, agency and project",
      407: "check the proxy's user name and password",
    },
    address: "authUrl and region",
  },
};

/** A credential must not follow a redirect; where it leads shows which setting is wrong. */
function redirect({ status, headers }: HttpResponse, service: RefusingService): string | undefined {
  if (status < 300 || status > 399) return undefined;
  const target = headers["location"];
  const to = target === undefined ? "another address" : printable(target.replace(/[?#].*$/, ""), 200);
  return `redirected to ${to}, which is not followed: check ${advice[service].address}, and what answers in between (a proxy, a login page)`;
}

/** One line: what failed, the service's code, words and request id, and what to do. */
function serviceErrorMessage(operation: string, status: number, refusal: Refusal, service: RefusingService): string {
  const { errorCode, serviceMessage, requestId } = refusal;
  const { byCode, byStatus } = advice[service];
  const said = [errorCode, serviceMessage].filter((part) => part !== undefined).join(" ") || "no reason given";
  const help = byCode.find(([code]) => errorCode !== undefined && code.test(errorCode))?.[1] ?? byStatus[status];
  const where = `HTTP ${status}${requestId === undefined ? "" : `, request id ${requestId}`}`;
  return `${operation}: ${said} (${where})${help === undefined ? "" : `; ${help}`}`;
}

/** The request id of an answer: header first, as the vendor's SDKs do. */
export function requestIdOf(response: HttpResponse, refusal?: Refusal): string | undefined {
  const header = response.headers["x-request-id"];
  return header ? printable(header, 128) : refusal?.requestId;
}

/** `now`: our clock when the answer arrived, in milliseconds since the epoch. */
export function serviceError(
  operation: string,
  response: HttpResponse,
  body: unknown,
  now: number,
  service: RefusingService = "HSS",
): ServiceError {
  const { status } = response;
  const refusal = { ...parseRefusal(body) };
  const details = { ...refusal, status, requestId: requestIdOf(response, refusal) };
  const serviceMessage = redirect(response, service) ?? details.serviceMessage;
  const message = serviceErrorMessage(operation, status, { ...details, serviceMessage }, service);
  const hint = throttleHint(response, now);
  const throttled = isThrottled(status, refusal.errorCode) || hint.retryAfterMs !== undefined;
  return throttled ? new ThrottledError(message, details, hint) : new ServiceError(message, details);
}

/** Whether what authenticates was refused: expired, replaced by its owner, or wrong from the start. IAM's refusals are causes. */
export const isRefusedCredential = (error: unknown): boolean =>
  error instanceof ServiceError
    ? error.status === 401
    : error instanceof CredentialsError && error.cause instanceof ServiceError && error.cause.status === 401;

/** At most `requests` in any period of `perMs`. */
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
    options?: { readonly cause?: unknown },
  ) {
    super(message, details, options);
  }
}

/** What a 429 (or a 503 with `Retry-After`) says; empty where it says nothing. `now`: our clock when it arrived. */
export function throttleHint({ headers, body }: Pick<HttpResponse, "headers" | "body">, now: number): ThrottleHint {
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
    // both dates by the server's clock, where it gives one: ours may be off
    if (date !== undefined) return Math.max(0, date - (serverTime(headers) ?? now));
  }
  return reset(headers, now);
}

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
  const wait = (time.length === 13 ? Number(time) : Number(time) * 1000) - (serverTime(headers) ?? now);
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

/** Of the gateway's `x-apig-ratelimit-*: remain:0,limit:5,time:1 minute`, the exhausted one. */
function exhaustedLimit(headers: Readonly<Record<string, string>>): RateLimit | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (/^x-apig-ratelimit-/.test(name) && /^\s*remain:\s*0\s*,/i.test(value)) return rateLimit(value);
  }
  return undefined;
}
