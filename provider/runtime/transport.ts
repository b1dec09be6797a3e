import type { Socket } from "node:net";
import type { Client } from "undici";
import { abortError, onAbort, unlessAborted } from "../abort.js";
import { HssError, TransportError } from "../errors.js";
import { Connector, type Progress } from "./connector.js";
import { received } from "./response.js";
import type { Env, HttpRequest, HttpResponse, Transport } from "./runtime.js";
import { timedOut, transportError } from "./transportError.js";

export interface TransportOptions {
  /** Certificate authorities (PEM) to trust beside the usual ones. */
  readonly ca?: string;
  /** Proxies are taken from `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`; the lower-case names win. */
  readonly env?: Env;
  /** To one origin, 1 to 64; default 12. */
  readonly maxConnections?: number;
}

export interface ClosableTransport extends Transport {
  /** Ends every connection. Exchanges under way fail. */
  close(): Promise<void>;
}

/**
 * HTTP over keep-alive connections: one exchange a call, at most one attempt to connect, no redirects (a credential must
 * not follow one), no retries, no decompression. Ends within the request's limit, or at once when it is aborted, and
 * nothing goes on after that. Throws `TransportError` where no whole answer arrived, `ResponseError` for one that is too
 * long, encoded or not UTF-8, `AbortedError` when the caller gave up.
 */
export function createTransport(options: TransportOptions = {}): ClosableTransport {
  return new HttpTransport(options);
}

class HttpTransport implements ClosableTransport {
  private readonly pools = new Map<string, Pool>();
  private readonly underWay = new Set<AbortController>();
  private connector: Connector | undefined;

  constructor(private readonly options: TransportOptions) {}

  async send(request: HttpRequest): Promise<HttpResponse> {
    const { url, timeoutMs, signal } = request;
    const stop = new AbortController();
    const progress: Progress = { signal: stop.signal, doing: "waiting for a free connection" };
    // one timer spans the whole exchange; undici's own would not notice a slow drip
    const timer = setTimeout(() => {
      stop.abort(timedOut(url, timeoutMs, progress));
    }, timeoutMs);
    const forget = onAbort(signal, () => {
      stop.abort(signal && abortError(signal, "the request"));
    });
    this.underWay.add(stop);
    try {
      return await this.exchange(request, progress);
    } catch (error) {
      if (stop.signal.aborted) throw stop.signal.reason;
      throw HssError.is(error) ? error : transportError(url, error, progress);
    } finally {
      clearTimeout(timer);
      forget();
      this.underWay.delete(stop);
    }
  }

  private async exchange(request: HttpRequest, progress: Progress): Promise<HttpResponse> {
    const pool = this.poolFor(request.url.origin);
    const connection = await pool.acquire(progress.signal);
    try {
      return await unlessAborted(connection.exchange(request, progress), progress.signal);
    } finally {
      pool.release(connection);
    }
  }

  private poolFor(origin: string): Pool {
    const { ca, env = {}, maxConnections = 12 } = this.options;
    const connector = (this.connector ??= new Connector(ca, env));
    const pool = this.pools.get(origin) ?? new Pool(maxConnections, () => new Connection(new URL(origin), connector));
    this.pools.set(origin, pool);
    return pool;
  }

  close(): Promise<void> {
    const closed = new TransportError("the transport was closed before the answer had arrived");
    for (const stop of this.underWay) stop.abort(closed);
    for (const pool of this.pools.values()) pool.close();
    this.pools.clear();
    return Promise.resolve();
  }
}

/** Connections to one origin: each serves one exchange at a time, so that what a failed one destroys is its own. */
class Pool {
  private readonly idle: Connection[] = [];
  private readonly waiting: (() => void)[] = [];
  private taken = 0;
  private isClosed = false;

  constructor(
    private readonly max: number,
    private readonly open: () => Connection,
  ) {}

  async acquire(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    if (this.taken < this.max) this.taken++;
    else await this.turn(signal);
    return this.idle.pop() ?? this.open();
  }

  release(connection: Connection): void {
    if (connection.isWhole && !this.isClosed) this.idle.push(connection);
    else connection.destroy();
    const next = this.waiting.shift();
    if (next) next();
    else this.taken--;
  }

  close(): void {
    this.isClosed = true;
    for (const connection of this.idle.splice(0)) connection.destroy();
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const admit = () => {
        forget();
        resolve();
      };
      this.waiting.push(admit);
      const forget = onAbort(signal, (reason) => {
        this.waiting.splice(this.waiting.indexOf(admit), 1);
        reject(reason);
      });
    });
  }
}

/** One keep-alive connection, reopened if it was closed in the meantime. */
class Connection {
  private client: Client | undefined;
  private progress: Progress | undefined;
  /** Whether the last exchange read its answer to the end, so that the connection can be reused. */
  isWhole = true;

  constructor(
    private readonly origin: URL,
    private readonly connector: Connector,
  ) {}

  async exchange(request: HttpRequest, progress: Progress): Promise<HttpResponse> {
    this.isWhole = false;
    this.progress = progress;
    // undici is large: it is loaded with the first request
    const { Client } = await import("undici");
    progress.signal.throwIfAborted();
    this.client ??= new Client(this.origin, {
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_, callback) => {
        this.connect().then(
          (socket) => {
            callback(null, socket);
          },
          (error: unknown) => {
            callback(error as Error, null);
          },
        );
      },
    });
    progress.doing = "waiting for the answer's headers";
    const response = await this.client.request({
      method: request.method,
      path: `${request.url.pathname}${request.url.search}`,
      headers: { ...request.headers, "accept-encoding": "identity" },
      body: request.body,
    });
    progress.doing = "reading the answer's body";
    const answer = await received(response, request);
    this.isWhole = response.body.readableEnded;
    return answer;
  }

  destroy(): void {
    void this.client?.destroy();
  }

  /** At most once an exchange: undici itself would try again, for ever, where a connection is closed as soon as it is made. */
  private async connect(): Promise<Socket> {
    const { progress } = this;
    this.progress = undefined;
    if (!progress) throw Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" });
    const socket = await this.connector.connect(this.origin, progress);
    progress.doing = "waiting for the answer's headers";
    return socket;
  }
}
