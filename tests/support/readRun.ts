import { decodePage } from "../../provider/hss/decode.js";
import { RowDigest } from "../../provider/hss/digest.js";
import type { TimeFilter } from "../../provider/hss/request.js";
import { Page } from "../../provider/reading/page.js";
import type { ReadTime } from "../../provider/reading/query.js";
import type { ReadRun } from "../../provider/reading/run.js";
import { TimeUnit } from "../../provider/reading/timeUnit.js";
import { readEvents, type ReadReport } from "../../provider/reading/span.js";
import type { EventRecord } from "../../provider/hss/event.js";

/** One answer of a service: `total_num`, and items of `data_list` as they are on the wire. */
export interface ModelAnswer {
  readonly totalNum: number;
  readonly items: readonly Record<string, unknown>[];
}

export type Answering = (time: TimeFilter, offset: number, limit: number) => ModelAnswer | Promise<ModelAnswer>;

export interface RunSettings {
  readonly width?: number;
  /** The service's clock. */
  readonly now: () => number;
  /** How often others get their turn before and after an answer is made. */
  readonly delay?: () => number;
}

/** A read without network, pace or deadline. */
export function runOf(answer: Answering, { width = 8, now, delay = () => 0 }: RunSettings): ReadRun {
  const { signal } = new AbortController();
  const digest = new RowDigest(new Uint8Array(32));
  let rows = 0;
  return {
    deadline: { at: Infinity, signal, require: () => undefined, end: () => undefined },
    width,
    timeUnit: new TimeUnit("seconds", { warn: () => undefined }),
    get rows() {
      return rows;
    },
    expect: () => undefined,
    async fetchPage(time, { offset, limit }, { signal: stopped = signal } = {}) {
      stopped.throwIfAborted();
      await others(delay());
      const { totalNum, items } = await answer(time, offset, limit);
      const page = decodePage({ total_num: totalNum, data_list: items }, digest);
      await others(delay());
      rows += page.events.length;
      return new Page(offset, limit, { ...page, answeredAt: now() });
    },
  };
}

/** Lets the other requests under way go on. */
async function others(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await Promise.resolve();
}

/** Everything that a read gives, and its report. */
export async function readWhole(
  run: ReadRun,
  time: ReadTime,
): Promise<{ events: EventRecord[]; report: ReadReport; complete: boolean }> {
  const events: EventRecord[] = [];
  const stream = readEvents(run, time);
  for (;;) {
    const step = await stream.next();
    if (step.done) return { events, report: step.value, complete: step.value.doubts.length === 0 };
    events.push(...step.value);
  }
}
