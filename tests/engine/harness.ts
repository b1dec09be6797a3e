import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** This checkout. */
export const checkout = path.resolve(__dirname, "..", "..");

/** Nothing that selects an account of the person who runs the tests reaches a program under test. */
const foreign = /^(PULUMI_|HW_|HUAWEICLOUD_|CLOUD_SDK_|OS_|HSS_|NODE_OPTIONS$|TS_NODE_|path$)/i;

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExportedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

export interface ProjectOptions {
  /** Contents by relative path; without a Pulumi.yaml there the test has to write one. */
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Programs in Python or Go: their hosts, and Python's packages, are there too. */
  readonly language?: "python" | "go";
}

/**
 * A Pulumi project in a temporary directory with a private home and backend, and the real CLI to run in it. Stack `test`
 * exists from the start. Where no engine can be had, `open` rejects with the reason: such tests fail, they don't skip.
 */
export class Project {
  private constructor(
    /** Holds Pulumi.yaml. */
    readonly directory: string,
    private readonly root: string,
    /** Whole environment of the CLI. */
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async open({ files, env, language }: ProjectOptions): Promise<Project> {
    const failures = [
      "ENGINE",
      ...(language ? ["LANGUAGES"] : []),
      ...(language === undefined ? [] : [language.toUpperCase()]),
    ];
    const failure = failures.map((name) => process.env[`${name}_FAILURE`]).find((text) => text);
    if (failure) throw new Error(failure);
    // the real path: programs see themselves by it, and a test may compare
    const root = await realpath(await mkdtemp(path.join(tmpdir(), "pulumi-hss-test-")));
    try {
      // an ES module, which jest can't load
      const tool = path.join(checkout, "tools", "engine.mjs");
      const { code, stdout, stderr } = await run(process.execPath, [tool, "--json", root]);
      if (code !== 0) throw new Error(stderr.trim());
      const { variables } = JSON.parse(stdout) as { variables: Record<string, string> };
      const inherited = Object.entries(process.env).filter(
        (entry): entry is [string, string] => entry[1] !== undefined && !foreign.test(entry[0]),
      );
      const directory = path.join(root, "project");
      if (language) Object.assign(variables, await languageVariables(language, tool, root, variables["PATH"] ?? ""));
      const project = new Project(directory, root, { ...Object.fromEntries(inherited), ...variables, ...env });
      await project.write(files);
      await project.must(["stack", "init", "test"]);
      return project;
    } catch (error) {
      await rm(root, { recursive: true, force: true });
      throw error;
    }
  }

  file(name: string): string {
    return path.join(this.directory, name);
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(this.file(name)), { recursive: true });
      await writeFile(this.file(name), text);
    }
  }

  /** Runs `pulumi` and returns whatever it ended with. */
  pulumi(args: readonly string[], options: { env?: Readonly<Record<string, string>> } = {}): Promise<Run> {
    return run("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.directory,
      env: { ...this.env, ...options.env },
    });
  }

  /** As `pulumi`, and rejects with all it said where it fails. */
  async must(args: readonly string[], options: { env?: Readonly<Record<string, string>> } = {}): Promise<Run> {
    const result = await this.pulumi(args, options);
    if (result.code !== 0)
      throw new Error(`pulumi ${args.join(" ")}: exit code ${result.code}\n${result.stdout}\n${result.stderr}`);
    return result;
  }

  preview(...args: string[]): Promise<Run> {
    return this.must(["preview", "--diff", ...args]);
  }
  up(...args: string[]): Promise<Run> {
    return this.must(["up", "--yes", "--skip-preview", ...args]);
  }
  refresh(...args: string[]): Promise<Run> {
    return this.must(["refresh", "--yes", "--skip-preview", ...args]);
  }
  destroy(...args: string[]): Promise<Run> {
    return this.must(["destroy", "--yes", "--skip-preview", ...args]);
  }

  /** The stack's outputs; secrets in the clear. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.must(["stack", "output", "--json", "--show-secrets"]);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** The stack's resources as they are stored: a secret is an object with a ciphertext. */
  async state(): Promise<ExportedResource[]> {
    const { stdout } = await this.must(["stack", "export"]);
    const { deployment } = JSON.parse(stdout) as { deployment: { resources?: ExportedResource[] } };
    return deployment.resources ?? [];
  }

  /** Removes the directory with everything in it; real resources must be destroyed before. */
  async close(): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The hosts of Python and Go; for Python its packages, ours installed from this checkout as a person would. */
