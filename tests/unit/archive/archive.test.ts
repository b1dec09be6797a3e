import * as fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Archive } from "../../../provider/archive/archive.js";
import { verifyArchive } from "../../../provider/archive/verify.js";
import type { EventRecord } from "../../../provider/hss/event.js";
import { added, eventsOf, failingFrom, folderStore, rowOf, scope, syncOf, unique } from "../../support/archive.js";

const day = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 1);
const eventOf = (n: number, more: Partial<EventRecord> = {}): EventRecord => ({
  eventId: `event-${n}`,
  eventName: "Untrusted process running",
  severity: "Low",
  hostId: `host-${n % 7}`,
  occurTime: String(start + n * 3_600_000),
  handleStatus: "unhandled",
  processInfo: [{ processName: "tool", processPath: `/opt/tool-${n}`, processHash: "ab".repeat(32) }],
  ...more,
});
const handled = (event: EventRecord): EventRecord => ({
  ...event,
  handleStatus: "handled",
  handleMethod: "mark_as_trust",
});

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), "archive-"));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const filesIn = (root: string): string[] =>
  fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();

const verified = async () => {
  const { checks } = await verifyArchive(folderStore(folder));
  return checks.filter(({ ok }) => !ok).map(({ name, text }) => `${name}: ${text}`);
};

describe("what is added", () => {
  test("is there in its latest state, newest first, and lies as data lakes expect", async () => {
    const store = folderStore(folder);
    const events = Array.from({ length: 60 }, (_, n) => eventOf(n));
    await added(
      store,
      events.map((event) => rowOf(event)),
    );
    await added(store, [rowOf(handled(eventOf(3)))]);
    const expected = events.map((event, n) => (n === 3 ? handled(event) : event)).reverse();
    expect(await eventsOf(store)).toEqual(expected);
    expect(await eventsOf(store, [start + day, start + 2 * day])).toEqual(expected.slice(60 - 49, 60 - 24));
    expect(filesIn(folder)).toEqual([
      "ext/hss/region=cn-north-4/accountId=project-1/eventDay=20260101/part-00000001-00.parquet",
      "ext/hss/region=cn-north-4/accountId=project-1/eventDay=20260101/part-00000002-00.parquet",
      "ext/hss/region=cn-north-4/accountId=project-1/eventDay=20260102/part-00000001-00.parquet",
      "ext/hss/region=cn-north-4/accountId=project-1/eventDay=20260103/part-00000001-00.parquet",
      "manifests/00000001.json",
      "manifests/00000002.json",
    ]);
    expect(await verified()).toEqual([]);
  });

  test("is known by key and state, also what is gone and comes back", async () => {
    const store = folderStore(folder);
    const rows = [0, 1, 40].map((n) => rowOf(eventOf(n)));
    await added(store, rows, [rows[1]!.key]);
    const { known, damaged } = await (await Archive.open(store, unique)).known(scope, start);
    expect(damaged).toEqual([]);
    expect(known.size).toBe(3);
    expect(known.get(rows[0]!.key)).toEqual({ occurTime: start, handling: "unhandled", gone: false });
    expect(known.get(rows[1]!.key)).toMatchObject({ gone: true });
    expect(known.isInState(rows[2]!.key, rowOf(handled(eventOf(40))).state)).toBe(false);
    await added(store, [rowOf(handled(eventOf(1)))]);
    const later = await (await Archive.open(store, unique)).known(scope, start);
    expect(later.known.get(rows[1]!.key)).toEqual({ occurTime: start + 3_600_000, handling: "handled", gone: false });
    const newer = await (await Archive.open(store, unique)).known(scope, start + day + 1);
    expect(newer.known.size).toBe(1);
  });

  test("has events without a time, with hostile texts and numbers beyond 2^53", async () => {
    const store = folderStore(folder);
    const odd = [
      eventOf(1, { occurTime: undefined }),
      eventOf(2, { occurTime: "9223372036854775807" }),
      eventOf(3, { occurTime: "-5" }),
      eventOf(4, { eventName: "\u0000'; DROP TABLE\u202e\n", hostName: "../../etc" }),
    ];
    await added(
      store,
      odd.map((event) => rowOf(event)),
    );
    const read = await eventsOf(store);
    expect(read).toHaveLength(4);
    expect(new Set(read.map((event) => JSON.stringify(event)))).toEqual(new Set(odd.map((e) => JSON.stringify(e))));
    expect(await verified()).toEqual([]);
  });

  test("is found through checkpoints", async () => {
    const store = folderStore(folder);
    for (let n = 0; n < 70; n++) await added(store, [rowOf(eventOf(n))], [], start + n * day);
    expect(await eventsOf(store)).toHaveLength(70);
    expect(await verified()).toEqual([]);
    const read: string[] = [];
    const counting = new Proxy(store, {
      get: (target, name) => {
        if (name !== "read") return Reflect.get(target, name) as unknown;
        return (file: string) => (read.push(file), target.read(file));
      },
    });
    const archive = await Archive.open(counting, unique);
    for await (const batch of archive.events(scope, [0, 8e15])) expect(batch.length).toBeGreaterThan(0);
    expect(read.filter((file) => file.startsWith("manifests/")).length).toBeLessThan(12);
  });
});

