import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { blocksOf, textOf } from "../support/docs/markdown.js";
import { CommandLine } from "../support/commandLine.js";

// What docs/snapshots.md says to type, typed: keys, signing by a command, checking with openssl, sha256sum and cosign alone.

const page = "docs/snapshots.md";
const section = (title: string) =>
  textOf(page)
    .split(/^##+ /m)
    .find((text) => text.startsWith(title)) ?? "";
const shell = (title: string) =>
  blocksOf(page, section(title))
    .filter(({ language }) => language === "sh")
    .map(({ text }) => text);

// see tools/cosign.mjs; .ci/readers builds it where PULUMI_HSS_COSIGN is build
const found = spawnSync(process.execPath, [path.join(__dirname, "../../tools/cosign.mjs")], { encoding: "utf8" });
const cosign = found.status === 0 ? found.stdout.trim() : undefined;
const withCosign = cosign === undefined ? test.skip : test;
const orWhy = cosign === undefined ? " (no cosign here; node tools/cosign.mjs --build builds one)" : "";

let hss: CommandLine;
beforeEach(() => {
  hss = new CommandLine();
});
afterEach(() => hss.close());

/** A line of the page, with our command and cosign by their paths. */
const sh = (script: string) => {
  const run = spawnSync("bash", ["-euo", "pipefail", "-c", `hss() { "$NODE" "$HSS" "$@"; }\n${script}`], {
    cwd: hss.folder,
    encoding: "utf8",
    env: {
      ...{ NODE: process.execPath, HSS: path.join(__dirname, "../../dist/cli/hss.js"), HOME: hss.folder },
      ...{ COSIGN_PASSWORD: "pw", PATH: `${path.dirname(cosign ?? "/usr/bin/x")}:${process.env["PATH"]}` },
    },
  });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
};
const create = (more: string) => {
  const made = sh(
    `hss snapshot create --sample --select '[{"handleMethods":["mark_as_trust"]}]' --out evidence ${more}`,
  );
  expect(made).toMatchObject({ code: 0 });
  return made.stdout.trim();
};
/** A block of the page, about this snapshot. */
const about = (block: string, snapshot: string) => block.replace(/^cd evidence\/\S+$/m, `cd ${snapshot}`);

const changes: readonly (readonly [string, (folder: string) => void])[] = [
  ["a file", (folder) => appendFileSync(path.join(folder, "ocsf.ndjson"), " ")],
  [
    "the statement",
    (folder) => {
      const file = path.join(folder, "statement.json");
      writeFileSync(file, readFileSync(file, "utf8").replace('"sample":true', '"sample":false'));
    },
  ],
  ["a file's name", (folder) => renameSync(path.join(folder, "rule.json"), path.join(folder, "rule2.json"))],
];

const [byHand = "", byCosign = ""] = shell("Checking").filter((text) => text.startsWith("cd "));

test("Ed25519, by openssl and sha256sum: what is whole is found whole, and each change is found", () => {
  expect(sh(shell("Keys")[0] ?? "")).toMatchObject({ code: 0 });
  const snapshot = create("--key signing.pem");
  expect(sh(about(byHand, snapshot))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("policy.json: OK") as string,
  });
  for (const [, change] of changes) {
    cpSync(hss.at(snapshot), hss.at("evidence/other"), { recursive: true });
    change(hss.at("evidence/other"));
    expect(sh(about(byHand, "evidence/other")).code).not.toBe(0);
    rmSync(hss.at("evidence/other"), { recursive: true });
  }
});

test("by a command, as the page shows, and ECDSA by openssl's other line", () => {
  const [example = ""] = shell("A key that is elsewhere");
  const [local = ""] = example.split("\n\n");
  const made = sh(local);
  expect(made).toMatchObject({ code: 0 });
  const snapshot = made.stdout.trim();
  const line = /`(openssl dgst [^`]*)`/.exec(section("Checking"))?.[1] ?? "";
  const script = about(byHand, snapshot).replace(/^openssl pkeyutl .*$/m, line);
  expect(script).toContain("openssl dgst -sha256 -verify");
  expect(sh(script)).toMatchObject({ code: 0 });
  expect(sh(`hss snapshot verify ${snapshot} --key signing.pub`)).toMatchObject({ code: 0 });
});

withCosign(`cosign signs, and verifies each file${orWhy}`, () => {
  const [, signs = ""] = (shell("A key that is elsewhere")[0] ?? "").split("\n\n");
  expect(sh("cosign generate-key-pair")).toMatchObject({ code: 0 });
  const made = sh(signs.replace("create", `create --sample --select '[{"handleMethods":["mark_as_trust"]}]'`));
  expect(made).toMatchObject({ code: 0 });
  const snapshot = made.stdout.trim();
  expect(sh(`hss snapshot verify ${snapshot} --key cosign.pub`)).toMatchObject({ code: 0 });
  expect(sh("cp cosign.pub signing.pub")).toMatchObject({ code: 0 });
  const fine = sh(about(byCosign, snapshot));
  expect(fine).toMatchObject({ code: 0 });
  expect(fine.stderr.match(/Verified OK/g)).toHaveLength(6);
  appendFileSync(hss.at(`${snapshot}/report.html`), " ");
  expect(sh(about(byCosign, snapshot)).code).not.toBe(0);
});

withCosign(`cosign verifies what a key here signed, Ed25519 too, and no other key's${orWhy}`, () => {
  expect(sh(shell("Keys")[0] ?? "")).toMatchObject({ code: 0 });
  const snapshot = create("--key signing.pem");
  expect(sh(about(byCosign, snapshot))).toMatchObject({ code: 0 });
  expect(sh(`${shell("Keys")[0] ?? ""}\n${about(byCosign, snapshot)}`).code).not.toBe(0);
});
