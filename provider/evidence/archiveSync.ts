import { z } from "zod";
import type { Coverage } from "../archive/manifest.js";
import { gapsIn } from "../archive/spans.js";
import { syncArchive } from "../archive/sync.js";
import { defineFunction } from "../functions/definition.js";
import { queryArguments } from "../functions/query.js";
import { storeOf } from "../functions/source.js";
import { plural } from "../text.js";
import { checkSigning, signerOf, signingArguments } from "./signer.js";

export const times = z.array(z.object({ from: z.string(), until: z.string() }));

/** Adds to an archive what the service shows and it does not know. */
export const archiveSync = defineFunction({
  name: "hss archive sync",
  description: "Adds to an archive what the service shows and it does not know.",
  args: queryArguments.pick({ projectId: true, enterpriseProjectId: true, archive: true }).extend({
    ...signingArguments,
    full: z.boolean("takes true or false").optional().meta({
      description: "Whether everything that the service shows is read, rather than what is new; default false.",
    }),
  }),
  result: z.object({
    sequence: z.int().meta({ description: "Number of the manifest that this sync added." }),
    kind: z.enum(["full", "incremental"]),
    complete: z.boolean().meta({ description: "The read is shown to be whole." }),
    doubts: z.array(z.string()),
    requests: z.int(),
    totalNum: z.int().meta({ description: "Events that the service counted." }),
    added: z.object({
      events: z.int().meta({ description: "Events that were not known." }),
      states: z.int().meta({ description: "Further states of known ones." }),
      gone: z.int().meta({ description: "Events that the service shows no longer, before they were 30 days old." }),
      back: z.int().meta({ description: "Of these, shown again." }),
    }),
    covered: times.meta({ description: "Times of which whole syncs hold every event." }),
    gaps: times.meta({ description: "What lies between." }),
    summary: z.string(),
  }),

  check(given, problems) {
    checkSigning(given, problems);
  },

  async run(context, given) {
    const { archive, projectId, enterpriseProjectId, full } = given;
    const { log, unique, signal, env } = context;
    const signer = await signerOf({ ...given, env, ...(signal && { signal }) });
    const store = await storeOf(context, archive);
    const reader = await context.openReader();
    // a read takes minutes: what can't be signed is told before
    await signer?.tryOut();
    const made = await syncArchive({
      ...{ reader, store, log, unique },
      query: {
        ...(projectId !== undefined && { projectId }),
        filter: { ...(enterpriseProjectId !== undefined && { enterpriseProjectId }) },
      },
      ...(signer && { sign: (manifest) => signer.envelope(manifest) }),
      ...(full !== undefined && { full }),
      ...(signal && { signal }),
    });
    const { events, states, gone } = made.added;
    const changes = [
      plural(events, "new event"),
      ...(states > 0 ? [plural(states, "new state")] : []),
      ...(gone > 0 ? [`${gone} removed by the service`] : []),
    ];
    return {
      ...{ sequence: made.sequence, kind: made.kind, complete: made.whole, doubts: made.doubts, added: made.added },
      ...{ requests: made.counts.requests, totalNum: made.counts.total },
      ...coveredBy(made.coverage),
      summary: `${store.name}: ${changes.join(", ")}; the service shows ${made.counts.total}; ${plural(made.counts.requests, "request")}`,
    };
  },
});

/** For people: times as RFC 3339. */
export function coveredBy({ spans }: Pick<Coverage, "spans">) {
  const said = (all: readonly (readonly [number, number])[]) =>
    all.map(([from, until]) => ({ from: new Date(from).toISOString(), until: new Date(until).toISOString() }));
  return { covered: said(spans), gaps: said(gapsIn(spans)) };
}
