import { type Socket, connect as connectSocket } from "node:net";
import { type IncomingMessage, createServer as createHttpServer } from "node:http";
import { ConfigurationError, TransportError } from "../../provider/errors.js";
import { createServer as createTlsServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { authority, certificate, key } from "../support/certificates.js";
import { failure, get, listening, portOf, raw, respond, transport } from "../support/sockets.js";

describe("TLS and proxies", () => {
  const host = "hss.cn-north-4.myhuaweicloud.com";

  async function secure(): Promise<string> {
    const server = await listening(
      createTlsServer({ cert: certificate, key }, (_, response) => response.end("secure")),
    );
    return `https://127.0.0.1:${portOf(server)}`;
  }

  /** Tunnels everything to one port, whatever host was asked for. */
  async function proxy(target: string, demand?: string, own = createHttpServer()) {
    const asked: string[] = [];
    const server = await listening(own);
    server.on("connect", (request: IncomingMessage, socket: Socket) => {
      asked.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
      if (demand !== undefined && request.headers["proxy-authorization"] !== demand) {
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      const upstream = connectSocket(Number(new URL(target).port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on("error", () => socket.destroy());
      socket.on("error", () => upstream.destroy());
      socket.on("close", () => upstream.destroy());
    });
    return { port: portOf(server), asked };
  }

  test("an unknown authority is refused, an additional one is trusted", async () => {
    const origin = await secure();
    const error = await failure(transport().send(get(origin)));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toMatch(
      /TLS: the certificate is not trusted \(signed by test authority\): .*set caFile \(HW_CACERT\), NODE_EXTRA_CA_CERTS/,
    );
    expect((await transport({ ca: authority }).send(get(origin))).body).toBe("secure");
  });

  test("a certificate of another host", async () => {
    const origin = (await secure()).replace("127.0.0.1", "localhost");
    const error = await failure(transport({ ca: authority }).send(get(origin)));
    expect(error.message).toMatch(
      /TLS: the certificate \(signed by test authority\) is for hss\.cn-north-4\.myhuaweicloud\.com, 127\.0\.0\.1, not for localhost/,
    );
  });

  test("through a proxy with a password, certificates checked as ever", async () => {
    const target = await secure();
    const basic = `Basic ${Buffer.from("user:p@ss").toString("base64")}`;
    const { port, asked } = await proxy(target, basic);
    const env = { HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${port}` };
    expect((await transport({ ca: authority, env }).send(get(`https://${host}/x`))).body).toBe("secure");
    expect(asked).toEqual([`${host}:443 ${basic}`]);
    const bare = { HTTPS_PROXY: ` user:p%40ss@127.0.0.1:${port} ` };
    expect((await transport({ ca: authority, env: bare }).send(get(`https://${host}/x`))).body).toBe("secure");
    expect(asked.length).toBe(2);
    const untrusted = await failure(transport({ env }).send(get(`https://${host}/x`)));
    expect(untrusted.message).toMatch(/TLS/);
  });

  test("one tunnel serves request after request", async () => {
    const { port, asked } = await proxy(await secure());
    const it = transport({ ca: authority, env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
    for (let n = 0; n < 5; n++) expect((await it.send(get(`https://${host}/x`))).body).toBe("secure");
    expect(asked).toEqual([`${host}:443`]);
  });

  test("plain http goes through a tunnel too, and so does TLS within TLS", async () => {
    const plain = await proxy(await raw(respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")));
    const env = { HTTP_PROXY: `http://127.0.0.1:${plain.port}` };
    expect((await transport({ env }).send(get("http://example.test:8080/"))).body).toBe("ok");
    expect(plain.asked).toEqual(["example.test:8080"]);
    const { port, asked } = await proxy(await secure(), undefined, createTlsServer({ cert: certificate, key }));
    const twice = { HTTPS_PROXY: `https://127.0.0.1:${port}` };
    expect((await transport({ ca: authority, env: twice }).send(get(`https://${host}/`))).body).toBe("secure");
    expect(asked).toEqual([`${host}:443`]);
  });

  test("the next connection resumes the session of the one before", async () => {
    const resumed: boolean[] = [];
    const server = createTlsServer({ cert: certificate, key }, (_, response) =>
      response.setHeader("Connection", "close").end("secure"),
    );
    server.on("secureConnection", (socket: TLSSocket) => resumed.push(socket.isSessionReused()));
    const it = transport({ ca: authority });
    const url = `https://127.0.0.1:${portOf(await listening(server))}/`;
    for (let n = 0; n < 3; n++) expect((await it.send(get(url))).body).toBe("secure");
    expect(resumed).toEqual([false, true, true]);
  });

  test.each([
    ["wrong", "http://user:CANARY@127.0.0.1"],
    ["missing", "http://127.0.0.1"],
  ])("a %s password: said, not shown", async (_, address) => {
    const { port } = await proxy(await secure(), "Basic eA==");
    const error = await failure(
      transport({ env: { https_proxy: `${address}:${port}` } }).send(get(`https://${host}/`)),
    );
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toBe(
      `https://${host}: proxy 127.0.0.1:${port} (https_proxy): a user name and a password are required: check HTTPS_PROXY (HTTP_407)`,
    );
    expect(JSON.stringify([error.message, (error.cause as Error).message, (error.cause as Error).stack])).not.toMatch(
      /CANARY/,
    );
  });

  test("a proxy that isn't there", async () => {
    const env = { HTTPS_PROXY: "http://user:CANARY@127.0.0.1:1" };
    const error = await failure(transport({ env }).send(get(`https://${host}/`)));
    expect(error).toBeInstanceOf(TransportError);
    expect(error.message).toBe(
      `https://${host}: proxy 127.0.0.1:1 (HTTPS_PROXY): connection refused: nothing listens there (ECONNREFUSED)`,
    );
    expect(`${error.message}${String(error.cause)}`).not.toMatch(/CANARY/);
  });

  test("an address that is none", async () => {
    const error = await failure(transport({ env: { HTTPS_PROXY: "://user:CANARY@x" } }).send(get(`https://${host}/`)));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(/HTTPS_PROXY/);
    expect(error.message).not.toMatch(/CANARY/);
  });

  test("loopback and NO_PROXY go straight", async () => {
    const target = await secure();
    const { port, asked } = await proxy(target);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, HTTP_PROXY: `http://127.0.0.1:${port}` };
    const plain = await raw(respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    const it = transport({ ca: authority, env });
    expect((await it.send(get(target))).body).toBe("secure");
    expect((await it.send(get(plain))).body).toBe("ok");
    await failure(transport({ env: { ...env, NO_PROXY: ".invalid" } }).send(get("https://hss.nowhere.invalid/")));
    expect(asked).toEqual([]);
  });

  test("additional authorities that are none", async () => {
    const error = await failure(transport({ ca: "hello" }).send(get(`https://${host}/`)));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toBe("hss configuration: caFile: holds no certificate in PEM form");
  });
});
