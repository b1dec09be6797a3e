import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { binary } from "../support/commandLine.js";

const example = path.join(__dirname, "../../examples/pipeline-cli");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "hss-pipeline-"));
  cpSync(example, folder, { recursive: true });
  writeFileSync(path.join(folder, "hss.yaml"), "endpoint: emulator\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(env: NodeJS.ProcessEnv = {}) {
  const { status, stderr } = spawnSync(path.join(folder, "pipeline.sh"), {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HSS: `${process.execPath} ${binary}`, ...env },
  });
  return { status, stderr };
}

const text = (name: string) => readFileSync(path.join(folder, name), "utf8");

test("too many new hashes close the gate; the review is there, the policy in force is as it was", () => {
  expect(run({ MAX_ADDED: "3", APPLY: "yes" })).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/--max-added 3/) as string,
  });
  expect(text("build/review.md")).toMatch(/\| added /);
  expect(text("policy/whitelist.json")).toBe("");
});

test("only with APPLY=yes is the policy replaced; the run after that adds nothing", () => {
  expect(run({ MAX_ADDED: "1000" })).toMatchObject({ status: 0 });
  expect(text("policy/whitelist.json")).toBe("");
  expect(run({ MAX_ADDED: "1000", APPLY: "yes" })).toMatchObject({ status: 0 });
  expect(text("policy/35-hss-whitelist.rules")).toMatch(/^allow/m);
  expect(run({ MAX_ADDED: "0" })).toMatchObject({ status: 0 });
  expect(text("build/review.md")).not.toMatch(/\| added /);
});

test("a failed read ends it, and the review of a run before is not taken for its own", () => {
  writeFileSync(path.join(folder, "hss.yaml"), "endpoint: http://127.0.0.1:1\nprojectId: p\nmaxRetries: 0\n");
  expect(run({ HW_ACCESS_KEY: "a", HW_SECRET_KEY: "b" }).status).toBe(1);
  expect(existsSync(path.join(folder, "build/review.md"))).toBe(false);
});

/** Every text that a shell gets in a workflow's file. */
function scriptsOf(value: unknown, key = ""): string[] {
  if (typeof value === "string") return ["run", "script", "after_script"].includes(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => scriptsOf(item, key));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => scriptsOf(item, name));
}

test.each(readdirSync(example).filter((name) => name.endsWith(".yml") && name !== "hss.yaml"))(
  "the shell in %s can be read by a shell, and takes no word of an event",
  (name) => {
    const scripts = scriptsOf(parse(readFileSync(path.join(example, name), "utf8")));
    expect(scripts.length).toBeGreaterThan(2);
    for (const script of scripts) {
      expect(spawnSync("sh", ["-n", "-c", script], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
      expect(script).not.toContain("${{");
    }
  },
);
