import { execFile } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { checkout, linkModules, Project, pythonProject, typescriptProject, yamlProject } from "./harness.js";

// One observation, kept as a file: a snapshot of it has one digest, whoever makes it.

const run = promisify(execFile);
const hss = (args: readonly string[], cwd: string) =>
  run(process.execPath, [path.join(checkout, "dist/cli/hss.js"), ...args], { cwd, maxBuffer: 1 << 28 });

const rule = '[{"handleMethods":["mark_as_trust"],"minHosts":2}]';
const programs = {
  yaml: () =>
    Project.open({
      files: yamlProject(`resources:
  snapshot:
    type: hss:ComplianceSnapshot
    properties:
      directory: evidence
      observation: { fn::readFile: ./observation.json }
      select: [{ handleMethods: [mark_as_trust], minHosts: 2 }]
      format: fapolicyd
outputs: { sha256: "\${snapshot.sha256}", path: "\${snapshot.path}" }
`),
    }),
  typescript: async () => {
    const project = await Project.open({
      files: typescriptProject(`
import { readFileSync } from "node:fs";
import { ComplianceSnapshot } from "pulumi-hss";
const snapshot = new ComplianceSnapshot("snapshot", {
  directory: "evidence",
  observation: readFileSync("observation.json", "utf8"),
  select: ${rule},
  format: "fapolicyd",
});
export const { sha256, path } = snapshot;
`),
    });
    await linkModules(project);
    return project;
  },
  python: () =>
    Project.open({
      language: "python",
      files: pythonProject(`
import pulumi
import pulumi_hss as hss
with open("observation.json") as file:
    observation = file.read()
snapshot = hss.ComplianceSnapshot("snapshot", directory="evidence", observation=observation,
    select=[{"handle_methods": ["mark_as_trust"], "min_hosts": 2}], format="fapolicyd")
pulumi.export("sha256", snapshot.sha256)
pulumi.export("path", snapshot.path)
`),
    }),
} as const;

let observation: string;
let expected: string;
beforeAll(async () => {
  const project = await Project.open({ files: yamlProject("") });
  try {
    await hss(["observed", "--sample", "--out", "observation.json"], project.directory);
    observation = await readFile(project.file("observation.json"), "utf8");
    const args = ["--from", "observation.json", "--select", rule, "--format", "fapolicyd"];
    const { stdout } = await hss(["snapshot", "create", ...args, "--out", "evidence"], project.directory);
    const shown = await hss(["snapshot", "verify", stdout.trim(), "--output", "json"], project.directory);
    expected = (JSON.parse(shown.stdout) as { sha256: string }).sha256;
  } finally {
    await project.close();
  }
});

test.each(Object.entries(programs))("%s makes the command line's snapshot, once, and leaves it", async (_, open) => {
  const project = await open();
  try {
    await writeFile(project.file("observation.json"), observation);
    await project.must(["config", "set", "hss:endpoint", "emulator"]);
    expect((await project.must(["preview"])).stdout).toContain("+ 2 to create");
    await project.up();
    const outputs = await project.outputs();
    expect(outputs["sha256"]).toBe(expected);
    const [folder = ""] = await readdir(project.file("evidence"));
    expect(outputs["path"]).toBe(`evidence/${folder}`);
    await hss(["snapshot", "verify", path.join("evidence", folder)], project.directory);
    expect((await project.must(["preview"])).stdout).toContain("2 unchanged");

    // other evidence is a new folder beside it
    const later = observation.replaceAll("mark_as_trust", "mark_as_trust ");
    await expect(writeFile(project.file("observation.json"), later)).resolves.toBeUndefined();
    expect((await project.pulumi(["preview"])).code).not.toBe(0);
    await writeFile(project.file("observation.json"), observation);
    await project.destroy();
    expect(await readdir(project.file("evidence"))).toEqual([folder]);
  } finally {
    await project.close();
  }
});

test("with query arguments it reads, through the plugin and in a program; one that is a secret makes each output one", async () => {
  const ways = [
    () =>
      Project.open({
        files: yamlProject(`resources:
  snapshot: { type: "hss:ComplianceSnapshot", properties: { directory: evidence, lastDays: { fn::secret: 7 } } }
outputs: { complete: "\${snapshot.complete}" }
`),
      }),
    async () => {
      const project = await Project.open({
        files: typescriptProject(`
import * as pulumi from "@pulumi/pulumi";
import { ComplianceSnapshot } from "pulumi-hss";
export const complete = new ComplianceSnapshot("snapshot", { directory: "evidence", lastDays: pulumi.secret(7) }).complete;
`),
      });
      await linkModules(project);
      return project;
    },
  ];
  for (const open of ways) {
    const project = await open();
    try {
      await project.must(["config", "set", "hss:endpoint", "emulator"]);
      await project.up();
      expect(await project.outputs()).toEqual({ complete: true });
      const [folder = ""] = await readdir(project.file("evidence"));
      expect(await readdir(project.file(path.join("evidence", folder)))).toContain("events.parquet");
      expect((await project.must(["preview"])).stdout).toContain("2 unchanged");
      const snapshot = (await project.state()).find(({ type }) => type.endsWith("ComplianceSnapshot"));
      for (const name of ["path", "sha256", "complete", "summary", "changes"])
        expect(snapshot?.outputs?.[name]).toHaveProperty("ciphertext");
    } finally {
      await project.close();
    }
  }
});
