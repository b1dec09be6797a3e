import { type Socket, connect as connectSocket } from "node:net";
import { type IncomingMessage, createServer as createHttpServer } from "node:http";
import { ConfigurationError, TransportError } from "../../provider/errors.js";
import { createServer as createTlsServer } from "node:https";
import { failure, get, listening, portOf, raw, respond, transport } from "../support/sockets.js";

// of an authority made for these tests, valid to 2120; it guards nothing
const authority = `-----BEGIN CERTIFICATE-----
MIIBVDCB+6ADAgECAgEBMAoGCCqGSM49BAMCMBkxFzAVBgNVBAMMDnRlc3QgYXV0
aG9yaXR5MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAZMRcwFQYD
VQQDDA50ZXN0IGF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHTd
b6/rYi43FTP0Jjdf4JL3pB257aH2LrqLsbY3Bb+CmovTAhUAj5S1/XqlJIU0O8/u
s3XSNta7XtppqEu2SJajMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFBmn
l14v8LJuXDaRLTkgMkKzrXABMAoGCCqGSM49BAMCA0gAMEUCICmWOk/m0jnNpFAY
TrkMsBaQZt0REd84J6LqxmwBCdhOAiEAtALPOWE89MCy1Y0jLxWBQ1wqjOzAu65t
HC4z1wMjAJ8=
-----END CERTIFICATE-----`;
const certificate = `-----BEGIN CERTIFICATE-----
MIIBqzCCAVCgAwIBAgIBAjAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA50ZXN0IGF1
dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowKzEpMCcG
A1UEAwwgaHNzLmNuLW5vcnRoLTQubXlodWF3ZWljbG91ZC5jb20wWTATBgcqhkjO
PQIBBggqhkjOPQMBBwNCAAQu+HcdRQwJPcZb3FN1NkafwCUkBviT4h35Z+/yTzI1
ZR7X1wTAz00sPBhXfQnPRJM8JvC6+vIcW02AktGNYKCWo3UwczAxBgNVHREEKjAo
giBoc3MuY24tbm9ydGgtNC5teWh1YXdlaWNsb3VkLmNvbYcEfwAAATAdBgNVHQ4E
FgQU6pIZijYy5AEy8GSakaJtxJ2GSPswHwYDVR0jBBgwFoAUGaeXXi/wsm5cNpEt
OSAyQrOtcAEwCgYIKoZIzj0EAwIDSQAwRgIhAI3PaU4T4pDDaJibONkMQxceILhn
BhHZis2MA1qHBqyqAiEAib3dsGMUNxcX+Pmdu5rEaqGwZaPfwqSnAUwSILv/5vE=
-----END CERTIFICATE-----`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgC+WXlBpzghguvovJ
Wi6qiDur0pBFkxrUwBZmPqQeSDyhRANCAAQu+HcdRQwJPcZb3FN1NkafwCUkBviT
4h35Z+/yTzI1ZR7X1wTAz00sPBhXfQnPRJM8JvC6+vIcW02AktGNYKCW
-----END PRIVATE KEY-----`;

describe("TLS and proxies", () => {
  const host = "hss.cn-north-4.myhuaweicloud.com";

  async function secure(): Promise<string> {
    const server = await listening(
      createTlsServer({ cert: certificate, key }, (_, response) => response.end("secure")),
    );
    return `https://127.0.0.1:${portOf(server)}`;
  }

  /** Tunnels everything to one port, whatever host was asked for. */
  async function proxy(target: string, demand?: string): Promise<{ port: number; asked: string[] }> {
    const asked: string[] = [];
    const server = await listening(createHttpServer((_, response) => response.writeHead(500).end()));
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
    expect(error.message).toMatch(/TLS: the certificate is not trusted; set caFile/);
    expect((await transport({ ca: authority }).send(get(origin))).body).toBe("secure");
  });

  test("a certificate of another host", async () => {
    const origin = (await secure()).replace("127.0.0.1", "localhost");
    const error = await failure(transport({ ca: authority }).send(get(origin)));
    expect(error.message).toMatch(/TLS: the certificate/);
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
      `https://${host}: proxy 127.0.0.1:${port}: a user name and a password are required: check HTTPS_PROXY (HTTP_407)`,
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
      `https://${host}: proxy 127.0.0.1:1: connection refused: nothing listens there (ECONNREFUSED)`,
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
