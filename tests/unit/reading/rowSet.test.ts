import fc from "fast-check";
import { digestWords } from "../../../provider/hss/digest.js";
import { RowSet } from "../../../provider/reading/rowSet.js";

/** Rows whose digests differ in few bits, so that they meet in the same slots. */
const word = fc.oneof(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const rows = fc.array(fc.tuple(word, word, word, word, word), { maxLength: 600 });

test("remembers each row, its last pass and its twins, as a map would", () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 0, max: 50 }), (given, expected) => {
      const digests = Uint32Array.from(given.flat());
      const set = new RowSet(expected);
      const passes = new Map<string, number>();
      given.forEach((row, at) => {
        const key = row.slice(0, 3).join();
        const pass = 1 + (at % 3);
        expect(set.has(digests, at)).toBe(passes.has(key));
        expect(set.mark(digests, at, pass)).toBe(passes.get(key) ?? 0);
        passes.set(key, pass);
        expect(set.hasTwin(digests, at)).toBe(true);
      });
    }),
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
