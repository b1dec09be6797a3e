import { AbortedError, DeadlineError, HssError } from "../errors.js";
import type { Clock } from "./runtime.js";

export interface Deadline {
  /** Aborted by the caller's signal, or with a `DeadlineError` when the time is up. */
  readonly signal: AbortSignal;
  /** The work is done: nothing waits for the time any more. */
  end(): void;
}

export function startDeadline(clock: Clock, seconds: number, signal?: AbortSignal): Deadline {
  const timeUp = new AbortController();
  const done = new AbortController();
  clock.sleep(seconds * 1000, done.signal).then(
    () => {
      timeUp.abort(
        new DeadlineError(
          `reading HSS events took longer than deadlineSeconds (${seconds} s): raise it or narrow the query`,
        ),
      );
    },
    () => undefined,
  );
  return {
    signal: signal ? AbortSignal.any([signal, timeUp.signal]) : timeUp.signal,
    end: () => {
      done.abort();
    },
  };
}

/** What to throw after an abort: the project's own reason, or that the caller gave up. */
export const reasonOf = (signal: AbortSignal): HssError =>
  HssError.is(signal.reason)
    ? signal.reason
    : new AbortedError("reading HSS events was aborted", { cause: signal.reason });
