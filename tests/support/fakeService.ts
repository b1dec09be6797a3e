import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpResponse, Transport } from "../../provider/runtime/runtime.js";
import type { Admit } from "./limiter.js";
import { pageOf } from "./pages.js";
import { authentic, type Accepted, type SignedRequest } from "./signatureCheck.js";

/** A second, small HSS beside the emulator, made of parts: the list that it pages through, whom it lets in, its limiter. */
export interface FakeService {
  /** Reaches it without a socket. */
  readonly transport: Transport;
  readonly requests: { readonly url: string; readonly headers: IncomingHttpHeaders; readonly status: number }[];
  answer(request: SignedRequest): HttpResponse;
}

export interface FakeServiceOptions {
  /** Items of data_list as JSON texts. */
  readonly items: readonly string[];
  readonly accepted: Accepted;
  /** With the clock that the limiter goes by. */
  readonly limit?: { readonly admit: Admit; readonly now: () => number; readonly refusal: string };
}

export function fakeService({ items, accepted, limit }: FakeServiceOptions): FakeService {
  const requests: FakeService["requests"] = [];
  const answerOf = (request: SignedRequest): { status: number; body: string } => {
    if (!authentic(request, accepted))
      return {
        status: 401,
        body: `{"error_msg":"Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:GET|/v5|secret","error_code":"APIGW.0301","request_id":"request-${requests.length + 1}"}`,
      };
    if (limit && limit.admit(limit.now()) > 0) return { status: 429, body: limit.refusal };
    return { status: 200, body: pageOf(items, new URL(request.url, "http://localhost").searchParams) };
  };
  const answer = (request: SignedRequest): HttpResponse => {
    const { status, body } = answerOf(request);
    const n = requests.push({ url: request.url, headers: request.headers, status });
    return { status, headers: { "content-type": "application/json", "x-request-id": `request-${n}` }, body };
  };
  const send: Transport["send"] = ({ method, url, headers }) =>
    Promise.resolve(answer({ method, url: `${url.pathname}${url.search}`, headers }));
  return { transport: { send }, requests, answer };
}

export interface FakeServer extends FakeService {
  readonly url: string;
  close(): Promise<void>;
}

/** The same behind a socket on loopback. */
export async function startFakeService({
  delayMs = 0,
  accessKey,
  secretKey,
  token,
  items,
}: Accepted & { readonly items: readonly string[]; readonly delayMs?: number }): Promise<FakeServer> {
  const service = fakeService({ items, accepted: { accessKey, secretKey, token } });
  const server = createServer(({ method = "", url = "", headers: given }, response) => {
    const { status, headers, body } = service.answer({ method, url, headers: given });
    setTimeout(() => response.writeHead(status, headers).end(body), delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...service,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
