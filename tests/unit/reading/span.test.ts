import fc from "fast-check";
import type { EventRecord } from "../../../provider/hss/event.js";
import { readEvents, type ReadContext, type ReadReport } from "../../../provider/reading/span.js";
import type { ReadTime } from "../../../provider/reading/query.js";
import { ScriptedService as ModelService, rowsOf, type Change, type Row } from "../../support/scriptedService.js";

const now = Date.parse("2026-11-24T12:00:00Z");
const quietLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, progress: () => undefined };

async function read(service: ModelService, time: ReadTime, more: Partial<ReadContext> = {}) {
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const stream = readEvents({ pages: service.pages, width: 8, clock, log: quietLog, ...more }, time);
  const events: EventRecord[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done) return { events, report: step.value };
    events.push(...step.value);
  }
}

const ids = (events: readonly EventRecord[]) => events.map((event) => event.eventId);

describe("a quiet read", () => {
  test.each([
    [0, 1],
    [1, 1],
    [150, 1],
    [200, 1],
    [201, 3],
    [600, 5],
    [4715, 30],
    [20_000, 122],
  ])("of %i events costs at most %i requests", async (count, most) => {
    const service = new ModelService(rowsOf(count, now));
    const { events, report } = await read(service, { lastDays: 30 });
    expect(new Set(ids(events)).size).toBe(count);
    expect(events.length).toBe(count);
    expect(report).toMatchObject({ complete: true, totalAtStart: count, totalAtEnd: count, windows: 1 });
    expect(service.requests.length).toBeLessThanOrEqual(most);
    expect(service.requests.length).toBeLessThanOrEqual(1.2 * Math.max(1, Math.ceil(count / 200)) + 2);
  });

  test("of every size is whole and within its bound", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3000 }),
        fc.constantFrom("newest" as const, "oldest" as const),
        async (count, order) => {
          const service = new ModelService(rowsOf(count, now, order));
          const { events, report } = await read(service, { lastDays: 30 });
          expect(ids(events)).toEqual(service.rows.map((row) => row.id));
          expect(report.complete).toBe(true);
          expect(service.requests.length).toBeLessThanOrEqual(1.2 * Math.max(1, Math.ceil(count / 200)) + 2);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("any span", () => {
  test("is split into windows of two days, each event once", async () => {
    const service = new ModelService(rowsOf(5000, now, "newest", 30 * 86_400_000));
    const begin = now - 30 * 86_400_000;
    const { events, report } = await read(service, { begin, end: now });
    expect(new Set(ids(events)).size).toBe(5000);
    expect(events.length).toBe(5000);
    expect(report).toMatchObject({ complete: true, totalAtStart: 5000, windows: 15 });
    for (const { time } of service.requests) {
      if ("lastDays" in time) throw new Error("asked by days");
      expect(time.endSecond - time.beginSecond).toBeLessThanOrEqual(172_800);
    }
  });

  test("an event on the second that two windows share is counted and returned once", async () => {
    const boundary = now - 2 * 86_400_000;
    const service = new ModelService([
      { id: "young", at: now - 1000 },
      { id: "boundary", at: boundary },
      { id: "old", at: boundary - 1000 },
    ]);
    const { events, report } = await read(service, { begin: now - 4 * 86_400_000, end: now });
    expect(ids(events)).toEqual(["young", "boundary", "old"]);
    expect(report).toMatchObject({ complete: true, totalAtStart: 3, totalAtEnd: 3 });
  });

  test("fractions of seconds at the ends are exact", async () => {
    const service = new ModelService([900, 700, 500, 300].map((ms) => ({ id: String(ms), at: now + ms })));
    const { events } = await read(service, { begin: now + 400, end: now + 800 });
    expect(ids(events)).toEqual(["700", "500"]);
  });

  test("a window that passes the offset cap is bisected, and fails loudly when a second still holds too much", async () => {
    const counted = (most: number) => {
      const asked: number[] = [];
      const context: Partial<ReadContext> = {
        pages: (time, offset) => {
          if ("lastDays" in time) throw new Error("asked by days");
          const seconds = time.endSecond - time.beginSecond;
          asked.push(seconds);
          const total = seconds > most ? 2_000_201 : 0;
          return Promise.resolve({ offset, total, events: [], sentAt: now, receivedAt: now });
        },
      };
      return { asked, run: () => read(new ModelService([]), { begin: now - 172_800_000, end: now }, context) };
    };
    const halved = counted(50_000);
    expect((await halved.run()).report).toMatchObject({ complete: true, windows: 4 });
    expect(halved.asked).toEqual([172_800, 86_400, 43_200, 43_200, 86_400, 43_200, 43_200]);
    const hopeless = counted(-1);
    await expect(hopeless.run()).rejects.toThrow(/the second 2026-11-24T12:00:00\.000Z alone holds 2000201 events/);
    expect(hopeless.asked.length).toBeLessThan(30);
  });
});

describe("the look-back's own window slides while pages are read", () => {
  test("what slid out before its page was read is read by time", async () => {
    let clock = now;
    const month = 30 * 86_400_000;
    // ten events a minute at the old end, and a page takes a minute
    const rows: Row[] = Array.from({ length: 1000 }, (_, i) => ({
      id: `row-${i}`,
      at: now - month + (999 - i) * 6000 + 1000,
    }));
    const service = new ModelService(
      rows,
      () => ((clock += 60_000), []),
      () => clock,
    );
    const { events, report } = await read(
      service,
      { lastDays: 30 },
      { width: 1, clock: { now: () => clock, sleep: () => Promise.resolve() } },
    );
    expect(new Set(ids(events)).size).toBe(1000);
    expect(events.length).toBe(1000);
    expect(report.complete).toBe(true);
  });

  test("what occurs after the start is not of the days before it", async () => {
    let clock = now;
    const rows = rowsOf(1000, now);
    const service = new ModelService(
      rows,
      () => {
        clock += 1000;
        rows.unshift({ id: `late-${clock}`, at: clock });
        return [];
      },
      () => clock,
    );
    const { events, report } = await read(
      service,
      { lastDays: 30 },
      { width: 1, clock: { now: () => clock, sleep: () => Promise.resolve() } },
    );
    expect(report).toMatchObject({ complete: true, doubts: [] });
    const late = ids(events).filter((id) => id?.startsWith("late-"));
    // the one that the first answer already held came before any page was seen
    expect(late.length).toBeLessThanOrEqual(1);
    expect(events.length - late.length).toBe(1000);
  });
});

const position = fc.oneof(fc.constant(0), fc.constant(0.9999999), fc.double({ min: 0, max: 0.9999, noNaN: true }));
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("insert" as const), position }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove" as const), position, count: fc.constant(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("remove" as const), position, count: fc.integer({ min: 2, max: 400 }) }),
  },
);

