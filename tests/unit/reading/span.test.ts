import type { TimeFilter } from "../../../provider/hss/request.js";
import type { ReadTime } from "../../../provider/reading/query.js";
import { readWhole, runOf, type Answering } from "../../support/readRun.js";
import { cpuMs } from "../../support/timing.js";

const now = Date.parse("2026-11-24T12:00:00Z");
const dayMs = 86_400_000;

type Item = Record<string, unknown>;
const item = (id: string, at: number): Item => ({ event_id: id, occur_time: at });
const numbered = (count: number, end = now - 1000, spanMs = dayMs): Item[] =>
  Array.from({ length: count }, (_, i) => item(`row-${i}`, end - Math.floor((i * spanMs) / (count + 1))));

/** A list that holds still, the newest first. */
const listing =
  (items: readonly Item[], clock = () => now): Answering =>
  (time, offset, limit) => {
    const held = items.filter(({ occur_time: at }) => holds(time, Number(at), clock()));
    return { totalNum: held.length, items: held.slice(offset, offset + limit) };
  };
const holds = (time: TimeFilter, at: number, clock: number): boolean =>
  "lastDays" in time
    ? at >= clock - time.lastDays * dayMs
    : at >= time.beginSecond * 1000 && at <= time.endSecond * 1000;

async function read(answer: Answering, time: ReadTime, clock = () => now) {
  const asked: { time: TimeFilter; offset: number; limit: number }[] = [];
  const run = runOf(
    (...request) => {
      asked.push({ time: request[0], offset: request[1], limit: request[2] });
      return answer(...request);
    },
    { now: clock },
  );
  const whole = await readWhole(run, time);
  return { ...whole, asked, ids: whole.events.map(({ eventId }) => eventId) };
}

describe("any span", () => {
  test("is split into windows of two days, each event once", async () => {
    const items = numbered(5000, now - 1000, 30 * dayMs);
    const { ids, report, complete, asked } = await read(listing(items), { begin: now - 30 * dayMs, end: now });
    expect(new Set(ids).size).toBe(5000);
    expect(ids.length).toBe(5000);
    expect(complete).toBe(true);
    expect(report).toMatchObject({ totalAtStart: 5000, totalAtEnd: 5000, windows: 15 });
    for (const { time } of asked) {
      if ("lastDays" in time) throw new Error("asked by days");
      expect(time.endSecond - time.beginSecond).toBeLessThanOrEqual(172_800);
    }
  });

  test("an event on the second that two windows share is counted and returned once", async () => {
    const boundary = now - 2 * dayMs;
    const items = [item("young", now - 1000), item("boundary", boundary), item("old", boundary - 1000)];
    const { ids, report, complete } = await read(listing(items), { begin: now - 4 * dayMs, end: now });
    expect([...ids].sort()).toEqual(["boundary", "old", "young"]);
    expect(complete).toBe(true);
    expect(report).toMatchObject({ totalAtStart: 3, totalAtEnd: 3 });
  });

  test("fractions of seconds at the ends are exact", async () => {
    const items = [900, 700, 500, 300].map((ms) => item(String(ms), now + ms));
    const { ids } = await read(listing(items), { begin: now + 400, end: now + 800 });
    expect(ids).toEqual(["700", "500"]);
  });

  const counted =
    (most: number, inHalves: number): Answering =>
    (time) => {
      if ("lastDays" in time) throw new Error("asked by days");
      return { totalNum: time.endSecond - time.beginSecond > most ? 2_000_201 : inHalves, items: [] };
    };

  test("a window that passes the offset cap is halved, and halves that hold less are told", async () => {
    const { report, asked } = await read(counted(50_000, 0), { begin: now - 2 * dayMs, end: now });
    expect(report.doubts[0]).toBe("a window was counted as 2000201 events, and its halves as 0");
    const seconds = asked.map(({ time }) => ("beginSecond" in time ? time.endSecond - time.beginSecond : 0));
    expect([...new Set(seconds)]).toEqual([172_800, 86_400, 43_200]);
  });

  test("a second that alone holds too much fails loudly, in few requests", async () => {
    const asked: number[] = [];
    const answer: Answering = (...request) => (asked.push(1), counted(-1, 0)(...request));
    await expect(read(answer, { begin: now - 2 * dayMs, end: now })).rejects.toThrow(
      /the second 2026-11-22T12:00:00\.000Z alone holds 2000201 events/,
    );
    expect(asked.length).toBeLessThan(30);
  });
});

describe("a look-back of days", () => {
  test("whose old end leaves the window meanwhile is whole, and costs no second pass", async () => {
    let clock = now;
    const month = 30 * dayMs;
    // ten events a minute at the old end, and five answers a minute
    const items = numbered(1000, now - month + 6_000_000, 6_000_000);
    const answer: Answering = (...request) => {
      clock += 12_000;
      return listing(items, () => clock)(...request);
    };
    const { ids, complete, asked } = await read(answer, { lastDays: 30 }, () => clock);
    expect(complete).toBe(true);
    const stayed = items.filter(({ occur_time: at }) => Number(at) >= clock - month).map(({ event_id: id }) => id);
    expect(stayed.length).toBeGreaterThan(900);
    expect(stayed.filter((id) => !ids.includes(id as string))).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(11);
  });

  test("with events of servers whose clocks are ahead", async () => {
    const items = [
      ...numbered(500, now - 10_000).reverse(),
      ...[0, 1, 2].map((i) => item(`ahead-${i}`, now + 1500 + i)),
    ];
    const { ids, complete } = await read(listing(items), { lastDays: 30 });
    expect(ids.length).toBe(503);
    expect(complete).toBe(true);
  });

  test("that has events by days and none by time is no complete read", async () => {
    const answer: Answering = (time) => ({ totalNum: "lastDays" in time ? 3_000_000 : 0, items: [] });
    const { report } = await read(answer, { lastDays: 30 });
    expect(report.doubts.join()).toMatch(/asked by days the service counts 3000000 events, asked by time 0/);
  });
});

