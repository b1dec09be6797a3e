import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { goProject, linkModules, Project, pythonProject, typescriptProject, yamlProject } from "./harness.js";

// One story of a managed file, told in each language: the same outcome in each.

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

interface Wanted {
  readonly path: string;
  readonly content: string;
  readonly secret?: boolean;
  /** Options of the resource. */
  readonly options?: { readonly ignoreChanges?: readonly string[]; readonly import?: string; readonly alias?: string };
  readonly name?: string;
  /** A second resource on the same path. */
  readonly twice?: boolean;
}

interface Language {
  open(): Promise<Project>;
  write(project: Project, wanted: Wanted): Promise<void>;
}

/** As YAML and TypeScript write them. */
const pulumiOptions = (options: NonNullable<Wanted["options"]>) => ({
  ...(options.ignoreChanges && { ignoreChanges: options.ignoreChanges }),
  ...(options.import && { import: options.import }),
  ...(options.alias && { aliases: [{ name: options.alias }] }),
});

const yaml: Language = {
  open: () => Project.open({ files: yamlProject("") }),
  write: (project, { path: file, content, secret, options = {}, name = "policy", twice }) => {
    const text = JSON.stringify(content);
    const properties = `{ path: ${JSON.stringify(file)}, content: ${secret ? `{ fn::secret: ${text} }` : text} }`;
    const given = pulumiOptions(options);
    const resource = (called: string) =>
      `  ${called}: { type: "hss:WhitelistPolicyFile", properties: ${properties}, options: ${JSON.stringify(given)} }\n`;
    return project.write(
      yamlProject(
        `resources:\n${resource(name)}${twice ? resource("second") : ""}outputs:\n  sha256: \${${name}.sha256}\n`,
      ),
    );
  },
};

const typescript: Language = {
  async open() {
    const project = await Project.open({ files: typescriptProject("") });
    await linkModules(project);
    return project;
  },
  write: (project, { path: file, content, secret, options = {}, name = "policy", twice }) => {
    const text = JSON.stringify(content);
    const given = pulumiOptions(options);
    return project.write({
      "index.ts": `
import * as pulumi from "@pulumi/pulumi";
import { WhitelistPolicyFile } from "pulumi-hss";
const args = { path: ${JSON.stringify(file)}, content: ${secret ? `pulumi.secret(${text})` : text} };
const file = new WhitelistPolicyFile(${JSON.stringify(name)}, args, ${JSON.stringify(given)});
${twice ? `new WhitelistPolicyFile("second", args, ${JSON.stringify(given)});` : ""}
export const sha256 = file.sha256;
`,
    });
  },
};

const python: Language = {
  open: () => Project.open({ files: pythonProject(""), language: "python" }),
  write: (project, { path: file, content, secret, options = {}, name = "policy", twice }) => {
    const text = JSON.stringify(content);
    const given = [
      ...(options.ignoreChanges ? [`ignore_changes=${JSON.stringify(options.ignoreChanges)}`] : []),
      ...(options.import ? [`import_=${JSON.stringify(options.import)}`] : []),
      ...(options.alias ? [`aliases=[pulumi.Alias(name=${JSON.stringify(options.alias)})]`] : []),
    ].join(", ");
    const resource = (called: string) =>
      `hss.WhitelistPolicyFile(${JSON.stringify(called)}, path=${JSON.stringify(file)}, ` +
      `content=${secret ? `pulumi.Output.secret(${text})` : text}, opts=pulumi.ResourceOptions(${given}))`;
    return project.write({
      "__main__.py": `
import pulumi
import pulumi_hss as hss
file = ${resource(name)}
${twice ? resource("second") : ""}
pulumi.export("sha256", file.sha256)
`,
    });
  },
};

