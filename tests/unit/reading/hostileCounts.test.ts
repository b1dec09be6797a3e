import type { EventRecord } from "../../../provider/hss/event.js";
import type { PageSource } from "../../../provider/reading/pages.js";
import type { ReadTime } from "../../../provider/reading/query.js";
import { readEvents } from "../../../provider/reading/span.js";
import { ScriptedService as ModelService, rowsOf } from "../../support/scriptedService.js";

const now = Date.parse("2026-11-24T12:00:00Z");
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, progress: () => undefined };

async function read(pages: PageSource, time: ReadTime = { lastDays: 30 }) {
  let requests = 0;
  const counted: PageSource = (...given) => (requests++, pages(...given));
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const stream = readEvents({ pages: counted, width: 8, clock, log }, time);
  const events: EventRecord[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done) return { events, report: step.value, requests };
    events.push(...step.value);
  }
}

const listing =
  (total: number, events: readonly EventRecord[]): PageSource =>
  (_, offset, limit) =>
    Promise.resolve({ offset, total, events: events.slice(offset, offset + limit), sentAt: now, receivedAt: now });
const numbered = (count: number) => Array.from({ length: count }, (_, i) => ({ eventId: `e${i}` }) as EventRecord);

test.each([
  [60, 50],
  [5000, 1000],
  [5000, 0],
  [5, 0],
])("a service that counts %i and lists %i is told so, in few requests", async (total, listed) => {
  const { report, requests, events } = await read(listing(total, numbered(listed)), { begin: now - 1000, end: now });
  expect(report.complete).toBe(false);
  expect(report.doubts.join()).toMatch(new RegExp(`counts ${total} events and lists \\d+ different ones`));
  expect(events.length).toBe(listed);
  expect(requests).toBeLessThanOrEqual(2 * Math.ceil(total / 200) + 20);
});

test("events of hosts whose clocks are ahead are not lost", async () => {
  const rows = rowsOf(500, now - 10_000, "oldest");
  for (let i = 0; i < 5; i++) rows.push({ id: `ahead-${i}`, at: now + 1500 });
  const { events, report } = await read(
    new ModelService(
      rows,
      () => [],
      () => now,
    ).pages,
  );
  expect(events.length).toBe(505);
  expect(report.complete).toBe(true);
});

test("one insertion does not hide that an order shuffles", async () => {
  const rows = rowsOf(2000, now - 1000);
  let request = 0;
  const shuffled: PageSource = (time, offset, limit, signal) => {
    if (++request === 3) rows.unshift({ id: "inserted", at: now - 500 });
    // ties of fifty, in another order each time
    const order = rows
      .map((row, i) => [Math.floor(i / 50) + ((i * 7919 * request) % 50) / 50, row] as const)
      .sort(([a], [b]) => a - b);
    return new ModelService(
      order.map(([, row]) => row),
      () => [],
      () => now,
    ).pages(time, offset, limit, signal);
  };
  const { events, report } = await read(shuffled, { begin: now - 86_400_000, end: now });
  const seen = new Set(events.map(({ eventId }) => eventId));
  const lost = rows.filter(({ id }) => id !== "inserted" && !seen.has(id)).length;
  if (report.complete) expect(lost).toBe(0);
  else expect(report.doubts.length).toBeGreaterThan(0);
});

test("rows of one answer with the same masked id and other contents are two events", async () => {
  const twins = [
    { eventId: "45****", hostName: "a" },
    { eventId: "45****", hostName: "b" },
    { eventId: "45****", hostName: "a" },
  ] as EventRecord[];
  const { events } = await read(listing(3, twins));
  expect(events.map(({ hostName }) => hostName)).toEqual(["a", "b"]);
  const nameless = Array.from({ length: 5 }, () => ({ hostName: "same" }) as EventRecord);
  expect((await read(listing(5, nameless))).events).toHaveLength(5);
});

test("days that the service counts and windows that it does not are no complete read", async () => {
  const pages: PageSource = (time, offset) =>
    Promise.resolve({ offset, total: "lastDays" in time ? 3_000_000 : 0, events: [], sentAt: now, receivedAt: now });
  const { report } = await read(pages);
  expect(report.complete).toBe(false);
  expect(report.doubts.join()).toMatch(/asked by days the service counts 3000000 events, asked by time 0/);
});

describe("a service that loses the list for a moment", () => {
  /** From the first to the last of these requests it answers with what `shown` leaves of the list. */
  const losing = (count: number, first: number, last: number, shown: number): PageSource => {
    const [whole, rest] = [listing(count, numbered(count)), listing(shown, numbered(shown))];
    let request = 0;
    return (...given) => (++request >= first && request <= last ? rest(...given) : whole(...given));
  };

  test.each([1000, 4715])("%i events: all of them, or no claim that it was all", async (count) => {
    for (let first = 2; first <= 8; first++) {
      for (let length = 1; length <= 12; length++) {
        const { events, report } = await read(losing(count, first, first + length - 1, 0));
        if (report.complete) expect(events.length).toBe(count);
        else expect(report.doubts.join()).toMatch(/fell by|counts|moved faster/);
      }
    }
  });

  test("a moment within one reading costs some requests, and loses nothing", async () => {
    const { events, report, requests } = await read(losing(1000, 3, 8, 0));
    expect(report.complete).toBe(true);
    expect(events.length).toBe(1000);
    expect(requests).toBeLessThanOrEqual(25);
  });

  test("every second answer", async () => {
    const whole = listing(1000, numbered(1000));
    let request = 0;
    const { report } = await read((...given) => (++request % 2 ? whole : listing(0, []))(...given));
    expect(report.complete).toBe(false);
    expect(report.doubts.join()).toMatch(/the count of events fell by 1000 from one answer to the next/);
  });

  test("a list that stays shorter, as where many were handled, is read until that is sure", async () => {
    const { events, report } = await read(losing(1000, 2, Infinity, 200));
    expect(report.complete).toBe(true);
    expect(events.length).toBe(200);
    expect((await read(losing(1000, 2, Infinity, 0))).report.complete).toBe(false);
  });
});
