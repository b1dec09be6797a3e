import * as fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { partRows } from "../../../provider/archive/parts.js";
import { syncArchive, type SyncReport } from "../../../provider/archive/sync.js";
import { verifyArchive } from "../../../provider/archive/verify.js";
import { failingFrom, folderStore, unique } from "../../support/archive.js";
import { HssWorld, stateAt, type WorldEvent } from "../../support/hssWorld.js";

/**
 * Ninety days of a service whose events arrive, also late, are handled, removed and recur, with a sync each day that fails or is
 * killed at times. The books beside it know what each whole sync was shown. `ARCHIVE_RUNS` for more runs.
 */
const runs = Number(process.env["ARCHIVE_RUNS"] ?? 1);
const firstSeed = Number(process.env["ARCHIVE_SEED"] ?? 1);
const dayMs = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 1);

/** Marsaglia's xorshift: the same run for the same seed. */
function drawsOf(seed: number) {
  let x = seed * 2654435761 + 1;
  const draw = (): number => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
  for (let n = 0; n < 20; n++) draw();
  return {
    chance: (share: number) => draw() < share,
    below: (most: number) => Math.floor(draw() * most),
    of: <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T,
  };
}

const nameOf = ({ id, occurTime }: WorldEvent): string => `${id} at ${occurTime}`;
const stateText = (status: unknown, method: unknown, time: unknown): string =>
  method === undefined ? String(status) : `${String(status)} ${String(method)} ${String(time)}`;

/** What the parts of an archive hold: of each event its states in the order of their times. */
async function rowsIn(folder: string): Promise<Map<string, string[]>> {
  const files = (fs.readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith(".parquet"));
  const rows: { name: string; state: string; seenAt: number; file: string }[] = [];
  for (const file of files) {
    for await (const { event, seenAt } of partRows(fs.readFileSync(path.join(folder, file)))) {
      const name = `${event.eventId ?? ""} at ${event.occurTime ?? ""}`;
      rows.push({
        name,
        state: stateText(event.handleStatus, event.handleMethod, event.handleTime),
        seenAt,
        file: path.basename(file),
      });
    }
  }
  rows.sort((a, b) => a.seenAt - b.seenAt || (a.file < b.file ? -1 : 1));
  const states = new Map<string, string[]>();
  for (const { name, state } of rows) states.set(name, [...(states.get(name) ?? []), state]);
  return states;
}

async function simulate(seed: number) {
  const { chance, below, of } = drawsOf(seed);
  const folder = fs.mkdtempSync(path.join(tmpdir(), "archive-sim-"));
  const world = new HssWorld(start);
  const perDay = of([2, 6, 14]);
  /** What every whole sync was shown, and must be here; what was shown at any time, and may. */
  const must = new Set<string>();
  const may = new Set<string>();
  const counted = { syncs: 0, whole: 0, incremental: 0, failed: 0 };
  let serial = 0;
  const note = (event: WorldEvent) =>
    event.states.forEach(({ status, method, from }) => may.add(`${nameOf(event)}: ${stateText(status, method, from)}`));

  const live = () => {
    for (let n = below(2 * perDay); n > 0; n--) {
      const occurTime = world.now - below(dayMs);
      const lateMs = chance(0.1) ? below(20 * dayMs) : 0;
      note(world.add(`event-${serial++}`, occurTime, occurTime + lateMs));
    }
    const shown = world.shownAt(world.now);
    for (const event of shown.filter(() => chance(0.02))) {
      const now = stateAt(event, world.now).status;
      world.handle(
        event,
        now === "handled" && chance(0.3) ? "unhandled" : "handled",
        of(["mark_as_trust", "isolate_and_kill"]),
      );
      note(event);
    }
    for (const event of shown.filter(() => chance(0.005))) event.removedAt = world.now;
    // it recurs: the old one is shown no longer
    for (const event of shown.filter(() => chance(0.003))) {
      event.removedAt = world.now;
      note(world.add(event.id, world.now - 1));
    }
  };

  const sync = async (): Promise<SyncReport | undefined> => {
    counted.syncs++;
    const [failAt, killAt] = [chance(0.08) ? below(30) : Infinity, chance(0.1) ? below(120) : Infinity];
    let asked = 0;
    world.fault = () => (++asked > failAt ? "refused" : chance(0.01) ? "late" : "none");
    const { io } = failingFrom(killAt, chance(0.5));
    const store = folderStore(folder, io);
    const log = { warn: (message: string) => expect(message).toBe("") };
    try {
      return await syncArchive({ store, reader: world.reader, query: { filter: {} }, log, unique });
    } catch (error) {
      expect(String(error)).toMatch(/503|no space is left/);
      counted.failed++;
      return undefined;
    }
  };

  try {
    for (let day = 0; day < 90; day++) {
      world.now = start + day * dayMs + below(dayMs / 4);
      live();
      if (chance(0.04)) continue;
      const before = new Map(world.shownAt(world.now).map((event) => [event, stateAt(event, world.now)]));
      const report = await sync();
      if (!report?.whole) continue;
      counted.whole++;
      if (report.kind === "incremental") counted.incremental++;
      // what an incremental sync can't see is seen by the next full one
      else
        for (const event of world.shownAt(world.now)) {
          const state = stateAt(event, world.now);
          if (before.get(event) === state)
            must.add(`${nameOf(event)}: ${stateText(state.status, state.method, state.from)}`);
        }
      world.forget(world.now - 40 * dayMs);
    }
    world.fault = () => "none";
    // the next one of ours settles what was stopped
    await syncArchive({
      ...{ store: folderStore(folder), reader: world.reader, query: { filter: {} }, unique, full: true },
      log: { warn: () => undefined },
    });
    const rows = await rowsIn(folder);
    const here = new Set([...rows].flatMap(([name, states]) => states.map((state) => `${name}: ${state}`)));
    const { checks } = await verifyArchive(folderStore(folder));
    return {
      missing: [...must].filter((one) => !here.has(one)),
      invented: [...here].filter((one) => !may.has(one)),
      twice: [...rows].filter(([, states]) => states.some((state, at) => at > 0 && state === states[at - 1])),
      broken: checks.filter(({ ok }) => !ok),
      counted,
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

test(
  `${runs} times ninety days with faults and kills: every state that a whole sync was shown, once`,
  async () => {
    const total = { syncs: 0, whole: 0, incremental: 0, failed: 0 };
    for (let run = 0; run < runs; run++) {
      const { counted, ...found } = await simulate(firstSeed + run);
      expect({ seed: firstSeed + run, ...found }).toEqual({
        ...{ seed: firstSeed + run, missing: [], invented: [], twice: [], broken: [] },
      });
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += counted[name];
    }
    if (runs > 1) console.info(JSON.stringify(total));
    expect(total.whole).toBeGreaterThan(0.7 * total.syncs);
    expect(total.failed).toBeGreaterThan(0);
  },
  600_000 * runs,
);
