import { fc } from "../../support/properties.js";
import { csvLines, textsAt } from "../../../cli/rows.js";
import { tableText, textWidth } from "../../../cli/table.js";

const rows = [
  { hash: "a".repeat(64), paths: ["/usr/bin/x", "/bin/x"], place: { host: "h" } },
  { hash: "bb", paths: [], place: {} },
];

test("a table without a width cuts nothing", () => {
  const text = tableText(["hash", "paths", "place.host"], rows);
  expect(text.split("\n")[0]).toMatch(/^HASH +PATHS +HOST$/);
  expect(text).toContain("a".repeat(64));
  expect(text).toContain("/usr/bin/x, /bin/x");
});

test("the widest column gives way, and says that it was cut", () => {
  const lines = tableText(["hash", "paths"], rows, 40).trimEnd().split("\n");
  expect(lines[1]).toMatch(/^a+… {2}\/usr\/bin\/x, \/bin\/x$/);
  expect(textWidth(lines[1]!)).toBe(40);
});

test("whatever the texts are, each row is one line that fits, and nothing in it moves a cursor", () => {
  const texts = fc.array(fc.record({ a: fc.string({ unit: "binary" }), b: fc.array(fc.string({ unit: "grapheme" })) }));
  fc.assert(
    fc.property(texts, fc.integer({ min: 20, max: 120 }), (given, width) => {
      const lines = tableText(["a", "b"], given, width).split("\n");
      expect(lines).toHaveLength(given.length + 2);
      for (const line of lines) {
        expect(textWidth(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }
    }),
  );
});

test("a wide letter takes two columns, a combining mark none", () => {
  expect(textWidth("进程")).toBe(4);
  expect(textWidth("e\u0301")).toBe(1);
});

test("a dotted name goes through lists", () => {
  expect(textsAt({ a: [{ b: 1 }, { b: [2, 3] }, {}] }, "a.b")).toEqual(["1", "2", "3"]);
  expect(textsAt({ a: null }, "a.b")).toEqual([]);
});

test("a cell that a spreadsheet would calculate is text", () => {
  expect(csvLines(["a"], [{ a: "=1+1" }, { a: '"\n' }])).toBe(`"'=1+1"\n"""\\u{a}"\n`);
});
