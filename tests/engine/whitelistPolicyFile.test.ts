import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { linkModules, Project, typescriptProject } from "./harness.js";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** The built package, imported as a program does; the provider has to survive Pulumi's serialisation of it. */
const program = `
import * as pulumi from "@pulumi/pulumi";
import { WhitelistPolicyFile } from "pulumi-hss";

const { TEXT, SECRET, FILE } = process.env;
const text = TEXT ?? "one\\ntwo\\nthree\\n";
const file = new WhitelistPolicyFile("policy", { path: FILE ?? "out/policy.txt", content: SECRET ? pulumi.secret(text) : text });
export const sha256 = file.sha256;
`;
const original = "one\ntwo\nthree\n";
const edited = "one\ntwo\nthree\nfour\n";

describe("WhitelistPolicyFile under the engine", () => {
  let project: Project;
  let policy: string;
  const opened: Project[] = [];
  beforeEach(async () => {
    project = await Project.open({ files: typescriptProject(program) });
    opened.push(project);
    policy = project.file("out/policy.txt");
    await linkModules(project);
  });
  afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

  const text = () => readFile(policy, "utf8");
  const preview = async (env: Record<string, string> = {}) =>
    (await project.must(["preview", "--diff"], { env })).stdout;
  const stored = async () => (await project.state()).find(({ type }) => type.endsWith(":WhitelistPolicyFile"));

  test("is created, stays, changes with its text, moves, and goes", async () => {
    expect((await project.up()).stdout).toContain("+ 2 created");
    expect(await text()).toBe(original);
    expect(await project.outputs()).toEqual({ sha256: sha256(original) });
    expect(await stored()).toMatchObject({
      type: "pulumi-nodejs:dynamic/hss:WhitelistPolicyFile",
      id: "out/policy.txt",
      outputs: { path: "out/policy.txt", content: original, sha256: sha256(original), mode: "0644" },
    });
    expect(await preview()).toContain("2 unchanged");

    const changed = { TEXT: "one\n2\nthree\n" };
    const shown = await preview(changed);
    expect(shown).toMatch(/- two\n\s+\+ 2\n/);
    expect(shown).toContain(`"${sha256(original)}" => "${sha256(changed.TEXT)}"`);
    expect(shown).toContain("~ 1 to update");
    expect(await text()).toBe(original);
    await project.must(["up", "--yes", "--skip-preview"], { env: changed });
    expect(await text()).toBe(changed.TEXT);

    const moved = { ...changed, FILE: "elsewhere/policy.txt" };
    expect(await preview(moved)).toContain("+-1 to replace");
    await project.must(["up", "--yes", "--skip-preview"], { env: moved });
    expect(await readdir(project.file("out"))).toEqual([]);
    expect(await readdir(project.file("elsewhere"))).toEqual(["policy.txt"]);

    // a replacement in place, which must not end with the deletion of what it has just taken over
    const { urn } = (await stored())!;
    const replaced = await project.must(["up", "--yes", "--skip-preview", "--replace", urn], { env: moved });
    expect(replaced.stdout).toContain("+-1 replaced");
    expect(await readdir(project.file("elsewhere"))).toEqual(["policy.txt"]);

    // what is in the way is found before the old file is deleted
    await project.write({ "taken/policy.txt": "theirs" });
    const refused = await project.pulumi(["up", "--yes", "--skip-preview"], { env: { FILE: "taken/policy.txt" } });
    expect(refused.code).not.toBe(0);
    expect(await readdir(project.file("elsewhere"))).toEqual(["policy.txt"]);

    await project.destroy();
    expect(await readdir(project.file("elsewhere"))).toEqual([]);
  });

  test("shows an edit after a refresh and restores the file; leaves an edited file when destroyed", async () => {
    await project.up();
    await writeFile(policy, edited);
    // without a refresh the change is noticed, too
    expect(await preview()).toContain("~ 1 to update");

    expect((await project.refresh("--diff")).stdout).toMatch(/\+ four\n/);
    expect(await stored()).toMatchObject({ outputs: { content: edited, sha256: sha256(edited) } });
    const shown = await preview();
    expect(shown).toMatch(/- four\n/);
    expect(shown).toContain(`"${sha256(edited)}" => "${sha256(original)}"`);
    expect((await project.up()).stdout).toContain("~ 1 updated");
    expect(await text()).toBe(original);
    expect(await preview()).toContain("2 unchanged");

    await writeFile(policy, edited);
    // the state now holds the edited text, which is still not what was written
    await project.refresh();
    const { stdout } = await project.destroy();
    expect(stdout).toContain(
      'WhitelistPolicyFile: "out/policy.txt" is no longer what was written; it was left in place',
    );
    expect(await text()).toBe(edited);
    expect(await stored()).toBeUndefined();
  });

  test("makes a removed file again, with and without a refresh", async () => {
    await project.up();
    await rm(policy);
    expect((await project.up()).stdout).toContain("~ 1 updated");
    expect(await text()).toBe(original);
    await rm(policy);
    await project.refresh();
    expect(await stored()).toBeUndefined();
    expect((await project.up()).stdout).toContain("+ 1 created");
    expect(await text()).toBe(original);
  });

  test("refuses a foreign file in the preview already", async () => {
    await mkdir(project.file("out"));
    await writeFile(policy, "theirs\n");
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const { code, stdout, stderr } = await project.pulumi(command);
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain(
        '"out/policy.txt" exists and holds something else; move it away, or set overwrite: true to replace it',
      );
    }
    expect(await text()).toBe("theirs\n");
  });

  test("keeps a secret content secret, also one that a refresh finds", async () => {
    const env = { SECRET: "1", TEXT: "hunter2\n" };
    const said = [await project.must(["up", "--yes", "--skip-preview", "--diff"], { env })];
    expect(await text()).toBe("hunter2\n");
    await writeFile(policy, "hunter3\n");
    said.push(await project.refresh("--diff"), await project.must(["preview", "--diff"], { env }));
    const everything = JSON.stringify([said, await project.state()]);
    for (const secret of ["hunter2", "hunter3", sha256("hunter2\n"), sha256("hunter3\n")])
      expect(everything).not.toContain(secret);
  });
});
