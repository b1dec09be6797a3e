import type { Emulator, EmulatorOptions, EventSource } from "../../emulator/index.js";
import { idsOf, listedIds, Opened, type ReadResult } from "../support/session.js";

const opened = new Opened();
afterEach(() => opened.close());

const days = 86_400_000;
const count = 4715;

interface Drift {
  /** After every second request, on the `turn`th occasion. `ids` are those listed at the start, newest first. */
  change(emulator: Emulator, turn: number, ids: readonly string[]): Promise<unknown> | undefined;
  /** Which of the ids listed at the start are gone by then. */
  gone?(turn: number, ids: readonly string[]): readonly string[];
  readonly args?: Readonly<Record<string, unknown>>;
  readonly order?: EmulatorOptions["order"];
}

async function readWhileItChanges({ change, gone = () => [], args = {}, order }: Drift) {
  let running = false;
  let requests = 0;
  let turns = 0;
  let ids: readonly string[] = [];
  const inserted = new Set<string>();
  const removed = new Set<string>();
  const changing: Promise<unknown>[] = [];
  const drifting: { emulator?: Emulator } = {};
  const faults = () => {
    if (running && ++requests % 2 === 0 && drifting.emulator) {
      for (const id of gone(turns, ids)) removed.add(id);
      changing.push(Promise.resolve(change(drifting.emulator, turns++, ids)));
    }
    return undefined;
  };
  const emulator = (drifting.emulator = await opened.emulator({ events: count, latencyMs: 2, faults, order }));
  const { insert } = emulator;
  emulator.insert = (...given) => {
    const added = insert.apply(emulator, given);
    for (const event of added) inserted.add(String(event.event_id));
    return added;
  };
  const status = args.handleStatus === undefined ? "" : `&handle_status=${String(args.handleStatus)}`;
  ids = await listedIds(emulator, `last_days=30${status}`);
  if (order === "oldest") ids = [...ids].reverse();
  const host = opened.host(emulator);
  running = true;
  const result = await host.read(args);
  running = false;
  await Promise.all(changing);
  expect(turns).toBeGreaterThanOrEqual(6);
  judge(result, ids, inserted, removed);
  return { result, turns, removed, inserted };
}

/** No event twice, none invented, none lost that was there throughout. */
function judge(result: ReadResult, ids: readonly string[], inserted: Set<string>, removed: Set<string>): void {
  const read = idsOf(result);
  const found = new Set(read);
  expect(found.size).toBe(read.length);
  const known = new Set([...ids, ...inserted]);
  expect(read.filter((id) => !known.has(id))).toEqual([]);
  // the oldest may leave the last 30 days while the test runs
  expect(ids.slice(0, -1).filter((id) => !found.has(id) && !removed.has(id))).toEqual([]);
  expect(result.complete).toBe(true);
}

describe.each(["newest", "oldest"] as const)("the list changes after every second request, %s first", (order) => {
  test("events arrive", async () => {
    const { inserted } = await readWhileItChanges({ order, change: (emulator) => void emulator.insert(7) });
    expect(inserted.size).toBeGreaterThanOrEqual(42);
  });

  test("events arrive late, in the middle of what was read", async () => {
    await readWhileItChanges({
      order,
      change: (emulator, turn) => void emulator.insert(5, Date.now() - (turn % 29) * days - 3_600_000),
    });
  });

  test("the newest vanish", async () => {
    const gone = (turn: number, ids: readonly string[]) => ids.slice(turn * 3, turn * 3 + 3);
    await readWhileItChanges({ order, gone, change: (emulator, turn, ids) => emulator.remove(gone(turn, ids)) });
  });

  test("some vanish wherever they stand", async () => {
    const gone = (turn: number, ids: readonly string[]) =>
      [0, 1, 2, 3].map((i) => ids[(turn * 397 + i * 1171) % ids.length] ?? "");
    await readWhileItChanges({ order, gone, change: (emulator, turn, ids) => emulator.remove(gone(turn, ids)) });
  });

  test("unhandled ones are read while they are handled", async () => {
    const gone = (turn: number, ids: readonly string[]) => ids.slice(turn * 11, turn * 11 + 11);
    await readWhileItChanges({
      order,
      gone,
      args: { handleStatus: "unhandled" },
      change: (emulator, turn, ids) => emulator.handle(gone(turn, ids)),
    });
  });

  test("all of it at once", async () => {
    const gone = (turn: number, ids: readonly string[]) => ids.slice(turn * 20, turn * 20 + 10);
    await readWhileItChanges({
      order,
      gone,
      args: { handleStatus: "unhandled" },
      change: async (emulator, turn, ids) => {
        emulator.insert(6);
        emulator.insert(2, Date.now() - (turn % 20) * days - 1000);
        await emulator.remove(gone(turn, ids).slice(0, 5));
        await emulator.handle(gone(turn, ids).slice(5));
      },
    });
  });
});

