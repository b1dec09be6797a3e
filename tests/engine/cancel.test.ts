import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { endsWithin } from "../support/timing.js";
import { Project, yamlProject } from "./harness.js";

test("Ctrl-C during a read ends it at once", async () => {
  const project = await Project.open({
    files: yamlProject(`variables:
  read: { "fn::invoke": { function: "hss:getAppWhitelistEvents", arguments: {} } }
outputs: { total: "\${read.totalNum}" }
`),
  });
  const silent = createServer();
  try {
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await project.must(["config", "set", "hss:endpoint", endpoint]);
    await project.must(["config", "set", "hss:projectId", "p"]);
    await project.must(["config", "set", "hss:requestTimeoutSeconds", "600"]);
    await project.must(["config", "set", "--secret", "hss:token", "t"]);
    const connected = new Promise((resolve) => silent.once("connection", resolve));
    const preview = spawn("pulumi", ["preview", "--non-interactive"], {
      cwd: project.directory,
      env: project.env,
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => preview.once("exit", resolve));
    await connected;
    preview.kill("SIGINT");
    // a request may take ten minutes; only a cancelled one ends now
    await endsWithin(60_000, ended);
  } finally {
    silent.close();
    await project.close();
  }
});
