import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { blocksOf } from "../support/docs/markdown.js";
import { checkout, goProject, linkModules, Project, pythonProject, typescriptProject } from "./harness.js";

// The same program in each language, as docs/languages.md has it: observed, policy, file, an explicit provider. One digest.

/** The program of a language; the page has one of each. */
function program(language: string): string {
  const own = blocksOf("docs/languages.md").filter((block) => block.language === language);
  expect(own).toHaveLength(1);
  return own[0]?.text ?? "";
}

/** What the page leaves out. */
const moreTypescript = `
const listed = hss.getWhitelistPolicyDocumentOutput({ processes: observed.processes, select, format: "json" });
export const listedSha256 = listed.sha256;
export const hashes = policy.included.length;
`;

const morePython = `
listed = hss.get_whitelist_policy_document_output(processes=observed.processes, select=select, format=hss.PolicyFormat.JSON)
pulumi.export("listedSha256", listed.sha256)
pulumi.export("hashes", policy.included.apply(len))

# the SDK's own classes, and arguments that are not given
other = hss.Provider("other", endpoint="emulator", assume_role=None)
mine = hss.get_whitelist_policy_document_output(
    select=[hss.WhitelistRuleEntry(handle_methods=["mark_as_trust"], min_hosts=2)],
    format="fapolicyd", opts=pulumi.InvokeOutputOptions(provider=other))
pulumi.export("classesSha256", mine.sha256)
`;

/** What the program exports after \`up\`, and the bytes it wrote. */
async function ran(project: Project): Promise<Record<string, unknown>> {
  try {
    await project.must(["config", "set", "hss:endpoint", "emulator"]);
    await project.up();
    const outputs = await project.outputs();
    const written = createHash("sha256")
      .update(readFileSync(project.file("policy.rules")))
      .digest("hex");
    expect(outputs["sha256"]).toBe(written);
    expect((await project.must(["preview"])).stdout).toMatch(/\d unchanged/);
    await project.destroy();
    return outputs;
  } finally {
    await project.close();
  }
}

let expected: Record<string, unknown>;
beforeAll(async () => {
  const project = await Project.open({ files: typescriptProject(program("ts") + moreTypescript) });
  await linkModules(project);
  expected = await ran(project);
  expect(expected["hashes"]).toBeGreaterThan(20);
  expect(expected["explicitSha256"]).toBe(expected["sha256"]);
});

test("YAML: the page's Pulumi.yaml, with this checkout's plugin", async () => {
  const pulumiYaml = program("yaml").replace("../pulumi-hss/provider", path.join(checkout, "provider"));
  const outputs = await ran(await Project.open({ files: { "Pulumi.yaml": pulumiYaml } }));
  expect(outputs).toEqual({ sha256: expected["sha256"], explicitSha256: expected["sha256"] });
});

test("Python: dictionaries in snake_case, outputs handed on, an explicit provider", async () => {
  const files = pythonProject(program("python") + morePython);
  const outputs = await ran(await Project.open({ files, language: "python" }));
  expect(outputs).toEqual({ ...expected, classesSha256: expected["sha256"] });
});

test("Go: outputs handed on, an explicit provider", async () => {
  const outputs = await ran(await Project.open({ files: goProject(program("go")), language: "go" }));
  expect(outputs).toEqual({ sha256: expected["sha256"], explicitSha256: expected["sha256"] });
});

test.each(["python", "go"])("sdk/%s is made from the committed schema (npm run sdks makes it anew)", (language) => {
  const digest = createHash("sha256")
    .update(readFileSync(path.join(checkout, "provider/schema.json")))
    .digest("hex");
  expect(readFileSync(path.join(checkout, "sdk", language, "schema.sha256"), "utf8").trim()).toBe(digest);
});
