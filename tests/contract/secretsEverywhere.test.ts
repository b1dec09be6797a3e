import { fc } from "../support/properties.js";
import { getAppWhitelistEvents } from "../../provider/functions/getAppWhitelistEvents.js";
import { TransportError } from "../../provider/errors.js";
import type { HttpRequest, HttpResponse, PrivateDirectory, Runtime } from "../../provider/runtime/runtime.js";
import { systemFiles } from "../../provider/runtime/files.js";
import { printable } from "../../provider/text.js";
import { Session } from "../../provider/session.js";

// A service that repeats what it was sent, anywhere and cut anywhere: no piece of a secret in anything that leaves a call.
const pseudo = (seed: number, length: number, alphabet: string): string => {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return alphabet[(state >>> 8) % alphabet.length];
  }).join("");
};
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";
const secrets = {
  accessKey: pseudo(1, 20, letters.toUpperCase()),
  secretKey: pseudo(2, 40, `${letters}+/`),
  securityToken: pseudo(3, 900, `${letters}+/=`),
  token: pseudo(4, 1600, `${letters}-_.::`),
  password: pseudo(5, 30, `${letters}%&"\\ äö:`),
};
type SecretName = keyof typeof secrets;

const accounts: Readonly<Record<string, Record<string, string>>> = {
  keys: { accessKey: secrets.accessKey, secretKey: secrets.secretKey, securityToken: secrets.securityToken },
  token: { token: secrets.token },
  password: { userName: "user", domainName: "account", password: secrets.password },
};
const secretsOf: Readonly<Record<string, readonly SecretName[]>> = {
  keys: ["accessKey", "secretKey", "securityToken"],
  token: ["token"],
  password: ["password"],
};

type Echo = (piece: string) => Partial<HttpResponse> | Error;
const echoes: readonly Echo[] = [
  (piece) => ({ status: 400, body: JSON.stringify({ error_code: piece, error_msg: "refused" }) }),
  (piece) => ({ status: 403, body: JSON.stringify({ error_msg: `for ${piece} no` }) }),
  (piece) => ({ status: 401, body: JSON.stringify({ error: { code: "APIGW.0301", message: `ak:${piece},err` } }) }),
  (piece) => ({ status: 400, headers: { "x-request-id": piece }, body: "{}" }),
  (piece) => ({ status: 302, headers: { location: `https://login.example.com/${piece}?x=1` } }),
  (piece) => ({ status: 200, body: JSON.stringify({ total_num: piece, data_list: [] }) }),
  (piece) => ({ status: 200, body: JSON.stringify({ error_code: "HSS.0001", error_msg: piece }) }),
  (piece) => ({ status: 200, body: `<html>${piece}</html>` }),
  (piece) => ({ status: 200, body: `{"total_num":1,"data_list":[{"event_id":"${encodeURIComponent(piece)}` }),
  (piece) => ({ status: 500, body: JSON.stringify({ error_msg: encodeURIComponent(piece) }) }),
  (piece) => ({ status: 429, body: JSON.stringify({ error_msg: Buffer.from(piece).toString("base64") }) }),
  (piece) => new TransportError("no answer", { cause: Object.assign(new Error(`reset by ${piece}`), { code: piece }) }),
];

const eights = (text: string): string[] =>
  Array.from({ length: Math.max(0, text.length - 7) }, (_, at) => text.slice(at, at + 8));
const forms = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  printable(secret, 1e6),
];

function machine() {
  const left: string[] = [];
  let now = Date.parse("2026-01-01T00:00:00Z");
  let answer: (request: HttpRequest) => Partial<HttpResponse> | Error = () => ({});
  const note = (line: string) => void left.push(line);
  const log: Runtime["log"] = { debug: note, info: note, warn: note, progress: note };
  const directory: PrivateDirectory = {
    read: () => Promise.reject(new Error("nothing is kept")),
    write: (name, text) => Promise.resolve(void left.push(name, text)),
    list: () => Promise.resolve([]),
    remove: () => Promise.resolve(),
  };
  const runtime: Partial<Runtime> = {
    files: { ...systemFiles, home: "/nowhere", privateDirectory: () => directory },
    clock: {
      now: () => now,
      // time passes for a pause, and no deadline does
      sleep: (ms, signal) => {
        if (ms >= 3_600_000)
          return new Promise((_, reject) => signal?.addEventListener("abort", reject, { once: true }));
        now += ms;
        return new Promise((resolve) => setImmediate(resolve));
      },
    },
    transport: {
      send: (request) => {
        const given = answer(request);
        return given instanceof Error
          ? Promise.reject(given)
          : Promise.resolve({ status: 200, headers: {}, body: "", ...given });
      },
    },
  };
  const session = new Session({ log, env: {}, runtime });
  return {
    left,
    async call(config: Record<string, string>, echo: (request: HttpRequest) => Partial<HttpResponse> | Error) {
      answer = echo;
      const base = { endpoint: "https://hss.cn-north-4.myhuaweicloud.com", projectId: "p", cacheSeconds: 60 };
      const settings = { ...base, maxRetries: 0, ...config };
      const controller = new AbortController();
      await session.call(getAppWhitelistEvents, {}, { config: settings, signal: controller.signal }).then(
        (result) => left.push(JSON.stringify(result)),
        (error: unknown) => {
          for (let it = error; it instanceof Error; it = it.cause)
            left.push(it.message, it.stack ?? "", JSON.stringify({ ...it }));
        },
      );
      controller.abort();
      return left.splice(0).join("\n");
    },
  };
}

test("10,000 places and cuts of every secret: errors, causes, stacks, logs and the cache hold no piece of eight", async () => {
  const it = machine();
  const pieces = new Map(
    Object.entries(secrets).map(([name, secret]) => [name, new Set(forms(secret).flatMap(eights))]),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(accounts)),
      fc.nat(),
      fc.nat(),
      fc.nat(),
      fc.constantFrom(...echoes),
      async (account, which, from, length, echo) => {
        const names = secretsOf[account] ?? [];
        const name = names[which % names.length] as SecretName;
        const secret = secrets[name];
        const start = from % secret.length;
        const piece = secret.slice(start, start + 1 + (length % secret.length));
        const text = await it.call(accounts[account] ?? {}, () => echo(piece));
        expect(text.length).toBeGreaterThan(20);
        const known = pieces.get(name) as Set<string>;
        // seven characters and the quote that JSON puts behind them are not eight
        expect(eights(text).filter((eight) => known.has(eight) && !eight.includes('"'))).toEqual([]);
      },
    ),
    { numRuns: 10_000 },
  );
});
