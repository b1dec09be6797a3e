import { isAscii, isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import type { Agent, Dispatcher } from "undici";
import { AbortedError, ConfigurationError, HssError, ResponseError } from "../errors.js";
import type { HttpRequest, HttpResponse, Transport } from "./runtime.js";
import { isLinkLocal, isLoopback } from "../hss/endpoint.js";
import { proxies } from "./proxy.js";
import { transportError } from "./transportError.js";

export interface TransportOptions {
  /** Certificate authorities (PEM) to trust beside the usual ones. */
  readonly ca?: string;
  /** Proxies are taken from `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`; the lower-case names win. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** To one origin, 1 to 64; default 12. */
  readonly maxConnections?: number;
}

export interface ClosableTransport extends Transport {
  /** Ends every connection. Exchanges under way fail. */
  close(): Promise<void>;
}

interface Network {
  request: typeof import("undici").request;
  direct: Agent;
  proxied: Dispatcher | undefined;
}

/**
 * HTTP over keep-alive connections: one exchange a call, no redirects (a credential must not follow one), no retries, no
 * decompression. Throws `TransportError` where no whole answer arrived, `ResponseError` for one that is too long, encoded
 * or not UTF-8, `AbortedError` when the caller gave up.
 */
export function createTransport(options: TransportOptions = {}): ClosableTransport {
  let network: Promise<Network> | undefined;
  return {
    async send(request) {
      if (request.signal?.aborted) throw aborted(request.signal);
      network ??= connect(options);
      return exchange(await network, request);
    },
    async close() {
      const opened = await network?.catch(() => undefined);
      network = undefined;
      await Promise.all([opened?.direct.destroy(), opened?.proxied?.destroy()]);
    },
  };
}

/** undici is large: it is loaded with the first request. */
async function connect({ ca, env = {}, maxConnections = 12 }: TransportOptions): Promise<Network> {
  const { Agent, EnvHttpProxyAgent, request } = await import("undici");
  if (ca !== undefined && !/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(ca)) {
    throw new ConfigurationError([{ property: "caFile", reason: "holds no certificate in PEM form" }]);
  }
  const authorities = ca === undefined ? {} : { ca: trusted(ca, env) };
  // one timer spans the whole exchange; undici's own would not notice a slow drip
  const common = { connections: maxConnections, headersTimeout: 0, bodyTimeout: 0, connect: authorities };
  const { httpProxy, httpsProxy, noProxy } = proxies(env);
  if (!httpProxy && !httpsProxy) return { request, direct: new Agent(common), proxied: undefined };
  try {
    const tlsOptions = { requestTls: authorities, proxyTls: authorities };
    const proxied = new EnvHttpProxyAgent({
      ...common,
      ...tlsOptions,
      httpProxy,
      httpsProxy: httpsProxy || httpProxy,
      noProxy,
    });
    return { request, direct: new Agent(common), proxied };
  } catch {
    // undici's own message repeats the address, and with it a password
    const property = httpsProxy ? "HTTPS_PROXY" : "HTTP_PROXY";
    throw new ConfigurationError([
      { property, reason: "is no address of a proxy, like http://proxy.example.com:3128" },
    ]);
  }
}

/** An own list replaces Node's, so it has to hold the usual ones and those of NODE_EXTRA_CA_CERTS too. */
function trusted(ca: string, env: Readonly<Record<string, string | undefined>>): string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: "default") => string[] };
  if (getCACertificates) return [...getCACertificates("default"), ca];
  const extra = env.NODE_EXTRA_CA_CERTS;
  const more: string[] = [];
  try {
    if (extra) more.push(readFileSync(extra, "utf8"));
  } catch {
    // Node itself only warns about a file that it can't read
  }
  return [...tls.rootCertificates, ...more, ca];
}

async function exchange(network: Network, request: HttpRequest): Promise<HttpResponse> {
  const { url, method, body, timeoutMs, signal } = request;
  const stop = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop.abort();
  }, timeoutMs);
  const onAbort = () => {
    stop.abort();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal?.aborted) throw aborted(signal);
    const response = await network.request(url, {
      dispatcher: dispatcherFor(network, url),
      method,
      headers: { ...request.headers, "accept-encoding": "identity" },
      body,
      signal: stop.signal,
    });
    return await received(response, request);
  } catch (error) {
    if (signal?.aborted && !timedOut) throw aborted(signal);
    if (HssError.is(error)) throw error;
    throw transportError(url, error, timedOut ? timeoutMs : undefined);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Neither this machine nor the metadata service beside it is reached through a proxy. */
function dispatcherFor({ direct, proxied }: Network, { hostname }: URL): Dispatcher {
  return isLoopback(hostname) || isLinkLocal(hostname) ? direct : (proxied ?? direct);
}

async function received(response: Dispatcher.ResponseData, request: HttpRequest): Promise<HttpResponse> {
  const { statusCode: status, body } = response;
  // a body that is given up fails, and nobody listens to it any more
  body.on("error", () => undefined);
  const headers = flat(response.headers);
  const encoding = headers["content-encoding"];
  const good = status >= 200 && status < 300;
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    body.destroy();
    // what an encoded refusal says is lost, that it is one is not
    if (!good) return { status, headers, body: "" };
    throw new ResponseError(
      `${request.url.origin}: the answer is encoded (content-encoding), which was not asked for`,
      {
        requestId: headers["x-request-id"],
      },
    );
  }
  const whole = await collected(body, { status, headers }, request);
  if (good && !whole.isUtf8) {
    throw new ResponseError(`${request.url.origin}: the answer is not UTF-8`, { requestId: headers["x-request-id"] });
  }
  return whole;
}

class BufferedResponse implements HttpResponse {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    public bytes: Buffer,
  ) {}

  get size(): number {
    return this.bytes.length;
  }

  get isUtf8(): boolean {
    return isUtf8(this.bytes);
  }

  get body(): string {
    return text(this.bytes);
  }

  release(): void {
    this.bytes = Buffer.alloc(0);
  }
}

/** As `TextDecoder` reads it; several times as fast, and in half the memory, where it is all ASCII. */
function text(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString("utf8", marked ? 3 : 0);
}

async function collected(
  body: Dispatcher.ResponseData["body"],
  { status, headers }: Pick<HttpResponse, "status" | "headers">,
  { maxBodyBytes, url }: HttpRequest,
): Promise<BufferedResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  const check = (bytes: number) => {
    if (!(bytes > maxBodyBytes)) return;
    body.destroy();
    throw new ResponseError(`${url.origin}: the answer is longer than ${maxBodyBytes} bytes`, {
      requestId: headers["x-request-id"],
    });
  };
  check(Number(headers["content-length"]));
  for await (const chunk of body as AsyncIterable<Buffer>) {
    check((length += chunk.byteLength));
    chunks.push(chunk);
  }
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length);
  return new BufferedResponse(status, headers, bytes);
}

function flat(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, string>;
}

/** A caller that gives up for a reason of this package's own, such as a deadline, hears that reason. */
function aborted(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return HssError.is(reason) ? reason : new AbortedError("the request was aborted", { cause: reason });
}
