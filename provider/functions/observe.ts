import { createObservation } from "../policy/index.js";
import type { Observation } from "../policy/index.js";
import type { ReadQuery } from "../reading/query.js";
import type { ReadOutcome } from "../reading/reader.js";
import type { CallContext } from "./definition.js";

/** Groups a whole read by file hash as it streams by: no more is held than one entry a hash. Equal ones are one. */
export async function observe(
  { service: open, signal }: CallContext,
  query: ReadQuery,
): Promise<Observation & Omit<ReadOutcome, "events">> {
  const service = await open();
  return service.share(`observe ${JSON.stringify(query)}`, signal, async (shared) => {
    const observation = createObservation();
    const stream = service.stream(query, { requireComplete: true }, shared);
    for (;;) {
      const step = await stream.next();
      if (step.done) return { ...observation.result(), ...step.value };
      for (const event of step.value) observation.add(event);
    }
  });
}
