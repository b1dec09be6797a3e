// From the start of the plugin's process to its port line, against a provider with nothing in it on Pulumi's `provider.main`.
import { spawn } from "node:child_process";
import path from "node:path";
import { checkout, heading, here, median, plainEnvironment, report } from "./common.mjs";

const rounds = 15;
const programs = {
  plugin: path.join(checkout, "provider", "pulumi-resource-hss"),
  empty: path.join(here, "empty-provider", "index.cjs"),
};

/** Milliseconds until the port is on stdout. */
function start(program) {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    // the engine's address comes as an argument; neither calls it before the engine has called
    const child = spawn(process.execPath, [program, "127.0.0.1:1"], {
      env: plainEnvironment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let elapsed;
    child.stdout.once("data", (data) => {
      elapsed = performance.now() - begun;
      if (!/^\d+\s*$/.test(String(data))) reject(new Error(`${program} said ${String(data)}`));
      child.kill("SIGKILL");
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      if (elapsed === undefined) reject(new Error(`${program} ended with ${code}`));
      else resolve(elapsed);
    });
  });
}

const times = { plugin: [], empty: [] };
for (let round = -1; round < rounds; round++) {
  for (const [name, program] of Object.entries(programs)) {
    const elapsed = await start(program);
    // the first of each reads its files from the disk
    if (round >= 0) times[name].push(elapsed);
  }
}
heading(`start: process start to port line, medians of ${rounds} alternating starts`);
const [plugin, empty] = [median(times.plugin), median(times.empty)];
report("the plugin, against an empty provider on provider.main", plugin / empty, {
  most: 0.6,
  detail: `${plugin.toFixed(0)} ms against ${empty.toFixed(0)} ms`,
});
