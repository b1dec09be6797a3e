import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomInt } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createSnapshot } from "../../../provider/evidence/createSnapshot.js";
import { preAuthEncoding, readEnvelope } from "../../../provider/archive/dsse.js";
import { snapshotChanges } from "../../../provider/evidence/snapshotChanges.js";
import { readSnapshot } from "../../../provider/evidence/snapshotFolder.js";
import { sha256 as digestOf } from "../../../provider/sha256.js";
import { verifySnapshot } from "../../../provider/evidence/verifySnapshot.js";
import { getObservedProcesses } from "../../../provider/functions/getObservedProcesses.js";
import { Session } from "../../../provider/session.js";
import { startFakeService, type FakeServer } from "../../support/fakeService.js";

const hashOf = (digit: number) => `${"abcdef0123456789".repeat(3)}${String(digit).padStart(16, "0")}`;

const event = (at: number, more: object = {}) =>
  JSON.stringify({
    event_id: `event-${at}`,
    event_name: "white list alert suspicious process",
    severity: "Low",
    host_id: `host-${at % 3}`,
    host_name: `web-${at % 3}`,
    private_ip: `10.0.0.${at % 3}`,
    os_type: "Linux",
    policy_id: "p1",
    // two events at each moment, and times that no double holds
    occur_time: 1_790_000_000_000 - Math.floor(at / 2),
    handle_status: "handled",
    handle_method: "mark_as_trust",
    process_info: [
      { process_name: "tool", process_path: "/usr/bin/tool", process_hash: hashOf(at % 5), process_pid: at },
    ],
    ...more,
  });

const token = "canary-token-13";
const items = Array.from({ length: 40 }, (_, at) => event(at));
const select = [{ handleMethods: ["mark_as_trust"], minHosts: 2 }];
const log = { debug: jest.fn(), info: jest.fn(), warn: jest.fn(), progress: jest.fn() };

let server: FakeServer;
let root: string;
beforeAll(async () => {
  server = await startFakeService({ token, items });
});
afterAll(() => server.close());
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "pulumi-hss-snapshot-"));
});
afterEach(() => rm(root, { recursive: true }));

const session = (env: Record<string, string> = {}) => new Session({ log, env });
const config = () => ({ endpoint: server.url, projectId: "p", token });
const create = (args: object, env?: Record<string, string>) =>
  session(env).call(createSnapshot, { directory: path.join(root, "evidence"), ...args }, { config: config() });
