import type { LookupAddress } from "node:dns";
import { getEventListeners, setMaxListeners } from "node:events";
import type { Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { AbortedError, TransportError } from "../../provider/errors.js";
import { counting, deaf, failure, get, transport } from "../support/sockets.js";
import { endsWithin } from "../support/timing.js";

/** What names resolve to here; `stuck.test` never does, `late.test` late. */
const names: Record<string, readonly string[]> = {};
jest.mock("node:dns", () => {
  const dns = jest.requireActual<typeof import("node:dns")>("node:dns");
  type Callback = (error: Error | null, addresses: LookupAddress[]) => void;
  const lookup = (host: string, options: { all: true }, callback: Callback) => {
    if (host === "stuck.test") return;
    if (host === "late.test") {
      setTimeout(callback, 300, null, [{ address: "127.0.0.1", family: 4 }]);
      return;
    }
    const known = names[host];
    if (known)
      setImmediate(
        callback,
        null,
        known.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
      );
    else dns.lookup(host, options, callback);
  };
  return { ...dns, lookup };
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Sockets of this process, of servers too. */
const resources = (): string[] =>
  process.getActiveResourcesInfo().filter((kind) => /TCPSocket|TCPConnect|TLS/.test(kind));

/** Once those of the test before are closed. */
const settled = async (): Promise<string[]> => {
  await pause(20);
  return resources();
};

interface Phase {
  readonly origin: string;
  readonly env?: Record<string, string>;
  readonly server?: { readonly connections: number; readonly open: number };
}

const host = "hss.cn-north-4.myhuaweicloud.com";
const headOnly = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

/** Answers CONNECT, and what comes after it with `later`. */
const connecting = (later = "") =>
  counting((socket: Socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.once("data", () => socket.write(later));
    });
  });

const phases: [string, RegExp, () => Promise<Phase>][] = [
  ["name look-up", /while looking up the host name$/, async () => ({ origin: "http://stuck.test" })],
  [
    "connecting",
    /while connecting; if a proxy is needed, set HTTPS_PROXY$/,
    async () => ({ origin: `http://127.0.0.1:${await deaf("127.0.0.1")}` }),
  ],
  [
    "TLS",
    /while securing the connection \(TLS\)$/,
    async () => {
      const server = await counting();
      return { origin: `https://${server.address}`, server };
    },
  ],
  [
    "headers",
    /while waiting for the answer's headers$/,
    async () => {
      const server = await counting();
      return { origin: `http://${server.address}`, server };
    },
  ],
  [
    "body",
    /while reading the answer's body$/,
    async () => {
      const server = await counting((socket) => socket.write(headOnly));
      return { origin: `http://${server.address}`, server };
    },
  ],
  [
    "look-up of the proxy",
    /while looking up the host name \(proxy stuck\.test:3128 of HTTPS_PROXY\)$/,
    async () => ({ origin: `https://${host}`, env: { HTTPS_PROXY: "http://stuck.test:3128" } }),
  ],
  [
    "connecting to the proxy",
    /while connecting \(proxy 127\.0\.0\.1:\d+ of HTTPS_PROXY\)$/,
    async () => ({ origin: `https://${host}`, env: { HTTPS_PROXY: `http://127.0.0.1:${await deaf("127.0.0.1")}` } }),
  ],
  [
    "TLS with the proxy",
    /while securing the connection \(TLS\) \(proxy 127\.0\.0\.1:\d+ of HTTPS_PROXY\)$/,
    async () => {
      const server = await counting();
      return { origin: `https://${host}`, env: { HTTPS_PROXY: `https://${server.address}` }, server };
    },
  ],
  [
    "the proxy's answer",
    /while waiting for the proxy's answer \(proxy 127\.0\.0\.1:\d+ of HTTPS_PROXY\)$/,
    async () => {
      const server = await counting();
      return { origin: `https://${host}`, env: { HTTPS_PROXY: `http://${server.address}` }, server };
    },
  ],
  [
    "half of the proxy's answer",
    /while waiting for the proxy's answer \(proxy 127\.0\.0\.1:\d+ of HTTPS_PROXY\)$/,
    async () => {
      const server = await counting((socket) => socket.write("HTTP/1.1 200 Connection"));
      return { origin: `https://${host}`, env: { HTTPS_PROXY: `http://${server.address}` }, server };
    },
  ],
  [
    "TLS through the proxy",
    /while securing the connection \(TLS\)$/,
    async () => {
      const server = await connecting();
      return { origin: `https://${host}`, env: { HTTPS_PROXY: `http://${server.address}` }, server };
    },
  ],
  [
    "headers through the proxy",
    /while waiting for the answer's headers$/,
    async () => {
      const server = await connecting();
      return { origin: `http://${host}`, env: { HTTP_PROXY: `http://${server.address}` }, server };
    },
  ],
  [
    "body through the proxy",
    /while reading the answer's body$/,
    async () => {
      const server = await connecting(headOnly);
      return { origin: `http://${host}`, env: { HTTP_PROXY: `http://${server.address}` }, server };
    },
  ],
];

describe.each(phases)("%s does not end", (_, message, open) => {
  /** After the request nothing of it is left, and nothing more comes. */
  async function over(before: readonly string[], { server }: Phase): Promise<void> {
    await pause(20);
    expect(resources()).toEqual(before);
    const connections = server?.connections ?? 0;
    expect(connections).toBeLessThanOrEqual(1);
    await pause(400);
    expect([server?.open ?? 0, server?.connections ?? 0]).toEqual([0, connections]);
    expect(resources()).toEqual(before);
  }

  test("the limit ends it, and says what was waited for", async () => {
    const phase = await open();
    const it = transport({ env: phase.env });
    const before = await settled();
    const started = performance.now();
    const error = await endsWithin(900, failure(it.send(get(`${phase.origin}/`, { timeoutMs: 400 }))));
    const took = performance.now() - started;
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(`${phase.origin}: timed out after 0.4 s while `)).toBe(true);
    expect(took).toBeGreaterThan(390);
    await over(before, phase);
  });

  test("an abort ends it at once", async () => {
    const phase = await open();
    const it = transport({ env: phase.env });
    const caller = new AbortController();
    const before = await settled();
    const sending = failure(it.send(get(`${phase.origin}/`, { timeoutMs: 30_000, signal: caller.signal })));
    await pause(300);
    caller.abort();
    expect(await endsWithin(150, sending)).toBeInstanceOf(AbortedError);
    await over(before, phase);
  });
});

