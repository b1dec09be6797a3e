import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { run } from "./run.mjs";

/** @param {string} folder @returns {number} when the newest source in it was changed, milliseconds */
const newest = (folder) =>
  Math.max(
    0,
    ...readdirSync(folder, { withFileTypes: true })
      .filter((entry) =>
        entry.isDirectory() ? !["bin", "node_modules"].includes(entry.name) : /\.[cm]?ts$|\.cjs$/.test(entry.name),
      )
      .map((entry) => {
        const file = path.join(folder, entry.name);
        return entry.isDirectory() ? newest(file) : statSync(file).mtimeMs;
      }),
  );

/**
 * `npm ci` has built already, and a build takes longer than the first steps of the demo: only what was changed since is
 * built again.
 *
 * @param {string} checkout
 */
export async function build(checkout) {
  // the last file that a build writes
  const last = path.join(checkout, "dist/cli/surface.json");
  const sources = ["cli", "emulator", "provider", "sdk"].map((folder) => newest(path.join(checkout, folder)));
  if (existsSync(last) && statSync(last).mtimeMs >= Math.max(...sources)) return;
  console.log("Building pulumi-hss, because its sources are newer than its build ...");
  await run(process.execPath, [path.join(checkout, "tools/build.mjs")], { cwd: checkout, env: process.env });
}
