import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Archive } from "../../provider/archive/archive.js";
import { dayOf, noDay, type ArchiveScope } from "../../provider/archive/layout.js";
import type { EventRecord } from "../../provider/hss/event.js";
import { folderStore, rowOf, scope, syncOf, unique } from "../support/archive.js";

// An archive as engines read it that know nothing of us. .ci/readers installs them; where they are not, this says so.

const root = join(__dirname, "../..");
const modules = "duckdb, pyarrow";
const python = [process.env["SNAPSHOT_PYTHON"] ?? "python3", join(root, ".ci/.venv/bin/python")].find(
  (program) => spawnSync(program, ["-c", `import ${modules}`]).status === 0,
);
const suite = python === undefined ? describe.skip : describe;

const start = Date.UTC(2026, 0, 5);
const md5 = "ab".repeat(16);
const sha = "cd".repeat(32);
const beyondDoubles = "9007199254740993";
const hostile = [
  "\u0000'; DROP TABLE events; --",
  "a/b\\c=d%20e",
  '\u202Eexe.\u2066\r\n\t"',
  "\uD83D\uDE00 \uD800 \uDFFF \uFFFE",
  "=cmd|' /C calc'!A0",
  "NULL",
  "",
];

const eventOf = (n: number, more: Partial<EventRecord> = {}): EventRecord => ({
  eventId: `event-${n}`,
  eventName: hostile[n % hostile.length]!,
  severity: "Low",
  hostId: `host-${n % 7}`,
  hostName: hostile[(n + 3) % hostile.length]!,
  occurTime: String(start + n * 3_600_000),
  handleStatus: "unhandled",
  processInfo: [
    { processName: "tool", processPath: `/opt/tool-${n}`, processHash: sha, processFileHash: md5, processPid: 4711 },
    { processName: "parent", processPath: "/bin/sh", processHash: "ef".repeat(20), processPid: 1 },
  ],
  ...more,
});

const events: readonly EventRecord[] = [
  ...Array.from({ length: 60 }, (_, n) => eventOf(n)),
  eventOf(100, { occurTime: beyondDoubles }),
  eventOf(101, { occurTime: undefined }),
  // an event without anything that OCSF has a place for
  { eventId: "bare" },
];
const trusted: EventRecord = {
  ...eventOf(3),
  handleStatus: "handled",
  handleMethod: "mark_as_trust",
  handleTime: beyondDoubles,
};
const elsewhere: ArchiveScope = { ...scope, region: "ap southeast=1/é", project: "0123456789" };

