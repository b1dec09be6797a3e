import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import type { Emulator, EmulatorOptions, EventSource, Fault } from "../../emulator/index.js";
import { hurriedClock, idsOf, listedIds, Opened, seeded, type TestHost } from "../support/session.js";

// stands still, so that no event leaves the last 30 days between two reads
const startedAt = Date.now();
const now = () => startedAt;

const some = [1, 2, 13, 24];
const every = Array.from({ length: 24 }, (_, i) => i + 1);

const cheap: Readonly<Record<string, { fault: Fault; burst?: number; at?: readonly number[] }>> = {
  "HTTP 500, three times": { fault: { kind: "status", status: 500 }, burst: 3 },
  "HTTP 502, three times": { fault: { kind: "status", status: 502 }, burst: 3, at: some },
  "HTTP 503, three times": { fault: { kind: "status", status: 503 }, burst: 3 },
  "HTTP 504, three times": { fault: { kind: "status", status: 504 }, burst: 3, at: some },
  "HTTP 503 that says when": { fault: { kind: "status", status: 503, headers: { "Retry-After": "1" } } },
  "HTML with 502": { fault: { kind: "html" } },
  "HTML with 200": { fault: { kind: "html", status: 200 } },
  "an empty body": { fault: { kind: "body", body: "" } },
  "200 with an error_code": { fault: { kind: "errorInOk" } },
  "half a JSON": { fault: { kind: "halfJson" } },
  "a reset before the answer": { fault: { kind: "reset" } },
  "a body cut short of its length": { fault: { kind: "cut", framing: "length" } },
  "a chunked body cut short": { fault: { kind: "cut", framing: "chunked" } },
  "a body cut where only the end of the connection ends it": { fault: { kind: "cut", framing: "close" } },
  "a length that is too small": { fault: { kind: "understatedLength" } },
  "a reset inside the body": { fault: { kind: "resetMidBody" } },
};
const slow: Readonly<Record<string, Fault>> = {
  "a slow drip": { kind: "drip", bytes: 16, everyMs: 20 },
  silence: { kind: "silence" },
  "a body that stops": { kind: "stall" },
};

/** So many small events: hundreds of whole reads are then a matter of seconds. */
function small(count: number): EventSource {
  const events = Array.from({ length: count }, (_, i) => ({
    event_id: `event-${i}`,
    occur_time: startedAt - 1000 - i * 50_000,
    host_name: `host-${i % 17}`,
  }));
  return { total: () => count, page: (_query, offset, limit) => events.slice(offset, offset + limit) };
}

const opened = new Opened();
afterAll(() => opened.close());

/** An emulator whose faults begin anew with each read. */
class Faulty {
  private n = 0;
  private plan: (n: number) => Fault | undefined = () => undefined;
  private constructor(
    readonly emulator: Emulator,
    readonly host: TestHost,
    readonly expected: readonly string[],
  ) {}

  static async open(options: EmulatorOptions, settings: Record<string, unknown> = {}): Promise<Faulty> {
    const begun: { faulty?: Faulty } = {};
    const emulator = await opened.emulator({ ...options, now, faults: () => begun.faulty?.next() });
    const expected = (await listedIds(emulator)).sort();
    const { accessKey, secretKey } = emulator;
    const host = opened.host(emulator, { clock: hurriedClock(), settings: { accessKey, secretKey, ...settings } });
    return (begun.faulty = new Faulty(emulator, host, expected));
  }

  read(plan: (n: number) => Fault | undefined) {
    this.n = 0;
    this.plan = plan;
    return this.host.read();
  }

  async survives(plan: (n: number) => Fault | undefined): Promise<number> {
    const before = this.emulator.stats.faults;
    const result = await this.read(plan);
    expect(idsOf(result)).toEqual(this.expected);
    expect(result).toMatchObject({ complete: true, totalNum: this.expected.length });
    return this.emulator.stats.faults - before;
  }

  private next(): Fault | undefined {
    return this.plan(++this.n);
  }
}

describe("one request of a read of 24 pages meets a fault", () => {
  let faulty: Faulty;
  beforeAll(async () => {
    faulty = await Faulty.open({ dataset: small(4715) });
    expect(new Set(faulty.expected).size).toBe(4715);
  });

  test.each(Object.entries(cheap))("%s", async (_name, { fault, burst = 1, at = every }) => {
    for (const k of at) {
      // a burst that begins with the last request ends with its retries
      expect(await faulty.survives((n) => (n >= k && n < k + burst ? fault : undefined))).toBe(burst);
    }
  });
});

describe("one request of a read of 24 pages never ends", () => {
  test.each(Object.entries(slow))("%s", async (_name, fault) => {
    const faulty = await Faulty.open({ dataset: small(4715) }, { requestTimeoutSeconds: 1 });
    for (const k of some) {
      expect(await faulty.survives((n) => (n === k ? fault : undefined))).toBe(1);
    }
  });
});

