import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readEnvelope } from "../../../provider/archive/dsse.js";
import { createSnapshot } from "../../../provider/evidence/createSnapshot.js";
import { verifySnapshot } from "../../../provider/evidence/verifySnapshot.js";
import { getObservedProcesses } from "../../../provider/functions/getObservedProcesses.js";
import { Session } from "../../../provider/session.js";
import { startFakeService, type FakeServer } from "../../support/fakeService.js";

// A snapshot that is signed by a command, which has the key: a script here, that stands for cosign or a cloud's KMS.

const token = "canary-token-17";
const item = JSON.stringify({
  event_id: "event-1",
  occur_time: 1_790_000_000_000,
  process_info: [{ process_hash: "abcdef0123456789".repeat(4) }],
});
const log = { debug: jest.fn(), info: jest.fn(), warn: jest.fn(), progress: jest.fn() };

let server: FakeServer;
let root: string;
beforeAll(async () => {
  server = await startFakeService({ token, items: [item] });
});
afterAll(() => server.close());
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "pulumi-hss-sign-"));
});
afterEach(() => rm(root, { recursive: true }));

const config = () => ({ endpoint: server.url, projectId: "p", token });
const evidence = () => path.join(root, "evidence");
const create = (args: object, signal?: AbortSignal) =>
  new Session({ log, env: process.env }).call(
    createSnapshot,
    { directory: evidence(), ...args },
    { config: config(), ...(signal && { signal }) },
  );