const keys = (type: "ed25519" | "ec") => {
  const pair = type === "ec" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
  return {
    private: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    public: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
};
const failed = async (folder: string, key?: string) =>
  (await verifySnapshot(folder, key)).checks.filter(({ ok }) => !ok).map(({ name }) => name);

test("a snapshot of a read holds everything, and verifies", async () => {
  const { path: folder, complete, summary } = await create({ select, format: "fapolicyd" });
  expect((await readdir(folder)).sort()).toEqual([
    "SHA256SUMS",
    "events.parquet",
    "observation.json",
    "ocsf.ndjson",
    "policy.35-hss-whitelist.rules",
    "policy.json",
    "report.html",
    "rule.json",
    "statement.json",
  ]);
  expect({ complete, summary }).toEqual({ complete: true, summary: "40 events, 5 hashes, 5 allowed, not signed" });
  expect(await verifySnapshot(folder)).toMatchObject({ ok: true });
  expect(await readdir(path.dirname(folder))).toEqual([path.basename(folder)]);
  // by hand, as documented
  execFileSync("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], { cwd: folder });
});

test.each(["ed25519", "ec"] as const)("signed by %s: our check, openssl's, and no other key's", async (type) => {
  const pair = keys(type);
  const { path: folder } = await create({ select, signingKey: pair.private });
  expect(await failed(folder, pair.public)).toEqual([]);
  expect(await failed(folder, keys(type).public)).toEqual(["signature"]);
  const envelope = readEnvelope(await readFile(path.join(folder, "statement.dsse.json"), "utf8"));
  await writeFile(path.join(root, "pae"), preAuthEncoding(envelope?.body ?? Buffer.alloc(0)));
  await writeFile(path.join(root, "sig"), envelope?.signatures[0]?.signature ?? "");
  await writeFile(path.join(root, "pub.pem"), pair.public);
  const how =
    type === "ec"
      ? ["dgst", "-sha256", "-verify", "pub.pem", "-signature", "sig", "pae"]
      : ["pkeyutl", "-verify", "-pubin", "-inkey", "pub.pem", "-rawin", "-in", "pae", "-sigfile", "sig"];
  expect(execFileSync("openssl", how, { cwd: root, encoding: "utf8" })).toMatch(/Verified/i);
});

test("an unsigned snapshot fails where a key is asked for", async () => {
  const { path: folder } = await create({});
  expect(await failed(folder, keys("ed25519").public)).toEqual(["signature"]);
});

test("a key that is none is told before the service is asked", async () => {
  const before = server.requests.length;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });
  for (const signingKey of [
    "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n",
    rsa.toString(),
    "no/such/file",
  ])
    await expect(create({ signingKey })).rejects.toThrow(/signingKey: /);
  await expect(create({}, { HSS_SIGNING_KEY: "no/such/file" })).rejects.toThrow(/signingKey: names no file/);
  expect(server.requests.length).toBe(before);
  expect(await readdir(root)).toEqual([]);
});

// HSS_BYTE_CHANGES=10000 npx jest tests/unit/evidence/snapshot.test.ts -t single-byte
const changes = Number(process.env["HSS_BYTE_CHANGES"] ?? 600);

test(`every single-byte change in every file is found (${changes} random ones)`, async () => {
  const pair = keys("ed25519");
  const { path: folder } = await create({ select, signingKey: pair.private });
  const names = await readdir(folder);
  const missed: string[] = [];
  for (let at = 0; at < changes; at++) {
    const file = path.join(folder, names[at % names.length] ?? "");
    const bytes = await readFile(file);
    const changed = Buffer.from(bytes);
    const where = randomInt(bytes.length);
    // any other byte, and not one bit of it alone
    changed[where] = ((changed[where] ?? 0) + 1 + randomInt(255)) % 256;
    await writeFile(file, changed);
    if ((await verifySnapshot(folder, pair.public)).ok) missed.push(`${path.basename(file)} at ${where}`);
    await writeFile(file, bytes);
  }
  expect(missed).toEqual([]);
  expect(await failed(folder, pair.public)).toEqual([]);
});

test("a file too many, one too few, and digests made anew are found", async () => {
  const pair = keys("ed25519");
  const { path: folder } = await create({ select, signingKey: pair.private });
  await writeFile(path.join(folder, "more"), "x");
  expect(await failed(folder, pair.public)).toEqual(["files", "statement"]);
  await rm(path.join(folder, "more"));
  await rm(path.join(folder, "ocsf.ndjson"));
  expect(await failed(folder, pair.public)).toEqual(expect.arrayContaining(["files", "statement", "events"]));
});

test("equal observations and rules are equal bytes but for time and signature", async () => {
  const { observation } = await session().call(getObservedProcesses, {}, { config: config() });
  const one = await create({ observation, select, directory: path.join(root, "one") });
  const two = await create({ observation, select, directory: path.join(root, "two"), signingKey: keys("ec").private });
  expect(two.sha256).toBe(one.sha256);
  for (const name of await readdir(one.path)) {
    if (name === "SHA256SUMS") continue;
    expect((await readFile(path.join(two.path, name))).equals(await readFile(path.join(one.path, name)))).toBe(true);
  }
  // made again it is the one that is there
  const again = await create({ observation, select, directory: path.join(root, "one") });
  expect(again.path).toBe(one.path);
  expect(await readdir(path.join(root, "one"))).toHaveLength(1);
  expect(await failed(one.path)).toEqual([]);
});

