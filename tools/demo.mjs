#!/usr/bin/env node
// The main job on sample data: nothing is uploaded, no account is asked for. First through the command line, at once and
// everywhere; then under a real Pulumi engine, which is built meanwhile where it must be. What it makes stays.
import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./demo/built.mjs";
import { commandLine } from "./demo/commandLine.mjs";
import { longWork, say } from "./demo/screen.mjs";
import { underPulumi } from "./demo/underPulumi.mjs";
import { engine, findEngine, NoEngineError } from "./engine.mjs";

const usage = "usage: npm run demo [-- --slow]    --slow: at the five requests a minute that HSS documents";
const checkout = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);

/** The engine, or why there is none: it is looked for while the command line works. */
function lookForEngine() {
  const work = longWork();
  const found = findEngine({ log: (line) => work.is(line) }).catch((/** @type {unknown} */ error) => ({ error }));
  return {
    async wait() {
      const soon = new Promise((resolve) => setTimeout(resolve, 500));
      if ((await Promise.race([found, soon])) === undefined) {
        say("", "The same under Pulumi follows as soon as its engine is built: once, about five minutes.");
        work.show();
      }
      const result = await found;
      work.end();
      return result;
    },
  };
}

async function main() {
  say(
    "SAMPLE DATA: every event below is made up by an emulator of HSS that runs on this machine.",
    "No account is needed, nothing is uploaded.",
  );
  await build(checkout);
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "pulumi-hss-demo-")));
  try {
    await inFolder(folder);
  } finally {
    say("", `The policy, its evidence (whitelist.json), the rule and the review stay in ${folder}`);
  }
}

/** @param {string} folder */
async function inFolder(folder) {
  const looking = lookForEngine();
  await commandLine({ checkout, folder, slow: args.includes("--slow") });
  const found = await looking.wait();
  if (!("error" in found)) {
    const prepared = await engine();
    try {
      await underPulumi({ checkout, folder, engine: { ...prepared, source: found.source } });
    } finally {
      prepared.dispose();
    }
  } else if (found.error instanceof NoEngineError) {
    const remedy = `${found.error.remedy.charAt(0).toLowerCase()}${found.error.remedy.slice(1)}`;
    say("", `To see the rest, the same job under Pulumi with an edit by hand that is found and undone, ${remedy}`);
  } else throw found.error;
}

if (args.some((word) => word !== "--slow")) {
  console.error(usage);
  process.exitCode = 64;
} else {
  try {
    await main();
  } catch (error) {
    console.error(`\ndemo: ${error instanceof Error ? error.message : String(error)}`);
    // not when a build that is under way ends; what it leaves, the next one sweeps
    process.exit(1);
  }
}
