import { createServer, type Socket } from "node:net";
import { type IncomingMessage, type ServerResponse, createServer as createHttpServer } from "node:http";
import { createTransport } from "../../provider/runtime/transport.js";
import { AbortedError, DeadlineError, ResponseError, TransportError } from "../../provider/errors.js";
import { gzipSync } from "node:zlib";
import { failure, get, listening, portOf, raw, respond, transport } from "../support/sockets.js";
import { endsWithin } from "../support/timing.js";

describe("a whole answer", () => {
  test("status, headers (of repeated ones the first) and body; connections are kept", async () => {
    let connections = 0;
    const server = await listening(
      createHttpServer((request, response) => {
        response.setHeader("Set-Cookie", ["a=1", "b=2"]);
        response.setHeader("X-Request-Id", "id-1");
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
          response.statusCode = 201;
          response.end(
            JSON.stringify({
              method: request.method,
              url: request.url,
              headers: request.headers,
              body,
              text: "中文😀",
            }),
          );
        });
      }),
    );
    server.on("connection", () => connections++);
    const it = transport();
    const path = "/v5/p%281%29/app/event?host_name=web%201%2F%E4%B8%AD&x=%2A";
    for (let i = 0; i < 10; i++) {
      const request = get(`http://127.0.0.1:${portOf(server)}${path}`, {
        method: "POST",
        body: '{"a":"ö"}',
        headers: { "x-auth-token": "t" },
      });
      const { status, headers, body } = await it.send(request);
      expect(status).toBe(201);
      expect(headers).toMatchObject({ "set-cookie": "a=1", "x-request-id": "id-1" });
      const seen = JSON.parse(body) as Record<string, unknown>;
      expect(seen).toMatchObject({ method: "POST", url: path, body: '{"a":"ö"}', text: "中文😀" });
      expect(seen.headers).toMatchObject({ "accept-encoding": "identity", "x-auth-token": "t" });
    }
    expect(connections).toBeLessThanOrEqual(2);
  });

  test("bodies of any length, stated or not, keep what is theirs until they are released", async () => {
    const server = await listening(
      createHttpServer((request, response) => {
        const [, letter, length, isStated] = (request.url ?? "").split("/");
        const body = String(letter).repeat(Number(length));
        if (isStated === "yes") response.setHeader("content-length", body.length);
        response.write(body.slice(0, 70_000));
        response.end(body.slice(70_000));
      }),
    );
    const it = transport();
    const letters = [..."abcdefghijklmnopqrstuvwxyz"];
    for (let round = 0; round < 4; round++) {
      const answers = letters.map(async (letter, at) => {
        const length = [0, 1, 70_000, 200_000, 999_999][(at + round) % 5] as number;
        const path = `/${letter}/${length}/${at % 2 === 0 ? "yes" : "no"}`;
        return {
          wanted: letter.repeat(length),
          answer: await it.send(get(`http://127.0.0.1:${portOf(server)}${path}`)),
        };
      });
      for (const { wanted, answer } of await Promise.all(answers)) {
        expect(answer.body === wanted).toBe(true);
        answer.release?.();
        answer.release?.();
        expect(answer.body).toBe("");
      }
    }
  });

  test("not more connections than allowed", async () => {
    const open: ServerResponse[] = [];
    let most = 0;
    const server = await listening(
      createHttpServer((_, response) => {
        most = Math.max(most, open.push(response));
        // answers when all that may come have come, and a moment for one too many
        if (open.length === 3) setTimeout(() => open.splice(0).forEach((held) => held.end("ok")), 50);
      }),
    );
    const it = transport({ maxConnections: 3 });
    await Promise.all(Array.from({ length: 12 }, () => it.send(get(`http://127.0.0.1:${portOf(server)}/`))));
    expect(most).toBe(3);
  });
});

