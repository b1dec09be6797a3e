import { createHash, timingSafeEqual } from "node:crypto";
import { gatewayError, Refusal } from "./answers.js";
import type { Credentials } from "./credentials.js";
import type { RawRequest } from "./signature.js";
import { canonicalRequest, parseAuthorization, parseSdkDate, sdkDate, verifies } from "./signature.js";

/** How far X-Sdk-Date may be from the gateway's clock. */
const TOLERANCE_MS = 15 * 60_000;

/** Lets a request pass only with a valid token or a valid signature. @throws Refusal 401 */
export function authenticate(request: RawRequest, credentials: Credentials, now: number, requestId: string): void {
  const refuse = (why: string): never => {
    const message = `Incorrect IAM authentication information: ${why}`;
    throw new Refusal(gatewayError(401, "APIGW.0301", message, requestId));
  };
  const header = request.headers.authorization;
  if (header !== undefined && /^(SDK|V11)-/.test(header)) {
    verifySignature(request, header, credentials, now, refuse);
    return;
  }
  const token = request.headers["x-auth-token"];
  if (typeof token !== "string" || token === "") return refuse("x-auth-token not found");
  const expires = credentials.tokenExpiry(token);
  if (expires === undefined) return refuse("decrypt token fail");
  if (expires <= now) refuse(`token expires, expires_at:${new Date(expires).toISOString()}`);
}

function verifySignature(
  request: RawRequest,
  header: string,
  credentials: Credentials,
  now: number,
  refuse: (why: string) => never,
): void {
  const authorization = parseAuthorization(header);
  if (!authorization) return refuse("authorization format error");
  const { accessKey, signedHeaders } = authorization;
  const pair = credentials.pair(accessKey);
  if (!pair) return refuse(`Get secretKey failed,ak:${accessKey},err:ak not exist`);
  const date = request.headers["x-sdk-date"];
  const signed = typeof date === "string" ? parseSdkDate(date) : NaN;
  if (typeof date !== "string" || Number.isNaN(signed))
    return refuse("verify aksk signature fail, x-sdk-date not found");
  if (Math.abs(signed - now) > TOLERANCE_MS) {
    return refuse(`verify aksk signature fail, signature expired, signature time:${date},server time:${sdkDate(now)}`);
  }
  if (!signedHeaders.includes("x-sdk-date")) return refuse("verify aksk signature fail, x-sdk-date is not signed");
  const canonical = canonicalRequest(request, signedHeaders);
  if (!verifies(authorization, date, canonical, pair.secretKey)) {
    return refuse(`verify aksk signature fail, canonicalRequest:${canonical.replaceAll("\n", "|")}`);
  }
  if (pair.securityToken === undefined) return;
  const securityToken = request.headers["x-security-token"];
  if (typeof securityToken !== "string") return refuse("security token of a temporary access key is missing");
  if (!equal(securityToken, pair.securityToken)) return refuse("security token does not belong to the access key");
  if (pair.expires <= now) refuse(`security token expires, expires_at:${new Date(pair.expires).toISOString()}`);
}

/** Takes the same time wherever two texts differ. */
export function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
