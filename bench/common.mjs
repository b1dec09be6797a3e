// What the benchmarks share: an emulator in a process of its own, this checkout's build, figures as ratios.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const here = path.dirname(fileURLToPath(import.meta.url));
export const checkout = path.dirname(here);
export const require = createRequire(import.meta.url);

/** A module of the build, as `provider/session` or `emulator/index`. */
export const built = (name) => require(path.join(checkout, "dist", `${name}.js`));

/** The variables of this process without what could select an account, a proxy or a Node option. */
export const plainEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(HW_|HUAWEICLOUD_|CLOUD_SDK_|OS_|HSS_|PULUMI_|NODE_OPTIONS$)|_proxy$/i.test(name),
    ),
  );

/** Runs the emulator in its own process, so that its time and memory are not the reader's, for as long as `use` takes. */
export async function withEmulator(options, use) {
  const child = spawn(process.execPath, [path.join(here, "emulator.mjs"), JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout })),
      ended.then((code) => Promise.reject(new Error(`the emulator ended with ${code}`))),
    ]);
    return await use(JSON.parse(line));
  } finally {
    // it ends with its input
    child.stdin.end();
    await ended;
  }
}

const once = (lines) => new Promise((resolve) => lines.once("line", (line) => resolve([line])));

/** Settings with which a call reaches that emulator, signed with its keys. */
export const settingsFor = ({ url, accessKey, secretKey }) => ({
  endpoint: url,
  projectId: "benchmark",
  accessKey,
  secretKey,
});

/** A new `Session`, as a program or the plugin has one. */
export function newSession() {
  const ignore = () => undefined;
  const { Session } = built("provider/session");
  return new Session({ log: { debug: ignore, info: ignore, warn: ignore, progress: ignore }, env: {} });
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Milliseconds that `action` takes. */
export async function timed(action) {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** Milliseconds of processor time, of all threads, that a synchronous `action` takes. */
export function cpuOf(action) {
  const start = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** One result, with whether it is within its bound; a benchmark that misses one ends with exit code 1. */
export function report(what, value, { most, unit = "", detail = "" } = {}) {
  const figure = `${value.toFixed(value < 10 ? 2 : 0)}${unit}`;
  const met = most === undefined || value <= most;
  if (!met) process.exitCode = 1;
  const verdict =
    most === undefined ? "told" : `at most ${most.toFixed(2).replace(/\.00$/, "")}${unit}: ${met ? "met" : "MISSED"}`;
  console.log(`${what.padEnd(58)} ${figure.padStart(9)}  ${verdict}${detail && `  (${detail})`}`);
}

export function heading(text) {
  console.log(`# ${text}\n# ${cpus().length} cores, Node ${process.versions.node}`);
}
