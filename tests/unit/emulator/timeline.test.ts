import { fc } from "../../support/properties.js";
import { GeneratedEvents } from "../../../emulator/generated.js";
import { ListedEvents } from "../../../emulator/listed.js";
import { Timeline } from "../../../emulator/timeline.js";
import { DAY_MS, type EventQuery, type WireEvent } from "../../../emulator/wire.js";

const NOW = Date.UTC(2024, 10, 12, 9, 30);
const now = (): number => NOW;
const query = (more: Partial<EventQuery> = {}): EventQuery => ({ projectId: "p", enterpriseProjectId: "0", ...more });

function generated(events: number, enterpriseProjects: string[] = []): GeneratedEvents {
  const fixed = { processListName: "mixed", integersPastDocumentedRange: false } as const;
  return new GeneratedEvents({ events, seed: "hss", now, enterpriseProjects, ...fixed });
}

function everything(timeline: Timeline, asked: EventQuery, limit = 200): WireEvent[] {
  const events: WireEvent[] = [];
  for (let offset = 0; offset < timeline.total(asked); offset += limit)
    events.push(...timeline.page(asked, offset, limit));
  return events;
}

const ids = (events: WireEvent[]): (string | undefined)[] => events.map((event) => event.event_id);

test("pages put together are the whole, whatever their size", () => {
  const timeline = new Timeline(generated(1234), now, "newest");
  const whole = ids(everything(timeline, query(), 200));
  expect(new Set(whole).size).toBe(1234);
  for (const limit of [10, 37, 199]) expect(ids(everything(timeline, query(), limit))).toEqual(whole);
});

test("oldest first is the reverse of newest first", () => {
  const newest = ids(everything(new Timeline(generated(505), now, "newest"), query()));
  const oldest = ids(everything(new Timeline(generated(505), now, "oldest"), query(), 33));
  expect(oldest).toEqual(newest.reverse());
});

test("a window holds exactly the events whose time lies in it, both ends included", () => {
  const events = generated(3000);
  const timeline = new Timeline(events, now, "newest");
  const all = everything(timeline, query());
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2999 }), fc.integer({ min: 0, max: 2999 }), (a, b) => {
      const beginMs = events.time(Math.max(a, b));
      const endMs = events.time(Math.min(a, b));
      const expected = all.filter((event) => Number(event.occur_time) >= beginMs && Number(event.occur_time) <= endMs);
      expect(ids(everything(timeline, query({ beginMs, endMs })))).toEqual(ids(expected));
    }),
    { numRuns: 50 },
  );
});

test("adjacent windows counted back from now see all that 30 days see", () => {
  const timeline = new Timeline(generated(4715), now, "newest");
  let sum = 0;
  for (let day = 0; day < 30; day += 2) {
    sum += timeline.total(query({ beginMs: NOW - (day + 2) * DAY_MS, endMs: NOW - day * DAY_MS - 1 }));
  }
  expect(sum).toBe(4715);
  expect(timeline.total(query())).toBe(4715);
  expect(timeline.total(query({ lastDays: 30 }))).toBe(4715);
});

test("more days never mean fewer events", () => {
  const timeline = new Timeline(generated(4715), now, "newest");
  const totals = Array.from({ length: 30 }, (_, day) => timeline.total(query({ lastDays: day + 1 })));
  expect(totals[0]).toBeGreaterThan(0);
  expect(totals).toEqual([...totals].sort((a, b) => a - b));
});

test("filters give what a scan of the whole gives", () => {
  const timeline = new Timeline(generated(4715, ["0", "ep-1", "ep-2"]), now, "newest");
  const all = everything(timeline, query({ enterpriseProjectId: "all_granted_eps" }));
  expect(all).toHaveLength(4715);
  const resource = (event: WireEvent): Record<string, unknown> => event.resource_info as Record<string, unknown>;
  const expectSame = (asked: Partial<EventQuery>, keep: (event: WireEvent) => boolean): void => {
    const expected = all.filter(keep);
    expect(expected.length).toBeGreaterThan(0);
    const found = everything(timeline, query({ enterpriseProjectId: "all_granted_eps", ...asked }));
    expect(ids(found)).toEqual(ids(expected));
  };
  expectSame({ handleStatus: "handled" }, (event) => event.handle_status === "handled");
  expectSame({ handleStatus: "unhandled" }, (event) => event.handle_status === "unhandled");
  expectSame({ hostName: "web-00" }, (event) => resource(event).host_name === "web-00");
  expectSame({ hostIp: "198.51.100.10" }, (event) => resource(event).public_ip === "198.51.100.10");
  expectSame({ privateIp: "10.20.0.10" }, (event) => resource(event).host_ip === "10.20.0.10");
  expectSame({ enterpriseProjectId: "0" }, (event) => resource(event).enterprise_project_id === "0");
  expectSame({ enterpriseProjectId: "ep-2" }, (event) => resource(event).enterprise_project_id === "ep-2");
  expect(timeline.total(query({ hostName: "nobody" }))).toBe(0);
  expect(timeline.page(query({ hostName: "nobody" }), 0, 10)).toEqual([]);
});

test("past two million events the last reachable page is full", () => {
  const timeline = new Timeline(generated(2_000_200), now, "newest");
  expect(timeline.page(query(), 2_000_000, 200)).toHaveLength(200);
  expect(timeline.page(query(), 2_000_200, 200)).toEqual([]);
});

test("inserted, removed and handled events lie over the base in the right places", () => {
  const base = generated(700);
  const timeline = new Timeline(base, now, "newest");
  const before = everything(timeline, query());
  const added = [base.time(0) + 5, base.time(350), base.time(699) - 5].map((time, index) => ({
    event_id: `new-${index}`,
    occur_time: time,
  }));
  timeline.insert(added);
  expect(timeline.remove([before[3]!.event_id!, before[500]!.event_id!, "unknown"])).toBe(2);
  const status = before.find((event) => event.handle_status === "unhandled")!;
  expect(timeline.handle([status.event_id!, "new-1"], "isolate_and_kill")).toBe(2);
  for (const limit of [10, 64, 200]) {
    const after = everything(timeline, query(), limit);
    expect(after).toHaveLength(701);
    expect(new Set(ids(after)).size).toBe(701);
    expect(after[0]!.event_id).toBe("new-0");
    expect(after.at(-1)!.event_id).toBe("new-2");
    const times = after.map((event) => Number(event.occur_time));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  }
  const handled = everything(timeline, query({ handleStatus: "handled" }));
  expect(handled.find((event) => event.event_id === status.event_id)).toMatchObject({
    handle_method: "isolate_and_kill",
    handle_time: NOW,
  });
  expect(ids(handled)).toContain("new-1");
});

test("a list stays in the order given and obeys filters and times", () => {
  const at = (id: string, daysAgo: number, more: WireEvent = {}): WireEvent => ({
    event_id: id,
    occur_time: NOW - daysAgo * DAY_MS,
    ...more,
  });
  const list = [at("a", 3), at("b", 1, { host_name: "x" }), at("c", 40), at("d", 2, { handle_status: "handled" })];
  const timeline = new Timeline(new ListedEvents(list), now, "newest");
  expect(ids(everything(timeline, query()))).toEqual(["a", "b", "d"]);
  expect(ids(everything(timeline, query({ lastDays: 1 })))).toEqual(["b"]);
  expect(ids(everything(timeline, query({ hostName: "x" })))).toEqual(["b"]);
  expect(ids(everything(timeline, query({ handleStatus: "handled" })))).toEqual(["d"]);
});
