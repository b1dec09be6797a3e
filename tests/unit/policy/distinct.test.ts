import fc from "fast-check";
import {
  countOf,
  createKeeper,
  isTruncated,
  listOf,
  withText,
  type Distinct,
} from "../../../provider/policy/distinct.js";

const of = (texts: Iterable<string>, max: number) => {
  let distinct: Distinct;
  const keep = createKeeper(10);
  for (const text of texts) distinct = withText(distinct, text, max, keep);
  return distinct;
};

test("keeps the smallest and counts all, in every order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 3 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 8 }),
      fc.infiniteStream(fc.nat()),
      (texts, max, numbers) => {
        const all = [...new Set(texts)].sort();
        const shuffled = texts
          .map((text) => ({ text, key: numbers.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ text }) => text);
        for (const order of [texts, shuffled]) {
          const distinct = of(order, max);
          expect(listOf(distinct)).toEqual(all.slice(0, max));
          expect(countOf(distinct)).toBe(all.length);
          expect(isTruncated(distinct)).toBe(all.length > max);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test("counts half a million texts exactly", () => {
  const texts = function* () {
    for (let round = 0; round < 2; round += 1) for (let i = 0; i < 500_000; i += 1) yield `host-${i}`;
  };
  expect(countOf(of(texts(), 25))).toBe(500_000);
});

test("long texts come back as they were, halves of characters too", () => {
  const text = `${"x".repeat(20)}\ud800${"é".repeat(20)}`;
  expect(listOf(of([text], 1))).toEqual([text]);
});
