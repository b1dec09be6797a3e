import { HssError } from "../../provider/errors.js";
import { decodePage } from "../../provider/hss/decode.js";
import { digestEvents } from "../../provider/hss/digest.js";
import { Page } from "../../provider/reading/page.js";
import type { ReadTime } from "../../provider/reading/query.js";
import type { ReadRun } from "../../provider/reading/run.js";
import { readEvents } from "../../provider/reading/span.js";
import type { ModelService } from "./modelService.js";

export interface ModelRead {
  readonly complete: boolean;
  readonly doubts: readonly string[];
  /** The model's key of each event given, in the order given. */
  readonly keys: string[];
  readonly requests: number;
}

/** Reads the model with the product's reader. An error of the package is an incomplete read; any other is the test's. */
export async function read(model: ModelService, time: ReadTime, width: number): Promise<ModelRead> {
  const keys: string[] = [];
  const outcome = (doubts: readonly string[]) => ({
    complete: doubts.length === 0,
    doubts,
    keys,
    requests: model.requests,
  });
  try {
    const stream = readEvents(modelRun(model, width), time);
    for (;;) {
      const step = await stream.next();
      if (step.done) return outcome(step.value.doubts);
      for (const event of step.value) keys.push(model.keyOf(event) ?? `unknown ${JSON.stringify(event)}`);
    }
  } catch (error) {
    if (HssError.is(error)) return outcome([(error as Error).message]);
    throw error;
  }
}

function modelRun(model: ModelService, width: number): ReadRun {
  const deadline = {
    at: Infinity,
    signal: new AbortController().signal,
    require: () => undefined,
    end: () => undefined,
  };
  let rows = 0;
  return {
    deadline,
    width,
    get rows() {
      return rows;
    },
    expect: () => undefined,
    async fetchPage(window, { offset, limit }, { signal } = {}) {
      signal?.throwIfAborted();
      const askedAt = model.now();
      await turns(width > 1 ? model.delay() : 0);
      const { totalNum, items } = model.answer(window, offset, limit);
      const { events } = decodePage({ total_num: totalNum, data_list: items });
      await turns(width > 1 ? model.delay() : 0);
      rows += events.length;
      return new Page(offset, limit, totalNum, events, digestEvents(events), (askedAt + model.now()) / 2);
    },
  };
}

/** Lets the other requests under way go on. */
async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await Promise.resolve();
}
