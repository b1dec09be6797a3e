import { setMaxListeners } from "node:events";
import { onAbort } from "../abort.js";

/**
 * Runs `run` over the items, up to `width` at a time, and yields the results in the items' order. What need not be done
 * before the consumer has had all results before this one may wait for its `turn`. No more than `width` are running or
 * waiting, and nothing is started while a few are waiting, so a slow consumer slows the work. Leaving early aborts what is
 * in flight.
 */
export async function* concurrent<Item, Result>(
  items: Iterable<Item>,
  width: number,
  run: (item: Item, signal: AbortSignal, turn: () => Promise<void>) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Result, void, undefined> {
  const leaving = new AbortController();
  // each request in flight listens once
  setMaxListeners(0, leaving.signal);
  const forget = onAbort(signal, (reason) => {
    leaving.abort(reason);
  });
  const running: Running<Result>[] = [];
  const source = items[Symbol.iterator]();
  let hasFailed = false;
  const fill = () => {
    while (!hasFailed && running.length < width && running.filter(({ place }) => place.waits).length < fewWaiting) {
      const next = source.next();
      if (next.done) return;
      const place = new Place();
      const result = run(next.value, leaving.signal, () => place.turn());
      // a failure is thrown when its turn comes; until then it must not count as unhandled, and nothing new is worth starting
      result.catch(() => (hasFailed = true));
      running.push({ place, result });
    }
  };
  try {
    for (fill(); running.length > 0; fill()) {
      const { place, result } = running.shift() as Running<Result>;
      place.begin();
      yield await result;
    }
  } finally {
    forget();
    leaving.abort();
    for (const { place } of running) place.leave(leaving.signal.reason);
  }
}

/** Enough for a consumer never to wait for the next one, as long as they come as fast as it takes them. */
const fewWaiting = 4;

interface Running<Result> {
  readonly place: Place;
  readonly result: Promise<Result>;
}

/** In the queue for the consumer. */
class Place {
  waits = false;
  private begun = false;
  private resolve: () => void = () => undefined;
  private reject: (reason: unknown) => void = () => undefined;

  turn(): Promise<void> {
    if (this.begun) return Promise.resolve();
    this.waits = true;
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  begin(): void {
    this.begun = true;
    this.waits = false;
    this.resolve();
  }

  leave(reason: unknown): void {
    this.begun = true;
    this.reject(reason);
  }
}
