import * as fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { syncArchive, type SyncOptions } from "../../../provider/archive/sync.js";
import { verifyArchive } from "../../../provider/archive/verify.js";
import { eventsOf, folderStore, unique } from "../../support/archive.js";
import { HssWorld } from "../../support/hssWorld.js";

const dayMs = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 5, 1);

let folder: string;
let warnings: string[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), "archive-"));
  warnings = [];
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** So many events over the last 30 days. */
function worldOf(count: number): HssWorld {
  const world = new HssWorld(start);
  for (let n = 0; n < count; n++) world.add(`event-${n}`, start - 1000 - Math.floor((n * 29.9 * dayMs) / count));
  return world;
}

const sync = (world: HssWorld, more: Partial<SyncOptions> = {}) =>
  syncArchive({
    ...{ store: folderStore(folder), reader: world.reader, query: { filter: {} }, unique },
    log: { warn: (message: string) => void warnings.push(message) },
    ...more,
  });

const verified = async () => (await verifyArchive(folderStore(folder))).checks.filter(({ ok }) => !ok);

const asScoped = () => eventsOf(folderStore(folder), undefined, { region: "r", project: "project-1" });

test("costs few requests: the first 24 to 31, a quiet one 5, a day's 8", async () => {
  const world = worldOf(4715);
  const first = await sync(world);
  expect(first).toMatchObject({ kind: "full", whole: true, added: { events: 4715 } });
  expect(world.requests).toBeGreaterThanOrEqual(24);
  expect(world.requests).toBeLessThanOrEqual(31);

  world.requests = 0;
  expect(await sync(world)).toMatchObject({ kind: "incremental", whole: true, added: { events: 0, states: 0 } });
  expect(world.requests).toBeLessThanOrEqual(5);

  world.now += dayMs;
  for (let n = 0; n < 200; n++) world.add(`new-${n}`, world.now - n * 400_000);
  world.requests = 0;
  expect(await sync(world)).toMatchObject({ kind: "incremental", whole: true, added: { events: 200 } });
  expect(world.requests).toBeLessThanOrEqual(8);

  world.now += dayMs;
  for (let n = 0; n < 150; n++) world.add(`later-${n}`, world.now - n * 500_000);
  for (const event of world.events.slice(0, 4000).filter((_, n) => n % 200 === 7))
    world.handle(event, "handled", "mark_as_trust");
  world.requests = 0;
  expect(await sync(world)).toMatchObject({ kind: "incremental", whole: true, added: { events: 150, states: 20 } });
  expect(world.requests).toBeLessThanOrEqual(10);
  expect(await verified()).toEqual([]);
  expect(await asScoped()).toHaveLength(4715 + 350);
});

describe("what does not agree is read again in full", () => {
  test.each<[string, (world: HssWorld) => void, object]>([
    ["a late event", (world) => world.add("late", world.now - 20 * dayMs, world.now), { events: 1 }],
    ["an event that was removed", (world) => (world.events[2000]!.removedAt = world.now), { gone: 1 }],
    [
      "one removed and a late one far from it",
      (world) => {
        world.events[2900]!.removedAt = world.now;
        world.add("late", world.now - 1000, world.now);
      },
      { gone: 1, events: 1 },
    ],
  ])("%s", async (_, change, added) => {
    const world = worldOf(3000);
    await sync(world);
    world.now += 3_600_000;
    change(world);
    expect(await sync(world)).toMatchObject({ kind: "full", whole: true, added });
    expect(await verified()).toEqual([]);
  });

  test("what cancels out is seen within a week", async () => {
    const world = worldOf(3000);
    await sync(world);
    world.now += 3_600_000;
    const removed = world.events[500]!;
    removed.removedAt = world.now;
    world.add("late", removed.occurTime + 1, world.now);
    let days = 0;
    for (; days < 9 && !(await asScoped()).some(({ eventId }) => eventId === "late"); days++) {
      world.now += dayMs;
      await sync(world);
    }
    expect(days).toBeGreaterThan(0);
    expect(days).toBeLessThanOrEqual(8);
  });
});