test("the order in which events arrive makes no difference", async () => {
  const shuffled = await startFakeService({ token, items: [...items].reverse() });
  try {
    const [one, two] = await Promise.all(
      [server.url, shuffled.url].map((endpoint, at) =>
        session().call(
          createSnapshot,
          { directory: path.join(root, String(at)) },
          { config: { ...config(), endpoint } },
        ),
      ),
    );
    for (const name of ["events.parquet", "ocsf.ndjson"])
      expect(
        (await readFile(path.join(one?.path ?? "", name))).equals(await readFile(path.join(two?.path ?? "", name))),
      ).toBe(true);
  } finally {
    await shuffled.close();
  }
});

test("what changed since the snapshot before", async () => {
  const before = await create({ select });
  const later = await startFakeService({
    token,
    items: [
      ...items.slice(8),
      event(100, { host_id: "new", host_name: "new-server", process_info: [{ process_hash: hashOf(9) }] }),
      event(101, {
        process_info: [{ process_hash: hashOf(1), process_name: "tool" }],
        handle_method: "isolate_and_kill",
      }),
      event(102, { process_info: [{ process_hash: hashOf(2) }], event_name: "white list alert malicious process" }),
    ],
  });
  try {
    const args = { directory: root, select, baseline: before.path };
    const after = await session().call(createSnapshot, args, { config: { ...config(), endpoint: later.url } });
    const kinds = after.changes.map(({ kind, hash, server: name }) => [kind, hash ?? name]);
    expect(kinds).toEqual([
      ["newHash", hashOf(9)],
      ["newlyMalicious", hashOf(2)],
      ["newlyTrusted", hashOf(9)],
      ["newlyDistrusted", hashOf(1)],
      ["noLongerAllowed", hashOf(1)],
      ["noLongerAllowed", hashOf(2)],
      ["newServer", "new-server"],
    ]);
    const [a, b] = await Promise.all([readSnapshot(before.path), readSnapshot(after.path)]);
    expect(snapshotChanges(b as never, a as never).map(({ kind }) => kind)).toContain("goneHash");
  } finally {
    await later.close();
  }
});

