import { fc } from "../../support/properties.js";
import { digestWords } from "../../../provider/hss/digest.js";
import { RowSet } from "../../../provider/reading/rowSet.js";

/** Rows that meet in the same slots: many start at the few same places, or at the last ones of a table. */
const start = fc.oneof(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1020, max: 1030 }), fc.nat(2 ** 32 - 1));
const places = fc.uniqueArray(fc.tuple(start, start), { maxLength: 600 });
const wordsOf = (row: number, [first, twin]: readonly [number, number]) => [first, row, ~row, twin, row];

test("remembers each row, its last pass and its twins, as a map would", () => {
  fc.assert(
    fc.property(places, fc.array(fc.nat(599)), fc.integer({ min: 0, max: 50 }), (rows, again, expected) => {
      const seen = [...rows.keys(), ...again.filter((row) => row < rows.length)];
      const digests = Uint32Array.from(seen.flatMap((row) => wordsOf(row, rows[row] as [number, number])));
      const set = new RowSet(expected);
      const passes = new Map<number, number>();
      seen.forEach((row, at) => {
        const pass = 1 + (at % 3);
        expect(set.has(digests, at)).toBe(passes.has(row));
        expect(set.mark(digests, at, pass)).toBe(passes.get(row) ?? 0);
        passes.set(row, pass);
        expect(set.hasTwin(digests, at)).toBe(true);
      });
    }),
    { numRuns: Number(process.env["ROW_CASES"] ?? 100) },
  );
});

test("has no twin of what it never saw", () => {
  const set = new RowSet(0);
  const digests = new Uint32Array(digestWords * 5000).map((_, i) => Math.imul(i + 1, 2654435761) >>> 0);
  for (let at = 0; at < 2500; at++) set.mark(digests, at, 1);
  const twins = Array.from({ length: 5000 }, (_, at) => set.hasTwin(digests, at));
  expect(twins.slice(0, 2500).every(Boolean)).toBe(true);
  expect(twins.slice(2500).some(Boolean)).toBe(false);
});

test("grows far beyond what was expected without losing a row", () => {
  const set = new RowSet(10);
  const count = 40_000;
  const digests = new Uint32Array(digestWords * count).map((_, i) => Math.imul(i + 7, 2246822519) >>> 0);
  for (let at = 0; at < count; at++) expect(set.mark(digests, at, 1)).toBe(0);
  for (let at = 0; at < count; at++) expect(set.mark(digests, at, 2)).toBe(1);
});
