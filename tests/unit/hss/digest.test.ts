import { fc } from "../../support/properties.js";
import { decodePage, snakeCase } from "../../../provider/hss/decode.js";
import { digestWords, RowDigest } from "../../../provider/hss/digest.js";
import { appWhitelistEvent } from "../../../provider/hss/event.js";
import { parseExact } from "../../../provider/hss/json.js";

type Row = Record<string, unknown>;

const key = new Uint8Array(32).fill(7);
const digest = new RowDigest(key);
const write = (rows: readonly Row[]) => JSON.stringify({ total_num: rows.length, data_list: rows });
const digestsOf = (rows: readonly Row[], by = digest) => decodePage(parseExact(write(rows)), by).digests;
const whole = (row: Row) => [...digestsOf([row])].slice(0, 3);
const name = (row: Row) => [...digestsOf([row])].slice(3);
const both = (row: Row) => [...digestsOf([row])];

const volatile = [
  "handle_status",
  "handle_time",
  "handle_method",
  "operate_accept_list",
  "host_status",
  "agent_status",
  "protect_status",
];
const identifying = ["process_hash", "process_file_hash", "process_path", "process_name"];
const lists = ["process_info", "operate_detail_list", "resource_info"];
const names = (shape: object) => Object.keys(shape).map(snakeCase);
const { shape } = appWhitelistEvent;
const eventNames = names(shape).filter((each) => ![...lists, ...volatile, "occurred_at", "handled_at"].includes(each));
const processNames = names(shape.processInfo.unwrap().element.shape);
const resourceNames = names(shape.resourceInfo.unwrap().shape);
const detailNames = names(shape.operateDetailList.unwrap().element.shape);

const value = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom("a", "b", "ab", "", "1", 1, 0, "0", -1, true, 7.5));
const objectOf = (known: readonly string[]) => fc.dictionary(fc.constantFrom(...known), value, { maxKeys: 6 });
const unknown = fc.dictionary(
  fc.constantFrom("x_new", "new_field", "zeta"),
  fc.oneof(value, fc.array(value), fc.dictionary(fc.constantFrom("b_1", "a_1", "c"), fc.oneof(value, fc.array(value)))),
);
const row: fc.Arbitrary<Row> = fc
  .record(
    {
      fields: objectOf(eventNames),
      unknown,
      process_info: fc.array(fc.tuple(objectOf(processNames), unknown).map(merge), { maxLength: 3 }),
      operate_detail_list: fc.array(objectOf(detailNames), { maxLength: 2 }),
      resource_info: fc.tuple(objectOf(resourceNames), unknown).map(merge),
    },
    { requiredKeys: ["fields", "unknown"] },
  )
  .map(({ fields, unknown, ...nested }) => ({ ...nested, ...fields, ...unknown }));

function merge([a, b]: [Row, Row]): Row {
  return { ...a, ...b };
}

/** The same content, written by another server at another moment. */
function rewritten(content: unknown, seed: number): unknown {
  if (Array.isArray(content)) return content.map((item) => rewritten(item, seed));
  if (typeof content !== "object" || content === null) return content;
  const entries = Object.entries(content).map(([each, inner]) => [each, rewritten(inner, seed)] as const);
  const turned = [...entries.slice(seed % (entries.length || 1)), ...entries.slice(0, seed % (entries.length || 1))];
  return Object.fromEntries(seed % 2 === 0 ? turned : turned.reverse());
}

test("the order of names, either spelling, null for absent, handling and the server's state make no difference", () => {
  fc.assert(
    fc.property(row, fc.nat(50), objectOf(volatile), fc.boolean(), (content, seed, state, respell) => {
      const other = rewritten({ ...content, ...state, policy_id: content["policy_id"] ?? null }, seed) as Row;
      if (respell && "process_info" in other) {
        other["process_info_list"] = other["process_info"];
        if (seed % 3 === 0) other["process_info"] = null;
        else delete other["process_info"];
      }
      expect(both(other)).toEqual(both(content));
    }),
    { numRuns: 1000 },
  );
});

test("both spellings in one row are digested as the list that they make", () => {
  const [a, b] = [{ process_pid: 1 }, { process_pid: 2, x: { n: 1, m: 2 } }];
  const twice = {
    process_info: [a, b],
    process_info_list: [{ x: { m: 2, n: 1 }, process_pid: 2 }, { process_pid: 3 }],
  };
  expect(both(twice)).toEqual(both({ process_info: [a, b, { process_pid: 3 }] }));
});

const spots: readonly (readonly [string, ...string[]])[] = [
  ...eventNames.map((each) => [each] as const),
  ["x_new"],
  ...processNames.map((each) => ["process_info", each] as const),
  ["process_info", "x_new"],
  ...resourceNames.map((each) => ["resource_info", each] as const),
  ...detailNames.map((each) => ["operate_detail_list", each] as const),
];

/** With another value at that place, or none. */
function changed(content: Row, [place, ...inner]: readonly [string, ...string[]], to: string | undefined): Row {
  const [nested] = inner;
  if (nested === undefined) return { ...content, [place]: to };
  const held = content[place];
  if (place === "resource_info") return { ...content, [place]: { ...(held as Row | undefined), [nested]: to } };
  const items = (held as Row[] | undefined) ?? [];
  return { ...content, [place]: [{ ...items[0], [nested]: to }, ...items.slice(1)] };
}