describe("a list that changes while it is read", () => {
  const cases = fc.record({
    count: fc.integer({ min: 150, max: 2600 }),
    order: fc.constantFrom("newest" as const, "oldest" as const),
    width: fc.integer({ min: 1, max: 12 }),
    changes: fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 25 }),
    delays: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 25 }),
    span: fc.boolean(),
  });

  const run = async ({
    count,
    order,
    width,
    changes,
    delays,
    span,
  }: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
    const rows = rowsOf(count, now - 1000, order);
    const initial = rows.map((row) => row.id);
    const ticks = async (request: number) => {
      for (let i = delays[request % (delays.length || 1)] ?? 0; i > 0; i--) await Promise.resolve();
    };
    const service = new ModelService(
      rows,
      (request) => changes[request - 1] ?? [],
      () => now,
      ticks,
    );
    const outcome = await read(service, span ? { begin: now - 86_400_000, end: now } : { lastDays: 1 }, { width });
    return { service, initial, ...outcome };
  };

  const check = (
    initial: readonly string[],
    service: ModelService,
    events: readonly EventRecord[],
    report: ReadReport,
  ) => {
    const got = ids(events);
    expect(new Set(got).size).toBe(got.length);
    const known = new Set([...initial, ...service.rows.map((row) => row.id), ...service.removed]);
    for (const id of got) expect(known.has(id ?? "")).toBe(true);
    if (!report.complete) return;
    const seen = new Set(got);
    const lost = initial.filter((id) => !service.removed.has(id) && !seen.has(id));
    expect(lost).toEqual([]);
  };

  test("no duplicate, nothing invented, and nothing lost that was there throughout", async () => {
    let complete = 0;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const { service, initial, events, report } = await run(given);
        check(initial, service, events, report);
        runs++;
        if (report.complete) complete++;
      }),
      { numRuns: 200 },
    );
    // a proof that never succeeds would prove nothing
    expect(complete / runs).toBeGreaterThan(0.8);
  });

  test("a row inserted at the head after every second request", async () => {
    const rows = rowsOf(4715, now - 1000);
    const initial = rows.map((row) => row.id);
    const service = new ModelService(
      rows,
      (n) => (n % 2 === 0 ? [{ kind: "insert", position: 0 }] : []),
      () => now,
    );
    const { events, report } = await read(service, { lastDays: 30 });
    check(initial, service, events, report);
    expect(report.complete).toBe(true);
    expect(service.requests.length).toBeLessThanOrEqual(30);
  });

  test("a row removed at the head after every second request", async () => {
    const rows = rowsOf(4715, now - 1000);
    const initial = rows.map((row) => row.id);
    const service = new ModelService(
      rows,
      (n) => (n % 2 === 0 ? [{ kind: "remove", position: 0, count: 1 }] : []),
      () => now,
    );
    const { events, report } = await read(service, { lastDays: 30 });
    check(initial, service, events, report);
    expect(report.complete).toBe(true);
  });

  test("a balanced swap that no total shows: one removed before, one added behind", async () => {
    const rows = rowsOf(400, now - 1000);
    const service = new ModelService(rows, (n) =>
      n === 2
        ? [
            { kind: "remove", position: 0, count: 30 },
            ...Array.from({ length: 30 }, () => ({ kind: "insert" as const, position: 0.99999 })),
          ]
        : [],
    );
    const initial = rows.map((row) => row.id);
    const { events, report } = await read(service, { begin: now - 86_400_000, end: now });
    check(initial, service, events, report);
    expect(report.complete).toBe(true);
  });
});

test("an order that shuffles between requests is never called complete with something missing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      let state = seed | 1;
      const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
      const rows = rowsOf(700, now - 1000);
      const service = new ModelService(rows, () => {
        for (let i = rows.length - 1; i > 0; i--) {
          const j = Math.floor(Math.abs(random()) * (i + 1));
          [rows[i], rows[j]] = [rows[j]!, rows[i]!];
        }
        return [];
      });
      const { events, report } = await read(service, { begin: now - 86_400_000, end: now });
      expect(new Set(ids(events)).size).toBe(events.length);
      if (report.complete) expect(events.length).toBe(700);
      else expect(report.doubts.join()).toMatch(/counts 700 events and lists \d+ different ones|moved faster/);
    }),
    { numRuns: 20 },
  );
});
