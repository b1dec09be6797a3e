// The command line: how long its start takes against Node's own, and how much memory a million events need as ndjson.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { clearInterval, setInterval } from "node:timers";
import { checkout, heading, median, plainEnvironment, report, settingsFor, withEmulator } from "./common.mjs";

const hss = path.join(checkout, "dist/cli/hss.js");

/** Milliseconds of one run. */
function timeOf(args) {
  const start = performance.now();
  spawnSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - start;
}

/** Lines printed, seconds and the highest resident memory in MiB, as /proc has it. */
async function streamed(events) {
  return withEmulator({ events }, (emulator) => {
    const { endpoint, projectId, accessKey, secretKey } = settingsFor(emulator);
    const child = spawn(
      process.execPath,
      [hss, "events", "--output", "ndjson", "--endpoint", String(endpoint), "--project-id", projectId],
      {
        env: { ...plainEnvironment(), HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const start = performance.now();
    let lines = 0;
    let peak = 0;
    const look = setInterval(() => (peak = Math.max(peak, highWater(child.pid))), 250);
    child.stdout.on("data", (piece) => {
      for (const byte of piece) if (byte === 10) lines++;
    });
    return new Promise((resolve, reject) => {
      child.once("close", (code) => {
        clearInterval(look);
        if (code !== 0 || lines !== events) reject(new Error(`${lines} lines, exit code ${code}`));
        else resolve({ lines, seconds: (performance.now() - start) / 1000, peakMiB: peak / 1024 });
      });
    });
  });
}

function highWater(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

heading("command line: start, and a stream of 1,000,000 events");
// in turns, so that other work on the machine meets both
const [plain, help] = [[], []];
for (let at = 0; at < 31; at++) {
  plain.push(timeOf(["-e", "0"]));
  help.push(timeOf([hss, "--help"]));
}
report("hss --help against node -e 0", median(help) / median(plain), { most: 1.5 });
const { seconds, peakMiB } = await streamed(1_000_000);
report("1,000,000 events as ndjson", peakMiB, { most: 200, unit: " MiB", detail: `${seconds.toFixed(0)} s` });
