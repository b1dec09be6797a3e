import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmulator, type Emulator } from "../../../emulator/index.js";
import { functions } from "../../../provider/functions/index.js";
import { Session } from "../../../provider/session.js";
import { startFakeService } from "../../support/fakeService.js";
import { plainItems } from "../../support/pages.js";

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, progress: () => undefined };
const named = (name: string) => functions.find((definition) => definition.name === name)!;

test("with cacheSeconds a second process sees exactly what the first saw, without a request", async () => {
  const token = "canary-cache-token";
  const server = await startFakeService({ token, items: plainItems(450) });
  const home = mkdtempSync(path.join(tmpdir(), "hss-cache-"));
  const config = { endpoint: server.url, projectId: "p", token, cacheSeconds: 60 };
  const host = () => new Session({ log: quiet, env: { XDG_CACHE_HOME: home } });
  const first = await host().call(named("getAppWhitelistEvents"), {}, { config });
  const requests = server.requests.length;
  expect(await host().call(named("getAppWhitelistEvents"), {}, { config })).toEqual(first);
  const observed = await host().call(named("getObservedProcesses"), {}, { config });
  expect(observed).toMatchObject({ totalNum: 450, complete: true });
  expect(server.requests.length).toBe(requests);
  await host().call(named("getAppWhitelistEvents"), { lastDays: 2 }, { config });
  expect(server.requests.length).toBeGreaterThan(requests);
  const kept = path.join(home, "pulumi-hss", "reads");
  for (const file of readdirSync(kept)) expect(readFileSync(path.join(kept, file), "utf8") + file).not.toContain(token);
  rmSync(home, { recursive: true });
  await server.close();
});

describe("credentials that are issued anew in each process", () => {
  let emulator: Emulator;
  let home: string;
  beforeAll(async () => {
    emulator = await startEmulator({ events: 30 });
    home = mkdtempSync(path.join(tmpdir(), "hss-cache-"));
  });
  afterAll(async () => {
    rmSync(home, { recursive: true });
    await emulator.close();
  });
  const read = (credentials: Record<string, unknown>, env: Record<string, string> = {}) => {
    const place = { endpoint: emulator.url, authUrl: emulator.url, region: "cn-north-4", projectId: "p" };
    return new Session({ log: quiet, env: { XDG_CACHE_HOME: home, ...env } }).call(
      named("getAppWhitelistEvents"),
      {},
      { config: { ...place, cacheSeconds: 60, ...credentials } },
    );
  };
  const login = { userName: "sample-user", password: "sample-password", domainName: "sample-account" };

  test("a password login", async () => {
    expect(await read(login)).toEqual(await read(login));
  });

  test("an agency; without it the keys are another account", async () => {
    const { accessKey, secretKey } = emulator;
    const agency = { agencyName: "sample-agency", domainName: "sample-account" };
    const assumed = await read({ accessKey, secretKey, assumeRole: agency });
    expect(await read({ accessKey, secretKey, assumeRole: agency })).toEqual(assumed);
    expect(await read({ accessKey, secretKey })).not.toEqual(assumed);
  });
});

test.each([
  ["no text can hold it", undefined],
  ["its directory is a file", "package.json"],
])("a read that can't be kept is no error, and told: %s", async (_, place) => {
  const server = await startFakeService({ token: "t", items: plainItems(30) });
  const home = place ?? mkdtempSync(path.join(tmpdir(), "hss-cache-"));
  const warnings: string[] = [];
  const log = { ...quiet, warn: (message: string) => void warnings.push(message) };
  const session = new Session({ log, env: { XDG_CACHE_HOME: home } });
  const { stringify } = JSON;
  const limited = jest.spyOn(JSON, "stringify").mockImplementation((value: unknown, ...rest: unknown[]) => {
    if (place === undefined && (value as { events?: unknown[] }).events?.length)
      throw new RangeError("Invalid string length");
    return (stringify as (...args: unknown[]) => string)(value, ...rest);
  });
  const config = { endpoint: server.url, projectId: "p", token: "t", cacheSeconds: 60 };
  const read = await session.call(named("getAppWhitelistEvents"), {}, { config });
  limited.mockRestore();
  expect(read).toMatchObject({ totalNum: 30, complete: true });
  expect(warnings).toEqual([expect.stringMatching(/cacheSeconds: the read of 30 HSS events could not be kept/)]);
  if (place === undefined) rmSync(home, { recursive: true });
  await server.close();
});