async function languageVariables(
  language: "python" | "go",
  tool: string,
  root: string,
  searched: string,
): Promise<Record<string, string>> {
  const { stdout } = await run(process.execPath, [tool, "--languages"]);
  if (language === "go") return { PATH: [stdout.trim(), searched].join(path.delimiter) };
  const environment = process.env["PYTHON_ENVIRONMENT"] ?? "";
  const packages = path.join(root, "packages");
  const source = path.join(root, "source");
  // a copy: setuptools builds inside the folder
  await cp(path.join(checkout, "sdk/python"), source, { recursive: true });
  const how = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--target", packages];
  const { code, stderr } = await run(path.join(environment, "bin", "pip"), ["install", ...how, source]);
  if (code !== 0) throw new Error(`pip can't install sdk/python: ${stderr}`);
  return {
    PATH: [stdout.trim(), path.join(environment, "bin"), searched].join(path.delimiter),
    VIRTUAL_ENV: environment,
    PYTHONPATH: packages,
  };
}

/** Pulumi.yaml of a YAML program that uses this checkout's plugin. `program`: resources, variables, outputs. */
export const yamlProject = (program: string): Record<string, string> => ({
  "Pulumi.yaml": `name: test
runtime: yaml
plugins:
  providers:
    - name: hss
      path: ${JSON.stringify(path.join(checkout, "provider"))}
${program}`,
});

const pluginPath = `plugins:
  providers:
    - name: hss
      path: ${JSON.stringify(path.join(checkout, "provider"))}
`;

/** A Python program that uses this checkout's plugin. */
export const pythonProject = (program: string): Record<string, string> => ({
  "Pulumi.yaml": `name: test\nruntime: python\n${pluginPath}`,
  "__main__.py": program,
});

/** A Go program that uses this checkout's plugin and SDK. */
export const goProject = (program: string): Record<string, string> => ({
  "Pulumi.yaml": `name: test\nruntime: go\n${pluginPath}`,
  "go.mod": readFileSync(path.join(checkout, "sdk/go/go.mod"), "utf8").replace(
    /^module (\S+)/,
    (_, module: string) =>
      `module test\n\nrequire ${module} v0.0.0\n\nreplace ${module} => ${path.join(checkout, "sdk/go")}`,
  ),
  "go.sum": readFileSync(path.join(checkout, "sdk/go/go.sum"), "utf8"),
  "main.go": program,
});

/** A TypeScript program; add `await linkModules(project)` so that it finds its packages. */
export const typescriptProject = (program: string): Record<string, string> => ({
  "Pulumi.yaml": "name: test\nruntime: nodejs\n",
  "package.json": JSON.stringify({ name: "test", private: true, main: "index.ts" }),
  "tsconfig.json": JSON.stringify({
    compilerOptions: { target: "es2022", module: "nodenext", strict: true, skipLibCheck: true, types: ["node"] },
    files: ["index.ts"],
  }),
  "index.ts": program,
});

/** What `npm install` would give a program: this checkout as `pulumi-hss`, and the packages around it. */
export async function linkModules(project: Project): Promise<void> {
  const links = {
    "pulumi-hss": checkout,
    "@pulumi/pulumi": path.join(checkout, "node_modules", "@pulumi", "pulumi"),
    "@types/node": path.join(checkout, "node_modules", "@types", "node"),
    typescript: path.join(checkout, "node_modules", "typescript"),
  };
  for (const [name, target] of Object.entries(links)) {
    const file = project.file(path.join("node_modules", name));
    await mkdir(path.dirname(file), { recursive: true });
    await symlink(target, file, "junction");
  }
}

/** Runs a program to its end. */
function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code: code ?? -1, ...said });
    });
  });
}
