import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

// The package's declarations in a program that is set up as Pulumi's own templates do it.

const root = path.join(__dirname, "../..");
let project: string;
beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), "pulumi-hss-types-"));
  for (const name of ["pulumi-hss", "@pulumi/pulumi", "@types/node"]) {
    const target = name === "pulumi-hss" ? root : path.join(root, "node_modules", name);
    mkdirSync(path.dirname(path.join(project, "node_modules", name)), { recursive: true });
    symlinkSync(target, path.join(project, "node_modules", name), "junction");
  }
});
afterAll(() => rmSync(project, { recursive: true }));

const program = `
import * as pulumi from "@pulumi/pulumi";
import * as hss from "pulumi-hss";
import { startEmulator } from "pulumi-hss/emulator";

export const emulator = startEmulator;
const args: hss.GetAppWhitelistEventsArgs = { lastDays: 7, handleStatus: "unhandled" };
const select: hss.WhitelistRuleEntryArgs[] = [{ names: [pulumi.output("nginx")], hashes: [{ hash: pulumi.output("aa") }] }];
const production = new hss.Account({ region: "cn-north-4", accessKey: pulumi.secret("a") }, { name: "production" });
const events: pulumi.Output<hss.AppWhitelistEvent[]> = hss.getAppWhitelistEventsOutput(args, { account: production }).events;
const policy = hss.getWhitelistPolicyDocumentOutput({ select, format: "fapolicyd" }, { accounts: [production] });
export const file: pulumi.Output<string> = new hss.WhitelistPolicyFile("policy", {
  path: pulumi.interpolate\`\${policy.fileName}\`,
  content: policy.document,
}).sha256;
export const first = events.apply((all) => all[0]?.processInfo?.[0]?.processHash);
export async function later(): Promise<number> {
  try {
    const result: hss.GetObservedProcessesResult = await hss.getObservedProcesses();
    return result.processes.length;
  } catch (error) {
    return error instanceof hss.ArgumentError ? error.problems.length : 0;
  }
}
// @ts-expect-error a word that is none
hss.getAppWhitelistEvents({ handleStatus: "open" });
// @ts-expect-error an argument that is none
hss.getAppWhitelistEvents({ lastDay: 7 });
// @ts-expect-error an input that is needed
new hss.WhitelistPolicyFile("policy", { path: "x" });
`;

const template = {
  strict: true,
  outDir: "bin",
  target: "es2020",
  sourceMap: true,
  experimentalDecorators: true,
  pretty: true,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  forceConsistentCasingInFileNames: true,
  types: ["node"],
};

test.each([
  ["today's template", { module: "nodenext", moduleResolution: "nodenext" }],
  [
    "an older one",
    { module: "commonjs", moduleResolution: "node10", ignoreDeprecations: "6.0", esModuleInterop: false },
  ],
  [
    "exact optional properties",
    { module: "nodenext", exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  ],
])("a program compiles with %s, libraries checked too", (_, more) => {
  writeFileSync(path.join(project, "index.ts"), program);
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ name: "program" }));
  const tsconfig = { compilerOptions: { ...template, ...more }, files: ["index.ts"] };
  writeFileSync(path.join(project, "tsconfig.json"), JSON.stringify(tsconfig));
  const compiler = path.join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [compiler, "--noEmit", "--pretty", "false"], {
    cwd: project,
    encoding: "utf8",
  });
  expect(stdout).toBe("");
});

test("no declaration that a program loads leads to a library but Pulumi's", () => {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, , name = ""] of readFileSync(file, "utf8").matchAll(/(from|import\()\s*"([^"]+)"/g)) {
      if (name.startsWith(".")) visit(path.join(path.dirname(file), name.replace(/\.js$/, ".d.ts")));
      else expect([file, name]).toEqual([file, expect.stringMatching(/^(@pulumi\/pulumi|node:)/)]);
    }
  };
  visit(path.join(root, "dist/sdk/index.d.ts"));
  expect(seen.size).toBeGreaterThan(4);
});

test("hovering an argument, a result or an input shows what it is", () => {
  const declarations = readFileSync(path.join(root, "dist/sdk/api.d.ts"), "utf8");
  const fields = declarations.match(/^ {4}(?:readonly )?\w+\??: .*;$/gm) ?? [];
  const documented = declarations.match(/\*\/\n {4}(?:readonly )?\w+\??: .*;$/gm) ?? [];
  expect(fields.length).toBeGreaterThan(200);
  expect(documented.length).toBe(fields.length);
  expect(declarations).not.toContain("zod");
});
