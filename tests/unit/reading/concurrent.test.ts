import { concurrent } from "../../../provider/reading/concurrent.js";

/** Resolves once everything that is ready has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("results come in the order of the items, so many at a time", async () => {
  let most = 0;
  let running = 0;
  const results: number[] = [];
  const numbers = Array.from({ length: 40 }, (_, n) => n);
  for await (const result of concurrent(numbers, 5, async (n) => {
    most = Math.max(most, ++running);
    for (let left = n % 7; left > 0; left--) await settled();
    running--;
    return n;
  })) {
    results.push(result);
  }
  expect(results).toEqual(numbers);
  expect(most).toBe(5);
});

test("after a failure nothing is started, though its turn has not come", async () => {
  const started: number[] = [];
  let release: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (release = resolve));
  const stream = concurrent(
    Array.from({ length: 20 }, (_, n) => n),
    3,
    async (n) => {
      started.push(n);
      if (n === 2) throw new Error("refused");
      if (n === 0) await first;
      return n;
    },
  );
  const reading = (async () => {
    const seen: number[] = [];
    try {
      for await (const n of stream) seen.push(n);
    } catch (error) {
      return [seen, (error as Error).message];
    }
    return seen;
  })();
  await settled();
  release();
  expect(await reading).toEqual([[0, 1], "refused"]);
  expect(started).toEqual([0, 1, 2]);
});

test("leaving early aborts what is in flight", async () => {
  const aborted: number[] = [];
  for await (const n of concurrent([0, 1, 2, 3], 4, async (n, signal) => {
    signal.addEventListener("abort", () => aborted.push(n));
    await settled();
    return n;
  })) {
    if (n === 0) break;
  }
  expect(aborted).toEqual([0, 1, 2, 3]);
});
