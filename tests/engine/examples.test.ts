import { readFileSync } from "node:fs";
import path from "node:path";
import { checkout, Project } from "./harness.js";

const text = (name: string) => readFileSync(path.join(checkout, name), "utf8");

test("the root project: preview, up, and a preview that finds nothing to change", async () => {
  // a folder of its own for the stack's configuration; the program stays where it is
  const main = path.join(checkout, "examples/whitelist-policy/index.ts");
  const definition = text("Pulumi.yaml");
  expect(definition).toContain("main: examples/whitelist-policy/index.ts\n");
  const project = await Project.open({
    files: { "Pulumi.yaml": definition.replace(/^main: .*$/m, `main: ${JSON.stringify(main)}`) },
  });
  try {
    const directory = project.file("policy");
    await project.must(["config", "set", "directory", directory]);
    const { stdout, stderr } = await project.preview();
    expect(stdout + stderr).toMatch(/SAMPLE DATA/);
    await project.up();
    const outputs = await project.outputs();
    expect(outputs).toMatchObject({ complete: true, eventsRead: 4715, hashesAllowed: 34, hashesLeftOut: 291 });
    const policy = readFileSync(path.join(directory, "35-hss-whitelist.rules"), "utf8");
    expect(policy.match(/^allow_audit perm=execute all : sha256hash=[0-9a-f]{64}$/gm)).toHaveLength(26);
    const evidence = JSON.parse(readFileSync(path.join(directory, "whitelist.json"), "utf8")) as {
      included: unknown[];
    };
    expect(evidence.included).toHaveLength(34);
    await project.must(["preview", "--expect-no-changes"]);
    await project.must(["config", "set", "exclude", '[{"kinds":["interpreter","shell"]},{"names":["rsyslogd"]}]']);
    const stricter = await project.preview();
    expect(stricter.stdout + stricter.stderr).toMatch(/whitelist: 0 hashes added, 1 removed/);
    await project.destroy();
  } finally {
    await project.close();
  }
});

test("the YAML project, through the plugin", async () => {
  const definition = text("examples/whitelist-policy-yaml/Pulumi.yaml");
  expect(definition).toContain("path: ../../provider\n");
  const plugin = path.join(checkout, "provider");
  const project = await Project.open({ files: { "Pulumi.yaml": definition.replace("../../provider", plugin) } });
  try {
    await project.up();
    expect(await project.outputs()).toMatchObject({
      complete: true,
      eventsRead: 4715,
      summary: expect.stringMatching(/^40 of 325 observed hashes allowed/),
    });
  } finally {
    await project.close();
  }
});
