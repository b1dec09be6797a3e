import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import { startEmulator, type Emulator, type EventSource } from "../../emulator/index.js";
import { CommandLine } from "../support/commandLine.js";

// The archive as the command line offers it, against the emulator.

let emulator: Emulator;
let hss: CommandLine;
let env: NodeJS.ProcessEnv;

const environmentOf = ({ url, accessKey, secretKey }: Emulator): NodeJS.ProcessEnv => ({
  HW_HSS_ENDPOINT: url,
  HW_PROJECT_ID: "p",
  HW_ACCESS_KEY: accessKey,
  HW_SECRET_KEY: secretKey,
});

beforeAll(async () => {
  emulator = await startEmulator({ events: 700 });
  env = environmentOf(emulator);
});
beforeEach(() => {
  hss = new CommandLine();
});
afterEach(() => hss.close());
afterAll(() => emulator.close());

const must = async (...args: string[]) => {
  const made = await hss.run(args, { env });
  expect({ args, ...made }).toMatchObject({ code: 0 });
  return made;
};

const filesIn = (folder: string): string[] =>
  readdirSync(hss.at(folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".parquet"));

test("a sync, a second one that finds nothing, status, verify, and what functions answer", async () => {
  const first = await must("archive", "sync", "--to", "arch");
  expect(first).toMatchObject({ stdout: "" });
  expect(first.stderr).toMatch(/^.*arch: 700 new events; the service shows 700; \d+ requests\n$/);
  const second = await must("archive", "sync", "--to", "arch", "--output", "json");
  expect(JSON.parse(second.stdout)).toMatchObject({ kind: "incremental", complete: true, added: { events: 0 } });
  const { stdout } = await must("archive", "status", "arch", "--output", "json");
  expect(JSON.parse(stdout)).toMatchObject({
    sequence: 2,
    files: filesIn("arch").length,
    projects: [{ project: "p", gaps: [], damaged: 0 }],
  });
  expect((await must("archive", "status", "arch")).stdout).toMatch(/^REGION +PROJECT +FROM +UNTIL/);
  expect((await must("archive", "verify", "arch")).stdout).toMatch(/chain +ok +2 manifests/);
  const events = await must("events", "--archive", "arch", "--output", "ndjson");
  expect(events.stdout.trimEnd().split("\n")).toHaveLength(700);
  const direct = await must("policy", "--select", '[{"minHosts":2}]', "--format", "sha256sum");
  const kept = await must("policy", "--select", '[{"minHosts":2}]', "--format", "sha256sum", "--archive", "arch");
  const hashes = (text: string) => text.split("\n").filter((line) => !line.startsWith("#"));
  expect(hashes(kept.stdout)).toEqual(hashes(direct.stdout));
  expect(kept.stdout).toMatch(/^# from an archive that has every event since /m);
});

test("one command makes the archive that another names by its setting", async () => {
  writeFileSync(hss.at("hss.yaml"), "archive: arch\n");
  await must("archive", "sync");
  await must("archive", "verify");
  const observed = await must("observed", "--no-refresh");
  expect(observed.stdout.split("\n").length).toBeGreaterThan(10);
});

test("signed by a key, and checked by it; what was edited, lost or put there ends with 5", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  writeFileSync(hss.at("key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(hss.at("key.pub"), publicKey.export({ type: "spki", format: "pem" }));
  await must("archive", "sync", "--to", "arch", "--key", "key.pem");
  const verify = () => hss.run(["archive", "verify", "arch", "--key", "key.pub"], { env: {} });
  expect(await verify()).toMatchObject({ code: 0, stderr: "" });
  await must("archive", "sync", "--to", "arch");
  expect(await verify()).toMatchObject({ code: 5, stderr: "hss: verification failed: signatures\n" });
  const [part = ""] = filesIn("arch");
  const bytes = readFileSync(hss.at(`arch/${part}`));
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(hss.at(`arch/${part}`), bytes);
  writeFileSync(hss.at("arch/ext/hss/own.parquet"), "x");
  expect(await verify()).toMatchObject({
    code: 5,
    stderr: "hss: verification failed: signatures, files, strangers\n",
  });
  const refused = await hss.run(["events", "--archive", "arch", "--no-refresh", "--output", "ndjson"], { env });
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/was edited; .* see hss archive verify/) as string,
  });
});

test("a read that is not whole is kept, covers nothing, and ends with 3", async () => {
  // a list that moves faster than it can be read
  let moved = 0;
  const dataset: EventSource = {
    total: () => 1000,
    page(_query, offset, limit) {
      moved += 20_000;
      const row = (i: number) => ({ event_id: `event-${offset + i - moved}`, occur_time: Date.now() - 60_000 });
      return Array.from({ length: Math.max(0, Math.min(limit, 1000 - offset)) }, (_, i) => row(i));
    },
  };
  const moving = await startEmulator({ dataset });
  const there = environmentOf(moving);
  const empty = await hss.run(["archive", "status", "arch"], { env: there });
  expect(empty).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/holds no archive: hss archive sync --to/) as string,
  });
  const synced = await hss.run(["archive", "sync", "--to", "arch", "--output", "json"], { env: there });
  expect(synced).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/what was read is kept, and can't be shown to be whole/) as string,
  });
  expect(JSON.parse(synced.stdout)).toMatchObject({ complete: false, covered: [] });
  expect((await hss.run(["archive", "verify", "arch"])).code).toBe(0);
  const asked = await hss.run(["observed", "--archive", "arch", "--no-refresh"], { env: there });
  expect(asked).toMatchObject({ code: 3, stderr: expect.stringMatching(/whole syncs cover nothing/) as string });
  await moving.close();
});

test("bad use is told before anything is read", async () => {
  const before = emulator.requests.length;
  expect(await hss.run(["archive", "sync"], { env })).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(/archive: is needed: a folder, or s3:\/\//) as string,
  });
  writeFileSync(hss.at("bad.pem"), "x");
  expect(await hss.run(["archive", "sync", "--to", "arch", "--key", "bad.pem"], { env })).toMatchObject({ code: 64 });
  expect(await hss.run(["archive", "sync", "--to", "ftp://x/y"], { env })).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(/can't be in ftp:/) as string,
  });
  expect(emulator.requests.length).toBe(before);
  expect(() => execFileSync("test", ["-e", hss.at("arch")])).toThrow();
});
