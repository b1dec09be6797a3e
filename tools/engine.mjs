#!/usr/bin/env node
/**
 * A Pulumi engine for the demo and the tests, on a machine with Pulumi or with nothing but Go. As a command it prints
 * the directory of the programs (`--json`: that and the environment to run them in); progress goes to stderr.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, wantedGo, withoutGo } from "./engine/build.mjs";
import { installedEngine, whole } from "./engine/installed.mjs";
import { dynamicProviderScript, executable, languageHosts } from "./engine/modules.mjs";
import { cacheDirectory, npmFile } from "./engine/place.mjs";

/** @param {string} line */
const toStderr = (line) => void process.stderr.write(`engine: ${line}\n`);

/** There is no Pulumi here, and none can be built. */
export class NoEngineError extends Error {
  /** @param {string} reason @param {string} remedy */
  constructor(reason, remedy) {
    super(`No Pulumi to run: ${reason}. ${remedy}`);
    this.name = "NoEngineError";
    this.remedy = remedy;
  }
}

/**
 * The directory that holds `pulumi` and its language hosts: of the Pulumi on PATH, of an earlier build, of a build now.
 * `PULUMI_HSS_ENGINE=build` passes over the one on PATH.
 *
 * @param {{log?: (line: string) => void}} [options]
 * @returns {Promise<{bin: string, version: string, source: "path" | "cache" | "build"}>}
 */
export async function findEngine({ log = toStderr } = {}) {
  const installed =
    process.env.PULUMI_HSS_ENGINE === "build" ? { reason: "PULUMI_HSS_ENGINE is build" } : installedEngine();
  if ("bin" in installed) return { ...installed, source: "path" };

  const target = cacheDirectory();
  const bin = path.join(target, "bin");
  const version = () => execFileSync(path.join(bin, executable("pulumi")), ["version"], { encoding: "utf8" }).trim();
  if (whole(bin)) return { bin, version: version(), source: "cache" };

  const reason = await withoutGo();
  if (reason)
    throw new NoEngineError(
      `${installed.reason}, and none can be built, because ${reason}`,
      `Install Pulumi 3.200 or newer ` +
        `(https://www.pulumi.com/docs/install/), or Go ${wantedGo()} or newer (https://go.dev/dl/), and run this again.`,
    );
  log(`${installed.reason}: looking to Go`);
  const built = await build(target, log);
  return { bin, version: version(), source: built ? "build" : "cache" };
}

/**
 * The directory that holds the hosts of further languages, built where they are not there yet.
 *
 * @param {{log?: (line: string) => void}} [options]
 */
export async function findLanguageHosts({ log = toStderr } = {}) {
  const target = cacheDirectory("languages", languageHosts);
  const bin = path.join(target, "bin");
  if (!whole(bin, languageHosts)) await build(target, log, languageHosts);
  return bin;
}

/**
 * Dynamic providers run through a script that comes with Pulumi or, to the same effect, with its npm package. Taken from
 * PATH it costs a warning in each run.
 *
 * @param {string} bin
 */
function dynamicProviders(bin) {
  const pulumi = realpathSync(path.join(bin, executable("pulumi")));
  const beside = existsSync(path.join(path.dirname(pulumi), dynamicProviderScript));
  return beside ? [] : [path.dirname(npmFile(dynamicProviderScript))];
}

/**
 * Variables that make Pulumi private (home, credentials and state under `home`, nothing of the person's own) and keep
 * it off the network. Add them to an environment without other `PULUMI_*` variables: see `isolated`.
 *
 * @param {string} bin
 * @param {string} home an existing directory
 * @returns {Record<string, string>}
 */
export function engineVariables(bin, home) {
  const state = path.join(home, "state");
  mkdirSync(state, { recursive: true });
  return {
    PATH: [bin, ...dynamicProviders(bin), process.env.PATH ?? ""].join(path.delimiter),
    PULUMI_HOME: path.join(home, "home"),
    PULUMI_BACKEND_URL: `file://${state.replaceAll("\\", "/")}`,
    PULUMI_CREDENTIAL_STORE: "plaintext",
    PULUMI_CONFIG_PASSPHRASE: "pulumi-hss",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // else a package name that is not found is looked up in Pulumi Cloud
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
  };
}

/**
 * The whole environment for a private engine. Another account's token, another backend or another stack that the
 * person's shell selects must not be reached by a demo or a test.
 *
 * @param {Record<string, string>} variables from `engineVariables`
 * @param {NodeJS.ProcessEnv} [inherited]
 * @returns {Record<string, string>}
 */
export const isolated = (variables, inherited = process.env) =>
  Object.fromEntries(
    [
      ...Object.entries(inherited).filter(([name]) => !/^(PULUMI_|path$)/i.test(name)),
      ...Object.entries(variables),
    ].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/**
 * @param {{log?: (line: string) => void}} [options]
 * @returns {Promise<{root: string, bin: string, version: string, source: "path" | "cache" | "build", home: string,
 *   env: Record<string, string>, dispose: () => void}>} `root` for the Automation API's `PulumiCommand.get({root})`;
 *   `env` is a whole environment; `dispose` removes the temporary `home`, with the state of every stack in it
 */
export async function engine(options) {
  const found = await findEngine(options);
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), "pulumi-hss-")));
  return {
    ...found,
    root: path.dirname(found.bin),
    home,
    env: isolated(engineVariables(found.bin, home)),
    dispose: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}

if (existsSync(process.argv[1] ?? "") && realpathSync(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  try {
    const found = process.argv.includes("--languages") ? { bin: await findLanguageHosts() } : await findEngine();
    const at = process.argv.indexOf("--json");
    if (at < 0) console.log(found.bin);
    else {
      const home = process.argv[at + 1];
      console.log(JSON.stringify({ ...found, ...(home ? { variables: engineVariables(found.bin, home) } : {}) }));
    }
  } catch (error) {
    toStderr(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
