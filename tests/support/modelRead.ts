import { HssError } from "../../provider/errors.js";
import { decodePage } from "../../provider/hss/decode.js";
import type { PageSource } from "../../provider/reading/pages.js";
import type { ReadTime } from "../../provider/reading/query.js";
import { readEvents } from "../../provider/reading/span.js";
import type { ModelService } from "./modelService.js";

export interface ModelRead {
  readonly complete: boolean;
  readonly doubts: readonly string[];
  /** The model's key of each event given, in the order given. */
  readonly keys: string[];
  readonly requests: number;
}

const ignore = () => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, progress: ignore };

/** Reads the model with the product's reader. An error of the package is an incomplete read; any other is the test's. */
export async function read(model: ModelService, time: ReadTime, width: number): Promise<ModelRead> {
  const clock = { now: model.now, sleep: () => Promise.resolve() };
  const pages: PageSource = async (window, offset, limit, signal) => {
    signal?.throwIfAborted();
    const sentAt = clock.now();
    await turns(width > 1 ? model.delay() : 0);
    const { totalNum, items } = model.answer(window, offset, limit);
    const { events } = decodePage({ total_num: totalNum, data_list: items });
    await turns(width > 1 ? model.delay() : 0);
    return { offset, total: totalNum, events, sentAt, receivedAt: clock.now() };
  };
  const keys: string[] = [];
  const outcome = (complete: boolean, doubts: readonly string[]) => ({
    complete,
    doubts,
    keys,
    requests: model.requests,
  });
  try {
    const stream = readEvents({ pages, width, clock, log }, time);
    for (;;) {
      const step = await stream.next();
      if (step.done) return outcome(step.value.complete, step.value.doubts);
      for (const event of step.value) keys.push(model.keyOf(event) ?? `unknown ${JSON.stringify(event)}`);
    }
  } catch (error) {
    if (error instanceof HssError) return outcome(false, [error.message]);
    throw error;
  }
}

/** Lets the other requests under way go on. */
async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await Promise.resolve();
}