test("any change of one field makes another row", () => {
  fc.assert(
    fc.property(row, fc.constantFrom(...spots), fc.constantFrom("one", "two", "on"), (content, spot, to) => {
      const before = changed(content, spot, undefined);
      const after = changed(content, spot, to);
      expect(whole(after)).not.toEqual(whole(before));
      expect(whole(after)).not.toEqual(whole(changed(content, spot, `${to}!`)));
    }),
    { numRuns: 2000 },
  );
});

test.each<[string, Row, Row]>([
  ["where one value ends", { host_name: "ab", host_id: "c" }, { host_name: "a", host_id: "bc" }],
  ["which field holds a value", { host_name: "a" }, { host_id: "a" }],
  ["which object holds a field", { resource_info: { host_id: "a" } }, { host_id: "a", resource_info: {} }],
  ["which process holds a field", { process_info: [{ mode: "a" }, {}] }, { process_info: [{}, { mode: "a" }] }],
  ["the processes' order", { process_info: [{ mode: "a" }, {}] }, { process_info: [{}, { mode: "a" }] }],
  [
    "one process or two",
    { process_info: [{ mode: "a", rule: "b" }] },
    { process_info: [{ mode: "a" }, { rule: "b" }] },
  ],
  ["an empty list or none", { process_info: [] }, {}],
  ["an empty object or none", { resource_info: {} }, {}],
  ["an object or text", { resource_info: {} }, { resource_info: "" }],
  ["empty or absent", { host_name: "" }, {}],
  ["a number or text", { x: 1 }, { x: "1" }],
  ["a list or text", { x: [1] }, { x: "[1]" }],
  ["a name or a value that are unknown", { a: "b", c: "d" }, { a: "bc", d: "" }],
  ["a time", { occur_time: 1 }, { occur_time: 2 }],
  ["a time or none", { occur_time: "" }, {}],
  ["a long text's end", { host_name: `${"x".repeat(5_000_000)}a` }, { host_name: `${"x".repeat(5_000_000)}b` }],
])("rows differ by %s", (_, a, b) => {
  expect(whole(a)).not.toEqual(whole(b));
});

const event: Row = {
  event_id: "id-1",
  occur_time: 1_731_385_152_000,
  severity: "High",
  process_info: [
    { process_name: "sh", process_path: "/bin/sh", process_hash: "h1", process_file_hash: "h2", process_pid: 1 },
    { process_name: "ls" },
  ],
};

test("an event that comes back is named by its id and its processes' files", () => {
  const [first, second] = event["process_info"] as [Row, Row];
  for (const again of [
    { ...event, occur_time: 5, severity: "Low", host_name: "h", x: 1, operate_detail_list: [{}], resource_info: {} },
    { ...event, process_info: [{ ...first, process_pid: 9, process_cmdline: "sh -c", process_start_time: 4 }, second] },
  ]) {
    expect(name(again)).toEqual(name(event));
    expect(whole(again)).not.toEqual(whole(event));
  }
  for (const field of identifying)
    expect(name({ ...event, process_info: [{ ...first, [field]: "other" }, second] })).not.toEqual(name(event));
  for (const other of [
    { ...event, event_id: "id-2" },
    { ...event, process_info: [second, first] },
    { ...event, process_info: [first] },
  ])
    expect(name(other)).not.toEqual(name(event));
});

test.each([{ event_id: "4517fc****-a0ad" }, { event_id: "" }, { event_id: null }])(
  "without an id of its own (%j) it is named by all that it says, but not when",
  (id) => {
    const anonymous = { ...event, ...id };
    expect(name({ ...anonymous, occur_time: 5 })).toEqual(name(anonymous));
    expect(whole({ ...anonymous, occur_time: 5 })).not.toEqual(whole(anonymous));
    expect(name({ ...anonymous, severity: "Low" })).not.toEqual(name(anonymous));
    expect(name({ ...anonymous, handle_status: "handled" })).toEqual(name(anonymous));
  },
);

test("what one row says is not left for the next, not even by a row that fails", () => {
  const by = new RowDigest(key);
  const alone = [...digestsOf([event], by)];
  expect([...digestsOf([{ event_id: "other", x: 1 }, event], by)].slice(digestWords)).toEqual(alone);
  expect(() =>
    digestsOf(
      [{ event_id: "a", process_info: [{ x: { ["__proto__x"]: 1, ["4dabf18193072939515e22adb298388d"]: 1 } }] }],
      by,
    ),
  ).toThrow();
  expect([...digestsOf([event], by)]).toEqual(alone);
});

test("another key gives other digests", () => {
  const other = digestsOf([event], new RowDigest(new Uint8Array(32).fill(8)));
  const same = digestsOf([event]);
  for (let word = 0; word < digestWords; word++) expect(other[word]).not.toBe(same[word]);
});

test("200,000 rows that are nearly equal have digests that are spread, and none twice", () => {
  const seen = new Set<string>();
  const ones = new Uint32Array(digestWords * 32);
  const [pages, size] = [200, 1000];
  for (let page = 0; page < pages; page++) {
    const rows = Array.from({ length: size }, (_, i) => ({
      ...event,
      process_info: [{ process_pid: page * size + i }],
    }));
    const digests = digestsOf(rows);
    for (let at = 0; at < digests.length; at += digestWords) {
      seen.add(`${digests[at]} ${digests[at + 1]} ${digests[at + 2]}`);
      if (at % (10 * digestWords) !== 0) continue;
      for (let bit = 0; bit < 96; bit++) ones[bit]! += (digests[at + (bit >> 5)]! >>> (bit & 31)) & 1;
    }
  }
  expect(seen.size).toBe(pages * size);
  // six standard deviations
  for (const count of ones.subarray(0, 96)) expect(Math.abs(count - 10_000)).toBeLessThan(424);
});
