import { execFile, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { clearInterval, setInterval } from "node:timers";
import { promisify } from "node:util";
import { whole } from "./installed.mjs";
import { lock } from "./lock.mjs";
import { buildFlags, dynamicProviderScript, executable, modules } from "./modules.mjs";
import { moduleDirectory, npmFile } from "./place.mjs";

const run = promisify(execFile);
const progressEvery = 15_000;
const day = 86_400_000;

/** @param {number} ms */
export const elapsed = (ms) => {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/** @param {string} version */
const numbers = (version) => version.split(".").map(Number);
/** @param {string} a @param {string} b */
const older = (a, b) => {
  const [left, right] = [numbers(a), numbers(b)];
  const at = right.findIndex((n, i) => n !== (left[i] ?? 0));
  return at >= 0 && (left[at] ?? 0) < (right[at] ?? 0);
};

/**
 * The settings of Go that a person may have made for other work and that would change this build: a workspace, vendored
 * sources, a C compiler that is only half there.
 */
const goEnvironment = () => ({
  ...process.env,
  GOWORK: "off",
  GOFLAGS: "",
  ...(process.platform === "darwin" ? {} : { CGO_ENABLED: "0" }),
});

/** The Go that the modules ask for; a newer one is fetched by Go itself where the person's settings let it. */
export const wantedGo = () =>
  modules
    .map(({ folder }) => readFileSync(path.join(moduleDirectory(folder), "go.mod"), "utf8"))
    .map((text) => /^go (\S+)/m.exec(text)?.[1] ?? "0")
    .reduce((a, b) => (older(a, b) ? b : a));

/** Why Go can't build here, or undefined where it can. */
export async function withoutGo() {
  const wanted = wantedGo();
  try {
    // in the CLI's folder: Go switches to the version that go.mod asks for, or says that it may not
    const { stdout } = await run("go", ["env", "GOVERSION"], {
      cwd: moduleDirectory("cli"),
      env: goEnvironment(),
    });
    const version = /^go(\d+(?:\.\d+)*)/.exec(stdout.trim())?.[1];
    if (!version) return "the Go on PATH does not tell its version";
    return older(version, wanted) ? `the Go on PATH is ${version}` : undefined;
  } catch (error) {
    const { code, stderr } = /** @type {{code?: unknown, stderr?: string}} */ (error);
    if (code === "ENOENT") return "Go is not on PATH either";
    return `the Go on PATH does not run (${
      String(stderr ?? "")
        .trim()
        .split("\n")
        .at(-1) || code
    })`;
  }
}

/** How many packages this build will compile; Go answers from its own cache of earlier builds. */
async function outstanding(/** @type {import("./modules.mjs").Module} */ module) {
  try {
    const { stdout } = await run(
      "go",
      ["list", ...buildFlags(module), "-deps", "-f", "{{if .Stale}}+{{end}}", module.package],
      { cwd: moduleDirectory(module.folder), env: goEnvironment(), maxBuffer: 1 << 26 },
    );
    return stdout.match(/\+/g)?.length ?? 0;
  } catch {
    // the build itself tells what is wrong, and better
    return undefined;
  }
}

/**
 * @param {import("./modules.mjs").Module} module
 * @param {string} directory
 * @param {(line: string) => void} log
 * @param {(child: import("node:child_process").ChildProcess) => void} started
 */
async function buildOne(module, directory, log, started) {
  const begin = Date.now();
  let compiled = 0;
  let last = "";
  /** @type {number | undefined} */
  let total;
  const state = () =>
    [elapsed(Date.now() - begin), total ? `${Math.min(compiled, total)} of ${total} packages compiled` : "", last]
      .filter(Boolean)
      .join(", ");
  log(`building the ${module.what}`);
  const timer = setInterval(() => log(`building the ${module.what}: ${state()}`), progressEvery);
  try {
    last = "reading its sources";
    total = await outstanding(module);
    const child = spawn(
      "go",
      ["build", "-v", ...buildFlags(module), "-o", path.join(directory, executable(module.output)), module.package],
      { cwd: moduleDirectory(module.folder), env: goEnvironment(), stdio: ["ignore", "ignore", "pipe"] },
    );
    started(child);
    /** @type {string[]} */
    const said = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (/^[\w.~/-]+$/.test(line)) {
        compiled += 1;
        last = `last ${line}`;
      } else {
        if (said.push(line) > 20) said.shift();
        if (line.startsWith("go: downloading ")) last = line.slice(4);
      }
    });
    const [code, signal] = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (...end) => resolve(end));
    });
    if (code !== 0)
      throw new Error(
        `Go could not build the ${module.what} (${signal ?? `exit code ${code}`}). Its sources come from the Go module ` +
          `proxy (see \`go env GOPROXY\`). Go's last words:\n${said.map((line) => `  ${line}`).join("\n")}`,
      );
    log(`built the ${module.what} in ${elapsed(Date.now() - begin)}`);
  } finally {
    clearInterval(timer);
  }
}

