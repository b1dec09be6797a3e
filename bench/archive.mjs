// An archive of a year: memory and time of a day's sync, of what is known of a month, and of a query for one hash.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { checkout, heading, here, plainEnvironment, report } from "./common.mjs";

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { days: { type: "string", default: "365" }, perDay: { type: "string", default: "27400" } },
});
const [days, perDay] = [Number(values.days), Number(values.perDay)];
const month = 32;

const root = mkdtempSync(path.join(tmpdir(), "pulumi-hss-archive-bench-"));
const folder = path.join(root, "archive");

/** In a process of its own. */
const run = (what, from, until, into = folder) =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [path.join(here, "archiveWorld.mjs"), what, into, ...[perDay, from, until].map(String)],
      { env: plainEnvironment(), stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" },
    ),
  );

/** A sync changes the archive: each has a copy of its own, of which only the manifests and the newest files matter. */
function ofCopy(what, until) {
  const copy = path.join(root, "copy");
  const oldest = new Date(Date.UTC(2026, 0, until - 40)).toISOString().slice(0, 10).replaceAll("-", "");
  const isNeeded = (file) => (/eventDay=(\d+)/.exec(file)?.[1] ?? oldest) >= oldest;
  cpSync(folder, copy, { recursive: true, filter: isNeeded });
  const said = run(what, 0, until, copy);
  rmSync(copy, { recursive: true });
  return said;
}

heading(`archive: ${days} days with ${perDay.toLocaleString("en")} events each; a process for each line`);
const detail = ({ events, seconds, kind = "" }) =>
  `${events.toLocaleString("en")} events, ${seconds.toFixed(1)} s ${kind}`.trim();
const memory = (what, said, most = 300) => report(what, said.peakMiB, { most, unit: " MiB", detail: detail(said) });
try {
  const first = run("build", 0, month);
  memory("a month added, day by day", first);
  memory("what is known of a month", run("known", 0, month));
  const young = ofCopy("sync", month);
  memory("a day's sync, the archive a month old", young);
  memory("all of it read again, the archive a month old", ofCopy("full", month));
  memory("a month's events in their latest state", run("events", 0, month));
  if (days > month) {
    run("build", month, days);
    const old = ofCopy("sync", days);
    memory(`a day's sync, the archive ${days} days old`, old);
    report("its time against the young one's", old.seconds / young.seconds, { most: 1.5 });
  }
  query();
} finally {
  rmSync(root, { recursive: true });
}

function query() {
  const python = ["python3", path.join(checkout, ".ci/.venv/bin/python")].find(
    (program) => spawnSync(program, ["-c", "import duckdb"]).status === 0,
  );
  if (python === undefined) return console.log("a query for one hash: DuckDB is not installed, see .ci/readers");
  const script = `
import duckdb, sys, time
began = time.time()
parts = f"read_parquet('{sys.argv[1]}/ext/hss/*/*/*/part-*.parquet', hive_partitioning = true)"
hash = duckdb.sql(f"select process_hash from {parts} limit 1").fetchall()[0][0]
began = time.time()
rows, hosts = duckdb.sql(f"select count(*), count(distinct host_id) from {parts} where process_hash = '{hash}'").fetchall()[0]
print(time.time() - began, rows, hosts)
`;
  const [seconds, rows, hosts] = execFileSync(python, ["-c", script, folder], { encoding: "utf8" })
    .split(" ")
    .map(Number);
  report("DuckDB, servers of one hash over all of it", seconds, {
    most: 10,
    unit: " s",
    detail: `${rows} events, ${hosts} servers`,
  });
}
