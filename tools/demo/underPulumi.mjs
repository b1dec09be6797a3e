// The same job as a Pulumi program: the policy is a resource, so that an edit by hand is found and undone.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { rulesFile } from "./commandLine.mjs";
import { run, withoutAccounts } from "./run.mjs";
import { command, result, title } from "./screen.mjs";

const builtHow = { path: "installed here", cache: "built earlier", build: "just built" };

/**
 * @param {{checkout: string, folder: string, engine: Awaited<ReturnType<typeof import("../engine.mjs").engine>>}} options
 */
export async function underPulumi({ checkout, folder, engine }) {
  // a project with a folder of its own for the stack's configuration, so that the checkout stays as it is
  const project = path.join(engine.home, "project");
  const directory = path.join(folder, "pulumi");
  mkdirSync(project);
  const definition = readFileSync(path.join(checkout, "Pulumi.yaml"), "utf8");
  const program = path.join(checkout, "examples/whitelist-policy/index.ts");
  writeFileSync(
    path.join(project, "Pulumi.yaml"),
    definition.replace(/^main: .*$/m, `main: ${JSON.stringify(program)}`),
  );

  /** @param {string[]} args */
  const pulumi = async (...args) => {
    const env = { ...withoutAccounts(), ...engine.env, PULUMI_CONFIG_PASSPHRASE: "demo" };
    return (await run("pulumi", [...args, "--non-interactive", "--color", "never"], { cwd: project, env })).stdout;
  };
  /** As `pulumi`, and shows it. @param {string[]} args */
  const shown = (...args) => {
    command("pulumi", ...args);
    return pulumi(...args);
  };

  title(`The same under Pulumi (${engine.version}, ${builtHow[engine.source]}): examples/whitelist-policy/index.ts`);
  await pulumi("stack", "init", "demo");
  await pulumi("config", "set", "directory", directory);
  const first = await shown("up", "--yes", "--skip-preview");
  const written = path.join(directory, rulesFile);
  const rules = readFileSync(written, "utf8");
  const isSame = rules === readFileSync(path.join(folder, rulesFile), "utf8");
  result([
    ...pick(first, /whitelist: .*/),
    `pulumi/${rulesFile} ${isSame ? "is byte for byte" : "differs from"} the file that the command line made`,
  ]);

  const edited = rules.replace(/^allow_audit (perm=execute .*)$/m, "allow $1");
  writeFileSync(written, edited);
  title("Somebody edits the policy by hand: one rule no longer leaves an audit event");
  const found = await shown("preview");
  result(edit(found, directory));
  await shown("up", "--yes", "--skip-preview");
  if (readFileSync(written, "utf8") !== rules) throw new Error(`${written} was not restored`);
  result(["the file is again what was written"]);
}

/** Each line that says it, once. @param {string} text @param {RegExp} pattern */
const pick = (text, pattern) => [...new Set(text.match(new RegExp(pattern, "g")))];

/** What Pulumi found, without the folder's long name. @param {string} text @param {string} directory */
function edit(text, directory) {
  const lines = text.split("\n");
  const start = lines.findLastIndex((line) => line.includes("was edited by somebody else"));
  const end = lines.findIndex((line, at) => at > start && line.trim() === "");
  return lines.slice(start, end).map((line) => line.trim().replace(directory, "pulumi"));
}
