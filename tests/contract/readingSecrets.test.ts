import { inspect } from "node:util";
import type { Fault } from "../../emulator/index.js";
import { getAppWhitelistEvents } from "../../provider/functions/getAppWhitelistEvents.js";
import { Session } from "../../provider/session.js";
import type { Log } from "../../provider/runtime/runtime.js";
import { hurriedClock, Opened, type TestHost } from "../support/session.js";
import { raw } from "../support/sockets.js";

const canaries = {
  accessKey: "CANARYACCESSKEY7f3a91",
  secretKey: "canary-secret-key/+=0b52c8",
  token: "canary-token-9d41ee07",
  password: "canary pass:word&2f6c13",
  proxyPassword: "canary-proxy-a8e05b",
};
const opened = new Opened();
afterEach(() => opened.close());

/** Every form in which a text may carry a canary. */
const forms = Object.values(canaries).flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString("base64"),
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  Buffer.from(`user:${secret}`).toString("base64"),
]);

/** All that a program could print of an error. */
function texts(error: unknown): string[] {
  const found = [inspect(error, { depth: 12, showHidden: true, getters: true }), String(error)];
  for (let inner = error, depth = 0; typeof inner === "object" && inner !== null && depth < 10; depth++) {
    const { message, stack, cause } = inner as Partial<Error>;
    found.push(JSON.stringify(inner), String(message), String(stack), String(inner));
    const own = Object.fromEntries(
      Object.getOwnPropertyNames(inner).map((name) => [name, (inner as Record<string, unknown>)[name]]),
    );
    found.push(inspect(own, { depth: 6 }));
    inner = cause;
  }
  return found;
}

function expectClean(parts: readonly string[]): void {
  for (const text of parts) for (const form of forms) expect(text).not.toContain(form);
}

async function failureOf(reading: Promise<unknown>): Promise<Error> {
  const outcome: unknown = await reading.then(
    () => new Error("the read succeeded"),
    (error: unknown) => error,
  );
  expect(String(outcome)).not.toMatch(/the read succeeded/);
  return outcome as Error;
}

/** What the service could say with a secret in it. */
const echo = Object.values(canaries).join(" | ");
const refusal = (status: number, code: string): Fault => ({
  kind: "status",
  status,
  body: { error_code: code, error_msg: `refused: ${echo}`, request_id: `id-${canaries.token}` },
});
const faults: Readonly<Record<string, Fault>> = {
  "a refusal that echoes": refusal(400, "HSS.0001"),
  "a denial that echoes": refusal(403, "HSS.0010"),
  "a 401 that echoes": refusal(401, "APIGW.0301"),
  "a 500 that echoes": refusal(500, "HSS.1004"),
  "a 429 that echoes": { ...refusal(429, "APIGW.0308"), headers: { "Retry-After": "0" } } as Fault,
  "an error_code that echoes": {
    kind: "status",
    status: 400,
    body: { error_code: canaries.accessKey, error_msg: encodeURIComponent(canaries.secretKey) },
  },
  "a 200 that echoes": { kind: "errorInOk", message: echo },
  "headers that echo": {
    kind: "status",
    status: 500,
    headers: { "X-Request-Id": canaries.token, "Content-Encoding": canaries.token },
  },
  "HTML that echoes": { kind: "body", body: `<html>${echo}</html>` },
  "JSON that echoes where it breaks": { kind: "body", body: `{"total_num":"${canaries.token}","data_list":[${echo}` },
  "a page of the wrong shape that echoes": {
    kind: "body",
    body: JSON.stringify({ total_num: canaries.token, data_list: [{ event_id: { [canaries.token]: 1 } }] }),
  },
  "a redirect that echoes": {
    kind: "status",
    status: 302,
    headers: { Location: `http://127.0.0.1:1/${canaries.token}` },
  },
  "a reset": { kind: "reset" },
  "a cut body": { kind: "cut", framing: "length" },
  "half a JSON": { kind: "halfJson" },
  silence: { kind: "silence" },
};