describe("counts", () => {
  test.each([
    [60, 50],
    [5000, 4000],
    [800, 1000],
  ])("a service that counts %i and lists %i has listed all, whatever it counts", async (total, listed) => {
    const items = numbered(listed);
    const answer: Answering = (...request) => ({ ...listing(items)(...request), totalNum: total });
    const { ids, complete, asked } = await read(answer, { lastDays: 30 });
    expect(ids.length).toBe(listed);
    expect(complete).toBe(true);
    expect(asked.length).toBeLessThanOrEqual(1.2 * Math.ceil(listed / 200) + 20);
  });

  test.each([
    [5000, 1000],
    [100, 3],
    [5000, 0],
    [5, 0],
  ])("a service that counts %i and lists %i hides some, or has lost them", async (total, listed) => {
    const answer: Answering = (...request) => ({ ...listing(numbered(listed))(...request), totalNum: total });
    const { ids, report } = await read(answer, { lastDays: 30 });
    expect(ids.length).toBe(listed);
    expect(report.doubts.join()).toContain(`the list had ${total} events, and then ${listed}`);
  });
});

describe("a service that loses its list for a moment", () => {
  /** From the first to the last of these requests it answers with what `shown` leaves of the list. */
  const losing = (count: number, first: number, last: number, shown: number): Answering => {
    const [whole, rest] = [listing(numbered(count)), listing(numbered(count).slice(0, shown))];
    let request = 0;
    return (...given) => (++request >= first && request <= last ? rest : whole)(...given);
  };

  test.each([1000, 4715])("%i events: all of them, or no claim that it was all", async (count) => {
    for (let first = 2; first <= 8; first++) {
      for (let length = 1; length <= 12; length++) {
        for (const shown of [0, 250]) {
          const { ids, complete } = await read(losing(count, first, first + length - 1, shown), { lastDays: 30 });
          if (complete)
            expect({ first, length, shown, read: ids.length }).toEqual({ first, length, shown, read: count });
        }
      }
    }
  });

  test("a moment within one reading costs some requests, and loses nothing", async () => {
    const { ids, complete, asked } = await read(losing(1000, 3, 8, 0), { lastDays: 30 });
    expect({ read: ids.length, complete }).toEqual({ read: 1000, complete: true });
    expect(asked.length).toBeLessThanOrEqual(40);
  });

  test("in every second answer: all of them, or no claim that it was all", async () => {
    for (const odd of [0, 1]) {
      let request = 0;
      const answer: Answering = (...given) =>
        ++request % 2 === odd ? listing(numbered(1000))(...given) : { totalNum: 0, items: [] };
      const { ids, complete } = await read(answer, { lastDays: 30 });
      if (complete) expect(ids.length).toBe(1000);
    }
  });

  test.each([250, 0])("for good, with %i left, is told; the next read is whole", async (shown) => {
    const { report } = await read(losing(1000, 2, Infinity, shown), { lastDays: 30 });
    expect(report.doubts.join()).toContain(`the list had 1000 events, and then ${shown}`);
  });
});

describe("which rows are one event", () => {
  test("rows with one masked id and other contents are two; equal rows are one, with an id or without", async () => {
    const rows = ["a", "b", "a"].map((host) => ({ event_id: "45****", occur_time: now - 5000, host_name: host }));
    expect((await read(listing(rows), { lastDays: 30 })).events.map(({ hostName }) => hostName)).toEqual(["a", "b"]);
    const nameless = Array.from({ length: 5 }, () => ({ occur_time: now - 5000, host_name: "same" }));
    expect((await read(listing(nameless), { lastDays: 30 })).events).toHaveLength(1);
  });

  test("what handling changes is no other row", async () => {
    let request = 0;
    const answer: Answering = (...given) => {
      const handle_status = ++request % 2 ? "handled" : "unhandled";
      return listing(numbered(600).map((row) => ({ ...row, handle_status })))(...given);
    };
    const { ids, complete } = await read(answer, { lastDays: 30 });
    expect({ read: ids.length, complete }).toEqual({ read: 600, complete: true });
  });

  test("ten thousand equal rows without ids in one answer take linear time", async () => {
    const answer = (count: number): Answering => {
      const items = Array.from({ length: count }, () => ({ occur_time: now - 5000, host_name: "same" }));
      return () => ({ totalNum: count, items });
    };
    const timed = (count: number) => cpuMs(() => read(answer(count), { lastDays: 30 }));
    await timed(1000);
    expect((await timed(40_000)) / (await timed(10_000))).toBeLessThan(10);
  });
});

test("more events of one time than a page can hold are told as the reason", async () => {
  const items = Array.from({ length: 600 }, (_, i) => item(`row-${i}`, now - 5000));
  const { report } = await read(listing(items), { lastDays: 30 });
  expect(report.doubts.join()).toContain(
    "200 events or more have one time, and the service does not say in which order it lists them",
  );
});
