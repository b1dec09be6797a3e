import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmulator, type Emulator } from "../../emulator/index.js";
import { CommandLine } from "../support/commandLine.js";
import { linkModules, Project, pythonProject, typescriptProject, yamlProject } from "./harness.js";

// One archive, asked from every way in: one policy, whoever asks, and few requests.

let emulator: Emulator;
let folder: string;
let expected: string;
const select = '[{"handleMethods":["mark_as_trust"]}]';

beforeAll(async () => {
  emulator = await startEmulator({ events: 1190 });
  folder = await mkdtemp(path.join(tmpdir(), "hss-archive-"));
  const hss = new CommandLine();
  const { url, accessKey, secretKey } = emulator;
  const env = { HW_HSS_ENDPOINT: url, HW_PROJECT_ID: "p", HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey };
  expect(await hss.run(["archive", "sync", "--to", folder], { env })).toMatchObject({ code: 0 });
  const asked = ["policy", "--archive", folder, "--no-refresh", "--select", select, "--format", "json"];
  const { stdout } = await hss.run(asked, { env });
  expected = createHash("sha256").update(stdout).digest("hex");
  hss.close();
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

const programs = {
  yaml: () =>
    Project.open({
      files: yamlProject(`variables:
  policy:
    fn::invoke:
      function: hss:getWhitelistPolicyDocument
      arguments: { refresh: false, select: ${select}, format: json }
  observed:
    fn::invoke:
      function: hss:getObservedProcesses
      arguments: { archive: "${folder}", lastDays: 30 }
outputs: { sha256: "\${policy.sha256}", total: "\${observed.totalNum}", complete: "\${observed.complete}" }
`),
    }),
  typescript: async () => {
    const project = await Project.open({
      files: typescriptProject(`
import * as hss from "pulumi-hss";
export const sha256 = hss.getWhitelistPolicyDocumentOutput({ refresh: false, select: ${select}, format: "json" }).sha256;
const observed = hss.getObservedProcessesOutput({ archive: ${JSON.stringify(folder)}, lastDays: 30 });
export const total = observed.totalNum;
export const complete = observed.complete;
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
policy = hss.get_whitelist_policy_document_output(refresh=False, select=[{"handle_methods": ["mark_as_trust"]}], format="json")
observed = hss.get_observed_processes_output(archive=${JSON.stringify(folder)}, last_days=30)
pulumi.export("sha256", policy.sha256)
pulumi.export("total", observed.total_num)
pulumi.export("complete", observed.complete)
`),
    }),
} as const;

test.each(Object.entries(programs))(
  "%s: the command line's policy, and a preview that asks for what is new",
  async (_, open) => {
    const project = await open();
    try {
      const { url, accessKey, secretKey } = emulator;
      for (const [name, value] of Object.entries({ endpoint: url, projectId: "p", accessKey, archive: folder }))
        await project.must(["config", "set", `hss:${name}`, value]);
      await project.must(["config", "set", "--secret", "hss:secretKey", secretKey]);
      const before = emulator.requests.length;
      await project.must(["preview"]);
      expect(emulator.requests.length - before).toBeLessThanOrEqual(5);
      await project.up();
      expect(await project.outputs()).toEqual({ sha256: expected, total: 1190, complete: true });
    } finally {
      await project.close();
    }
  },
);
