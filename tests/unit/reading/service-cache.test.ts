import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { functions } from "../../../provider/functions/index.js";
import { Host } from "../../../provider/host.js";
import { plainItems, startReferenceServer } from "../../support/reference-server.js";

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, progress: () => undefined };
const named = (name: string) => functions.find((definition) => definition.name === name)!;

test("with cacheSeconds a second process sees exactly what the first saw, without a request", async () => {
  const token = "canary-cache-token";
  const server = await startReferenceServer({ token, items: plainItems(450) });
  const home = mkdtempSync(path.join(tmpdir(), "hss-cache-"));
  const config = { endpoint: server.url, projectId: "p", token, cacheSeconds: 60 };
  const host = () => new Host({ log: quiet, env: { XDG_CACHE_HOME: home } });
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