const go: Language = {
  open: () => Project.open({ files: goProject(""), language: "go" }),
  write: (project, { path: file, content, secret, options = {}, name = "policy", twice }) => {
    const text = `pulumi.String(${JSON.stringify(content)})`;
    const given = [
      ...(options.ignoreChanges ? [`pulumi.IgnoreChanges([]string{"${options.ignoreChanges.join('", "')}"})`] : []),
      ...(options.import ? [`pulumi.Import(pulumi.ID(${JSON.stringify(options.import)}))`] : []),
      ...(options.alias
        ? [`pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(${JSON.stringify(options.alias)})}})`]
        : []),
    ].join(", ");
    const content_ = secret ? `pulumi.ToSecret(${text}).(pulumi.StringOutput)` : text;
    const resource = (variable: string, called: string) => `
		${variable}, err := hss.NewWhitelistPolicyFile(ctx, ${JSON.stringify(called)}, &hss.WhitelistPolicyFileArgs{
			Path: pulumi.String(${JSON.stringify(file)}), Content: ${content_}}${given ? `, ${given}` : ""})
		if err != nil {
			return err
		}
`;
    return project.write({
      "main.go": `
package main

import (
	"github.com/pulumi-hss/pulumi-hss/sdk/go/hss"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
${resource("file", name)}${
        twice
          ? `${resource("second", "second")}
		_ = second
`
          : ""
      }
		ctx.Export("sha256", file.Sha256)
		return nil
	})
}
`,
    });
  },
};

const languages: readonly (readonly [string, Language])[] = [
  ["YAML, through the plugin", yaml],
  ["TypeScript, in the program", typescript],
  ["Python", python],
  ["Go", go],
];

describe.each(languages)("WhitelistPolicyFile in %s", (_, language) => {
  let project: Project;
  beforeEach(async () => {
    project = await language.open();
  });
  afterEach(() => project.close());

  const said = async (...args: string[]) => {
    const { stdout, stderr } = await project.must(args);
    return `${stdout}\n${stderr}`;
  };
  const preview = () => said("preview", "--diff");
  const text = (name: string) => readFile(project.file(name), "utf8");

  test("create, no change, hand edit, refresh, replace, destroy", async () => {
    const wanted = { path: "out/a.txt", content: "one\ntwo\nthree\n" };
    await language.write(project, wanted);
    expect(await preview()).toContain("+ 2 to create");
    await project.up();
    expect(await text("out/a.txt")).toBe(wanted.content);
    expect(await project.outputs()).toEqual({ sha256: sha256(wanted.content) });
    expect(await preview()).toContain("2 unchanged");

    await writeFile(project.file("out/a.txt"), "one\n2\nthree\n");
    const edited = await preview();
    expect(edited).toContain("~ 1 to update");
    expect(edited).toMatch(/was edited by somebody else; it will be restored\. The edit:\s+line 2:\s+- two\s+\+ 2/);
    await project.refresh();
    expect(await project.outputs()).toEqual({ sha256: sha256(wanted.content) });
    expect(await preview()).toMatch(/[~-] ?(content: )?.*2/);
    await project.up();
    expect(await text("out/a.txt")).toBe(wanted.content);
    expect(await preview()).toContain("2 unchanged");

    await language.write(project, { ...wanted, path: "b.txt" });
    expect(await preview()).toContain("+-1 to replace");
    await project.up();
    expect(await readdir(project.file("out"))).toEqual([]);
    expect(await text("b.txt")).toBe(wanted.content);
    await project.destroy();
    await expect(text("b.txt")).rejects.toThrow(/ENOENT/);
  });

  test("ignoreChanges, an alias, a secret: the digest is the file's, the second preview is quiet", async () => {
    const wanted = { path: "a.txt", content: "first\n" };
    await language.write(project, wanted);
    await project.up();
    await language.write(project, { ...wanted, content: "second\n", options: { ignoreChanges: ["content"] } });
    await project.up();
    expect(await text("a.txt")).toBe("first\n");
    expect(await project.outputs()).toEqual({ sha256: sha256("first\n") });
    expect(await preview()).toContain("2 unchanged");
    await language.write(project, { ...wanted, name: "renamed", options: { alias: "policy" } });
    await project.up();
    expect(await preview()).toContain("2 unchanged");

    await language.write(project, { path: "a.txt", content: "hunter22\n", secret: true, name: "renamed" });
    const spoken = [await said("up", "--yes", "--diff", "--skip-preview")];
    expect(await text("a.txt")).toBe("hunter22\n");
    expect(await project.outputs()).toEqual({ sha256: sha256("hunter22\n") });
    await writeFile(project.file("a.txt"), "hunter33\n");
    spoken.push(await preview(), await said("refresh", "--yes", "--diff", "--skip-preview"), await preview());
    await project.up();
    expect(await preview()).toContain("2 unchanged");
    spoken.push(JSON.stringify(await project.state()));
    for (const secret of ["hunter22", "hunter33", sha256("hunter22\n"), sha256("hunter33\n")])
      expect(spoken.join("\n")).not.toContain(secret);
    await project.destroy();
    await expect(text("a.txt")).rejects.toThrow(/ENOENT/);
  });

  test("imports the file that is there, and refuses two owners of one path", async () => {
    await mkdir(project.file("out"));
    await writeFile(project.file("out/a.txt"), "theirs\n", { mode: 0o644 });
    const wanted = { path: "out/a.txt", content: "theirs\n" };
    await language.write(project, { ...wanted, options: { import: "out/a.txt" } });
    await project.up();
    expect(await project.outputs()).toEqual({ sha256: sha256("theirs\n") });
    await language.write(project, wanted);
    expect(await preview()).toContain("2 unchanged");

    await language.write(project, { ...wanted, twice: true });
    const { code, stdout, stderr } = await project.pulumi(["preview"]);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/is the path of (policy|second) already; give each resource a path of its own/);
    await language.write(project, wanted);
    await project.destroy();
    expect(await readdir(project.file("out"))).toEqual([]);
  });

  test("says before anything is done what is wrong with its inputs", async () => {
    await mkdir(project.file("taken"));
    await writeFile(project.file("taken/a.txt"), "theirs\n");
    await language.write(project, { path: "taken/a.txt", content: "ours\n" });
    const { code, stdout, stderr } = await project.pulumi(["preview"]);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain(`"taken/a.txt" exists and holds something else; move it away`);
    expect(path.basename(project.file("taken/a.txt"))).toBe("a.txt");
  });
});

