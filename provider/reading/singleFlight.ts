import { SharedWork } from "../sharedWork.js";

/** Equal work under way at the same time is done once. What has ended is not remembered. */
export class SingleFlight {
  private readonly underWay = new Map<string, SharedWork<unknown>>();

  /**
   * The result of `start`, or of equal work that is under way. A caller who aborts leaves at once with the signal's reason;
   * the work is aborted, with the same reason, when the last one has left. The result is plain data: who joins later gets a
   * copy, so that none changes what another has.
   */
  async share<T>(key: string, signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const known = this.underWay.get(key) as SharedWork<T> | undefined;
    const work = known ?? new SharedWork(start);
    this.underWay.set(key, work);
    try {
      const result = await work.wait(signal);
      return known ? structuredClone(result) : result;
    } finally {
      if (!work.isUnderWay && this.underWay.get(key) === work) this.underWay.delete(key);
    }
  }
}
