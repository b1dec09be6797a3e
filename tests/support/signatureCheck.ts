import { createHash, createHmac } from "node:crypto";

/** What a service lets in. */
export interface Accepted {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly token?: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const hex = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
const escape = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function expectedSignature(request: SignedRequest, secretKey: string, signedHeaders: string): string {
  const [path = "", query = ""] = request.url.split("?");
  const canonicalPath = `${path
    .split("/")
    .map((part) => escape(decodeURIComponent(part)))
    .join("/")}/`;
  const canonicalQuery = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => pair.split("=").map((part) => escape(decodeURIComponent(part))))
    .sort(([a = "", x = ""], [b = "", y = ""]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value = ""]) => `${name}=${value}`)
    .join("&");
  const headers = signedHeaders.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, canonicalPath, canonicalQuery, headers.join(""), signedHeaders, hex("")].join(
    "\n",
  );
  const date = String(request.headers["x-sdk-date"]);
  return createHmac("sha256", secretKey)
    .update(`SDK-HMAC-SHA256\n${date}\n${hex(canonical)}`)
    .digest("hex");
}

/**
 * Written from the signing document and not from this project's signer or emulator: recomputes the signature from the
 * raw request.
 */
export function authentic(request: SignedRequest, { accessKey, secretKey, token }: Accepted): boolean {
  if (request.headers["x-auth-token"] !== undefined)
    return token !== undefined && request.headers["x-auth-token"] === token;
  const parts = /^SDK-HMAC-SHA256 Access=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    String(request.headers["authorization"] ?? ""),
  );
  if (!parts || secretKey === undefined) return false;
  const [, access, signedHeaders = "", signature] = parts;
  return access === accessKey && signature === expectedSignature(request, secretKey, signedHeaders);
}
