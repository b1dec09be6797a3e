import { AbortedError, HssError } from "./errors.js";

/** The promise for one of those who wait for it: whoever gives up stops waiting, and the work goes on for the others. */
export function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      const reason: unknown = signal.reason;
      reject(HssError.is(reason) ? reason : new AbortedError("getting credentials was aborted", { cause: reason }));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", onAbort);
    });
  });
}
