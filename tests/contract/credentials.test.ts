import { randomBytes } from "node:crypto";
import { startEmulator, type Emulator } from "../../emulator/index.js";
import { resolveSettings, type Settings } from "../../provider/settings/index.js";
import { CredentialsError } from "../../provider/errors.js";
import {
  credentialSource,
  projectIdByName,
  type Credentials,
  type CredentialSource,
} from "../../provider/hss/credentials/index.js";
import { encodeQuery, sign } from "../../provider/hss/signing.js";
import { createTransport, type ClosableTransport } from "../../provider/runtime/transport.js";
import type { Clock, Runtime } from "../../provider/runtime/runtime.js";
import { systemClock } from "../../provider/runtime/clock.js";
import { systemFiles } from "../../provider/runtime/files.js";

// The emulator checks signatures, tokens and identity calls on its own: it shares no code with what is tested here.
type Options = Parameters<typeof startEmulator>[0];

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

interface Bench {
  emulator: Emulator;
  transport: ClosableTransport;
  source(explicit?: Record<string, unknown>, env?: Record<string, string>): CredentialSource;
  settings(explicit?: Record<string, unknown>, env?: Record<string, string>): Settings;
  runtime: Runtime;
}

async function bench(options: Options = {}, clock: Clock = systemClock): Promise<Bench> {
  const emulator = await startEmulator(options);
  const transport = createTransport();
  closers.push(
    () => emulator.close(),
    () => transport.close(),
  );
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, progress: () => undefined };
  // the metadata service has one address for all: here the emulator is behind it
  const send: ClosableTransport["send"] = (request) =>
    transport.send({ ...request, url: new URL(request.url.href.replace("http://169.254.169.254", emulator.url)) });
  const files: Runtime["files"] = {
    ...systemFiles,
    home: "/nowhere",
    readText: (path) => Promise.resolve(path === "/run/id-token" ? "sample.id.token\n" : undefined),
  };
  const runtime: Runtime = { clock, random: () => 0, randomBytes, transport: { send }, log, env: {}, files };
  const settings: Bench["settings"] = (explicit = {}, env = {}) =>
    resolveSettings({ endpoint: emulator.url, authUrl: emulator.url, ...explicit }, env);
  const source: Bench["source"] = (explicit = {}, env = {}) =>
    credentialSource(settings(explicit, env), { ...runtime, env });
  return { emulator, transport, source, settings, runtime };
}

/** Whether the service itself takes them. */
async function status({ emulator, transport, runtime }: Bench, credentials: Credentials): Promise<number> {
  const query = encodeQuery([
    ["limit", 10],
    ["offset", 0],
    ["last_days", 1],
    ["host_name", "web 1/中文~*'()"],
  ]);
  const url = new URL(`/v5/p/app/event?${query}`, emulator.url);
  const headers = { "x-project-id": "p", "content-type": "application/json" };
  const proof: Record<string, string> =
    credentials.kind === "token"
      ? { "x-auth-token": credentials.token }
      : sign({ method: "GET", url, headers }, credentials, new Date(runtime.clock.now()));
  const request = {
    method: "GET",
    url,
    headers: { ...headers, ...proof },
    timeoutMs: 5000,
    maxBodyBytes: 1e7,
  } as const;
  return (await transport.send(request)).status;
}

const login = { userName: "sample-user", password: "sample-password", domainName: "sample-account" };
const agency = { agencyName: "sample-agency", domainName: "sample-account" };
const domainId = "5a3b1e0c7d2f4a6b8c9d0e1f2a3b4c5d";

test("access keys and a ready token", async () => {
  const it = await bench();
  const { accessKey, secretKey, token } = it.emulator;
  expect(await status(it, await it.source({ accessKey, secretKey }).get())).toBe(200);
  expect(await status(it, await it.source({ token }).get())).toBe(200);
  expect(await status(it, await it.source({ accessKey, secretKey: "wrong" }).get())).toBe(401);
});

test("a password, exchanged for a token", async () => {
  const it = await bench();
  const credentials = await it.source(login).get();
  expect(credentials.kind).toBe("token");
  expect(credentials.expiresAt).toBeGreaterThan(Date.now() + 3_600_000);
  expect(await status(it, credentials)).toBe(200);
  const error = (await it
    .source({ ...login, password: "CANARY" })
    .get()
    .catch((caught: unknown) => caught)) as Error;
  expect(error).toBeInstanceOf(CredentialsError);
  expect(error.message).toMatch(/^logging in to IAM: IAM\.0001 /);
  expect(error.message).not.toMatch(/CANARY/);
});

test("an agency: IAM by name and STS by id, with keys and with a token", async () => {
  const it = await bench();
  const { accessKey, secretKey, token } = it.emulator;
  const byId = { agencyName: agency.agencyName, domainId };
  for (const base of [{ accessKey, secretKey }, { token }, login]) {
    for (const assumeRole of [agency, byId]) {
      const credentials = await it.source({ ...base, assumeRole }).get();
      expect(credentials).toMatchObject({
        kind: "aksk",
        securityToken: expect.any(String),
        expiresAt: expect.any(Number),
      });
      expect(await status(it, credentials)).toBe(200);
    }
  }
  const unknown = it.source({ token, assumeRole: { ...agency, agencyName: "nobody" } });
  await expect(unknown.get()).rejects.toThrow(/^assuming the agency at IAM: IAM\.0004 /);
});

test("an OIDC id token", async () => {
  const it = await bench();
  const env = { HUAWEICLOUD_SDK_IDP_ID: "sample-idp", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/run/id-token" };
  expect(await status(it, await it.source({}, env).get())).toBe(200);
  await expect(it.source({}, { ...env, HUAWEICLOUD_SDK_IDP_ID: "other" }).get()).rejects.toThrow(/IAM\.0006/);
});

test.each(["v1", "v2", "both"] as const)("the metadata service, %s", async (metadataVersion) => {
  const it = await bench({ metadataVersion });
  expect(await status(it, await it.source().get())).toBe(200);
});

test("renewed before the service refuses them", async () => {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const clock: Clock = { now, sleep: systemClock.sleep };
  const it = await bench({ now, credentialLifetimeSeconds: 900 }, clock);
  const source = it.source({ token: it.emulator.token, assumeRole: agency });
  const first = await source.get();
  for (let minute = 0; minute < 60; minute += 4) {
    ahead = minute * 60_000;
    expect(await status(it, await source.get())).toBe(200);
  }
  expect(await status(it, first)).toBe(401);
});

test("a clock that is 20 minutes off", async () => {
  const clock: Clock = { now: () => Date.now() - 20 * 60_000, sleep: systemClock.sleep };
  const it = await bench({}, clock);
  const { accessKey, secretKey } = it.emulator;
  expect(await it.source({ accessKey, secretKey, assumeRole: agency }).get()).toMatchObject({ kind: "aksk" });
});

test("a project by its name", async () => {
  const it = await bench({ identity: { projects: { one: ["p1"], two: ["p1", "p2"] } } });
  const { accessKey, secretKey } = it.emulator;
  const look = (projectName: string) => {
    const given = { accessKey, secretKey, projectName };
    return projectIdByName(it.settings(given), it.runtime, it.source(given), new AbortController().signal);
  };
  expect(await look("one")).toBe("p1");
  await expect(look("two")).rejects.toThrow(/IAM knows 2 projects/);
  await expect(look("none")).rejects.toThrow(/IAM knows no project/);
  // never created
  expect(it.emulator.requests.filter(({ method }) => method !== "GET")).toEqual([]);
});
