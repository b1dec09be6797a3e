import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { decodePairs } from "./query.js";

/** A request as it arrived: nothing decoded yet. */
export interface RawRequest {
  method: string;
  rawPath: string;
  rawQuery: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Authorization {
  algorithm: "SDK-HMAC-SHA256" | "V11-HMAC-SHA256";
  accessKey: string;
  /** Date, region and service of a derived key; only with V11. */
  info?: string;
  signedHeaders: string[];
  signature: string;
}

export function parseAuthorization(header: string): Authorization | undefined {
  const match =
    /^(SDK-HMAC-SHA256) Access=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/.exec(header) ??
    /^(V11-HMAC-SHA256) Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/.exec(header);
  const [, algorithm, who, signed, signature] = match ?? [];
  if (!algorithm || !who || !signed || !signature) return undefined;
  const signedHeaders = signed.split(";");
  if (algorithm === "SDK-HMAC-SHA256") return { algorithm, accessKey: who, signedHeaders, signature };
  const [accessKey = "", ...info] = who.split("/");
  return { algorithm: "V11-HMAC-SHA256", accessKey, info: info.join("/"), signedHeaders, signature };
}

export function canonicalRequest(request: RawRequest, signedHeaders: readonly string[]): string {
  const names = signedHeaders.map((name) => name.toLowerCase()).sort();
  return [
    request.method.toUpperCase(),
    canonicalPath(request.rawPath),
    canonicalQuery(request.rawQuery),
    names.map((name) => `${name}:${headerValue(request.headers, name)}\n`).join(""),
    names.join(";"),
    bodyHash(request),
  ].join("\n");
}

export function verifies(authorization: Authorization, date: string, canonical: string, secretKey: string): boolean {
  const { algorithm, accessKey, info } = authorization;
  const lines = [algorithm, date, ...(info === undefined ? [] : [info]), sha256(canonical)];
  const key =
    info === undefined ? secretKey : Buffer.from(hkdfSync("sha256", secretKey, accessKey, info, 32)).toString("hex");
  const expected = createHmac("sha256", key).update(lines.join("\n")).digest();
  return timingSafeEqual(expected, Buffer.from(authorization.signature, "hex"));
}

/** `YYYYMMDDTHHMMSSZ` to epoch milliseconds; NaN where it is none. */
export function parseSdkDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

export function sdkDate(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
}

function canonicalPath(rawPath: string): string {
  const path = rawPath.split("/").map(reencode).join("/");
  return path.endsWith("/") ? path : `${path}/`;
}

function canonicalQuery(rawQuery: string): string {
  let pairs: [string, string][];
  try {
    pairs = decodePairs(rawQuery);
  } catch {
    return rawQuery;
  }
  return pairs
    .sort(([nameA, valueA], [nameB, valueB]) => byCodePoint(nameA, nameB) || byCodePoint(valueA, valueB))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function reencode(segment: string): string {
  try {
    return encode(decodeURIComponent(segment));
  } catch {
    return segment;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function headerValue(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(",") : (value ?? "")).trim();
}

function bodyHash(request: RawRequest): string {
  const declared = request.headers["x-sdk-content-sha256"];
  return typeof declared === "string" ? declared : sha256(request.body);
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
