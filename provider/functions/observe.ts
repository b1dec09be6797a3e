import { createObservation, type Observation, type ObservationSource } from "../policy/index.js";
import type { ReadQuery } from "../reading/query.js";
import type { ReadSummary } from "../reading/reader.js";
import { dayMs } from "../time.js";
import { version } from "../version.js";
import type { CallContext } from "./definition.js";
import { requireWhole } from "./incomplete.js";
import { defaultLastDays, queryArguments, type QueryArguments } from "./query.js";

export type Observed = Observation & Omit<ReadSummary, "doubts"> & { readonly source: ObservationSource };

/** Groups a whole read by file hash as it streams by: no more is held than what stood together. Equal ones are one. */
export async function observe(context: CallContext, given: QueryArguments, query: ReadQuery): Promise<Observed> {
  const { openReader, signal, clock } = context;
  const reader = await openReader();
  const read = await reader.share(`observe ${JSON.stringify(query)}`, signal, async (shared) => {
    const observation = createObservation({ now: () => clock.now() });
    const stream = reader.stream(query, shared);
    for (;;) {
      const step = await stream.next();
      if (step.done) return { ...observation.result(), ...requireWhole(step.value) };
      for (const event of step.value) observation.add(event);
    }
  });
  const place = await reader.placeOf(query, signal);
  const { lastDays } = given;
  const { beginTime, endTime } = read.reading;
  const isSpan = "begin" in query.time;
  // with a span its end says nothing of when it was read
  const readAt = isSpan ? new Date(clock.now()).toISOString() : endTime;
  const asked = { ...given, ...(!isSpan && { lastDays: lastDays ?? defaultLastDays }) };
  const source: ObservationSource = {
    ...place,
    query: Object.fromEntries(
      Object.keys(queryArguments.shape).flatMap((name) => {
        const value = asked[name as keyof QueryArguments];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    narrowedBy: narrowedBy(query, place.enterpriseProject, Date.parse(readAt)),
    window: { beginTime, endTime },
    readAt,
    complete: read.complete,
    counts: {
      events: read.totalNum,
      hashes: read.processes.length,
      withoutHash: read.withoutHash.reduce((sum, { eventCount }) => sum + eventCount, 0),
    },
    version,
  };
  return { ...read, source };
}

/** Arguments that leave out events of the project, or of the days that the service keeps. */
export function narrowedBy({ filter, time }: ReadQuery, enterpriseProject: string | undefined, now: number): string[] {
  const { hostName, hostIp, privateIp, handleStatus } = filter;
  const filters = { hostName, hostIp, privateIp, handleStatus };
  const isShort =
    "begin" in time ? time.begin > now - defaultLastDays * dayMs || time.end < now : time.lastDays < defaultLastDays;
  return [
    ...(enterpriseProject === undefined || enterpriseProject === allEnterpriseProjects ? [] : ["enterpriseProjectId"]),
    ...Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [name])),
    ...(isShort ? ("begin" in time ? ["beginTime", "endTime"] : ["lastDays"]) : []),
  ];
}

/** The query that leaves out nothing of the same project. */
export const wholeProject = ({ projectId }: ReadQuery, isLimited: boolean): ReadQuery => ({
  projectId,
  filter: isLimited ? { enterpriseProjectId: allEnterpriseProjects } : {},
  time: { lastDays: defaultLastDays },
});

const allEnterpriseProjects = "all_granted_eps";
