import {
  createObservation,
  policyDocument,
  type FormatName,
  type Observation,
  type ObservationSource,
  type ObservedEvent,
  type PolicyDocument,
  type PolicyDocumentInput,
} from "../../provider/policy/index.js";

/** The moment of most policy tests. */
export const now = Date.parse("2026-11-24T12:00:00Z");

export function observationOf(events: readonly ObservedEvent[], at = now): Observation {
  const observation = createObservation({ now: () => at });
  for (const event of events) observation.add(event);
  return observation.result();
}

/** Where a whole project was read, of which nothing else is asked. */
export const sourceOf = (
  { processes, withoutHash }: Observation,
  events: number,
  more: Partial<ObservationSource> = {},
): ObservationSource => ({
  project: "0123",
  endpoint: "hss.example",
  query: { lastDays: 30 },
  narrowedBy: [],
  window: { beginTime: "2026-10-25T12:00:00.000Z", endTime: "2026-11-24T12:00:00.000Z" },
  readAt: "2026-11-24T12:00:00.000Z",
  complete: true,
  counts: {
    events,
    hashes: processes.length,
    withoutHash: withoutHash.reduce((sum, { eventCount }) => sum + eventCount, 0),
  },
  version: "0.0.0",
  sample: false,
  ...more,
});

/** The document that getWhitelistPolicyDocument would make of these events. */
export function documentOf(
  events: readonly ObservedEvent[],
  format: FormatName,
  { source, ...more }: Partial<Omit<PolicyDocumentInput, "source">> & { source?: Partial<ObservationSource> } = {},
): PolicyDocument {
  const observation = observationOf(events, more.now ?? now);
  return policyDocument({
    evidence: observation,
    withoutHash: observation.withoutHash,
    rule: {},
    format,
    source: { origin: "events", ...sourceOf(observation, events.length, source) },
    now,
    ...more,
  });
}