test("a name that is known too late is connected to no more", async () => {
  const server = await counting();
  const url = `http://late.test:${server.address.split(":")[1]}/`;
  const error = await failure(transport().send(get(url, { timeoutMs: 100 })));
  expect(error.message).toMatch(/while looking up the host name$/);
  await pause(600);
  expect(server.connections).toBe(0);
  expect((await failure(transport().send(get(url, { timeoutMs: 500 })))).message).toMatch(/the answer's headers$/);
  expect(server.connections).toBe(1);
});

describe("a connection that fails is one failed attempt", () => {
  const refusing = (text: string) =>
    counting((socket) => {
      socket.once("data", () => socket.end(text));
    });

  test.each<[string, RegExp, (socket: Socket) => void]>([
    ["closed at once", /ECONNRESET/, (socket) => socket.end()],
    ["reset at once", /ECONNRESET/, (socket) => socket.resetAndDestroy()],
    ["closed after CONNECT", /ECONNRESET/, (socket) => socket.once("data", () => socket.end())],
    ["not HTTP", /is not HTTP/, (socket) => socket.write("SSH-2.0-OpenSSH_9.9\r\n")],
  ])("by the proxy: %s", async (_, message, answer) => {
    const proxy = await counting(answer);
    const it = transport({ env: { HTTPS_PROXY: `http://${proxy.address}` } });
    const error = await endsWithin(1000, failure(it.send(get(`https://${host}/`))));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(`https://${host}: proxy ${proxy.address} (HTTPS_PROXY): `)).toBe(true);
    await pause(1500);
    expect([proxy.connections, proxy.open]).toEqual([1, 0]);
    await failure(it.send(get(`https://${host}/`)));
    expect(proxy.connections).toBe(2);
  });

  test.each([
    ["403 Forbidden", /it refuses to connect to this host: check HTTPS_PROXY and NO_PROXY \(HTTP_403\)$/],
    ["407 Proxy Authentication Required", /a user name and a password are required: check HTTPS_PROXY \(HTTP_407\)$/],
    ["502 Bad Gateway", /\(HTTP_502\)$/],
  ])("by the proxy: %s", async (status, message) => {
    const proxy = await refusing(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    const error = await failure(
      transport({ env: { HTTPS_PROXY: `http://${proxy.address}` } }).send(get(`https://${host}/`)),
    );
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toMatch(message);
    await pause(300);
    expect([proxy.connections, proxy.open]).toEqual([1, 0]);
  });

  test.each(["http", "https"])("by the server, closed at once: %s", async (scheme) => {
    const server = await counting((socket) => socket.end());
    const error = await failure(transport().send(get(`${scheme}://${server.address}/`)));
    expect(error).toBeInstanceOf(TransportError);
    await pause(1000);
    expect([server.connections, server.open]).toEqual([1, 0]);
  });

  test("in the tunnel, closed at once", async () => {
    const proxy = await counting((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 200 Connection established\r\n\r\n"));
    });
    const it = transport({ env: { HTTPS_PROXY: `http://${proxy.address}`, HTTP_PROXY: `http://${proxy.address}` } });
    for (const scheme of ["https", "http"])
      expect(await failure(it.send(get(`${scheme}://${host}/`)))).toBeInstanceOf(TransportError);
    await pause(1000);
    expect([proxy.connections, proxy.open]).toEqual([2, 0]);
  });
});

describe("several addresses", () => {
  test("a far host is reached beside a dead address, whichever comes first", async () => {
    const port = await deaf("127.0.0.1", 0, 700);
    await deaf("127.0.0.2", port);
    names["far-first.test"] = ["127.0.0.1", "127.0.0.2"];
    names["dead-first.test"] = ["127.0.0.2", "127.0.0.1"];
    const bodies = await Promise.all(
      Object.keys(names).map((name) => transport().send(get(`http://${name}:${port}/`, { timeoutMs: 8000 }))),
    );
    expect(bodies.map(({ body }) => body)).toEqual(["ok", "ok"]);
  });

  test("a dead address costs a quarter of a second, one that refuses nothing", async () => {
    const server = await counting((socket) => socket.once("data", () => socket.write(`${headOnly}hello`)));
    const port = Number(server.address.split(":")[1]);
    await deaf("127.0.0.2", port);
    names["dead.test"] = ["127.0.0.2", "127.0.0.1"];
    names["refused.test"] = ["127.0.0.3", "127.0.0.1"];
    for (const [name, most] of [
      ["dead.test", 1000],
      ["refused.test", 240],
    ] as const) {
      expect((await endsWithin(most, transport().send(get(`http://${name}:${port}/`)))).body).toBe("hello");
    }
  });

  // where there is no IPv6 at all, its addresses can't be reached either
  const hasSix = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

  test("an IPv6 address that nobody can reach beside an IPv4 one that works, whichever comes first", async () => {
    const server = await counting((socket) => socket.once("data", () => socket.write(`${headOnly}hello`)));
    const port = Number(server.address.split(":")[1]);
    if (hasSix) await deaf("::1", port);
    names["six-first.test"] = ["::1", "127.0.0.1"];
    names["four-first.test"] = ["127.0.0.1", "::1"];
    for (const name of ["six-first.test", "four-first.test"])
      expect((await endsWithin(1000, transport().send(get(`http://${name}:${port}/`)))).body).toBe("hello");
  });

  test("of five addresses three are dead and one refuses", async () => {
    const server = await counting((socket) => socket.once("data", () => socket.write(`${headOnly}hello`)));
    const port = Number(server.address.split(":")[1]);
    await Promise.all([deaf("127.0.0.2", port), deaf("127.0.0.4", port), ...(hasSix ? [deaf("::1", port)] : [])]);
    names["five.test"] = ["::1", "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"];
    expect((await endsWithin(2500, transport().send(get(`http://five.test:${port}/`)))).body).toBe("hello");
  });

  test("all refuse: one attempt each, and the first one's reason", async () => {
    names["refused.test"] = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
    const error = await endsWithin(240, failure(transport().send(get("http://refused.test:1/"))));
    expect(error.message).toBe("http://refused.test:1: connection refused: nothing listens there (ECONNREFUSED)");
    expect((error.cause as Error).message).toMatch(/127\.0\.0\.1:1/);
  });
});

describe("the limit of connections", () => {
  test("who waits for a free one ends in time too, and takes none from the others", async () => {
    const server = await counting((socket) => {
      socket.on("data", () => setTimeout(() => socket.write(`${headOnly}hello`), 600));
    });
    const it = transport({ maxConnections: 1 });
    const origin = `http://${server.address}/`;
    const caller = new AbortController();
    const first = it.send(get(origin));
    const late = failure(it.send(get(origin, { timeoutMs: 200 })));
    const gone = failure(it.send(get(origin, { signal: caller.signal })));
    const last = it.send(get(origin));
    caller.abort();
    expect((await late).message).toMatch(/timed out after 0\.2 s while waiting for a free connection$/);
    expect(await gone).toBeInstanceOf(AbortedError);
    expect([(await first).body, (await last).body]).toEqual(["hello", "hello"]);
    expect(server.connections).toBe(1);
  });
});

test("10,000 requests with one signal leave no listener on it", async () => {
  const server = await counting((socket) => socket.on("data", () => socket.write(`${headOnly}hello`)));
  const it = transport({ maxConnections: 12 });
  const caller = new AbortController();
  setMaxListeners(0, caller.signal);
  const request = get(`http://${server.address}/`, { signal: caller.signal });
  const worker = async () => {
    for (let n = 0; n < 833; n++) await it.send(request);
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  expect(getEventListeners(caller.signal, "abort")).toEqual([]);
  expect(server.connections).toBe(12);
});
