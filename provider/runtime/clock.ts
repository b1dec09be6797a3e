import { onAbort } from "../abort.js";
import type { Clock } from "./runtime.js";

/** Timers take no longer delay at once. */
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

/** Once what is ready now, as answers that have arrived, has had its turn, and what that made ready, as their connections. */
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
