import { unlessAborted } from "./abort.js";

interface UnderWay<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiters: number;
}

/** Work that is done once for all who wait for it at the same time, and aborted when the last of them has given up. */
export class SharedWork<T> {
  private underWay: UnderWay<T> | undefined;

  constructor(
    private readonly work: (signal: AbortSignal) => Promise<T>,
    /** For messages: "getting credentials". Without it who aborts hears the signal's own reason. */
    private readonly what?: string,
  ) {}

  get isUnderWay(): boolean {
    return this.underWay !== undefined;
  }

  async wait(signal?: AbortSignal): Promise<T> {
    const own = (this.underWay ??= this.start());
    own.waiters++;
    try {
      return await unlessAborted(own.result, signal, this.what);
    } finally {
      if (--own.waiters === 0 && this.forget(own)) own.stop.abort(signal?.reason);
    }
  }

  private start(): UnderWay<T> {
    const stop = new AbortController();
    const own: UnderWay<T> = { result: this.work(stop.signal), stop, waiters: 0 };
    const ended = () => void this.forget(own);
    own.result.then(ended, ended);
    return own;
  }

  /** Whether the work was still under way. */
  private forget(own: UnderWay<T>): boolean {
    if (this.underWay !== own) return false;
    this.underWay = undefined;
    return true;
  }
}
