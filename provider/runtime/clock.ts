import { onAbort } from "../abort.js";
import type { Clock } from "./runtime.js";

/** The longest delay a Node timer takes. */
const longestTimer = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    if (ms <= 0) return others(signal);
    const end = Date.now() + ms;
    for (let left = ms; ; left = end - Date.now()) {
      await nap(Math.min(Math.max(0, left), longestTimer), signal);
      if (left <= longestTimer) return;
    }
  },
};

/** Lets everything that is ready run first (answers that have arrived), and then what that made ready (freed connections). */
async function others(signal?: AbortSignal): Promise<void> {
  for (let round = 0; round < 2; round++) {
    signal?.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
  signal?.throwIfAborted();
}

function nap(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, ms);
    const forget = onAbort(signal, (reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}
