import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { getAppWhitelistEvents } from "../../provider/functions/getAppWhitelistEvents.js";
import { systemFiles } from "../../provider/runtime/files.js";
import { Session } from "../../provider/session.js";
import { authority, certificate, key } from "../support/certificates.js";
import { counting, listening, portOf } from "../support/sockets.js";
import { endsWithin } from "../support/timing.js";

// The certificate is for the service's public name and for 127.0.0.1: reached by its name through a proxy, by its address directly.
const name = "https://hss.cn-north-4.myhuaweicloud.com";
const page = JSON.stringify({ total_num: 0, data_list: [] });
const another = authority.replace(/MIIBVDCB.*\n/, "MIIBVDCBA6ADAgECAgEBMAoGCCqGSM49BAMCMBkxFzAVBgNVBAMMDnRlc3QgYXV0\n");

let home: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hss-networks-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill();
  await rm(home, { recursive: true });
});

async function service(): Promise<number> {
  return portOf(await listening(createTlsServer({ cert: certificate, key }, (_, response) => response.end(page))));
}

async function read(config: Record<string, unknown>, env: Record<string, string> = {}) {
  const warnings: string[] = [];
  const none = () => undefined;
  const log = { debug: none, info: none, progress: none, warn: (line: string) => void warnings.push(line) };
  const session = new Session({ log, env, runtime: { files: { ...systemFiles, home } } });
  const base = { projectId: "p", token: "token-0123456789", maxRetries: 0, requestTimeoutSeconds: 5 };
  const call = () => session.call(getAppWhitelistEvents, {}, { config: { ...base, ...config } });
  const outcome = await call().then(
    ({ totalNum }) => totalNum,
    (error: unknown) => (error as Error).message,
  );
  return { outcome, warnings, call };
}

interface ForwardProxy {
  readonly port: number;
  readonly lines: string[];
}

async function forwardProxy(target: number, password?: string): Promise<ForwardProxy> {
  const script = join(__dirname, "../support/forwardProxy.cjs");
  const child = spawn(process.execPath, [script, String(target), ...(password === undefined ? [] : [password])]);
  children.push(child);
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  const port = await new Promise<string>((resolve) => reader.once("line", resolve));
  reader.on("line", (line) => lines.push(line));
  return { port: Number(port), lines };
}

const saved = async (text: string, file = "ca.pem"): Promise<string> => {
  await writeFile(join(home, file), text);
  return join(home, file);
};

describe("certificate authorities", () => {
  const direct = async (config: Record<string, unknown>, env: Record<string, string> = {}) =>
    read({ endpoint: `https://127.0.0.1:${await service()}`, ...config }, env);

  test("a file, by its path or from the home directory", async () => {
    const path = await saved(authority);
    expect((await direct({ caFile: path })).outcome).toBe(0);
    expect((await direct({ caFile: "~/ca.pem" })).outcome).toBe(0);
    expect((await direct({}, { HW_CACERT: "~/ca.pem" })).outcome).toBe(0);
    expect((await direct({}, { OS_CACERT: path })).outcome).toBe(0);
  });

  test("the text itself", async () => {
    expect((await direct({ caFile: authority })).outcome).toBe(0);
    expect((await direct({}, { OS_CACERT: `${authority}\n` })).outcome).toBe(0);
  });

  test("SSL_CERT_FILE, and beside caFile", async () => {
    const path = await saved(authority);
    expect(await direct({}, { SSL_CERT_FILE: path })).toMatchObject({ outcome: 0, warnings: [] });
    expect((await direct({ caFile: authority }, { SSL_CERT_FILE: path })).outcome).toBe(0);
  });

  test("what can't be used: an error for caFile, one warning for the shell's", async () => {
    expect((await direct({ caFile: "~/none.pem" })).outcome).toMatch(/caFile: there is no file ~\/none\.pem/);
    expect((await direct({ caFile: await saved("text") })).outcome).toMatch(
      /caFile: .* holds no certificate in PEM form/,
    );
    const { outcome, warnings } = await direct({ caFile: authority }, { SSL_CERT_FILE: "/nowhere/ca.pem" });
    expect([outcome, warnings]).toEqual([0, [expect.stringMatching(/SSL_CERT_FILE is not followed/)]]);
  });

  test("none: the message names who signed, and what to set", async () => {
    const { outcome } = await direct({});
    expect(outcome).toMatch(
      /not trusted \(signed by test authority\).*caFile \(HW_CACERT\), NODE_EXTRA_CA_CERTS or SSL_CERT_FILE/,
    );
  });

  test("an authority that is replaced in its file is read again", async () => {
    await saved(another.includes("BEGIN") ? "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----" : "");
    const { outcome, call } = await direct({ caFile: "~/ca.pem" });
    expect(outcome).toMatch(/TLS|PEM|certificate/i);
    await saved(authority);
    expect(await call()).toMatchObject({ totalNum: 0 });
  });
});