describe("rewritten by somebody who has no key, all digests made anew", () => {
  const edits: readonly (readonly [string, string, (text: string) => string])[] = [
    ["another version", "statement.json", (text) => text.replace(/"version":"[^"]*"/g, '"version":"9.9.9"')],
    ["findings of nothing", "ocsf.ndjson", (text) => text.replace(/^.*$/gm, "{}")],
    ["another place", "statement.json", (text) => text.replace('"sample":false', '"sample":true')],
    [
      "another time",
      "statement.json",
      (text) => text.replace(/"createdAt":"[^"]*"/, '"createdAt":"2020-01-01T00:00:00Z"'),
    ],
    ["other counts", "statement.json", (text) => text.replace('"hashes":5', '"hashes":6')],
    ["a rule that says more", "rule.json", (text) => text.replace("{", '{\n  "note": "x",')],
    ["a rule that says it twice", "rule.json", (text) => text.replace("{", '{\n  "select": [],')],
    ["a rule too deep", "rule.json", () => `{"select":${"[".repeat(20_000)}${"]".repeat(20_000)}}`],
    ["a policy that allows more", "policy.json", (text) => text.replace("abcdef0123456789", "bbbbbb0123456789")],
    ["an observation with a mark", "observation.json", (text) => `\ufeff${text}`],
    ["an observation read never", "observation.json", (text) => text.replace(/"readAt":"[^"]*"/, '"readAt":"never"')],
  ];
  test.each(edits)("%s", async (_, name, edit) => {
    const { path: folder } = await create({ select, format: "json" });
    const file = path.join(folder, name);
    const before = await readFile(file, "utf8");
    const after = edit(before);
    expect(after).not.toBe(before);
    await writeFile(file, after);
    await redigest(folder);
    const failures = await failed(folder);
    expect(failures).not.toEqual([]);
    expect(failures).not.toContain("files");
  });

  test("a file of its own", async () => {
    const { path: folder } = await create({ select });
    await writeFile(path.join(folder, "policy.enforce.rules"), "allow everything\n");
    await redigest(folder);
    expect(await failed(folder)).toEqual(["statement"]);
  });

  test("an envelope that says it twice, says more, or is signed by nobody", async () => {
    const pair = keys("ed25519");
    const { path: folder } = await create({ signingKey: pair.private });
    const file = path.join(folder, "statement.dsse.json");
    const text = await readFile(file, "utf8");
    for (const edited of [
      text.replace("{", '{"payload":"e30=",'),
      text.replace("{", '{"note":"approved",'),
      text.replace(/"payload":"/, '"payload":"!!'),
      text.replace(/"signatures":\[.*\]/, '"signatures":[]'),
      text.replace(/\]\}\n$/, ',{"keyid":"x","sig":""}]}\n'),
    ]) {
      expect(edited).not.toBe(text);
      await writeFile(file, edited);
      await redigest(folder);
      expect(await failed(folder, pair.public)).toEqual(["signature"]);
      expect(await failed(folder)).toEqual(["signature"]);
    }
  });

  /** As an attacker would: subjects of the statement, and SHA256SUMS. */
  async function redigest(folder: string): Promise<void> {
    const statement = path.join(folder, "statement.json");
    let text = await readFile(statement, "utf8");
    for (const { name, sha256 } of (await readSnapshot(folder)).statement?.subject ?? []) {
      const now = digestOf(await readFile(path.join(folder, name)));
      text = text.replace(sha256, now);
    }
    await writeFile(statement, text);
    const names = (await readdir(folder)).filter((name) => name !== "SHA256SUMS").sort();
    const lines = await Promise.all(
      names.map(async (name) => `${digestOf(await readFile(path.join(folder, name)))}  ${name}\n`),
    );
    await writeFile(path.join(folder, "SHA256SUMS"), lines.join(""));
  }
});

test("what has the snapshot's name and is another is an error, and signed stands beside unsigned", async () => {
  const { observation } = await session().call(getObservedProcesses, {}, { config: config() });
  const pair = keys("ec");
  const plain = await create({ observation, select });
  const signed = await create({ observation, select, signingKey: pair.private });
  expect(signed.path).not.toBe(plain.path);
  expect(await failed(signed.path, pair.public)).toEqual([]);
  expect((await create({ observation, select, signingKey: pair.private })).path).toBe(signed.path);
  await writeFile(path.join(plain.path, "policy.json"), "{}");
  await expect(create({ observation, select })).rejects.toThrow(/is there already and is not this snapshot \(.*policy/);
  await rm(plain.path, { recursive: true });
  await writeFile(plain.path, "a file");
  await expect(create({ observation, select })).rejects.toThrow(/is there already and is not this snapshot/);
});

test("a Parquet file whose footer promises more rows than there can be is refused at once", async () => {
  const { path: folder } = await create({});
  const file = path.join(folder, "events.parquet");
  const bytes = await readFile(file);
  const { parquetMetadata } = await import("hyparquet");
  expect(
    Number(
      parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer).num_rows,
    ),
  ).toBe(40);
  await writeFile(file, Buffer.concat([bytes.subarray(0, 100), bytes.subarray(110)]));
  expect(await failed(folder)).toEqual(expect.arrayContaining(["files", "events"]));
});

test("a file that is too large to check is named", async () => {
  const { path: folder } = await create({});
  await truncate(path.join(folder, "events.parquet"), 3 * 2 ** 30);
  expect(await failed(folder)).toEqual(expect.arrayContaining(["content", "files"]));
});
