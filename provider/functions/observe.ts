import { createObservation } from "../policy/index.js";
import type { Observation } from "../policy/index.js";
import type { ReadQuery } from "../reading/query.js";
import type { ReadSummary } from "../reading/reader.js";
import type { CallContext } from "./definition.js";
import { requireWhole } from "./incomplete.js";

/** Groups a whole read by file hash as it streams by: no more is held than one entry a hash. Equal ones are one. */
export async function observe(
  { openReader, signal }: CallContext,
  query: ReadQuery,
): Promise<Observation & Omit<ReadSummary, "doubts">> {
  const reader = await openReader();
  return reader.share(`observe ${JSON.stringify(query)}`, signal, async (shared) => {
    const observation = createObservation();
    const stream = reader.stream(query, shared);
    for (;;) {
      const step = await stream.next();
      if (step.done) return { ...observation.result(), ...requireWhole(step.value) };
      for (const event of step.value) observation.add(event);
    }
  });
}
