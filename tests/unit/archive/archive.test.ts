import { execFileSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Archive } from "../../../provider/archive/archive.js";
import { FolderStore } from "../../../provider/archive/folderStore.js";
import { manifestText, readManifest, type Manifest } from "../../../provider/archive/manifest.js";
import { envelopeOf } from "../../../provider/archive/dsse.js";
import { verifyArchive } from "../../../provider/archive/verify.js";
import type { EventRecord } from "../../../provider/hss/event.js";
import { sha256 } from "../../../provider/sha256.js";
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

  const rewritten = async (change: (manifest: Manifest) => void, sequence = 3): Promise<string> => {
    const file = path.join(folder, `manifests/0000000${sequence}.json`);
    const manifest = readManifest(fs.readFileSync(file, "utf8"))!;
    change(manifest);
    fs.writeFileSync(file, manifestText(manifest));
    return (await verified()).join("\n");
  };
  const forged: Record<string, [change: (manifest: Manifest) => void, found: RegExp]> = {
    "more rows": [({ files }) => void (files[0]!.rows += 1), /counts: .*files: .*has 1 rows/s],
    "another day": [
      ({ files: [file] }) => {
        const moved = file!.path.replace(/eventDay=\d+/, "eventDay=20200101");
        fs.mkdirSync(path.dirname(path.join(folder, moved)));
        fs.renameSync(path.join(folder, file!.path), path.join(folder, moved));
        file!.path = moved;
      },
      /files: .*an event of another day/,
    ],
    "another project": [({ sync }) => void (sync.scope.project = "project-2"), /not at the place/],
    "another time": [
      (manifest) => void (manifest.files[0]!.readAt = manifest.sync.readAt = 5),
      /files: .*seen at another time/,
    ],
    "a file of another sync": [
      (manifest) => void manifest.files.push(manifestOf(1).files[0]!),
      /counts: .*which is named before.*files: .*not at the place/s,
    ],
    "a part without rows in it": [
      ({ files: [file] }) => {
        const bytes = Buffer.from("PAR1PAR1");
        fs.writeFileSync(path.join(folder, file!.path), bytes);
        Object.assign(file!, { sha256: sha256(bytes), size: bytes.length });
      },
      /files: .*can't be read/,
    ],
  };
  const manifestOf = (sequence: number) =>
    readManifest(fs.readFileSync(path.join(folder, `manifests/0000000${sequence}.json`), "utf8"))!;

  test.each(Object.keys(forged))("a newest manifest that was forged: %s", async (name) => {
    const store = folderStore(folder);
    for (let n = 0; n < 3; n++) await added(store, [rowOf(eventOf(n))]);
    const [change, found] = forged[name]!;
    expect(await rewritten(change)).toMatch(found);
  });

  test("signatures: one by another key, one that is missing, one of another manifest", async () => {
    const [ours, other] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
    const store = folderStore(folder);
    for (let n = 0; n < 3; n++) {
      const draft = (await Archive.open(store, unique)).draft(scope);
      await draft.add(rowOf(eventOf(n)));
      await draft.commit(syncOf(1), [], (manifest) => Promise.resolve(envelopeOf(manifest, ours.privateKey)));
    }
    const checked = async (key: KeyObject) =>
      (await verifyArchive(store, key)).checks.filter(({ ok }) => !ok).map(({ name, text }) => `${name}: ${text}`);
    expect(await checked(ours.publicKey)).toEqual([]);
    expect((await checked(other.publicKey)).join()).toMatch(/signatures: .*not signed by this key/);
    const [first, second] = [1, 2].map((n) => path.join(folder, `manifests/0000000${n}.dsse.json`));
    fs.copyFileSync(first!, second!);
    expect((await checked(ours.publicKey)).join()).toMatch(/signatures: .*2.dsse.json is not an envelope of its manif/);
    fs.rmSync(second!);
    expect((await checked(ours.publicKey)).join()).toMatch(/signatures: .*2.dsse.json is missing/);
  });

  test("the newest manifest taken off: by what it added, or else only by its digest kept elsewhere", async () => {
    const store = folderStore(folder);
    for (let n = 0; n < 3; n++) await added(store, [rowOf(eventOf(n))]);
    const { head } = await verifyArchive(store);
    fs.rmSync(path.join(folder, "manifests/00000003.json"));
    expect((await verified()).join()).toMatch(/strangers: .*part-00000003-00.parquet is in no manifest/);
    for (const file of filesIn(folder)) if (file.includes("part-00000003")) fs.rmSync(path.join(folder, file));
    const now = await verifyArchive(store);
    expect(now.ok).toBe(true);
    expect(now.head).not.toEqual(head);
  });

  test("a part that was replaced together with its manifest's digest", async () => {
    const store = folderStore(folder);
    const row = rowOf(eventOf(1));
    await added(store, [{ ...row, json: JSON.stringify(handled(row.event)), event: handled(row.event) }]);
    expect((await verified()).join()).toMatch(/a state that is not its event's/);
  });
});

