import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { Project, yamlProject } from "./harness.js";

test("Ctrl-C during a read ends it at once", async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const project = await Project.open({
    files: yamlProject(`variables:
  read: { "fn::invoke": { function: "hss:getAppWhitelistEvents", arguments: {} } }
outputs: { total: "\${read.totalNum}" }
`),
  });
  try {
    await project.must(["config", "set", "hss:endpoint", endpoint]);
    await project.must(["config", "set", "hss:projectId", "p"]);
    await project.must(["config", "set", "--secret", "hss:token", "t"]);
    const connected = new Promise((resolve) => silent.once("connection", resolve));
    const preview = spawn("pulumi", ["preview", "--non-interactive"], {
      cwd: project.directory,
      env: project.env,
      stdio: "ignore",
    });
    const ended = new Promise<number>((resolve) =>
      preview.once("exit", () => {
        resolve(Date.now());
      }),
    );
    await connected;
    const interruptedAt = Date.now();
    preview.kill("SIGINT");
    // a request may take 30 s and be repeated; only a cancelled one ends now
    expect((await ended) - interruptedAt).toBeLessThan(10_000);
  } finally {
    silent.close();
    await project.close();
  }
});