describe.each([
  ["keys", { accessKey: canaries.accessKey, secretKey: canaries.secretKey, securityToken: canaries.token }],
  ["a token", { token: canaries.token }],
])("with %s", (_name, credentials) => {
  // what is known of the service in this process are these; it can't echo what it was never told
  const told = Object.values(credentials);
  let host: TestHost;
  let fault: Fault | undefined;

  // a new host each time: it learns a pace from what it is told
  beforeEach(async () => {
    const emulator = await opened.emulator({
      events: 450,
      accessKey: canaries.accessKey,
      secretKey: canaries.secretKey,
      token: canaries.token,
      faults: () => fault,
    });
    host = opened.host(emulator, {
      clock: hurriedClock(500),
      settings: { ...credentials, maxRetries: 2, requestTimeoutSeconds: 1, deadlineSeconds: 1500 },
    });
  });

  test.each(Object.entries(faults))("%s: no secret in the error, its causes or the log", async (_kind, given) => {
    fault = withOnly(given, told);
    const error = await failureOf(host.read());
    expectClean([...texts(error), ...host.log.map(({ message }) => message)]);
  });

  test("an abort", async () => {
    fault = { kind: "silence" };
    const controller = new AbortController();
    const reading = failureOf(host.read({}, controller.signal));
    setTimeout(() => {
      controller.abort();
    }, 50);
    const error = await reading;
    expect(error).toMatchObject({ code: "HSS_ABORTED" });
    expectClean([...texts(error), ...host.log.map(({ message }) => message)]);
  });
});

/** The fault, echoing only what this client has sent or holds. */
function withOnly(fault: Fault, told: readonly string[]): Fault {
  const foreign = Object.values(canaries).filter((secret) => !told.includes(secret));
  const without = (text: string) => foreign.reduce((left, secret) => left.replaceAll(secret, "foreign"), text);
  const text = JSON.stringify(fault, (_key, value: unknown) =>
    typeof value === "string" ? without(decoded(value, foreign)) : value,
  );
  return JSON.parse(text) as Fault;
}

const decoded = (text: string, foreign: readonly string[]): string =>
  foreign.reduce((left, secret) => left.replaceAll(encodeURIComponent(secret), "foreign"), text);

describe("on the way to the credentials and through a proxy", () => {
  const lines: string[] = [];
  const keep = (message: string) => void lines.push(message);
  const log: Log = { debug: keep, info: keep, warn: keep, progress: keep };
  beforeEach(() => (lines.length = 0));

  const readWith = (config: Record<string, unknown>, env: Record<string, string> = {}) =>
    failureOf(
      new Session({ log, env }).call(
        getAppWhitelistEvents,
        {},
        { config: { maxRetries: 0, requestTimeoutSeconds: 1, deadlineSeconds: 5, ...config } },
      ),
    );

  const answering = (text: string) => raw((socket) => socket.end(text));

  const user = { userName: "user", password: canaries.password, domainName: "domain" };

  test.each([
    ["refused", "HTTP/1.1 401 no\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"],
    [
      "refused with an echo",
      `HTTP/1.1 401 no\r\nconnection: close\r\n\r\n${JSON.stringify({ error: { code: 401, message: `The password ${canaries.password} of user is wrong` } })}`,
    ],
    ["no HTTP at all", `${canaries.password}\r\n\r\n`],
    ["accepted without a token", "HTTP/1.1 201 yes\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"],
  ])("a login: %s", async (_name, answer) => {
    const iam = await answering(answer);
    const error = await readWith({ endpoint: iam, authUrl: iam, projectId: "p", ...user });
    expectClean([...texts(error), ...lines]);
  });

  test.each([
    ["asks for a password", "HTTP/1.1 407 Proxy Authentication Required\r\nconnection: close\r\n\r\n"],
    ["refuses", `HTTP/1.1 403 ${canaries.proxyPassword}\r\nconnection: close\r\n\r\n`],
    ["speaks no HTTP", "\x00\x01\x02"],
  ])("a proxy that %s", async (_name, answer) => {
    const proxy = new URL(await answering(answer)).host;
    const { accessKey, secretKey } = canaries;
    const error = await readWith(
      { region: "cn-north-4", projectId: "p", accessKey, secretKey },
      { HTTPS_PROXY: `http://user:${canaries.proxyPassword}@${proxy}` },
    );
    expectClean([...texts(error), ...lines]);
  });

  test.each([`http://user:${canaries.proxyPassword}@127.0.0.1:9`, `nonsense://user:${canaries.proxyPassword}@x:y`])(
    "a proxy that is none (%#)",
    async (HTTPS_PROXY) => {
      const { accessKey, secretKey } = canaries;
      const config = { region: "cn-north-4", projectId: "p", accessKey, secretKey };
      expectClean([...texts(await readWith(config, { HTTPS_PROXY })), ...lines]);
    },
  );

  test.each([
    { token: `${canaries.token}\n` },
    { accessKey: `${canaries.accessKey},x`, secretKey: canaries.secretKey },
    { accessKey: canaries.accessKey },
    { endpoint: `https://user:${canaries.password}@hss.cn-north-4.myhuaweicloud.com`, token: canaries.token },
    { [canaries.token.slice(0, 6)]: canaries.token },
  ])("a setting that can't be used (%#)", async (config) => {
    expectClean([...texts(await readWith({ region: "cn-north-4", projectId: "p", ...config })), ...lines]);
  });
});