test("TypeScript: what a stack transformation makes of the content is what is written and digested", async () => {
  const project = await typescript.open();
  try {
    await project.write({
      "index.ts": `
import * as pulumi from "@pulumi/pulumi";
import { WhitelistPolicyFile } from "pulumi-hss";
pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
  type.endsWith("WhitelistPolicyFile") ? { props: { ...props, content: props.content.toUpperCase() }, opts } : undefined,
);
export const sha256 = new WhitelistPolicyFile("policy", { path: "a.txt", content: "allow\\n" }).sha256;
`,
    });
    await project.up();
    expect(await readFile(project.file("a.txt"), "utf8")).toBe("ALLOW\n");
    expect(await project.outputs()).toEqual({ sha256: sha256("ALLOW\n") });
    expect((await project.must(["preview"])).stdout).toContain("2 unchanged");
    await project.destroy();
    await expect(readFile(project.file("a.txt"))).rejects.toThrow(/ENOENT/);
  } finally {
    await project.close();
  }
});

test("TypeScript: content that a stack transformation makes a secret shows in no digest and no line", async () => {
  const project = await typescript.open();
  try {
    await project.write({
      "index.ts": `
import * as pulumi from "@pulumi/pulumi";
import { WhitelistPolicyFile } from "pulumi-hss";
pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
  type.endsWith("WhitelistPolicyFile") ? { props: { ...props, content: pulumi.secret(props.content) }, opts } : undefined,
);
export const sha256 = new WhitelistPolicyFile("policy", { path: "a.txt", content: "hunter22\\n" }).sha256;
`,
    });
    const spoken = [await project.up("--diff")];
    expect(await project.outputs()).toEqual({ sha256: sha256("hunter22\n") });
    await writeFile(project.file("a.txt"), "hunter33\n");
    spoken.push(await project.preview());
    expect(JSON.stringify(spoken[1])).toContain("its content is a secret: no lines are shown");
    const everything = JSON.stringify([spoken, await project.state()]);
    for (const secret of ["hunter22", "hunter33", sha256("hunter22\n"), sha256("hunter33\n")])
      expect(everything).not.toContain(secret);
  } finally {
    await project.close();
  }
});