test("each state of an event is kept, with when it was seen", async () => {
  const world = worldOf(10);
  await sync(world);
  for (const [status, method] of [
    ["handled", "mark_as_trust"],
    ["handled", "isolate_and_kill"],
    ["unhandled"],
  ] as const) {
    world.now += dayMs;
    world.handle(world.events[3]!, status, method);
    expect(await sync(world)).toMatchObject({ added: { events: 0, states: 1 } });
  }
  expect((await asScoped()).find(({ eventId }) => eventId === "event-3")).toMatchObject({ handleStatus: "unhandled" });
});

test("what comes back is shown again, without another row", async () => {
  const world = worldOf(10);
  await sync(world);
  const event = world.events[3]!;
  event.removedAt = world.now;
  expect(await sync(world)).toMatchObject({ added: { gone: 1 } });
  event.removedAt = Infinity;
  expect(await sync(world)).toMatchObject({ added: { gone: 0, back: 1, events: 0, states: 0 } });
  expect(await sync(world)).toMatchObject({ added: { gone: 0, back: 0 } });
});

test("a month without a sync is a gap, and told", async () => {
  const world = worldOf(10);
  const first = await sync(world);
  world.now += 40 * dayMs;
  world.add("after", world.now - 1000);
  const second = await sync(world);
  expect(second.coverage.spans).toEqual([
    [first.readAt - 30 * dayMs, first.readAt],
    [second.readAt - 30 * dayMs, second.readAt],
  ]);
  world.now += 5 * dayMs;
  const third = await sync(world);
  expect(third.coverage.spans).toHaveLength(2);
  expect(third.coverage.spans[1]![1]).toBe(third.readAt);
});

test("a read that is not whole adds, covers nothing, and says so", async () => {
  const world = worldOf(900);
  const { reader } = world;
  async function* doubtful(...asked: Parameters<typeof reader.stream>): ReturnType<typeof reader.stream> {
    return { ...(yield* reader.stream(...asked)), complete: false, doubts: ["the list moved"] };
  }
  const report = await sync(world, { reader: { ...reader, stream: doubtful } });
  expect(report.whole).toBe(false);
  expect(report.doubts).toEqual(["the list moved"]);
  expect(report.coverage.spans).toEqual([]);
  expect(report.added.events).toBeGreaterThan(0);
  expect(await sync(world)).toMatchObject({ whole: true, kind: "full" });
  expect(await asScoped()).toHaveLength(900);
});

test.each(["edited", "missing"])(
  "a part that is %s is told, moved away, and its events are added again",
  async (how) => {
    const world = worldOf(40);
    await sync(world);
    const part = (fs.readdirSync(folder, { recursive: true }) as string[]).filter((file) =>
      file.endsWith(".parquet"),
    )[5]!;
    if (how === "missing") fs.rmSync(path.join(folder, part));
    else fs.appendFileSync(path.join(folder, part), "x");
    world.now += 3_600_000;
    const report = await sync(world);
    expect(report).toMatchObject({ kind: "full", whole: true, damaged: [part], added: { gone: 0, states: 0 } });
    expect(report.added.events).toBeGreaterThan(0);
    expect(warnings.join()).toContain(part);
    expect(await asScoped()).toHaveLength(40);
    warnings = [];
    expect(await sync(world)).toMatchObject({ damaged: [], added: { events: 0 } });
    expect(warnings).toEqual([]);
    // the evidence was lost, and that stays to be seen
    expect((await verified()).map(({ name }) => name)).toEqual(["files"]);
  },
);

test("of two syncs at once nothing is lost or doubled", async () => {
  const world = worldOf(60);
  await sync(world);
  for (let n = 0; n < 30; n++) world.add(`new-${n}`, world.now - n * 1000);
  const reports = await Promise.all([sync(world), sync(world), sync(world)]);
  expect(reports.map(({ added }) => added.events).sort()).toEqual([0, 0, 30]);
  expect(new Set(reports.map(({ sequence }) => sequence)).size).toBe(3);
  expect(await asScoped()).toHaveLength(90);
  expect(await verified()).toEqual([]);
});
