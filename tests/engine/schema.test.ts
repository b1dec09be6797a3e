import path from "node:path";
import { checkout, Project } from "./harness.js";

test("Pulumi's own schema check accepts the committed schema and the plugin's", async () => {
  const project = await Project.open({ files: { "Pulumi.yaml": "name: test\nruntime: yaml\n" } });
  try {
    for (const source of ["provider/schema.json", "provider/pulumi-resource-hss"]) {
      const { stdout, stderr } = await project.must(["schema", "check", path.join(checkout, source)]);
      expect(`${stdout}${stderr}`.replace(/^warning: using .*$/gm, "").trim()).toBe("");
    }
  } finally {
    await project.close();
  }
});
