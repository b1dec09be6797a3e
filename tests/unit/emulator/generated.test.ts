import { GeneratedEvents, type GeneratedOptions } from "../../../emulator/generated.js";
import { toJson } from "../../../emulator/json.js";
import { DAY_MS, type WireEvent } from "../../../emulator/wire.js";

const NOON = Date.UTC(2024, 10, 12, 12);

function generate(options: Partial<GeneratedOptions> = {}): GeneratedEvents {
  return new GeneratedEvents({
    events: 4715,
    seed: "hss",
    now: () => NOON,
    enterpriseProjects: [],
    processListName: "mixed",
    integersPastDocumentedRange: false,
    ...options,
  });
}

function all(events: GeneratedEvents): WireEvent[] {
  return Array.from({ length: events.count }, (_, index) => events.at(index));
}

function processOf(event: WireEvent): Record<string, unknown> {
  const list = (event.process_info ?? event.process_info_list) as Record<string, unknown>[];
  return list[0]!;
}

function hashOf(event: WireEvent): string | undefined {
  const detail = (event.operate_detail_list as Record<string, unknown>[])[0]!;
  const process = processOf(event);
  return (process.process_hash ?? process.process_file_hash ?? detail.file_hash) as string | undefined;
}

const events = all(generate());
const text = toJson(events);

test("the same seed gives the same bytes, another seed others", () => {
  expect(toJson(all(generate()))).toBe(text);
  expect(toJson(all(generate({ seed: "other" })))).not.toBe(text);
});

test("the events stay the same from the first to the last millisecond of a UTC day", () => {
  const first = Date.UTC(2024, 10, 12);
  expect(toJson(all(generate({ now: () => first })))).toBe(text);
  expect(toJson(all(generate({ now: () => first + DAY_MS - 1 })))).toBe(text);
  expect(toJson(all(generate({ now: () => first + DAY_MS })))).not.toBe(text);
});

test("ids are unique", () => {
  const million = generate({ events: 300_000 });
  expect(new Set(Array.from({ length: 300_000 }, (_, index) => million.id(index))).size).toBe(300_000);
});

test.each([1, 2, 4715, 2_000_200])("the times of %i events descend and lie within the last 30 days", (count) => {
  const generated = generate({ events: count });
  const midnight = Date.UTC(2024, 10, 12);
  let last = midnight;
  for (let index = 0; index < Math.min(count, 50_000); index++) {
    const time = generated.time(index);
    expect(time <= last).toBe(true);
    last = time;
  }
  // Whatever the hour, "30 days ago" is before the oldest event.
  expect(generated.time(count - 1)).toBeGreaterThanOrEqual(midnight + DAY_MS - 30 * DAY_MS);
});

test("few files make most of the events", () => {
  const counts = new Map<string, number>();
  for (const event of events) {
    const hash = hashOf(event);
    if (hash) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  const sorted = [...counts.values()].sort((a, b) => b - a);
  const sum = (list: number[]): number => list.reduce((total, each) => total + each, 0);
  expect(sorted.length).toBeGreaterThan(200);
  expect(sum(sorted.slice(0, 20)) / sum(sorted)).toBeGreaterThan(0.5);
  expect(sorted.filter((count) => count === 1).length).toBeGreaterThan(50);
});

test("hashes come in every place and shape that a reader must tell apart", () => {
  const shape = (hash: string | undefined): string =>
    hash === undefined ? "none" : hash.includes("*") ? "masked" : String(hash.length);
  const shapes = new Map<string, number>();
  for (const event of events) shapes.set(shape(hashOf(event)), (shapes.get(shape(hashOf(event))) ?? 0) + 1);
  expect([...shapes.keys()].sort()).toEqual(["32", "40", "64", "masked", "none"]);
  expect(shapes.get("64")! / events.length).toBeGreaterThan(0.8);
  const places = new Set(
    events.map((event) => {
      const process = processOf(event);
      const detail = (event.operate_detail_list as Record<string, unknown>[])[0]!;
      return [process.process_hash, process.process_file_hash, detail.file_hash].map((hash) => (hash ? 1 : 0)).join("");
    }),
  );
  expect([...places].sort()).toEqual(["000", "001", "010", "100", "110"]);
});

test("all severities, both states and every method occur", () => {
  const values = (name: string): unknown[] => [...new Set(events.map((event) => event[name]))].sort();
  expect(values("severity")).toEqual(["Critical", "High", "Low", "Medium", "Security"]);
  expect(values("handle_status")).toEqual(["handled", "unhandled"]);
  expect(values("handle_method")).toEqual(["isolate_and_kill", "mark_as_suspicious", "mark_as_trust", undefined]);
});

test("one file is handled one way, and no malicious file is trusted", () => {
  const methods = new Map<string, Set<unknown>>();
  for (const event of events) {
    const { process_path: path } = processOf(event) as { process_path: string };
    const key = `${path} ${hashOf(event)}`;
    const known = methods.get(key) ?? new Set();
    methods.set(key, event.handle_method === undefined ? known : known.add(event.handle_method));
    if (event.event_name === "white list alert malicious process")
      expect(event.handle_method).not.toBe("mark_as_trust");
    if (event.handle_status === "unhandled") expect(event).not.toHaveProperty("handle_time");
    else expect(Number(event.handle_time)).toBeGreaterThanOrEqual(Number(event.occur_time));
  }
  for (const known of methods.values()) expect(known.size).toBeLessThan(2);
  const trusted = events.filter((event) => event.handle_method === "mark_as_trust");
  expect(trusted.length).toBeGreaterThan(500);
  for (const event of trusted)
    expect(processOf(event).process_path).toMatch(/^(\/usr\/|C:\\(Windows|Program Files)\\)/);
});

test("odd values of real fleets are there, and exact on the wire", () => {
  for (const needle of ["9223372036854775807", "9007199254740993", "4294967295", '"process_pid":0,', '"cloud_id":""']) {
    expect(text).toContain(needle);
  }
  for (const hostile of ["two\\nlines", "\\u001b[31m", "\u202e", "::set-output", "=cmd|", "工资表", "🦊"]) {
    expect(text).toContain(hostile);
  }
  const long = events.map((event) => String(processOf(event).process_path).length);
  expect(Math.max(...long)).toBeGreaterThan(256);
  // The vendor's typed clients hold this one in 32 bits, so it is there on request only.
  expect(text).not.toContain('"process_uid":4294967295');
  expect(toJson(all(generate({ integersPastDocumentedRange: true })))).toContain('"process_uid":4294967295');
});

test("the process list has both names unless one is chosen", () => {
  const names = (list: WireEvent[]): string[] =>
    [...new Set(list.flatMap((event) => Object.keys(event).filter((name) => name.startsWith("process_info"))))].sort();
  expect(names(events)).toEqual(["process_info", "process_info_list"]);
  expect(names(all(generate({ processListName: "process_info" })))).toEqual(["process_info"]);
});
