import { createHmac } from "node:crypto";
import { sha256 } from "../sha256.js";
import { ArgumentError } from "../errors.js";
import type { HttpRequest } from "../runtime/runtime.js";
import type { AccessKeys } from "./credentials/types.js";

/**
 * SDK-HMAC-SHA256, as the vendor's API Signing Guide describes it and its SDKs do it. Pure: same request, key and date,
 * same headers. Every attempt is signed anew, for the gateway refuses a signature that is 15 minutes old.
 */
const algorithm = "SDK-HMAC-SHA256";

type SigningKey = Omit<AccessKeys, "kind">;

interface SignableRequest extends Pick<HttpRequest, "url" | "headers" | "body"> {
  readonly method: string;
}

/** What `sign` adds to a request's headers. */
export interface SigningHeaders extends Record<string, string> {
  "x-sdk-date": string;
  authorization: string;
}

/**
 * The headers that make a request authentic: `x-sdk-date`, `authorization` and, with temporary keys, `x-security-token`.
 * Signed are `host` and all `x-` headers; others may be rewritten on their way, and names with `_` are dropped by gateways.
 */
export function sign(request: SignableRequest, key: SigningKey, date: Date): SigningHeaders {
  const added: Record<string, string> = { "x-sdk-date": sdkDate(date) };
  if (key.securityToken !== undefined) added["x-security-token"] = key.securityToken;
  const headers = { host: request.url.host, ...request.headers, ...added };
  const signed = Object.fromEntries(Object.entries(headers).filter(([name]) => isSigned(name)));
  return {
    ...added,
    ...authorization(canonicalRequest({ ...request, headers: signed }), signed, key),
  } as SigningHeaders;
}

const isSigned = (name: string): boolean => name === "host" || /^x-[^_]*$/.test(name);

/** The `authorization` header for a canonical request; `signed` are the headers in it, `x-sdk-date` among them. */
export function authorization(
  canonical: string,
  signed: Readonly<Record<string, string>>,
  key: SigningKey,
): { authorization: string } {
  const toSign = [algorithm, signed["x-sdk-date"], sha256(canonical)].join("\n");
  const signature = createHmac("sha256", key.secretKey).update(toSign).digest("hex");
  const names = Object.keys(signed).sort().join(";");
  return { authorization: `${algorithm} Access=${key.accessKey}, SignedHeaders=${names}, Signature=${signature}` };
}

/** What the signature covers; `request.headers` are the signed ones only. Holds secrets where a header does. */
export function canonicalRequest(request: SignableRequest): string {
  const { method, url, headers, body } = request;
  const names = Object.keys(headers).sort();
  return [
    method.toUpperCase(),
    canonicalPath(url.pathname),
    canonicalQuery(url.search),
    names.map((name) => `${name}:${(headers[name] ?? "").trim()}\n`).join(""),
    names.join(";"),
    headers["x-sdk-content-sha256"] ?? sha256(body ?? ""),
  ].join("\n");
}

/** `YYYYMMDDTHHMMSSZ`, UTC. */
export const sdkDate = (date: Date): string => date.toISOString().replace(/[-:]|\.\d+/g, "");

/** Percent-encodes all but `A-Z a-z 0-9 - _ . ~`, upper-case hex. Throws `ArgumentError` for half of a surrogate pair. */
export function encode(text: string): string {
  if (!text.isWellFormed()) {
    throw new ArgumentError("request", [
      { property: "text", reason: "holds half of a surrogate pair, which UTF-8 can't express" },
    ]);
  }
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

export type QueryValue = string | number | bigint | boolean;

/**
 * The query string in its canonical form, without `?`; sent as it is, so that what is signed is what is sent. Names are
 * sorted by code point, values of one name too.
 */
export function encodeQuery(parameters: Iterable<readonly [string, QueryValue]>): string {
  return [...parameters]
    .map(([name, value]) => [name, String(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => byCodePoint(nameA, nameB) || byCodePoint(valueA, valueB))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");
}

function canonicalPath(pathname: string): string {
  const path = pathname
    .split("/")
    .map((segment) => encode(decode(segment)))
    .join("/");
  return path.endsWith("/") ? path : `${path}/`;
}

function canonicalQuery(search: string): string {
  const pairs = search.replace(/^\?/, "").split("&").filter(Boolean);
  return encodeQuery(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return [decode(name.replaceAll("+", " ")), decode(value.replaceAll("+", " "))];
    }),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ArgumentError("request", [{ property: "url", reason: "holds a broken percent-encoding" }]);
  }
}

// the order of UTF-8 bytes is that of code points; JavaScript's own order of strings is not, past U+FFFF
function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
