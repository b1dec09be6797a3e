// One snapshot, or the read alone, of an emulator's events: time, processor time and peak memory of this process as JSON.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { built, newSession, settingsFor } from "./common.mjs";

const [emulator, what] = [JSON.parse(process.argv[2]), process.argv[3]];
const { createSnapshot } = built("provider/evidence/createSnapshot");
const { getObservedProcesses } = built("provider/functions/getObservedProcesses");
// as the command does
built("provider/runtime/memory").collectSooner();
const session = newSession();
const config = { ...settingsFor(emulator), deadlineSeconds: 3600 };
const folder = mkdtempSync(path.join(tmpdir(), "pulumi-hss-bench-"));
try {
  const start = performance.now();
  const before = process.cpuUsage();
  if (what === "read") await session.call(getObservedProcesses, {}, { config });
  else {
    const select = [{ handleMethods: ["mark_as_trust"], minHosts: 2 }];
    await session.call(createSnapshot, { directory: folder, select, format: "fapolicyd" }, { config });
  }
  const { user, system } = process.cpuUsage(before);
  console.log(
    JSON.stringify({
      seconds: (performance.now() - start) / 1000,
      cpuSeconds: (user + system) / 1e6,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
