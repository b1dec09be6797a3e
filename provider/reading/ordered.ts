import { setMaxListeners } from "node:events";

/**
 * Runs `run` over the items, up to `width` at a time, and yields the results in the items' order. No more than `width`
 * results are running or waiting, so a slow consumer slows the work. Leaving early aborts what is in flight.
 */
export async function* ordered<Item, Result>(
  items: Iterable<Item>,
  width: number,
  run: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Result, void, undefined> {
  const leaving = new AbortController();
  const either = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  // each request in flight listens once
  setMaxListeners(0, either);
  const running: Promise<Result>[] = [];
  const source = items[Symbol.iterator]();
  const fill = () => {
    while (running.length < width) {
      const next = source.next();
      if (next.done) return;
      const result = run(next.value, either);
      // the failure is thrown when its turn comes; until then it must not count as unhandled
      result.catch(() => undefined);
      running.push(result);
    }
  };
  try {
    for (fill(); running.length > 0; fill()) yield await (running.shift() as Promise<Result>);
  } finally {
    leaving.abort();
  }
}
