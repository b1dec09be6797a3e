// Peak memory of a streamed aggregate: getObservedProcesses over a million events and over two, each in a fresh process.
import { spawn } from "node:child_process";
import path from "node:path";
import { built, heading, here, plainEnvironment, report, timed, withEmulator } from "./common.mjs";

/** `{ peakMiB, seconds, processes }` of one aggregate. */
async function aggregate(events) {
  return withEmulator({ events }, (emulator) => {
    const child = spawn(
      process.execPath,
      [path.join(here, "aggregate.mjs"), JSON.stringify(emulator), String(events)],
      {
        env: plainEnvironment(),
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    return new Promise((resolve, reject) => {
      let said = "";
      child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve(JSON.parse(said));
        else reject(new Error(`the aggregate ended with ${code}`));
      });
    });
  });
}

/** What it takes to remember every row of a read: bytes and microseconds a row, expected in number and not. */
async function remember(rows, expected) {
  const { RowSet } = built("provider/reading/rowSet");
  const { digestWords } = built("provider/hss/digest");
  const digests = new Uint32Array(digestWords * rows).map(() => Math.floor(Math.random() * 2 ** 32));
  const before = process.memoryUsage().arrayBuffers;
  const set = new RowSet(expected);
  const ms = await timed(() => {
    for (let at = 0; at < rows; at++) {
      if (set.hasTwin(digests, at) || set.mark(digests, at, 1) !== 0) throw new Error("two rows passed for one");
    }
  });
  return { bytes: (process.memoryUsage().arrayBuffers - before) / rows, micros: (ms * 1000) / rows };
}

heading("memory: peak resident memory of the whole process, one run each");
const detail = ({ seconds, processes }) => `${processes} distinct hashes, ${seconds.toFixed(0)} s`;
const one = await aggregate(1_000_000);
report("1,000,000 events aggregated", one.peakMiB, { most: 300, unit: " MiB", detail: detail(one) });
const two = await aggregate(2_000_000);
report("2,000,000 events aggregated", two.peakMiB, { most: 330, unit: " MiB", detail: detail(two) });
report("2,000,000 against 1,000,000", two.peakMiB / one.peakMiB, { most: 1.1 });

for (const [what, expected] of [
  ["counted", 2_000_000],
  ["not counted", 0],
]) {
  const { bytes, micros } = await remember(2_000_000, expected);
  report(`remembering 2,000,000 rows, ${what} before`, bytes, {
    most: 40,
    unit: " bytes a row",
    detail: `${micros.toFixed(2)} µs a row`,
  });
}
