import { execFileSync } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { executable, modules, oldestUsable } from "./modules.mjs";

/** @param {string} file */
function runnable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The program of that name, or undefined. @param {string} name */
export const onPath = (name) =>
  (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter((directory) => path.isAbsolute(directory))
    .map((directory) => path.join(directory, executable(name)))
    .find(runnable);

/** Every program is in this directory. @param {string} bin @param {readonly {output: string}[]} [wanted] */
export const whole = (bin, wanted = modules) =>
  wanted.every(({ output }) => runnable(path.join(bin, executable(output))));

/**
 * The `pulumi` on PATH, or in a word why it can't serve: an old one, or one without its language hosts, would fail later
 * with a message that names neither.
 *
 * @returns {{bin: string, version: string} | {reason: string}}
 */
export function installedEngine() {
  const found = onPath("pulumi");
  if (!found) return { reason: "no pulumi on PATH" };
  let said;
  try {
    said = execFileSync(found, ["version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 60_000,
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    }).trim();
  } catch {
    return { reason: "the pulumi on PATH does not run" };
  }
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(said) ?? [];
  if (major === undefined) return { reason: "the pulumi on PATH does not tell its version" };
  const [wantedMajor = 0, wantedMinor = 0] = oldestUsable;
  if (Number(major) !== wantedMajor || Number(minor) < wantedMinor)
    return {
      reason: `the pulumi on PATH is ${said.slice(0, 40)}, not ${oldestUsable.join(".")} or a newer ${wantedMajor}.x`,
    };
  const beside = [path.dirname(found), path.dirname(realpathSync(found))];
  const missing = modules
    .map(({ output }) => output)
    .filter((name) => !onPath(name) && !beside.some((directory) => runnable(path.join(directory, executable(name)))));
  if (missing.length > 0) return { reason: `the pulumi on PATH lacks ${missing.join(" and ")}` };
  return { bin: path.dirname(found), version: said };
}
