import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A second, small HSS for tests, written from the signing document and not from this project's signer or emulator: it
 * recomputes each signature from the raw request.
 */
export interface ReferenceServer {
  readonly url: string;
  readonly requests: { url: string; headers: IncomingMessage["headers"]; status: number }[];
  close(): Promise<void>;
}

export interface ReferenceOptions {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly token?: string;
  /** Items of data_list as JSON texts, so that integers of any size can be sent. */
  readonly items: readonly string[];
  readonly onRequest?: (n: number) => void;
  readonly delayMs?: number;
}

const hex = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
const escape = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function expectedSignature(request: IncomingMessage, secretKey: string, signedHeaders: string): string {
  const [path = "", query = ""] = (request.url ?? "").split("?");
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

function authentic(request: IncomingMessage, { accessKey, secretKey, token }: ReferenceOptions): boolean {
  if (request.headers["x-auth-token"] !== undefined)
    return token !== undefined && request.headers["x-auth-token"] === token;
  const parts = /^SDK-HMAC-SHA256 Access=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    request.headers.authorization ?? "",
  );
  if (!parts || secretKey === undefined) return false;
  const [, access, signedHeaders = "", signature] = parts;
  return access === accessKey && signature === expectedSignature(request, secretKey, signedHeaders);
}

export async function startReferenceServer(options: ReferenceOptions): Promise<ReferenceServer> {
  const requests: ReferenceServer["requests"] = [];
  const server: Server = createServer((request, response) => {
    const record = { url: request.url ?? "", headers: request.headers, status: 0 };
    const n = requests.push(record);
    options.onRequest?.(n);
    const answer = (status: number, body: string) => {
      record.status = status;
      setTimeout(() => {
        response.writeHead(status, { "content-type": "application/json", "x-request-id": `request-${n}` });
        response.end(body);
      }, options.delayMs ?? 0);
    };
    if (!authentic(request, options)) {
      answer(
        401,
        `{"error_msg":"Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:GET|/v5|secret","error_code":"APIGW.0301","request_id":"request-${n}"}`,
      );
      return;
    }
    const query = new URL(request.url ?? "", "http://localhost").searchParams;
    const offset = Number(query.get("offset"));
    const limit = Number(query.get("limit"));
    answer(
      200,
      `{"total_num":${options.items.length},"data_list":[${options.items.slice(offset, offset + limit).join(",")}]}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** So many plain events, newest first. */
export const plainItems = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, i) =>
      `{"event_id":"event-${String(i).padStart(6, "0")}","severity":"High","occur_time":${1_790_000_000_000 - i * 1000},"handle_status":"unhandled","host_id":"host-${i % 17}","process_info":[{"process_name":"p${i % 40}","process_path":"/opt/p${i % 40}","process_pid":${i},"process_hash":"${hex(`p${i % 40}`)}"}]}`,
  );
