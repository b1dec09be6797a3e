import type { Clock } from "../../provider/runtime/runtime.js";

/** A clock that stands still while anything can happen without it, and then jumps to the next sleeper. */
export interface VirtualClock extends Clock {
  /** Lets time pass until the promise settles; rejects with its error, or when nothing can settle it any more. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** Lets so many milliseconds pass, with all that happens in them. */
  advance(ms: number): Promise<void>;
  /** How many sleepers there are. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Real time without a sleeper after which a promise is taken for stuck: files and sockets are faster. */
const stuckAfterMs = 60_000;

export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = start;
  let activity = 0;
  // kept in order of time, and of arrival among equals
  const sleepers: Sleeper[] = [];

  const insert = (sleeper: Sleeper): void => {
    let low = 0;
    let high = sleepers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sleepers[middle] as Sleeper).at <= sleeper.at) low = middle + 1;
      else high = middle;
    }
    sleepers.splice(low, 0, sleeper);
  };

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      activity++;
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        activity++;
        sleepers.splice(sleepers.indexOf(sleeper), 1);
        reject(signal?.reason as Error);
      };
      const sleeper: Sleeper = {
        at: now + Math.max(0, Number.isNaN(ms) ? 0 : ms),
        wake: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      insert(sleeper);
    });

  /** Until no promise chain goes on by itself: two turns of the event loop in a row in which nobody went to sleep. */
  const idle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 2; quiet++) {
      const before = activity;
      await new Promise(setImmediate);
      if (activity !== before) quiet = -1;
    }
  };

  const wakeNext = (): void => {
    const next = sleepers.shift();
    if (!next) return;
    activity++;
    now = Math.max(now, next.at);
    next.wake();
  };

  return {
    now: () => now,
    sleep,
    get sleepers() {
      return sleepers.length;
    },
    async run<T>(promise: Promise<T>): Promise<T> {
      let settled = false;
      const settle = (): void => {
        settled = true;
      };
      promise.then(settle, settle);
      let stuckSince: number | undefined;
      for (;;) {
        await idle();
        if (settled) return promise;
        if (sleepers.length > 0) {
          stuckSince = undefined;
          wakeNext();
          continue;
        }
        stuckSince ??= performance.now();
        if (performance.now() - stuckSince > stuckAfterMs) throw new Error("nothing sleeps and nothing happens");
      }
    },
    async advance(ms: number): Promise<void> {
      const until = now + ms;
      await idle();
      while (sleepers[0] && sleepers[0].at <= until) {
        wakeNext();
        await idle();
      }
      now = Math.max(now, until);
    },
  };
}
