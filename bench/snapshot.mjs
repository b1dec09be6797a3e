// A snapshot against the read it is made of: what 4,715 events cost beyond it (`--quick`: that alone), and the peak memory of
// 1,000,000 (`--large`: that alone).
import { spawn } from "node:child_process";
import path from "node:path";
import { heading, here, median, plainEnvironment, report, withEmulator } from "./common.mjs";

/** `{ seconds, cpuSeconds, peakMiB, events }` of a snapshot, or of its read alone, in a fresh process. */
function measured(emulator, what) {
  const child = spawn(process.execPath, [path.join(here, "makeSnapshot.mjs"), JSON.stringify(emulator), what], {
    env: plainEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(said));
      else reject(new Error(`the snapshot ended with ${code}`));
    });
  });
}

const [isQuick, isLarge] = ["--quick", "--large"].map((flag) => process.argv.includes(flag));
heading("snapshot: time beyond the read, and peak resident memory of the whole process");
if (!isLarge)
  await withEmulator({ events: 4715 }, async (emulator) => {
    const [reads, snapshots] = [[], []];
    // in turns, so that other work on the machine meets both
    for (let at = 0; at < 5; at++) {
      reads.push(await measured(emulator, "read"));
      snapshots.push(await measured(emulator, "snapshot"));
    }
    const more = (name) => median(snapshots.map((run) => run[name])) - median(reads.map((run) => run[name]));
    report("4,715 events, beyond the read", more("seconds"), {
      most: 3,
      unit: " s",
      detail: `processor time ${more("cpuSeconds").toFixed(2)} s; the read ${median(reads.map((run) => run.seconds)).toFixed(2)} s`,
    });
  });
if (!isQuick) {
  const { peakMiB, seconds, cpuSeconds } = await withEmulator({ events: 1_000_000 }, (emulator) =>
    measured(emulator, "snapshot"),
  );
  report("1,000,000 events, peak memory", peakMiB, {
    most: 400,
    unit: " MiB",
    detail: `${seconds.toFixed(0)} s, processor time ${cpuSeconds.toFixed(0)} s`,
  });
}
