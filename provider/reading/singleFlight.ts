import { unlessAborted } from "../abort.js";

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  passengers: number;
}

/** Equal work under way at the same time is done once. What has landed is not remembered. */
export class Flights {
  private readonly underWay = new Map<string, Flight<unknown>>();

  /**
   * The result of `start`, or of an equal flight that is under way. The caller who aborts leaves at once with the
   * signal's reason; the work is aborted, with the same reason, when the last one has left. The result is plain data: who
   * joins later gets a copy, so that none changes what another has.
   */
  async share<T>(key: string, signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const known = this.underWay.get(key) as Flight<T> | undefined;
    const flight = known ?? this.depart(key, start);
    flight.passengers++;
    try {
      const result = await unlessAborted(flight.result, signal);
      return known ? structuredClone(result) : result;
    } finally {
      if (--flight.passengers === 0 && this.forget(key, flight)) flight.controller.abort(signal?.reason);
    }
  }

  private depart<T>(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const result = (async () => start(controller.signal))();
    const flight: Flight<T> = { result, controller, passengers: 0 };
    this.underWay.set(key, flight);
    const landed = (): void => {
      this.forget(key, flight);
    };
    result.then(landed, landed);
    return flight;
  }

  /** Whether the flight was still under way. */
  private forget(key: string, flight: Flight<unknown>): boolean {
    return this.underWay.get(key) === flight && this.underWay.delete(key);
  }
}
