import type { TimestampUnit } from "../../../provider/hss/request.js";
import { TimeUnit } from "../../../provider/reading/timeUnit.js";
import { readWhole, runOf } from "../../support/readRun.js";

// A service of one list, which takes the ends of a span in one unit, or does not follow them.
const now = Date.parse("2026-06-15T12:00:00Z");
const day = 86_400_000;

interface Service {
  readonly takes: TimestampUnit | "nothing" | "everything";
  /** Ages of the events in days. */
  readonly ages: readonly number[];
}

function world({ takes, ages }: Service, unit: TimestampUnit = "seconds") {
  const items = ages.map((age, n) => ({ event_id: `e${n}`, occur_time: now - age * day }));
  const warnings: string[] = [];
  let requests = 0;
  const timeUnit = new TimeUnit(unit, { warn: (line) => void warnings.push(line) });
  let asked: TimestampUnit = unit;
  const run = runOf(
    (time, offset, limit) => {
      requests++;
      const isShown = (at: number): boolean => {
        if ("lastDays" in time) return at > now - time.lastDays * day;
        if (takes === "nothing") return false;
        if (takes === "everything") return true;
        const scale = asked === takes ? 1 : takes === "seconds" ? 1000 : 0.001;
        const [begin, end] = [time.beginSecond * 1000 * scale, time.endSecond * 1000 * scale];
        return at >= begin && at <= end;
      };
      const list = items.filter(({ occur_time }) => isShown(occur_time));
      return { totalNum: list.length, items: list.slice(offset, offset + limit) };
    },
    { now: () => now, width: 1 },
  );
  const inUnit: typeof run = {
    ...run,
    timeUnit,
    get rows() {
      return run.rows;
    },
    fetchPage(time, range, options) {
      asked = options?.unit ?? timeUnit.current;
      return run.fetchPage(time, range, options);
    },
  };
  const read = (from: number, to: number) => readWhole(inUnit, { begin: now - from * day, end: now - to * day });
  return { read, warnings, timeUnit, requests: () => requests };
}

const ages = [0.5, 1.25, 3, 3.5, 9];

describe.each<[TimestampUnit, TimestampUnit]>([
  ["seconds", "milliseconds"],
  ["milliseconds", "seconds"],
])("asked in %s a service that takes %s", (unit, takes) => {
  test("is found out, told once, and asked in its own unit", async () => {
    const it = world({ takes, ages }, unit);
    const first = await it.read(10, 0);
    expect(first.complete).toBe(true);
    expect(first.events).toHaveLength(ages.length);
    expect(it.warnings).toEqual([expect.stringMatching(`in ${takes}, not in ${unit}.*timestampUnit to ${takes}`)]);
    const before = it.requests();
    expect((await it.read(10, 0)).events).toHaveLength(ages.length);
    expect(it.requests() - before).toBeLessThanOrEqual(12);
    expect(it.warnings).toHaveLength(1);
  });

  test("and a span that is really empty is empty", async () => {
    const it = world({ takes, ages }, unit);
    const { complete, events } = await it.read(8, 5);
    expect({ complete, events }).toEqual({ complete: true, events: [] });
    expect(it.timeUnit.current).toBe(takes);
  });
});

test("the right unit: an empty span costs three requests more, once", async () => {
  const it = world({ takes: "seconds", ages });
  expect(await it.read(8, 7)).toMatchObject({ complete: true, events: [] });
  const first = it.requests();
  expect(await it.read(8, 7)).toMatchObject({ complete: true, events: [] });
  expect(first - (it.requests() - first)).toBe(2);
  expect(it.warnings).toEqual([]);
});

test("a span that is not empty is not checked", async () => {
  const it = world({ takes: "seconds", ages });
  expect((await it.read(2, 0)).events).toHaveLength(2);
  expect(it.requests()).toBeLessThanOrEqual(4);
});

test("no event in the last 30 days: an empty span is all there is to know", async () => {
  const it = world({ takes: "milliseconds", ages: [] });
  expect(await it.read(3, 1)).toMatchObject({ complete: true, events: [] });
});

test("a service that shows no event by its time is no complete read", async () => {
  const it = world({ takes: "nothing", ages });
  const { complete, report } = await it.read(3, 1);
  expect(complete).toBe(false);
  expect(report.doubts.join()).toMatch(/asked for by its time/);
});

test("events outside of the span lead to the same check", async () => {
  const it = world({ takes: "everything", ages });
  const { events } = await it.read(2, 1);
  expect(events.length).toBeGreaterThan(0);
  expect(it.warnings).toEqual([]);
});
