import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Archive } from "../../provider/archive/archive.js";
import type { ArchiveScope } from "../../provider/archive/layout.js";
import type { Coverage } from "../../provider/archive/manifest.js";
import type { EventRecord } from "../../provider/hss/event.js";
import { folderStore, rowOf, scope, syncOf, unique } from "../support/archive.js";
import { blocksOf, textOf } from "../support/docs/markdown.js";

// The queries of docs/archive-queries.md, run as they stand there, by the engines that the page names. .ci/readers installs
// them; where they are not, this says so.

const root = join(__dirname, "../..");
const page = textOf("docs/archive-queries.md");
const programs = [process.env["SNAPSHOT_PYTHON"] ?? "python3", join(root, ".ci/.venv/bin/python")];
const pythonWith = (modules: string) =>
  programs.find((program) => spawnSync(program, ["-c", `import ${modules}`]).status === 0);
const hasJava = spawnSync("java", ["-version"]).status === 0;

const blocksUnder = (heading: string, language: string): string[] => {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  return blocksOf(heading, section ?? "").flatMap((block) => (block.language === language ? [block.text] : []));
};
const [openDuckdb = "", views = ""] = blocksUnder("Opening", "sql");
const [openSpark = ""] = blocksUnder("Opening", "python");
const [openPyarrow = "", ...inPyarrow] = blocksUnder("With pyarrow", "python");
const queries = {
  newHashes: "Hashes first seen this week",
  servers: "Servers of a hash over a year",
  decisions: "Trust decisions by how they were made",
};

// what stands on the page
const tool = "4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f607182901";
const older = "0d1e2f3a4b5c6d7e0d1e2f3a4b5c6d7f0d1e2f3a4b5c6d7e0d1e2f3a4b5c6d70";
const fresh = "77a1b2c3d4e5f60718293a4b5c6d7e8f77a1b2c3d4e5f60718293a4b5c6d7e80";
const undated = "55a1b2c3d4e5f60718293a4b5c6d7e8f55a1b2c3d4e5f60718293a4b5c6d7e81";

const letters: ArchiveScope = { ...scope, project: "0c4e1f/x=1" };
const digits: ArchiveScope = { ...scope, project: "01234567890123456789012345678901" };

const trust = { handleStatus: "handled", handleMethod: "mark_as_trust" };
const killed = { handleStatus: "handled", handleMethod: "isolate_and_kill" };
const at = (day: string, hour = 12) => String(Date.parse(`${day}T${String(hour).padStart(2, "0")}:00:00Z`));

function eventOf(eventId: string, hash: string | undefined, occurTime: string | undefined, more: EventRecord) {
  const process = { processName: "tool", processPath: `/opt/"tool'`, ...(hash !== undefined && { processHash: hash }) };
  const when = occurTime !== undefined && { occurTime };
  return { eventId, ...when, handleStatus: "unhandled", processInfo: [process], ...more } satisfies EventRecord;
}

const web = { hostId: "host-1", hostName: "web" };
const db = { hostId: "host-2", hostName: "db" };
const both = [{ processHash: older, processPath: "/bin/b" }, { processHash: tool }];

const webTool = eventOf("e-3", tool, at("2026-02-20"), web);
const dbTool = eventOf("e-4", tool.toUpperCase(), at("2026-02-21"), db);
const newest = eventOf("e-8", fresh, at("2026-11-24"), { hostId: "host-9", hostName: "new" });

