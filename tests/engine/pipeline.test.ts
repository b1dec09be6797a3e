import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkout, Project } from "./harness.js";

const text = (name: string) => readFileSync(path.join(checkout, "examples/pipeline", name), "utf8");

test("the pipeline writes nothing before the approval, then the policy that was reviewed", async () => {
  const main = path.join(checkout, "examples/whitelist-policy/index.ts");
  const program = text("Pulumi.yaml");
  expect(program).toContain("main: ../whitelist-policy/index.ts\n");
  const project = await Project.open({
    files: {
      "Pulumi.yaml": program.replace(/^main: .*$/m, `main: ${JSON.stringify(main)}`),
      "pipeline.sh": text("pipeline.sh"),
    },
  });
  const run = (env: Record<string, string> = {}) => {
    const { status, stdout, stderr } = spawnSync(project.file("pipeline.sh"), {
      env: { ...project.env, XDG_CACHE_HOME: project.file("cache"), ...env },
      encoding: "utf8",
    });
    return { status, said: stdout + stderr };
  };
  const review = () => readFileSync(project.file("review.md"), "utf8");
  const policy = project.file("policy/35-hss-whitelist.rules");
  try {
    chmodSync(project.file("pipeline.sh"), 0o755);
    // a review that no longer holds must not fail this test one day
    const settings = text("Pulumi.production.yaml").replace(/expires: .*/, 'expires: "2999-12-31"');
    await project.write({ "Pulumi.production.yaml": settings });
    await project.must(["stack", "init", "production"]);
    await project.must(["config", "set", "directory", project.file("policy"), "--stack", "production"]);

    const unseen = run({ APPROVED: "yes" });
    expect(unseen).toMatchObject({ status: 1, said: expect.stringContaining("Nothing was written") });
    expect(existsSync(policy)).toBe(false);

    const asked = run();
    expect(asked).toMatchObject({ status: 0, said: expect.stringContaining("Nothing was written") });
    expect(existsSync(policy)).toBe(false);
    expect(review()).toMatch(/^# Whitelist: 34 hashes added, 0 removed\n\n\| change \| hash /);
    expect(review()).toMatch(/\| added \| 6b57cd72[^\n]*backupd[^\n]*our backup agent 4\.2/);
    expect(review()).not.toMatch(/\/usr\/bin\/(perl|rsync) /);

    const approved = run({ APPROVED: "yes" });
    expect(approved).toMatchObject({ status: 0 });
    expect(readFileSync(policy, "utf8")).toContain(
      "sha256hash=6b57cd7281dc2f5487bb9b91eef5f5a8ac253adbb9b5a817228948e195eb2931",
    );

    expect(run()).toMatchObject({ status: 0 });
    expect(review()).toMatch(/^# Whitelist: 0 hashes added, 0 removed\n/);
  } finally {
    await project.close();
  }
});
