import { SharedWork } from "../sharedWork.js";

/** Equal work under way at the same time is done once. What has ended is not remembered. */
export class SingleFlight {
  private readonly underWay = new Map<string, SharedWork<unknown>>();

  /**
   * The result of `start`, or of equal work that is under way. A caller who aborts leaves at once with the signal's reason;
   * the work is aborted, with the same reason, when the last one has left. Who joins later gets a copy of the result, so
   * that none changes what another has; `copy` where it is more than plain data.
   */
  async share<T>(
    key: string,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<T>,
    copy: (result: T) => T = structuredClone,
  ): Promise<T> {
    signal?.throwIfAborted();
    const known = this.underWay.get(key) as SharedWork<T> | undefined;
    const work = known ?? new SharedWork(start);
    this.underWay.set(key, work);
    try {
      const result = await work.wait(signal);
      return known ? copy(result) : result;
    } finally {
      if (!work.isUnderWay && this.underWay.get(key) === work) this.underWay.delete(key);
    }
  }
}
