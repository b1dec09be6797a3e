import { setMaxListeners } from "node:events";
import { onAbort } from "../abort.js";
import { DeadlineError } from "../errors.js";
import { duration, printable } from "../text.js";
import type { Clock } from "./runtime.js";

/** When a piece of work has to be done by. */
export interface Deadline {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Aborted by the caller's signal, or with a `DeadlineError` when the time is up. */
  readonly signal: AbortSignal;
  /**
   * Throws a `DeadlineError` if `step` ("24 more requests at the allowed pace") takes `ms` and less than that is left.
   * `lastError` is the failure that makes the wait necessary, if any.
   */
  require(ms: number, step: string, lastError?: unknown): void;
  /** Removes the timer and the listener. */
  end(): void;
}

/** What has to be done by then, for messages. */
export interface Work {
  /** "reading HSS events" */
  readonly what: string;
  /** What helps beside more time: "narrow the query". */
  readonly remedy?: string;
}

export function startDeadline(clock: Clock, seconds: number, { what, remedy }: Work, signal?: AbortSignal): Deadline {
  const help = (more: string) => `${more}${remedy === undefined ? "" : ` or ${remedy}`}`;
  const at = clock.now() + seconds * 1000;
  const stop = new AbortController();
  // Node warns beyond ten listeners, and a dozen requests listen at once
  setMaxListeners(0, stop.signal);
  const done = new AbortController();
  // not AbortSignal.any: Node 20 keeps what it makes for as long as the caller's signal lives
  const forget = onAbort(signal, (reason) => {
    stop.abort(reason);
  });
  clock.sleep(seconds * 1000, done.signal).then(
    () => {
      stop.abort(
        new DeadlineError(
          `${what} took longer than deadlineSeconds (${duration(seconds * 1000)}): ${help("raise it")}`,
        ),
      );
    },
    () => undefined,
  );
  return {
    at,
    signal: stop.signal,
    require(ms, step, lastError) {
      const left = at - clock.now();
      if (ms < left) return;
      const last = lastError instanceof Error ? `. Last error: ${printable(lastError.message, 600)}` : "";
      throw new DeadlineError(
        `${what}: ${step} would take about ${duration(ms)}, and deadlineSeconds leaves ${duration(left)}: ${help("raise deadlineSeconds")}${last}`,
        { cause: lastError },
      );
    },
    end() {
      forget();
      done.abort();
    },
  };
}