describe("no whole answer", () => {
  test("refused", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${portOf(server)}`;
    await new Promise((resolve) => server.close(resolve));
    const error = await failure(transport().send(get(`${origin}/x?host_name=canary`)));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toBe(`${origin}: connection refused: nothing listens there (ECONNREFUSED)`);
    expect((error.cause as NodeJS.ErrnoException).code).toBe("ECONNREFUSED");
  });

  test("no such host", async () => {
    const error = await failure(transport().send(get("https://hss.nowhere.invalid/")));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toMatch(/^https:\/\/hss\.nowhere\.invalid: the host name can't be resolved/);
  });

  const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  test.each<[string, (socket: Socket) => void, RegExp]>([
    ["closed before the head", (socket) => socket.end(), /closed before the answer was whole/],
    ["reset before the head", (socket) => socket.resetAndDestroy(), /(?:reset|closed) before the answer was whole/],
    [
      "reset in the body",
      (socket) => {
        socket.write(`${head}Content-Length: 100\r\n\r\n{"total`);
        setTimeout(() => socket.resetAndDestroy(), 30);
      },
      /(?:reset|closed) before the answer was whole/,
    ],
    [
      "shorter than its Content-Length",
      (socket) => socket.end(`${head}Content-Length: 100\r\n\r\n{"total`),
      /closed before/,
    ],
    [
      "cut between chunks",
      (socket) => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"tot\r\n`),
      /closed before/,
    ],
    ["cut in a chunk", (socket) => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\nff\r\n{"tot`), /closed before/],
    ["not HTTP", respond("SSH-2.0-OpenSSH_9.9\r\n"), /is not HTTP/],
    [
      "headers without end",
      respond(`HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(40_000)}\r\n\r\n`),
      /headers of the answer are too long/,
    ],
  ])("%s", async (_, answer, message) => {
    const origin = await raw(answer);
    const error = await failure(transport().send(get(origin)));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(`${origin}: `)).toBe(true);
  });

  test.each<[string, string, (socket: Socket) => void]>([
    ["silence", "waiting for the answer's headers", () => undefined],
    ["a head and then silence", "reading the answer's body", respond(`${head}Content-Length: 5\r\n\r\n`)],
    [
      "a drip",
      "reading the answer's body",
      (socket) => {
        socket.write(`${head}Content-Length: 1000\r\n\r\n`);
        const timer = setInterval(() => socket.write("x"), 20);
        socket.on("close", () => {
          clearInterval(timer);
        });
      },
    ],
  ])("%s: one time limit for all of it", async (_, doing, answer) => {
    const origin = await raw(answer);
    const error = await endsWithin(1000, failure(transport().send(get(origin, { timeoutMs: 300 }))));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toBe(`${origin}: timed out after 0.3 s while ${doing}`);
    expect((error.cause as NodeJS.ErrnoException).code).toBe("ETIMEDOUT");
  });

  test("the transport works on after a failure", async () => {
    let calls = 0;
    const origin = await raw((socket) => {
      if (++calls === 1) socket.resetAndDestroy();
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    const it = transport();
    await failure(it.send(get(origin)));
    expect((await it.send(get(origin))).body).toBe("ok");
  });
});

describe("an answer that can't be taken", () => {
  test.each([
    ["by its Content-Length", `HTTP/1.1 200 OK\r\nX-Request-Id: r1\r\nContent-Length: 5000\r\n\r\n`],
    [
      "by what arrives",
      `HTTP/1.1 200 OK\r\nX-Request-Id: r1\r\nTransfer-Encoding: chunked\r\n\r\nfa0\r\n${"x".repeat(4000)}\r\n`,
    ],
  ])("too long, %s", async (_, text) => {
    const origin = await raw(respond(text));
    const error = await failure(transport().send(get(origin, { maxBodyBytes: 1000 })));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toBe(`${origin}: the answer is longer than 1000 bytes`);
    expect((error as ResponseError).requestId).toBe("r1");
  });

  test("exactly as long as allowed is taken", async () => {
    const origin = await raw(respond(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${"x".repeat(1000)}`));
    expect((await transport().send(get(origin, { maxBodyBytes: 1000 }))).body).toHaveLength(1000);
  });

  const gzipped = (status: string) => (socket: Socket) => {
    const body = gzipSync("x".repeat(100_000));
    socket.write(`HTTP/1.1 ${status}\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
  };

  test("encoded, though it was not asked for", async () => {
    const error = await failure(transport().send(get(await raw(gzipped("200 OK")))));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toMatch(/encoded/);
  });

  test("an encoded refusal is still a refusal", async () => {
    const { status, body } = await transport().send(get(await raw(gzipped("502 Bad Gateway"))));
    expect([status, body]).toEqual([502, ""]);
  });

  const latin = (status: string) => (socket: Socket) => {
    socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 3\r\n\r\n`);
    socket.write(Buffer.from([0x61, 0xff, 0x62]));
  };

  test("not UTF-8", async () => {
    const error = await failure(transport().send(get(await raw(latin("200 OK")))));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toMatch(/UTF-8/);
    expect((await transport().send(get(await raw(latin("502 Bad Gateway"))))).body).toBe("a\ufffdb");
  });
});

describe("credentials stay where they belong", () => {
  test("a redirect is an answer like any other; the second origin hears nothing", async () => {
    const heard: IncomingMessage[] = [];
    const second = await listening(createHttpServer((request, response) => response.end(String(heard.push(request)))));
    const location = `http://127.0.0.1:${portOf(second)}/v5/p/app/event`;
    for (const status of [301, 302, 303, 307, 308]) {
      const first = await raw(
        respond(`HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`),
      );
      const headers = { authorization: "SDK-HMAC-SHA256 x", "x-auth-token": "t", "x-security-token": "s" };
      const response = await transport().send(get(first, { headers }));
      expect(response).toMatchObject({ status, headers: { location }, body: "" });
    }
    expect(heard).toHaveLength(0);
  });

  test("a header that would break out of its line is refused", async () => {
    const origin = await raw(respond("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    const error = await failure(transport().send(get(origin, { headers: { "x-auth-token": "CANARY\r\nX-Evil: 1" } })));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toMatch(/can't be sent/);
    expect(`${error.message}${(error.cause as Error).message}`).not.toMatch(/CANARY/);
  });
});

describe("a caller that gives up", () => {
  test.each([0, 50])("after %s ms", async (after) => {
    const origin = await raw(respond("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
    const caller = new AbortController();
    if (after === 0) caller.abort();
    else
      setTimeout(() => {
        caller.abort();
      }, after);
    const error = await failure(transport().send(get(origin, { signal: caller.signal })));
    expect(error).toBeInstanceOf(AbortedError);
  });

  test("a reason of this package's own is passed on", async () => {
    const origin = await raw(() => undefined);
    const caller = new AbortController();
    const reason = new DeadlineError("deadlineSeconds are over");
    setTimeout(() => {
      caller.abort(reason);
    }, 30);
    expect(await failure(transport().send(get(origin, { signal: caller.signal })))).toBe(reason);
  });
});

test("close ends what is under way, and what keeps connections open", async () => {
  const origin = await raw(() => undefined);
  const it = createTransport();
  const pending = failure(it.send(get(origin)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await it.close();
  expect(await pending).toBeInstanceOf(TransportError);
});