test("a handshake of a second is waited for, as long as the request may take", async () => {
  const target = await service();
  const far = await listening(
    createServer((socket) => {
      socket.on("error", () => undefined);
      setTimeout(
        () => socket.pipe(connect(target, "127.0.0.1").on("error", () => socket.destroy())).pipe(socket),
        1000,
      );
    }),
  );
  const given = { endpoint: `https://127.0.0.1:${portOf(far)}`, caFile: authority };
  expect((await read(given)).outcome).toBe(0);
  const { outcome } = await endsWithin(1900, read({ ...given, requestTimeoutSeconds: 1 }));
  expect(outcome).toMatch(/1 s|1 second/);
});

test.each([
  ["NODE_EXTRA_CA_CERTS", 0, /^$/],
  ["ANOTHER_VARIABLE", 1, /not trusted \(signed by test authority\).*NODE_EXTRA_CA_CERTS/],
])("a process with %s: exit code %s", async (variable, code, said) => {
  const path = await saved(authority);
  const { HOME: _1, NODE_EXTRA_CA_CERTS: _2, ...rest } = process.env;
  const env = { ...rest, HOME: home, [variable]: path, HW_AUTH_TOKEN: "token-0123456789", HW_PROJECT_ID: "p" };
  const hss = join(__dirname, "../../dist/cli/hss.js");
  const args = ["events", "--output", "ndjson", "--max-retries", "0"];
  const child = spawn(process.execPath, [hss, ...args, "--endpoint", `https://127.0.0.1:${await service()}`], { env });
  children.push(child);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = await new Promise((resolve) => child.once("close", resolve));
  expect([ended, stderr]).toEqual([code, expect.stringMatching(said)]);
});

describe("a forward proxy", () => {
  test("the service by its name, with an odd password", async () => {
    const password = "us er:p@ss#w/o:rd?%";
    const proxy = await forwardProxy(await service(), password);
    const env = { HTTPS_PROXY: `http://${password}@127.0.0.1:${proxy.port}` };
    expect((await read({ endpoint: name, caFile: authority }, env)).outcome).toBe(0);
    expect(proxy.lines[0]).toBe("hss.cn-north-4.myhuaweicloud.com:443 admitted");
  });

  test("ALL_PROXY, and HTTP_PROXY that is not for https", async () => {
    const proxy = await forwardProxy(await service());
    const env = { ALL_PROXY: `127.0.0.1:${proxy.port}`, HTTP_PROXY: "http://127.0.0.1:1" };
    expect((await read({ endpoint: name, caFile: authority }, env)).outcome).toBe(0);
  });

  test("NO_PROXY that names another port, among networks and blanks, leaves the proxy in use", async () => {
    const proxy = await forwardProxy(await service());
    const noProxy = " 10.0.0.0/8 , myhuaweicloud.com:8443 fd00::/8";
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: noProxy };
    expect((await read({ endpoint: name, caFile: authority }, env)).outcome).toBe(0);
    expect(proxy.lines).toHaveLength(1);
  });

  test("a wrong password is refused in words, and is in none", async () => {
    const proxy = await forwardProxy(await service(), "user:right-password");
    const env = { https_proxy: `http://user:wrong-password@127.0.0.1:${proxy.port}` };
    const { outcome } = await read({ endpoint: name, caFile: authority }, env);
    expect(outcome).toMatch(/proxy 127\.0\.0\.1:\d+ \(https_proxy\): a user name and a password are required/);
    expect(outcome).not.toMatch(/wrong-password/);
  });

  test.each(["HTTPS_PROXY", "ALL_PROXY", "all_proxy"])(
    "SOCKS in %s: refused before a byte is sent",
    async (variable) => {
      const socks = await counting();
      const env = { [variable]: `socks5h://user:socks-password@${socks.address}` };
      const { outcome } = await read({ endpoint: name }, env);
      expect(outcome).toMatch(new RegExp(`${variable}: is a SOCKS proxy.*set HTTPS_PROXY`));
      expect(outcome).not.toMatch(/socks-password/);
      expect(socks.connections).toBe(0);
    },
  );
});
