import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { extract } from "tar";
import { checkout, Project } from "./harness.js";

// What a release hands out, used as its users use it: no checkout around it.

const run = promisify(execFile);
const { version } = JSON.parse(readFileSync(path.join(checkout, "package.json"), "utf8")) as { version: string };

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), "pulumi-hss-release-"));
  for (const folder of ["one", "two"])
    await run(process.execPath, [path.join(checkout, "tools/package.mjs"), path.join(scratch, folder)]);
});
afterAll(() => rm(scratch, { recursive: true }));

test("is the same bytes each time, and SHA256SUMS says which", async () => {
  const sums = await readFile(path.join(scratch, "one/SHA256SUMS"), "utf8");
  expect(await readFile(path.join(scratch, "two/SHA256SUMS"), "utf8")).toBe(sums);
  const lines = sums.trim().split("\n");
  expect(lines.length + 1).toBe((await readdir(path.join(scratch, "one"))).length);
  for (const line of lines) {
    const [digest, name = ""] = line.split("  ");
    const bytes = await readFile(path.join(scratch, "one", name));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(digest);
  }
});

test("the archive is a plugin: pulumi plugin install, and a program without a path to it", async () => {
  const program = `name: test
runtime: yaml
variables:
  events:
    fn::invoke: { function: "hss:getAppWhitelistEvents", arguments: { format: json } }
outputs: { total: "\${events.totalNum}" }
`;
  const project = await Project.open({ files: { "Pulumi.yaml": program } });
  try {
    const file = path.join(scratch, "one", `pulumi-resource-hss-v${version}-linux-amd64.tar.gz`);
    await project.must(["plugin", "install", "resource", "hss", version, "--file", file]);
    await project.must(["config", "set", "hss:endpoint", "emulator"]);
    await project.up();
    expect(await project.outputs()).toEqual({ total: 4715 });
  } finally {
    await project.close();
  }
});

async function sameFiles(made: string, committed: string): Promise<void> {
  const kept = path.join(checkout, committed);
  const names = (await readdir(made, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(made, path.join(parentPath, name)));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    const text = await readFile(path.join(made, name), "utf8");
    // the plugin says of itself where it is
    if (!/plugin\.json$|pulumi-plugin\.json$/.test(name))
      expect({ name, same: text === (await readFile(path.join(kept, name), "utf8")) }).toEqual({ name, same: true });
  }
}

describe("the npm package's provider folder, alone", () => {
  let folder: string;
  beforeAll(async () => {
    const file = path.join(scratch, "one", `pulumi-hss-${version}.tgz`);
    await extract({ file, cwd: scratch });
    folder = path.join(scratch, "alone");
    await cp(path.join(scratch, "package/provider"), folder, { recursive: true });
  });

  test("Pulumi reads its schema by the executable's path", async () => {
    const project = await Project.open({ files: { "Pulumi.yaml": "name: test\nruntime: yaml\n" } });
    try {
      const { stdout } = await project.must(["package", "get-schema", path.join(folder, "pulumi-resource-hss")]);
      const committed = await readFile(path.join(checkout, "provider/schema.json"), "utf8");
      const { name, resources } = JSON.parse(stdout) as { name: string; resources: object };
      expect(name).toBe("hss");
      expect(Object.keys(resources)).toEqual(Object.keys((JSON.parse(committed) as { resources: object }).resources));
    } finally {
      await project.close();
    }
  });

  // the hosts that can be built here have no GeneratePackage: these are the generators behind it
  test("Pulumi's generators make the committed SDKs of its schema, and one for Node.js", async () => {
    const project = await Project.open({ files: { "Pulumi.yaml": "name: test\nruntime: yaml\n" } });
    try {
      const { stdout } = await project.must(["package", "get-schema", path.join(folder, "pulumi-resource-hss")]);
      const [schema, made] = [project.file("schema.json"), project.file("made")];
      await writeFile(schema, stdout);
      const env = { ...process.env, GOWORK: "off", GOFLAGS: "", CGO_ENABLED: "0" };
      await run("go", ["run", ".", schema, made, "nodejs", "python", "go"], {
        cwd: path.join(checkout, "tools/sdks"),
        env,
      });
      for (const sdk of ["python/pulumi_hss", "go/hss"]) await sameFiles(path.join(made, sdk), path.join("sdk", sdk));
      const index = await readFile(path.join(made, "nodejs/index.ts"), "utf8");
      for (const name of ["getAppWhitelistEventsOutput", "WhitelistPolicyFile", "ComplianceSnapshot"])
        expect(index).toContain(name);
    } finally {
      await project.close();
    }
  });

  // what Pulumi's Node.js host of today does with the folder; the one that can be built here is older and can't
  test("an install leaves no lock file and finds what starts the plugin", async () => {
    await run("npm", ["install", "--silent", "--offline", "--no-audit", "--no-fund"], { cwd: folder });
    expect(await readdir(folder)).not.toContain("package-lock.json");
    const script = "console.log(require.resolve('@pulumi/pulumi/cmd/run-plugin'))";
    const { stdout } = await run(process.execPath, ["-e", script], { cwd: folder });
    const plugin = spawn(process.execPath, [stdout.trim(), folder, "127.0.0.1:1"], { cwd: folder });
    try {
      const said = await new Promise<string>((resolve) => plugin.stdout.once("data", (text) => resolve(String(text))));
      expect(said).toMatch(/^\d+\n$/);
    } finally {
      plugin.kill();
    }
  });
});
