import { AbortedError, HssError } from "./errors.js";

/** What to throw after an abort: the reason where it is one of this package's errors, such as a deadline's. */
export const abortError = (signal: AbortSignal, what: string): HssError =>
  HssError.is(signal.reason) ? signal.reason : new AbortedError(`${what} was aborted`, { cause: signal.reason });

/** Calls `stop` when the signal aborts, at once if it has already. Returns a function that stops listening. */
export function onAbort(signal: AbortSignal | undefined, stop: (reason: Error) => void): () => void {
  const listener = () => {
    stop(signal?.reason as Error);
  };
  if (signal?.aborted) listener();
  else signal?.addEventListener("abort", listener, { once: true });
  return () => signal?.removeEventListener("abort", listener);
}

/**
 * The promise for one of its waiters, while the work goes on for the others: rejects on abort, with the signal's reason or,
 * where `what` is given, with `abortError`.
 */
export function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal, what?: string): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, (reason) => {
      reject(what === undefined ? reason : abortError(signal, what));
    });
    promise.finally(forget).then(resolve, reject);
  });
}