test("another place of the same project is refused", async () => {
  const store = folderStore(folder);
  await added(store, [rowOf(eventOf(1))]);
  const archive = await Archive.open(store, unique);
  expect(() => archive.mustFit({ ...scope, sample: true, endpoint: "emulator" })).toThrow(/endpoint.*another archive/);
});

test("of two syncs at once one is first, and the other adds after it", async () => {
  const store = folderStore(folder);
  const drafts = await Promise.all(
    [1, 2, 3].map(async (n) => {
      const draft = (await Archive.open(store, unique)).draft(scope);
      await draft.add(rowOf(eventOf(n)));
      return draft;
    }),
  );
  const committed = await Promise.all(drafts.map((draft) => draft.commit(syncOf(1), [])));
  expect(committed.filter(Boolean)).toHaveLength(1);
  expect(await eventsOf(store)).toHaveLength(1);
  expect(await verified()).toEqual([]);
});

describe("damage is found", () => {
  const damage: Record<string, [change: () => void, found: RegExp]> = {
    "a part that was edited": [() => flip(filesIn(folder)[0]!), /files: .*was edited/],
    "a part that is missing": [() => fs.rmSync(path.join(folder, filesIn(folder)[0]!)), /files: .*is missing/],
    "a manifest that was edited": [() => flip("manifests/00000001.json"), /chain: .*edited/],
    "a manifest that is missing": [() => fs.rmSync(path.join(folder, "manifests/00000002.json")), /chain: .*missing/],
    "a part that nobody added": [
      () => {
        const part = filesIn(folder)[0]!;
        fs.copyFileSync(path.join(folder, part), path.join(folder, part.replace("-00.", "-07.")));
      },
      /strangers: .*in no manifest/,
    ],
    "two manifests that changed places": [
      () => {
        const [a, b] = ["manifests/00000001.json", "manifests/00000002.json"].map((name) => path.join(folder, name));
        fs.renameSync(a!, `${a}x`);
        fs.renameSync(b!, a!);
        fs.renameSync(`${a}x`, b!);
      },
      /chain/,
    ],
  };
  const flip = (file: string): void => {
    const bytes = fs.readFileSync(path.join(folder, file));
    bytes[bytes.length >> 1]! ^= 1;
    fs.writeFileSync(path.join(folder, file), bytes);
  };

  test.each(Object.keys(damage))("%s", async (name) => {
    const store = folderStore(folder);
    for (let n = 0; n < 3; n++) await added(store, [rowOf(eventOf(n))]);
    expect(await verified()).toEqual([]);
    damage[name]![0]();
    expect((await verified()).join("\n")).toMatch(damage[name]![1]);
  });

  test("a part that was replaced together with its manifest's digest", async () => {
    const store = folderStore(folder);
    const row = rowOf(eventOf(1));
    await added(store, [{ ...row, json: JSON.stringify(handled(row.event)), event: handled(row.event) }]);
    expect((await verified()).join()).toMatch(/a state is not its event's/);
  });
});

test.each([false, true])(
  "stopped at any operation it is what it was before or after (part of a write: %s)",
  async (partly) => {
    const events = Array.from({ length: 3 }, (_, n) => eventOf(n * 30));
    const change = [rowOf(handled(events[0]!)), rowOf(eventOf(100)), rowOf(eventOf(10))];
    const before = [...events].reverse();
    const after = [eventOf(100), ...[...events].reverse().slice(0, 2), eventOf(10), handled(events[0]!)];
    let operations = Infinity;
    let befores = 0;
    const base = `${folder}-base`;
    await added(
      folderStore(base),
      events.map((event) => rowOf(event)),
    );
    for (let n = 1; n <= operations; n++) {
      fs.rmSync(folder, { recursive: true });
      fs.cpSync(base, folder, { recursive: true });
      const { io, count } = failingFrom(n, partly);
      await added(folderStore(folder, io), change, [rowOf(events[1]!).key]).then(
        () => (operations = count()),
        (error: Error) => expect(error.message).toMatch(/^archive .*no space is left/),
      );
      // verified as it lies, and then as the next one who opens it leaves it
      expect(await verified()).toEqual([]);
      const read = await eventsOf(folderStore(folder));
      if (read.length === before.length) befores++;
      expect(read).toEqual(read.length === before.length ? before : after);
      expect(await verified()).toEqual([]);
      const parts = filesIn(folder).filter((file) => file.endsWith(".parquet") && !file.startsWith(".staging"));
      expect(parts).toHaveLength(read.length === before.length ? 3 : 6);
      if (n % 9 !== 0) continue;
      await added(folderStore(folder), [rowOf(eventOf(200))]);
      expect((await eventsOf(folderStore(folder)))[0]).toEqual(eventOf(200));
      expect(await verified()).toEqual([]);
    }
    fs.rmSync(base, { recursive: true });
    expect(operations).toBeGreaterThan(40);
    expect(befores).toBeGreaterThan(20);
  },
);
