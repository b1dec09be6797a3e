import { ServiceError } from "../errors.js";
import { printable } from "../text.js";
import { isRecord } from "../values.js";
import type { HttpResponse } from "../runtime/runtime.js";
import { isThrottled, ThrottledError, throttleHint } from "./throttleHint.js";

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

/** The five documented forms of an error body, nested one level at most; undefined where the body is none of them. */
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

const advice: readonly (readonly [RegExp, string])[] = [
  [
    /^API(GW|G)\.0301$/,
    "check accessKey and secretKey (with securityToken for temporary keys) or token, and that they are valid for this region",
  ],
  [
    /^HSS\.00(10|13)$/,
    "the account needs permission to read HSS; one limited to an enterprise project must set enterpriseProjectId",
  ],
  [/^API(GW|G)\.0101$/, "check endpoint and region: this address does not serve HSS"],
  [/^API(GW|G)\.0308$/, "set requestsPerMinute, or read less often"],
  [/^HSS\.000[12]$/, "the service refused an argument"],
  [/^HSS\.0011$/, "check projectId and enterpriseProjectId"],
];

const adviceByStatus: Readonly<Record<number, string>> = {
  401: "check the credentials",
  403: "the account needs permission to read HSS",
  404: "check endpoint and region: this address does not serve HSS",
  407: "check the proxy's user name and password",
};

/** A credential must not follow a redirect; where it leads tells which setting is wrong. */
function redirect({ status, headers }: HttpResponse): string | undefined {
  if (status < 300 || status > 399) return undefined;
  const target = headers["location"];
  const to = target === undefined ? "another address" : printable(target.replace(/[?#].*$/, ""), 200);
  return `redirected to ${to}, which is not followed: check endpoint and region, and what answers in between (a proxy, a login page)`;
}

/** One line: what failed, the service's code, words and request id, and what to do. */
export function serviceErrorMessage(operation: string, status: number, refusal: Refusal): string {
  const { errorCode, serviceMessage, requestId } = refusal;
  const said = [errorCode, serviceMessage].filter((part) => part !== undefined).join(" ") || "no reason given";
  const help = advice.find(([code]) => errorCode !== undefined && code.test(errorCode))?.[1] ?? adviceByStatus[status];
  const where = `HTTP ${status}${requestId === undefined ? "" : `, request id ${requestId}`}`;
  return `${operation}: ${said} (${where})${help === undefined ? "" : `; ${help}`}`;
}

/** The request id of an answer: header first, as the vendor's SDKs do. */
export function requestIdOf(response: HttpResponse, refusal?: Refusal): string | undefined {
  const header = response.headers["x-request-id"];
  return header ? printable(header, 128) : refusal?.requestId;
}

/** `now`: the own clock when the answer arrived, in milliseconds since the epoch. */
export function serviceError(operation: string, response: HttpResponse, body: unknown, now: number): ServiceError {
  const { status, headers } = response;
  const refusal = { ...parseRefusal(body) };
  const details = { ...refusal, status, requestId: requestIdOf(response, refusal) };
  const message = serviceErrorMessage(operation, status, {
    ...details,
    serviceMessage: redirect(response) ?? details.serviceMessage,
  });
  const hint = throttleHint({ status, headers, body: response.body, now });
  const throttled = isThrottled(status, refusal.errorCode) || hint.retryAfterMs !== undefined;
  return throttled ? new ThrottledError(message, details, hint) : new ServiceError(message, details);
}
