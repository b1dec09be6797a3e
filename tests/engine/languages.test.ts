import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { checkout, goProject, linkModules, Project, pythonProject, typescriptProject } from "./harness.js";

// The same program in each language, as its own people would write it: observed, policy, file. One digest.

const typescript = `
import * as hss from "pulumi-hss";
const select = [{ handleMethods: ["mark_as_trust"], minHosts: 2 }];
const observed = hss.getObservedProcessesOutput({ lastDays: 30 });
const policy = hss.getWhitelistPolicyDocumentOutput({ observation: observed.observation, select, format: "fapolicyd" });
const listed = hss.getWhitelistPolicyDocumentOutput({ processes: observed.processes, select, format: "json" });
export const sha256 = new hss.WhitelistPolicyFile("policy", { path: "policy.rules", content: policy.document }).sha256;
export const listedSha256 = listed.sha256;
export const hashes = policy.included.length;
`;

const python = `
import pulumi
import pulumi_hss as hss

select = [{"handle_methods": ["mark_as_trust"], "min_hosts": 2}]
observed = hss.get_observed_processes_output(last_days=30)
policy = hss.get_whitelist_policy_document_output(observation=observed.observation, select=select, format="fapolicyd")
listed = hss.get_whitelist_policy_document_output(processes=observed.processes, select=select, format=hss.PolicyFormat.JSON)
file = hss.WhitelistPolicyFile("policy", path="policy.rules", content=policy.document)
pulumi.export("sha256", file.sha256)
pulumi.export("listedSha256", listed.sha256)
pulumi.export("hashes", policy.included.apply(len))

# an explicit provider, and the SDK's own classes
emulator = hss.Provider("emulator", endpoint="emulator", assume_role=None)
opts = pulumi.InvokeOutputOptions(provider=emulator)
mine = hss.get_whitelist_policy_document_output(
    select=[hss.WhitelistRuleEntry(handle_methods=["mark_as_trust"], min_hosts=2)], format="fapolicyd", opts=opts)
pulumi.export("explicitSha256", mine.sha256)
`;

const go = `
package main

import (
	"github.com/pulumi-hss/pulumi-hss/sdk/go/hss"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		observed := hss.GetObservedProcessesOutput(ctx, hss.GetObservedProcessesOutputArgs{LastDays: pulumi.Int(30)})
		selected := hss.WhitelistRuleEntryArray{hss.WhitelistRuleEntryArgs{
			HandleMethods: pulumi.StringArray{pulumi.String("mark_as_trust")}, MinHosts: pulumi.Int(2)}}
		policy := hss.GetWhitelistPolicyDocumentOutput(ctx, hss.GetWhitelistPolicyDocumentOutputArgs{
			Observation: observed.Observation(), Select: selected, Format: pulumi.String("fapolicyd")})
		file, err := hss.NewWhitelistPolicyFile(ctx, "policy", &hss.WhitelistPolicyFileArgs{
			Path: pulumi.String("policy.rules"), Content: policy.Document()})
		if err != nil {
			return err
		}
		ctx.Export("sha256", file.Sha256)

		emulator, err := hss.NewProvider(ctx, "emulator", &hss.ProviderArgs{Endpoint: pulumi.String("emulator")})
		if err != nil {
			return err
		}
		mine := hss.GetWhitelistPolicyDocumentOutput(ctx, hss.GetWhitelistPolicyDocumentOutputArgs{
			Select: selected, Format: pulumi.String("fapolicyd")}, pulumi.Provider(emulator))
		ctx.Export("explicitSha256", mine.Sha256())
		return nil
	})
}
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
  const project = await Project.open({ files: typescriptProject(typescript) });
  await linkModules(project);
  expected = await ran(project);
  expect(expected["hashes"]).toBeGreaterThan(20);
});

test("Python: dictionaries in snake_case, outputs handed on, an explicit provider", async () => {
  const outputs = await ran(await Project.open({ files: pythonProject(python), language: "python" }));
  expect(outputs).toEqual({ ...expected, explicitSha256: expected["sha256"] });
});

test("Go: outputs handed on, an explicit provider", async () => {
  const outputs = await ran(await Project.open({ files: goProject(go), language: "go" }));
  expect(outputs).toEqual({ sha256: expected["sha256"], explicitSha256: expected["sha256"] });
});

test.each(["python", "go"])("sdk/%s is made from the committed schema (npm run sdks makes it anew)", (language) => {
  const digest = createHash("sha256")
    .update(readFileSync(path.join(checkout, "provider/schema.json")))
    .digest("hex");
  expect(readFileSync(path.join(checkout, "sdk", language, "schema.sha256"), "utf8").trim()).toBe(digest);
});