test("a copy that can't be written is read and verified as it is, also what still waits in staging", async () => {
  const store = folderStore(folder);
  await added(store, [rowOf(eventOf(1))]);
  const draft = (await Archive.open(store, unique)).draft(scope);
  await draft.add(rowOf(eventOf(40)));
  jest.spyOn(store, "publish").mockRejectedValue(new Error("can't move it (EROFS)"));
  await expect(draft.commit(syncOf(1), [])).rejects.toThrow(/can't move .*EROFS/);
  jest.restoreAllMocks();
  const before = filesIn(folder);
  expect(before.filter((file) => file.startsWith(".staging"))).toHaveLength(1);

  const refuse = () => Promise.reject(Object.assign(new Error("read-only"), { code: "EROFS" }));
  const writes = { link: refuse, mkdir: refuse, rename: refuse, rm: refuse, unlink: refuse };
  const copy = new FolderStore(folder, { ...fs.promises, ...writes } as never, unique);
  expect((await eventsOf(copy)).map(({ eventId }) => eventId)).toEqual(["event-40", "event-1"]);
  expect((await (await Archive.open(copy, unique)).known(scope, 0)).damaged).toEqual([]);
  expect((await verifyArchive(copy)).checks.find(({ name }) => name === "files")).toMatchObject({
    ...{ ok: true, text: expect.stringContaining("1 file of a sync that was stopped") as string },
  });
  expect((await verifyArchive(copy)).ok).toBe(true);
  const archive = await Archive.open(copy, unique);
  expect(() => archive.draft(scope)).toThrow(/EROFS/);
  expect(filesIn(folder)).toEqual(before);

  expect(await eventsOf(store)).toHaveLength(2);
  expect(filesIn(folder).filter((file) => file.startsWith(".staging"))).toEqual([]);
});

test("a file system without hard links: one of two is first, and a sync that was stopped there leaves what was", async () => {
  const link = () => Promise.reject(Object.assign(new Error("no links"), { code: "EPERM" }));
  const store = new FolderStore(folder, { ...fs.promises, link }, unique);
  await added(store, [rowOf(eventOf(1))]);
  const drafts = await Promise.all(
    [2, 3].map(async (n) => {
      const draft = (await Archive.open(store, unique)).draft(scope);
      await draft.add(rowOf(eventOf(n)));
      return draft;
    }),
  );
  const committed = await Promise.all(drafts.map((draft) => draft.commit(syncOf(1), [])));
  expect(committed.filter(Boolean)).toHaveLength(1);
  fs.writeFileSync(path.join(folder, "manifests/00000003.json"), "");
  expect(await eventsOf(store)).toHaveLength(2);
  expect(await verified()).toEqual([]);
  expect(await added(store, [rowOf(eventOf(4))])).toBeUndefined();
});

test("what is no file is refused, and a folder that can't be made", async () => {
  const store = folderStore(folder);
  await added(store, [rowOf(eventOf(1))]);
  const part = path.join(folder, filesIn(folder)[0]!);
  fs.rmSync(part);
  execFileSync("mkfifo", [part]);
  await expect(eventsOf(store)).rejects.toThrow(/can't read .*it is not a file/);
  expect((await verified()).join()).toMatch(/files: .*it is not a file/);
  await expect(added(folderStore("/proc/none/archive"), [rowOf(eventOf(1))])).rejects.toThrow(/^archive .proc.*ENOENT/);
});

test("events of megabytes are written and read in pieces", async () => {
  const store = folderStore(folder);
  const events = Array.from({ length: 20 }, (_, n) =>
    eventOf(0, { eventId: `large-${n}`, eventName: "x".repeat(3 << 20) }),
  );
  await added(
    store,
    events.map((event) => rowOf(event)),
  );
  expect(await eventsOf(store)).toHaveLength(20);
  expect(await verified()).toEqual([]);
}, 60_000);

test("another project's clock does not hide what is known", async () => {
  const store = folderStore(folder);
  await added(store, [rowOf(eventOf(1))], [], start + 100 * day);
  const draft = (await Archive.open(store, unique)).draft({ ...scope, project: "other" });
  await draft.commit({ ...syncOf(0, start - 900 * day), scope: { ...scope, project: "other" } }, []);
  const { known } = await (await Archive.open(store, unique)).known(scope, start);
  expect(known.size).toBe(1);
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