/** Syncs in the order in which they were added: of which project, when they read, and what they saw. */
const syncs: readonly (readonly [ArchiveScope, string, readonly EventRecord[]])[] = [
  [
    letters,
    "2025-11-10",
    [eventOf("e-1", tool, at("2025-11-05"), { hostId: "host-0" }), eventOf("e-2", older, at("2025-11-06"), web)],
  ],
  [
    letters,
    "2026-03-01",
    [
      webTool,
      { ...dbTool, ...trust, handleTime: at("2026-02-22") },
      eventOf("e-5", older, at("2026-02-22"), { ...db, ...killed, handleTime: at("2026-02-23") }),
    ],
  ],
  [
    letters,
    "2026-06-01",
    [
      { ...webTool, ...trust, handleTime: at("2026-05-30") },
      // trust that was taken back: no method, no time any more
      dbTool,
      eventOf("e-6", tool, at("2026-05-20"), { ...web, hostName: "web\n\u202erenamed" }),
      eventOf("e-14", tool, at("2026-05-21"), { hostId: "host-2" }),
    ],
  ],
  [
    digits,
    "2026-11-25",
    [
      eventOf("e-7", tool, at("2026-11-24"), { hostId: "host-9" }),
      { ...newest, ...trust, handleTime: at("2026-11-25", 1) },
      eventOf("e-9", fresh.toUpperCase(), at("2026-11-23", 0), { hostId: "host-8", hostName: "" }),
      eventOf("e-10", undated, undefined, web),
      // no day of any calendar
      eventOf("e-11", undated, "9223372036854775807", web),
      eventOf("e-12", undefined, at("2026-11-24"), { ...web, handleStatus: "handled" }),
      eventOf("e-13", older, at("2026-11-24"), { hostId: "host-7", processInfo: both }),
    ],
  ],
  // this one read before the sync that was added before it: its states are the older ones
  [digits, "2026-11-24", [newest]],
];

const expected = {
  newHashes: [[fresh, "20261123", 2, 2, `/opt/"tool'`]],
  servers: [
    [digits.project, "host-9", null, 1, 0, "20261124", "20261124"],
    [letters.project, "host-1", "web\n\u202erenamed", 2, 1, "20260220", "20260520"],
    [letters.project, "host-2", "db", 2, 0, "20260221", "20260521"],
  ],
  decisions: [
    ["mark_as_trust", 3, 2, 2, 3, Number(at("2026-11-25", 1))],
    ["isolate_and_kill", 1, 1, 1, 1, Number(at("2026-02-23"))],
    [null, 1, 1, 0, 1, null],
  ],
};
const anywhere = [
  [digits.project, "host-7", 1],
  [digits.project, "host-9", 1],
  [letters.project, "host-1", 2],
  [letters.project, "host-2", 2],
];
/** Methods that nobody wrote: engines put them first or last. */
const unordered = ({ decisions, ...rest }: typeof expected) => ({
  ...rest,
  decisions: [...decisions].sort((a, b) => String(a[0]).localeCompare(String(b[0]))),
});

