import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/**
 * Finds or builds the engine before the first test, outside of any test's time limit; progress goes to stderr. Where none
 * can be had the other projects still run, and every engine test fails with the reason. So for the hosts of Python and Go.
 */
export default async function prepareEngine(): Promise<void> {
  await run("ENGINE_FAILURE", process.execPath, [engine]);
  await run("LANGUAGES_FAILURE", process.execPath, [engine, "--languages"]);
  // what Go programs import, compiled once: minutes where nothing is cached
  const goSdk = path.resolve(__dirname, "../../sdk/go");
  process.stderr.write("engine: compiling what Go programs import\n");
  await run("GO_FAILURE", "go", ["build", "./..."], {
    cwd: goSdk,
    env: { ...process.env, GOWORK: "off", GOFLAGS: "" },
  });
  await preparePython();
}

const engine = path.resolve(__dirname, "../../tools/engine.mjs");

/** An environment with Pulumi's package and our generated one, as pip installs it from the folder. */
async function preparePython(): Promise<void> {
  const requirements = path.resolve(__dirname, "../../tools/engine/python-requirements.txt");
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const environment = path.join(homedir(), ".cache", "pulumi-hss", `python-${digest}`);
  process.env["PYTHON_ENVIRONMENT"] = environment;
  if (existsSync(path.join(environment, "ready"))) return;
  const failure = "PYTHON_FAILURE";
  await run(failure, "python3", ["-m", "venv", environment]);
  const pip = path.join(environment, "bin", "pip");
  if (!process.env[failure])
    await run(failure, pip, ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  if (!process.env[failure]) writeFileSync(path.join(environment, "ready"), "");
}

/** Runs a tool; where it fails, its words are in the variable, which jest's workers inherit. */
async function run(
  failure: string,
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  const tool = spawn(program, args, {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  tool.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    process.stderr.write(text);
  });
  const code = await new Promise<unknown>((resolve) => tool.once("error", resolve).once("close", resolve));
  if (code !== 0) process.env[failure] = said.trim() || `${path.basename(program)} ended with ${String(code)}`;
}
