import { ADDRCONFIG, lookup, type LookupAddress } from "node:dns";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import * as tls from "node:tls";
import type { PeerCertificate } from "node:tls";
import { onAbort } from "../abort.js";
import { ConfigurationError } from "../errors.js";
import { proxyAuthorization, proxyFor, type Proxy } from "./proxy.js";
import type { Env } from "./runtime.js";
import { isPem } from "./trust.js";

/** How far an exchange has come. */
export interface Progress {
  /** Aborted by a timeout or by the caller, which closes every socket opened for the exchange. */
  readonly signal: AbortSignal;
  /** "connecting" */
  doing: string;
  /** The proxy, while waiting for it. */
  proxy?: Proxy;
  /** What the other side showed of itself, before it was judged. */
  certificate?: PeerCertificate;
}

/** How long one address is tried alone before the next is tried beside it (RFC 8305). */
const headStartMs = 250;

/** Makes connections, each in one attempt that ends with the signal in every phase. */
export class Connector {
  private readonly context: tls.SecureContext | undefined;
  private readonly sessions = new Map<string, Buffer>();

  constructor(
    ca: string | undefined,
    private readonly env: Env,
  ) {
    if (ca !== undefined && !isPem(ca)) {
      throw new ConfigurationError([{ property: "caFile", reason: "holds no certificate in PEM form" }]);
    }
    this.context = ca === undefined ? undefined : tls.createSecureContext({ ca: trusted(ca, env) });
  }

  /** A connection to the origin, through the proxy where there is one, ready for HTTP. */
  async connect(origin: URL, progress: Progress): Promise<Socket> {
    const proxy = (progress.proxy = proxyFor(origin, this.env));
    const opened: Socket[] = [];
    const destroy = () => {
      for (const socket of opened) socket.destroy();
    };
    const forget = onAbort(progress.signal, destroy);
    try {
      let socket = await this.reach(proxy?.url ?? origin, opened, progress);
      if (proxy !== undefined) {
        progress.doing = "waiting for the proxy's answer";
        socket = await tunnel(socket, proxy.url, origin);
        progress.proxy = undefined;
        if (origin.protocol === "https:") socket = await this.secure(socket, origin, opened, progress);
      }
      progress.signal.throwIfAborted();
      return socket;
    } catch (error) {
      destroy();
      throw error;
    } finally {
      forget();
    }
  }

  private async reach(url: URL, opened: Socket[], progress: Progress): Promise<Socket> {
    progress.doing = "looking up the host name";
    const addresses = await addressesOf(hostOf(url));
    progress.doing = "connecting";
    const socket = await firstToConnect(addresses, portOf(url), opened, progress.signal);
    return url.protocol === "https:" ? this.secure(socket, url, opened, progress) : socket;
  }

  private async secure(socket: Socket, url: URL, opened: Socket[], progress: Progress): Promise<Socket> {
    progress.doing = "securing the connection (TLS)";
    const host = hostOf(url);
    const secured = tls.connect({
      socket,
      host,
      servername: isIP(host) === 0 ? host : "",
      ALPNProtocols: ["http/1.1"],
      secureContext: this.context,
      session: this.sessions.get(url.host),
    });
    opened.push(secured);
    // before Node judges it, and only for the message: afterwards the socket has forgotten it
    secured.prependListener("secure", () => {
      progress.certificate = secured.getPeerCertificate();
    });
    secured.on("session", (session) => this.sessions.set(url.host, session));
    await ready(secured, "secureConnect");
    return secured;
  }
}

/** A `URL` has IPv6 addresses in brackets. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1");

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === "https:" ? 443 : 80);

/** Resolves with the event; rejects when the socket fails or is destroyed before. */
function ready(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve);
    socket.on("error", reject);
    socket.once("close", () => {
      reject(Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" }));
    });
  });
}

/** Alternates between IPv4 and IPv6, so that a broken family costs one head start only. */
async function addressesOf(host: string): Promise<string[]> {
  const found = await new Promise<LookupAddress[]>((resolve, reject) => {
    lookup(host, { all: true, hints: ADDRCONFIG }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses);
    });
  });
  const preferred = found.filter(({ family }) => family === found[0]?.family);
  const others = found.filter(({ family }) => family !== found[0]?.family);
  return found
    .flatMap((_, n) => [...preferred.slice(n, n + 1), ...others.slice(n, n + 1)])
    .map(({ address }) => address);
}

/** Slow addresses stay in the race: Node's autoSelectFamily drops each after 250 ms, even if all others are dead. */
function firstToConnect(addresses: string[], port: number, opened: Socket[], signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const sockets: Socket[] = [];
    const failures: Error[] = [];
    let winner: Socket | undefined;
    let timer: NodeJS.Timeout | undefined;
    const next = () => {
      clearTimeout(timer);
      if (signal.aborted) reject(signal.reason as Error);
      const host = addresses[sockets.length];
      if (host === undefined || winner !== undefined || signal.aborted) return;
      const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
      sockets.push(socket);
      opened.push(socket);
      timer = setTimeout(next, headStartMs);
      ready(socket, "connect").then(
        () => {
          winner ??= socket;
          clearTimeout(timer);
          for (const other of sockets) if (other !== winner) other.destroy();
          resolve(winner);
        },
        (error: Error) => {
          failures.push(error);
          next();
          if (failures.length === sockets.length) reject(failures[0] as Error);
        },
      );
    };
    next();
  });
}

/** The socket once the proxy has connected it to the origin. */
function tunnel(socket: Socket, proxy: URL, origin: URL): Promise<Socket> {
  const path = `${origin.hostname}:${portOf(origin)}`;
  return new Promise((resolve, reject) => {
    httpRequest({
      method: "CONNECT",
      path,
      headers: { host: path, "proxy-connection": "keep-alive", ...proxyAuthorization(proxy) },
      setHost: false,
      createConnection: () => socket,
    })
      .once("connect", ({ statusCode }, connected: Socket, head: Buffer) => {
        if (statusCode !== 200) {
          reject(Object.assign(new Error(`the proxy answered ${statusCode}`), { code: `HTTP_${statusCode}` }));
          return;
        }
        if (head.length > 0) connected.unshift(head);
        resolve(connected);
      })
      .once("error", reject)
      .end();
  });
}

/** `ca` replaces Node's default list, so this adds the defaults and NODE_EXTRA_CA_CERTS back. */
function trusted(ca: string, env: Env): string[] {
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