let folder: string;
let count: readonly [rows: number, events: number];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pulumi-hss-queries-"));
  const store = folderStore(join(folder, "archive"));
  const coverage = new Map<string, Coverage>();
  let rows = 0;
  for (const [place, readOn, events] of syncs) {
    const readAt = Date.parse(readOn);
    const draft = (await Archive.open(store, unique)).draft(place);
    for (const event of events) await draft.add(rowOf(event, readAt));
    coverage.set(place.project, { ...place, spans: [], lastReadAt: readAt, damaged: [] });
    await draft.commit({ ...syncOf(events.length, readAt), scope: place }, [...coverage.values()]);
    rows += events.length;
  }
  const archive = await Archive.open(store, unique);
  let events = 0;
  for (const place of [letters, digits])
    for await (const batch of archive.events(place, [-Infinity, Infinity])) events += batch.length;
  count = [rows, events];
  // beside the data set: a sync that is under way, and a file that was edited
  for (const name of [".staging/00000009-ab/ext/hss/region=r", "damaged/ext/hss/region=r"]) {
    mkdirSync(join(folder, "archive", name), { recursive: true });
    writeFileSync(join(folder, "archive", name, "part-00000009-00.parquet"), "no Parquet");
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a script prints as JSON, in the folder where the archive lies. `page` has the texts that the script is given. */
function run(python: string, script: string, texts: object): unknown {
  return JSON.parse(
    execFileSync(python, ["-c", `import contextlib, json, sys\npage = json.load(sys.stdin)\n${script}`], {
      ...{ cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 },
      input: JSON.stringify(texts),
      stdio: ["pipe", "pipe", "pipe"],
    }),
  );
}

const sql = {
  ...{ views, wide: blocksUnder(queries.servers, "sql")[1] },
  queries: Object.fromEntries(Object.entries(queries).map(([name, heading]) => [name, blocksUnder(heading, "sql")[0]])),
};
const counts = "SELECT (SELECT count(*) FROM parts), (SELECT count(*) FROM events)";
const dates = "SELECT DISTINCT EPOCH(last_time) FROM (SELECT max(handle_time) AS last_time FROM states)";

test("the page has a query of each kind for each engine", () => {
  expect([openDuckdb, views, openSpark, openPyarrow, ...inPyarrow].map((text) => text !== "")).toEqual(
    Array.from({ length: 7 }, () => true),
  );
  expect(Object.values(sql.queries).every((text) => text?.includes("SELECT"))).toBe(true);
});

const skipped = (python: string | undefined, what: string) => (python === undefined ? ` (not installed: ${what})` : "");

const duckdb = pythonWith("duckdb");
(duckdb === undefined ? test.skip : test)(`DuckDB${skipped(duckdb, "duckdb")}`, () => {
  const said = run(
    duckdb ?? "",
    `
import duckdb
duckdb.sql(page["open"])
duckdb.sql(page["views"])
rows = lambda query: [list(row) for row in duckdb.sql(query).fetchall()]
answers = {name: rows(query) for name, query in page["queries"].items()}
print(json.dumps([answers, rows(page["wide"]), rows(page["counts"]), [str(date) for [date] in rows(page["dates"])]]))
`,
    { ...sql, counts, open: openDuckdb, dates: dates.replace("EPOCH", "epoch_ms") },
  );
  const [answers, ...others] = said as [typeof expected, unknown, unknown, unknown];
  expect(unordered(answers)).toEqual(unordered(expected));
  expect(others).toEqual([anywhere, [count], ["2026-11-25 01:00:00"]]);
});

const spark = hasJava ? pythonWith("pyspark") : undefined;
(spark === undefined ? test.skip : test)(`Spark${skipped(spark, "pyspark, Java")}`, () => {
  const said = run(
    spark ?? "",
    `
import os
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
from pyspark.sql import SparkSession
one_core = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "1")
one_core.config("spark.sql.session.timeZone", "UTC").config("spark.driver.host", "127.0.0.1").getOrCreate()
exec(page["open"])
for view in page["views"].split(";\\n"):
    if view.strip(): spark.sql(view)
rows = lambda query: [list(row) for row in spark.sql(query.strip().rstrip(";")).collect()]
answers = {name: rows(query) for name, query in page["queries"].items()}
dates = [str(date) for [date] in rows(page["dates"])]
print(json.dumps([answers, rows(page["wide"]), rows(page["counts"]), dates]))
`,
    {
      ...{ ...sql, counts, open: openSpark },
      dates: dates.replace("EPOCH(last_time)", "CAST(timestamp_millis(last_time) AS STRING)"),
    },
  );
  const [answers, ...others] = said as [typeof expected, unknown, unknown, unknown];
  expect(unordered(answers)).toEqual(unordered(expected));
  expect(others).toEqual([anywhere, [count], ["2026-11-25 01:00:00"]]);
});

const pyarrow = pythonWith("pyarrow");
(pyarrow === undefined ? test.skip : test)(`pyarrow${skipped(pyarrow, "pyarrow")}`, () => {
  const said = run(
    pyarrow ?? "",
    `
with contextlib.redirect_stdout(sys.stderr):
    exec(page["open"])
    for query in page["queries"]: exec(query)
rows = lambda table, names: [[row[name] for name in names.split()] for row in table.to_pylist()]
print(json.dumps([
    {
        "newHashes": rows(new, "process_hash eventDay_min event_key_count host_id_count_distinct process_path_min"),
        "servers": rows(servers, "accountId host_id host_name_last event_key_count trusted_sum eventDay_min eventDay_max"),
        "decisions": rows(decisions, "handle_method of_project_count_distinct standing_sum process_hash_count_distinct host_id_count_distinct handle_time_max"),
    },
    [data.count_rows(), events([]).num_rows],
]))
`,
    { open: openPyarrow, queries: inPyarrow },
  );
  const [answers, rows] = said as [typeof expected, unknown];
  expect(unordered(answers)).toEqual(unordered(expected));
  expect(rows).toEqual(count);
});