suite(`Engines over an archive${python === undefined ? ` (not installed: ${modules})` : ""}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-hss-archive-"));
    await sync(events, scope);
    await sync([trusted], scope);
    await sync([eventOf(0)], elsewhere);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function sync(found: readonly EventRecord[], into: ArchiveScope): Promise<void> {
    const draft = (await Archive.open(folderStore(folder), unique)).draft(into);
    for (const event of found) await draft.add(rowOf(event));
    await draft.commit({ ...syncOf(found.length), scope: into }, []);
  }

  const run = (script: string): unknown =>
    JSON.parse(
      execFileSync(python ?? "", ["-c", `import json, sys\nfolder = sys.argv[1]\n${script}`, folder], {
        encoding: "utf8",
        maxBuffer: 1 << 28,
      }),
    );
  const duck = (query: string): unknown =>
    run(`
import duckdb
parts = f"read_parquet('{folder}/ext/hss/*/*/*/part-*.parquet', hive_partitioning = true, hive_types = {{'region': varchar, 'accountId': varchar, 'eventDay': varchar}})"
print(json.dumps(duckdb.sql(f"""${query}""").fetchall(), default = str))
`);
  const arrow = (script: string): unknown =>
    run(`
import pyarrow as pa, pyarrow.dataset, pyarrow.compute as pc
keys = pa.schema([("region", pa.string()), ("accountId", pa.string()), ("eventDay", pa.string())])
data = pa.dataset.dataset(folder + "/ext/hss", format="parquet", partitioning=pa.dataset.partitioning(keys, flavor="hive"))
${script}
`);

  const total = events.length + 2;
  const ofDay = (day: string) => events.filter(({ occurTime }) => dayOf(occurTime) === day).length;

  test("DuckDB counts rows, with the types that it finds by itself too", () => {
    expect(duck("select count(*), count(distinct event_key) from {parts}")).toEqual([[total, events.length]]);
    const [[rows]] = run(`
import duckdb
print(json.dumps(duckdb.sql(f"select count(*) from read_parquet('{folder}/ext/hss/*/*/*/part-*.parquet', hive_partitioning=true) where eventDay = 20260105").fetchall()))
`) as [[number]];
    expect(rows).toBe(ofDay("20260105") + 2);
  });

  test("DuckDB and pyarrow have the partitions as columns", () => {
    const byDuck = duck("select region, accountId, eventDay, count(*)::int from {parts} group by all order by all");
    const byArrow = arrow(`
rows = data.to_table(columns=["region", "accountId", "eventDay"]).to_pylist()
counts = {}
for row in rows:
    key = (row["region"], row["accountId"], row["eventDay"])
    counts[key] = counts.get(key, 0) + 1
print(json.dumps(sorted([[*key, count] for key, count in counts.items()], key=str)))
`);
    const counts = new Map<string, number>();
    for (const event of [...events, trusted]) {
      const day = dayOf(event.occurTime);
      counts.set(day, (counts.get(day) ?? 0) + 1);
    }
    const expected = [...counts].map(([day, count]) => ["cn-north-4", "project-1", day === noDay ? null : day, count]);
    expected.push([elsewhere.region, elsewhere.project, "20260105", 1]);
    const sorted = (rows: unknown) => (rows as unknown[]).map((row) => JSON.stringify(row)).sort();
    expect(sorted(byArrow)).toEqual(sorted(expected));
    expect(sorted(byDuck)).toEqual(sorted(expected));
  });

  test("integers are exact, and every event is what it was", () => {
    const latest =
      "qualify row_number() over (partition by region, accountId, event_key order by seen_at desc, sequence desc) = 1";
    const query = `select event_id, occur_time::varchar, handle_time::varchar, event from {parts} where region = 'cn-north-4' ${latest}`;
    const expected = events
      .map((event) => (event.eventId === trusted.eventId ? trusted : event))
      .map((event) => [event.eventId, event.occurTime ?? null, event.handleTime ?? null, JSON.stringify(event)])
      .sort();
    expect((duck(query) as unknown[]).sort()).toEqual(expected);
    const byArrow = arrow(`
rows = data.to_table(columns=["event_id", "occur_time", "handle_time", "event"], filter=pc.field("region") == "cn-north-4").to_pylist()
text = lambda value: None if value is None else str(value)
print(json.dumps([[row["event_id"], text(row["occur_time"]), text(row["handle_time"]), row["event"]] for row in rows]))
`);
    const states = [...events, trusted].map((event) => [
      ...[event.eventId, event.occurTime ?? null, event.handleTime ?? null, JSON.stringify(event)],
    ]);
    expect((byArrow as unknown[]).sort()).toEqual(states.sort());
  });

  test("hostile texts are data: of those that UTF-8 can hold each is what it was", () => {
    const found = duck("select distinct event_name from {parts}") as [string | null][];
    const wellFormed = hostile.map((text) => text.toWellFormed());
    expect(found.map(([name]) => name).sort()).toEqual([...wellFormed, null].sort());
  });

  test("the states of an event, each with when it was seen", () => {
    const query =
      "select handle_status, handle_method, sequence from {parts} where event_id = 'event-3' order by sequence";
    expect(duck(query)).toEqual([
      ["unhandled", null, 1],
      ["handled", "mark_as_trust", 2],
    ]);
  });

  test("nested OCSF columns: hashes of a finding's processes", () => {
    const query =
      "select evidence.process.file.path, hash.algorithm, hash.value from (select unnest(evidences) as evidence from {parts} where event_id = 'event-5'), unnest(evidence.process.file.hashes) as hashes(hash) order by all";
    const hashes = [
      ["/bin/sh", "SHA-1", "ef".repeat(20)],
      ["/opt/tool-5", "MD5", md5],
      ["/opt/tool-5", "SHA-256", sha],
    ];
    expect(duck(query)).toEqual(hashes);
    const byArrow = arrow(`
[row] = data.to_table(filter=pc.field("event_id") == "event-5").to_pylist()
found = [[e["process"]["file"]["path"], h["algorithm"], h["value"]] for e in row["evidences"] for h in e["process"]["file"]["hashes"]]
print(json.dumps([sorted(found), row["class_uid"], row["time"], row["metadata"]["version"], row["device"]["uid"], row["evidences"][0]["process"]["pid"]]))
`);
    expect(byArrow).toEqual([hashes, 2004, start + 5 * 3_600_000, "1.6.0", "host-5", 4711]);
    expect(duck("select count(*)::int from {parts} where class_uid is null or metadata.version <> '1.6.0'")).toEqual([
      [0],
    ]);
  });
});
