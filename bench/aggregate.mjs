// The reader of the memory benchmark: its peak is the process's own, so it does nothing else.
import { built, newSession, settingsFor } from "./common.mjs";

const { getObservedProcesses } = built("provider/functions/getObservedProcesses");
const [emulator, events] = process.argv.slice(2);
const start = performance.now();
const { processes, totalNum, complete } = await newSession().call(
  getObservedProcesses,
  {},
  { config: { ...settingsFor(JSON.parse(emulator)), deadlineSeconds: 3600 } },
);
if (!complete || totalNum !== Number(events)) throw new Error(`${totalNum} events, complete: ${complete}`);
const { maxRSS } = process.resourceUsage();
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ peakMiB: maxRSS / 1024, seconds, processes: processes.length }));
