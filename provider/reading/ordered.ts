import { setMaxListeners } from "node:events";

/**
 * Runs `run` over the items, up to `width` at a time, and yields the results in the items' order. No more than `width`
 * results are running or waiting, so a slow consumer slows the work. Leaving early aborts what is in flight. What need not
 * be done before the consumer has had all results before this one may wait for its `turn`.
 */
export async function* ordered<Item, Result>(
  items: Iterable<Item>,
  width: number,
  run: (item: Item, signal: AbortSignal, turn: Promise<void>) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Result, void, undefined> {
  const leaving = new AbortController();
  const either = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  // each request in flight listens once
  setMaxListeners(0, either);
  const running: Running<Result>[] = [];
  const source = items[Symbol.iterator]();
  const start = (item: Item): Running<Result> => {
    let begin!: () => void;
    let refuse!: (reason: unknown) => void;
    const turn = new Promise<void>((resolve, reject) => {
      begin = resolve;
      refuse = reject;
    });
    const result = run(item, either, turn);
    // a failure is thrown when its turn comes; until then it must not count as unhandled
    turn.catch(() => undefined);
    result.catch(() => undefined);
    return { result, begin, refuse };
  };
  const fill = () => {
    while (running.length < width) {
      const next = source.next();
      if (next.done) return;
      running.push(start(next.value));
    }
  };
  try {
    for (fill(); running.length > 0; fill()) {
      const { result, begin } = running.shift() as Running<Result>;
      begin();
      yield await result;
    }
  } finally {
    leaving.abort();
    for (const { refuse } of running) refuse(leaving.signal.reason);
  }
}

interface Running<Result> {
  readonly result: Promise<Result>;
  begin(): void;
  refuse(reason: unknown): void;
}
