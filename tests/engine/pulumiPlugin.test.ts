import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startFakeService } from "../support/fakeService.js";
import { plainItems } from "../support/pages.js";
import { checkout, Project } from "./harness.js";

test("the engine starts the provider's folder as a PulumiPlugin.yaml plugin", async () => {
  const project = await Project.open({
    files: {
      "Pulumi.yaml": `name: test
runtime: yaml
plugins:
  providers: [{ name: hss, path: ./hss }]
variables:
  read: { "fn::invoke": { function: "hss:getAppWhitelistEvents", arguments: { format: json } } }
outputs: { total: "\${read.totalNum}", complete: "\${read.complete}" }
`,
    },
  });
  const server = await startFakeService({ token: "t", items: plainItems(450) });
  try {
    // the folder without the executable, which would be preferred
    const folder = project.file("hss");
    for (const part of ["PulumiPlugin.yaml", "package.json", "bin"])
      cpSync(path.join(checkout, "provider", part), path.join(folder, part), { recursive: true });
    symlinkSync(path.join(checkout, "node_modules"), path.join(folder, "node_modules"), "junction");
    const hosts = project.file("hosts");
    mkdirSync(hosts);
    const host = path.join(hosts, "pulumi-language-nodejs");
    writeFileSync(host, `#!/bin/sh\nexec node '${path.join(checkout, "tests/support/nodejsHost.cjs")}' "$@"\n`);
    chmodSync(host, 0o755);
    await project.must(["config", "set", "hss:endpoint", server.url]);
    await project.must(["config", "set", "hss:projectId", "p"]);
    await project.must(["config", "set", "--secret", "hss:token", "t"]);
    await project.must(["up", "--yes", "--skip-preview"], {
      env: { PATH: `${hosts}${path.delimiter}${project.env["PATH"] ?? ""}` },
    });
    expect(await project.outputs()).toEqual({ total: 450, complete: true });
  } finally {
    await project.close();
    await server.close();
  }
});