describe("by begin and end", () => {
  const now = () => fixed;
  // on a whole second, so that 30 days are 15 windows
  const fixed = Math.floor(Date.now() / 1000) * 1000;
  const at = (ms: number) => new Date(ms).toISOString();

  test("30 days from a service that refuses more than two: whole, each once", async () => {
    const emulator = await opened.emulator({ events: count, now });
    const ids = (await listedIds(emulator)).sort();
    const host = opened.host(emulator);
    emulator.requests.length = 0;
    const result = await host.read({ beginTime: at(fixed - 30 * days), endTime: at(fixed) });
    expect(idsOf(result)).toEqual(ids);
    expect(result).toMatchObject({ complete: true, totalNum: count, reading: { windows: 15, retries: 0 } });
    expect(emulator.stats.byStatus).toEqual({ 200: emulator.stats.requests });
    for (const { query } of emulator.requests) {
      const parameters = new URLSearchParams(query);
      expect(Number(parameters.get("end_time")) - Number(parameters.get("begin_time"))).toBeLessThanOrEqual(172_800);
    }
  });

  test("events on the second that two windows share come once", async () => {
    const end = Math.floor(fixed / 1000) * 1000;
    const shared = end - 2 * days;
    const dataset = [0, 1, 2].flatMap((i) => [
      { event_id: `late-${i}`, occur_time: shared + 1000 + i },
      { event_id: `shared-${i}`, occur_time: shared },
      { event_id: `early-${i}`, occur_time: shared - 1000 - i },
    ]);
    const emulator = await opened.emulator({ dataset, order: "newest", now });
    const result = await opened.host(emulator).read({ beginTime: at(end - 4 * days), endTime: at(end) });
    expect(idsOf(result)).toEqual(dataset.map((event) => event.event_id).sort());
    expect(result).toMatchObject({ complete: true, totalNum: 9, reading: { windows: 2 } });
  });

  test("events arrive and vanish after every second request", async () => {
    let requests = 0;
    const removed = new Set<string>();
    const drifting: { emulator?: Emulator; ids: readonly string[] } = { ids: [] };
    const faults = () => {
      const { emulator, ids } = drifting;
      if (!emulator || ids.length === 0 || ++requests % 2 !== 0) return undefined;
      emulator.insert(3, fixed - ((requests * 7) % 29) * days - 5000);
      const going = [ids[(requests * 131) % ids.length] ?? ""];
      for (const id of going) removed.add(id);
      void emulator.remove(going);
      return undefined;
    };
    const emulator = (drifting.emulator = await opened.emulator({ events: count, now, faults, latencyMs: 2 }));
    const ids = (drifting.ids = await listedIds(emulator));
    requests = 0;
    const result = await opened.host(emulator).read({ beginTime: at(fixed - 30 * days), endTime: at(fixed) });
    const read = idsOf(result);
    const found = new Set(read);
    expect(found.size).toBe(read.length);
    expect(ids.filter((id) => !found.has(id) && !removed.has(id))).toEqual([]);
    expect(result.complete).toBe(true);
  });
});

test("a list that moves faster than it can be read is an error, or told", async () => {
  let moved = 0;
  const dataset: EventSource = {
    total: () => 5000,
    page: (_query, offset, limit) => {
      moved += 20_000;
      const row = (i: number) => ({ event_id: `event-${offset + i - moved}`, occur_time: Date.now() - 60_000 });
      return Array.from({ length: Math.max(0, Math.min(limit, 5000 - offset)) }, (_, i) => row(i));
    },
  };
  const host = opened.host(await opened.emulator({ dataset }));
  await expect(host.read({})).rejects.toMatchObject({
    code: "HSS_INCOMPLETE",
    message: expect.stringMatching(
      /could not be shown to be whole: .*; read again, narrow the query, or .* getAppWhitelistEvents with requireComplete/,
    ) as string,
  });
  expect((await host.read({ requireComplete: false })).complete).toBe(false);
});
