#!/usr/bin/env node
/**
 * Prints the path of a cosign for the tests: the one on PATH, or one that was built here. `--build` builds it with Go, once for this
 * machine, which takes some minutes. Without any it says so on stderr, exit code 1.
 */
import path from "node:path";
import { build, withoutGo } from "./engine/build.mjs";
import { onPath, whole } from "./engine/installed.mjs";
import { cosign, executable } from "./engine/modules.mjs";
import { cacheDirectory } from "./engine/place.mjs";

/** @param {string} line */
const toStderr = (line) => void process.stderr.write(`cosign: ${line}\n`);

const wanted = [cosign];
const target = cacheDirectory("cosign", wanted);
const bin = path.join(target, "bin");
const installed = onPath("cosign");
if (installed) console.log(installed);
else {
  const reason = process.argv.includes("--build") && !whole(bin, wanted) ? await withoutGo() : undefined;
  if (process.argv.includes("--build") && !reason)
    await build(target, toStderr, wanted, { what: "cosign (some minutes, about 110 MB", name: "cosign" });
  if (whole(bin, wanted)) console.log(path.join(bin, executable(cosign.output)));
  else {
    toStderr(reason ? `none can be built, because ${reason}` : "none here; node tools/cosign.mjs --build builds it");
    process.exitCode = 1;
  }
}
