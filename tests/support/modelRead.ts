import { HssError } from "../../provider/errors.js";
import type { ReadTime } from "../../provider/reading/query.js";
import { readEvents } from "../../provider/reading/span.js";
import type { ModelService } from "./modelService.js";
import { runOf } from "./readRun.js";

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
  const delay = () => (width > 1 ? model.delay() : 0);
  const run = runOf((...asked) => model.answer(...asked), { width, now: model.now, delay });
  try {
    const stream = readEvents(run, time);
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
