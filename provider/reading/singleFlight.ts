import { unlessAborted } from "../abort.js";

interface Work<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  callers: number;
}

/** Equal work under way at the same time is done once. What has ended is not remembered. */
export class SingleFlight {
  private readonly underWay = new Map<string, Work<unknown>>();

  /**
   * The result of `start`, or of equal work that is under way. A caller who aborts leaves at once with the signal's reason;
   * the work is aborted, with the same reason, when the last one has left. The result is plain data: who joins later gets a
   * copy, so that none changes what another has.
   */
  async share<T>(key: string, signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const known = this.underWay.get(key) as Work<T> | undefined;
    const work = known ?? this.begin(key, start);
    work.callers++;
    try {
      const result = await unlessAborted(work.result, signal);
      return known ? structuredClone(result) : result;
    } finally {
      if (--work.callers === 0 && this.forget(key, work)) work.controller.abort(signal?.reason);
    }
  }

  private begin<T>(key: string, start: (signal: AbortSignal) => Promise<T>): Work<T> {
    const controller = new AbortController();
    const result = (async () => start(controller.signal))();
    const work: Work<T> = { result, controller, callers: 0 };
    this.underWay.set(key, work);
    const ended = (): void => {
      this.forget(key, work);
    };
    result.then(ended, ended);
    return work;
  }

  /** Whether the work was still under way. */
  private forget(key: string, work: Work<unknown>): boolean {
    return this.underWay.get(key) === work && this.underWay.delete(key);
  }
}
