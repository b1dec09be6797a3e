import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { blocksOf } from "../support/docs/markdown.js";
import { Project, pythonProject } from "./harness.js";

test("the Python unit test on docs/testing.md runs as it stands there", async () => {
  const [block] = blocksOf("docs/testing.md").filter(({ language }) => language === "python");
  const project = await Project.open({ files: pythonProject(""), language: "python" });
  try {
    await project.write({ "test_policy.py": block?.text ?? "" });
    const python = path.join(project.env["VIRTUAL_ENV"] ?? "", "bin", "python");
    const options = { cwd: project.directory, env: project.env };
    const { stderr } = await promisify(execFile)(python, ["-m", "unittest", "test_policy"], options);
    expect(stderr).toMatch(/Ran 1 test in .*\n\nOK/);
  } finally {
    await project.close();
  }
});