const keyPair = (type: "ed25519" | "ec") => {
  const pair = type === "ec" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
  return {
    private: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    public: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
};

/** A program of its own: what it does with `input`, the bytes to sign; `out` prints, `signed` is a signature by `pem`. */
async function command(body: string, pem = keyPair("ed25519").private): Promise<string> {
  const file = path.join(root, `sign${Math.random()}.cjs`);
  const script = `
const { createPrivateKey, sign } = require("node:crypto");
const { existsSync, readFileSync, appendFileSync } = require("node:fs");
const out = (text) => require("node:fs").writeSync(1, text);
const key = createPrivateKey(${JSON.stringify(pem)});
const signed = (bytes) => sign(key.asymmetricKeyType === "ed25519" ? null : "sha256", bytes, key);
const calls = ${JSON.stringify(path.join(root, "calls"))};
const isTrial = !existsSync(calls);
appendFileSync(calls, "x");
${body}`;
  await writeFile(file, script);
  return `"${process.execPath}" "${file}"`;
}
const whole = `const input = readFileSync(0);\nout(signed(input).toString("base64") + "\\n");`;

describe.each(["ed25519", "ec"] as const)("%s", (type) => {
  test("signed as by the key itself, and named by it", async () => {
    const pair = keyPair(type);
    const signWith = await command(whole, pair.private);
    const made = await create({ signWith, publicKey: pair.public });
    expect(made.summary).toBe("1 event, 1 hash, signed");
    expect(await verifySnapshot(made.path, pair.public)).toMatchObject({ ok: true });
    expect(await verifySnapshot(made.path, keyPair(type).public)).toMatchObject({ ok: false });
    // once for trial, once for the statement
    expect(await readFile(path.join(root, "calls"), "utf8")).toBe("xx");
    const byKey = await create({ signingKey: pair.private });
    const keyid = async (folder: string) =>
      readEnvelope(await readFile(path.join(folder, "statement.dsse.json"), "utf8"))?.signatures[0]?.keyid;
    expect(await keyid(made.path)).toBe(await keyid(byKey.path));
  });

  test.each([
    ["bytes", "out(signed(readFileSync(0)));"],
    ["base64 in lines", 'out(signed(readFileSync(0)).toString("base64").replace(/.{40}/g, "$&\\n"));'],
  ])("%s, and no public key given", async (_, body) => {
    const pair = keyPair(type);
    const { path: folder } = await create({ signWith: await command(body, pair.private) });
    expect(folder).toMatch(/-signed$/);
    expect(await verifySnapshot(folder, pair.public)).toMatchObject({ ok: true });
  });
});

test("of an observation, one signature alone is asked for; made again it is the same", async () => {
  const { observation } = await new Session({ log, env: {} }).call(getObservedProcesses, {}, { config: config() });
  const pair = keyPair("ec");
  const args = { observation, publicKey: path.join(root, "pub.pem") };
  await writeFile(args.publicKey, pair.public);
  const signWith = await command(whole, pair.private);
  const one = await create({ ...args, signWith });
  expect(await readFile(path.join(root, "calls"), "utf8")).toBe("x");
  expect((await create({ ...args, signWith })).path).toBe(one.path);
});

describe("a command that can't sign is told in one line, before the service is asked, and leaves nothing", () => {
  const failing: readonly (readonly [string, string, RegExp])[] = [
    [
      "fails",
      'process.stderr.write("first\\nno such key\\n"); process.exitCode = 3;',
      /failed with exit code 3: no such key$/,
    ],
    [
      "repeats a secret",
      `process.stderr.write("denied to ${token}\\n"); process.exitCode = 1;`,
      /denied to \[secret\]$/,
    ],
    ["prints nothing", "", /printed no signature$/],
    ["prints blanks", 'out(" \\n");', /printed no signature$/],
    ["prints words", 'out("signed it well");', /printed something else than a signature/],
    ["prints a digest", 'out("aGVsbG8=");', /printed something else than a signature/],
    [
      "prints without end",
      'for (let i = 0; i < 100; i++) try { out("A".repeat(65536)); } catch { break; }',
      /prints too much/,
    ],
    [
      "signs something else",
      'out(signed(Buffer.from("x")).toString("base64"));',
      /a signature that is not by publicKey$/,
    ],
    ["dies", 'process.kill(process.pid, "SIGKILL"); setTimeout(() => {}, 1e6);', /was killed \(SIGKILL\)$/],
  ];
  test.each(failing)("it %s", async (_, body, says) => {
    const before = server.requests.length;
    const pair = keyPair("ed25519");
    const failed: Error = await create({ signWith: await command(body, pair.private), publicKey: pair.public }).then(
      () => new Error("it signed"),
      (error: Error) => error,
    );
    expect(failed).toMatchObject({ code: "HSS_SIGNING" });
    expect(failed.message).toMatch(/^signWith: node[^ ]* /);
    expect(failed.message).toMatch(says);
    expect(failed.message).not.toContain("\n");
    expect(server.requests.length).toBe(before);
    expect(await readdir(root)).not.toContain("evidence");
  });

  test("it is not there", async () => {
    await expect(create({ signWith: "/no/such/program --secret x" })).rejects.toThrow(
      /^signWith: program is no program that can be found$/,
    );
  });

  test("or it is no command, or with a key beside", async () => {
    const pair = keyPair("ed25519");
    for (const [args, says] of [
      [{ signWith: "sign | base64" }, /signWith: holds \| outside of single quotes/],
      [{ signWith: "sign", signingKey: pair.private }, /signWith: excludes signingKey/],
      [{ publicKey: pair.public }, /publicKey: is the key of signWith/],
      [{ signWith: "sign", publicKey: "no/such/file" }, /publicKey: names no file/],
      [{ signWith: "sign", publicKey: "-----BEGIN PUBLIC KEY-----" }, /publicKey: is not a public key/],
    ] as const)
      await expect(create(args)).rejects.toThrow(says);
  });
});

test("a command that fails after its trial leaves no folder", async () => {
  const signWith = await command(`if (!isTrial) process.exit(1);\n${whole}`);
  await expect(create({ signWith })).rejects.toThrow(/^signWith: node[^ ]* failed with exit code 1$/);
  expect(await readdir(evidence())).toEqual([]);
});

test("one that waits forever ends with the call", async () => {
  const abort = new AbortController();
  const call = create({ signWith: await command("setInterval(() => {}, 1e6);") }, abort.signal);
  setTimeout(() => abort.abort(new Error("interrupted")), 300);
  await expect(call).rejects.toMatchObject({ code: "HSS_ABORTED" });
});