/**
 * A file of the module's sources.
 *
 * @param {import("./modules.mjs").Module} module @param {{module: string, path: string}} script @param {string} directory
 */
async function copyScript(module, script, directory) {
  const { stdout } = await run("go", ["list", "-m", "-f", "{{.Dir}}", script.module], {
    cwd: moduleDirectory(module.folder),
    env: goEnvironment(),
  });
  const target = path.join(directory, path.basename(script.path));
  copyFileSync(path.join(stdout.trim(), ...script.path.split("/")), target);
  chmodSync(target, 0o755);
}

/** Leftovers of builds that were killed. @param {string} target */
function sweep(target) {
  const parent = path.dirname(target);
  for (const name of readdirSync(parent)) {
    const file = path.join(parent, name);
    if (name.startsWith(`${path.basename(target)}.building-`) && Date.now() - statSync(file).mtimeMs > day)
      rmSync(file, { recursive: true, force: true });
  }
}

/**
 * Makes `target/bin`, all of it or nothing: it is built in a directory beside and renamed. A second process waits for
 * the first and then finds the work done.
 *
 * @param {string} target
 * @param {(line: string) => void} log
 * @param {readonly import("./modules.mjs").Module[]} [wanted]
 * @param {{what: string, name: string}} [words] of what is built, where it is no part of Pulumi
 * @returns {Promise<boolean>} false where somebody else built it meanwhile
 */
export async function build(target, log, wanted = modules, words) {
  const bin = path.join(target, "bin");
  mkdirSync(path.dirname(target), { recursive: true });
  let spoken = -Infinity;
  const release = await lock(`${target}.lock`, {
    done: () => whole(bin, wanted),
    waiting: (seconds) => {
      if (seconds - spoken < progressEvery / 1000) return;
      spoken = seconds;
      log(`waiting for another process that builds the same: ${elapsed(seconds * 1000)}`);
    },
  });
  if (!release) return false;

  sweep(target);
  const temporary = mkdtempSync(`${target}.building-`);
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let current;
  const clean = () => {
    current?.kill();
    rmSync(temporary, { recursive: true, force: true });
    release();
  };
  /** @param {NodeJS.Signals} signal */
  const interrupted = (signal) => {
    clean();
    process.removeListener("SIGINT", interrupted).removeListener("SIGTERM", interrupted);
    process.kill(process.pid, signal);
  };
  process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
  try {
    const begin = Date.now();
    mkdirSync(path.join(temporary, "bin"));
    const size =
      words?.what ??
      (wanted === modules
        ? "Pulumi with Go, once for this machine (a few minutes, about 170 MB"
        : "language hosts (a minute, about 60 MB");
    log(`building ${size} in ${target})`);
    for (const module of wanted) {
      await buildOne(module, path.join(temporary, "bin"), log, (child) => (current = child));
      if (module.script) await copyScript(module, module.script, path.join(temporary, "bin"));
    }
    if (wanted === modules)
      copyFileSync(npmFile(dynamicProviderScript), path.join(temporary, "bin", dynamicProviderScript));
    // what is there and not whole is of no use to anybody
    rmSync(target, { recursive: true, force: true });
    try {
      renameSync(temporary, target);
    } catch (error) {
      if (!whole(bin, wanted)) throw error;
    }
    log(`${words?.name ?? "Pulumi"} is ready after ${elapsed(Date.now() - begin)}`);
    return true;
  } finally {
    process.removeListener("SIGINT", interrupted).removeListener("SIGTERM", interrupted);
    clean();
  }
}