describe("nothing listens for a while", () => {
  /** Hands connections on, but for a while: then it does not listen, and what is open is reset. */
  async function door(port: number) {
    const sockets = new Set<Socket>();
    const server = createServer((outer) => {
      const inner = outer.pipe(new (outer.constructor as typeof Socket)().connect(port, "127.0.0.1"));
      inner.pipe(outer);
      sockets.add(outer).add(inner);
      for (const socket of [outer, inner]) {
        socket.on("error", () => undefined);
        socket.on("close", () => {
          outer.destroy();
          inner.destroy();
        });
      }
    });
    const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
    await listen(0);
    const { port: own } = server.address() as AddressInfo;
    const shut = () => {
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
      sockets.clear();
    };
    return { url: `http://127.0.0.1:${own}`, shut, open: () => listen(own) };
  }

  test.each(some)("connections are refused from request %d on, until 150 ms after the first", async (k) => {
    let n = 0;
    const shutting: { shut?: () => void } = {};
    const faults = (): Fault | undefined => {
      if (++n === k) shutting.shut?.();
      return undefined;
    };
    const emulator = await opened.emulator({ dataset: small(4715), now, faults });
    const expected = (await listedIds(emulator)).sort();
    const { url, shut, open } = await door(Number(new URL(emulator.url).port));
    n = 0;
    const { accessKey, secretKey } = emulator;
    const host = opened.hostOf(url, { settings: { accessKey, secretKey }, clock: hurriedClock(5) });
    shutting.shut = () => {
      shut();
      const waiting = setInterval(() => {
        if (!host.log.some(({ message }) => /connection refused/.test(message))) return;
        clearInterval(waiting);
        setTimeout(() => void open(), 150);
      }, 5);
    };
    opened.later(async () => shut());
    const result = await host.read();
    expect(idsOf(result)).toEqual(expected);
    expect(result.complete).toBe(true);
  });

  test("for good: one clear error, soon", async () => {
    const { url, shut } = await door(9);
    shut();
    const host = opened.hostOf(url, { settings: { accessKey: "AK", secretKey: "SK" }, clock: hurriedClock() });
    await expect(host.read()).rejects.toMatchObject({
      code: "HSS_TRANSPORT",
      message: expect.stringMatching(/connection refused: nothing listens there/) as string,
    });
  });
});

describe("one request in ten meets a fault", () => {
  const kinds = [...Object.values(cheap).map(({ fault }) => fault), slow.silence, slow["a body that stops"]];

  test.each([1])("of 250 pages, 50,000 events (seed %d)", async (seed) => {
    const random = seeded(seed);
    const faulty = await Faulty.open({ dataset: small(50_000) }, { requestTimeoutSeconds: 1 });
    const faults = await faulty.survives(() =>
      random() < 0.1 ? kinds[Math.floor(random() * kinds.length)] : undefined,
    );
    expect(faults).toBeGreaterThan(15);
  });
});

describe("what can't get better is asked once", () => {
  const refusals: Readonly<Record<string, { fault: Fault; says: RegExp }>> = {
    "bad arguments": {
      fault: { kind: "status", status: 400, body: { error_code: "HSS.0001", error_msg: "invalid" } },
      says: /HSS\.0001 invalid/,
    },
    denied: {
      fault: { kind: "status", status: 400, body: { error_code: "HSS.0010", error_msg: "access denied" } },
      says: /HSS\.0010 access denied/,
    },
    "not found": {
      fault: { kind: "status", status: 400, body: { error_code: "HSS.0011", error_msg: "not found" } },
      says: /HSS\.0011 not found/,
    },
    "not found, in the older form and under 200": {
      fault: { kind: "status", status: 200, body: { error_code: "00000011", error_msg: "not found" } },
      says: /00000011 not found/,
    },
    "denied, with a status that otherwise gets better": {
      fault: { kind: "status", status: 500, body: { error_code: "HSS.0010", error_msg: "access denied" } },
      says: /HSS\.0010 access denied/,
    },
    "wrong keys": {
      fault: {
        kind: "status",
        status: 401,
        body: { error_code: "APIGW.0301", error_msg: "verify aksk signature fail" },
      },
      says: /APIGW\.0301 .*check accessKey and secretKey/,
    },
    "no such API": {
      fault: { kind: "status", status: 404, body: { error_code: "APIGW.0101", error_msg: "The API does not exist" } },
      says: /APIGW\.0101 .*check endpoint and region/,
    },
  };

  test.each(Object.entries(refusals))("%s", async (_name, { fault, says }) => {
    for (const k of some) {
      const faulty = await Faulty.open({ dataset: small(4715) });
      const { emulator } = faulty;
      emulator.requests.length = 0;
      await expect(faulty.read((n) => (n === k ? fault : undefined))).rejects.toMatchObject({
        code: "HSS_SERVICE",
        message: expect.stringMatching(says) as string,
      });
      const asked = emulator.requests.map(({ query }) => query);
      // nothing twice, and nothing more than what was in flight
      expect(new Set(asked).size).toBe(asked.length);
      expect(asked.length).toBeLessThanOrEqual(k === 1 ? 1 : k + 12);
    }
  });

  test("real wrong keys: one request", async () => {
    const emulator = await opened.emulator({ events: 4715 });
    const host = opened.host(emulator, { settings: { accessKey: emulator.accessKey, secretKey: "wrong" } });
    await expect(host.read()).rejects.toMatchObject({ code: "HSS_SERVICE", status: 401 });
    expect(emulator.requests).toHaveLength(1);
  });
});
