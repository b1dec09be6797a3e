import { createHash } from "node:crypto";
import { createObservation, type Observation, type ObservationSource } from "../policy/index.js";
import { consume } from "../reading/pass.js";
import type { ReadQuery } from "../reading/query.js";
import type { EventRecord } from "../hss/event.js";
import type { Place, ReadSummary } from "../reading/reader.js";
import { dayMs } from "../time.js";
import { version } from "../version.js";
import type { CallContext } from "./definition.js";
import { requireWhole } from "./incomplete.js";
import type { AnsweredFrom, Earlier } from "../archive/answer.js";
import { sourceOf, type EventSource } from "./source.js";
import { serviceDays, fleetArguments, type FleetArguments } from "./query.js";

export interface Observed extends Observation, Omit<ReadSummary, "doubts"> {
  readonly source: ObservationSource;
  /** Why it could not be shown to be whole. */
  readonly readDoubts: readonly string[];
}

export interface ObserveHooks {
  /** Sees every event, once. */
  readonly each?: (event: EventRecord) => Promise<void> | void;
  /** Sees an event that spoke against its file in a state that an archive keeps, and does so no longer. */
  readonly earlier?: Earlier;
  /** A read that can't be shown to be whole is none that failed. */
  readonly allowIncomplete?: boolean;
}

/** Groups whole reads by file hash as they stream by: no more is held than what stood together. Equal ones are one. */
export async function observe(
  context: CallContext,
  given: FleetArguments,
  queries: readonly ReadQuery[],
  hooks: ObserveHooks = {},
): Promise<Observed> {
  const { openReaders, signal, clock } = context;
  const readers = await openReaders();
  const [reader] = readers;
  const sources = readers.map((one) => sourceOf(context, given, one, queries));
  if (!reader) throw new Error("there is no account to read");
  const read = async (shared: AbortSignal) => observeAll(context, sources, queries, shared, hooks);
  // of several accounts, or with somebody who sees each event, nobody else has the same
  const observed =
    readers.length > 1 || hooks.each || hooks.allowIncomplete
      ? await read(signal ?? new AbortController().signal)
      : await reader.share(`observe ${JSON.stringify([queries, given.archive, given.refresh])}`, signal, read, copyOf);
  const { place, archived, ...rest } = observed;
  const { lastDays, projectIds, hostNames } = given;
  const { beginTime, endTime } = observed.reading;
  const isSpan = queries.some(({ time }) => "begin" in time);
  // with a span its end says nothing of when it was read
  const readAt = isSpan || archived ? new Date(archived?.asOf ?? clock.now()).toISOString() : endTime;
  const asked = {
    ...given,
    ...(projectIds && { projectIds: projectIds.join(",") }),
    ...(hostNames && { hostNames: hostNames.join(",") }),
    ...(!isSpan && (archived === undefined || lastDays !== undefined) && { lastDays: lastDays ?? serviceDays }),
    // where it lies on this machine says nothing
    archive: undefined,
    refresh: undefined,
  };
  const kept = { now: Date.parse(readAt), since: archived?.keptSince };
  const narrowed = queries.flatMap((query) => narrowedBy(query, place.enterpriseProject, kept));
  const source: ObservationSource = {
    ...place,
    query: Object.fromEntries(
      Object.keys(fleetArguments.shape).flatMap((name) => {
        const value = asked[name as keyof FleetArguments];
        return value === undefined ? [] : [[name, value as string | number]];
      }),
    ),
    narrowedBy: [...new Set(narrowed)].map((name) => (name === "hostName" && hostNames ? "hostNames" : name)),
    window: { beginTime, endTime },
    readAt,
    complete: observed.complete,
    counts: {
      events: observed.totalNum,
      hashes: observed.processes.length,
      withoutHash: observed.withoutHash.reduce((sum, { eventCount }) => sum + eventCount, 0),
    },
    ...(archived && { archive: archiveIn(archived) }),
    version,
  };
  return { ...rest, source };
}

/** What callers get to see of it is a copy; `fileOf` gives nobody anything to change. */
const copyOf = <T extends Observation>({ fileOf, ...plain }: T): T => ({ ...structuredClone(plain), fileOf }) as T;

const archiveIn = ({ sequence, sha256, wholeSince }: AnsweredFrom) => ({
  ...{ sequence, sha256, wholeSince: new Date(wholeSince).toISOString() },
});

/** Of several projects in one archive what holds for all. */
function answeredFrom(all: readonly AnsweredFrom[]): AnsweredFrom | undefined {
  const last = all.at(-1);
  return (
    last && {
      ...{ sequence: last.sequence, sha256: last.sha256 },
      asOf: Math.max(...all.map(({ asOf }) => asOf)),
      wholeSince: Math.max(...all.map(({ wholeSince }) => wholeSince)),
      keptSince: Math.min(...all.map(({ keptSince }) => keptSince)),
    }
  );
}

/** Every read into one observation, one after the other: they share a pace, and what they find. */
async function observeAll(
  { clock }: CallContext,
  sources: readonly EventSource[],
  queries: readonly ReadQuery[],
  signal: AbortSignal,
  hooks: ObserveHooks,
) {
  const { each, allowIncomplete } = hooks;
  const asOf = () => Math.max(...sources.map(({ archived }) => archived?.asOf ?? clock.now()));
  const observation = createObservation({ now: asOf });
  const reads: Omit<ReadSummary, "doubts">[] = [];
  const places: Place[] = [];
  const readDoubts: string[] = [];
  const archives: AnsweredFrom[] = [];
  // the events of servers whose names the service takes for one another come twice
  const seen = queries.length * sources.length > 1 ? new Set<string>() : undefined;
  let again = 0;
  for (const source of sources) {
    for (const query of queries) {
      const place = await source.placeOf(query, signal);
      places.push(place);
      const earlier = (event: EventRecord, states: readonly EventRecord[]) => {
        if (observation.addEarlier(event, states)) hooks.earlier?.(event, states);
      };
      const summary = await consume(source.stream(query, signal, earlier), async (events) => {
        for (const event of events) {
          if (seen && isAgain(seen, place, event)) again++;
          else {
            observation.add(event);
            await each?.(event);
          }
        }
      });
      const { doubts: found, ...read } = summary;
      if (source.archived) archives.push(source.archived);
      reads.push(allowIncomplete ? read : requireWhole(summary));
      readDoubts.push(...found);
    }
  }
  const sum = (of: (read: (typeof reads)[number]) => number) => reads.reduce((total, read) => total + of(read), 0);
  const times = (of: "beginTime" | "endTime") => reads.map(({ reading }) => reading[of]).sort();
  return {
    ...observation.result(),
    totalNum: sum(({ totalNum }) => totalNum) - again,
    complete: reads.every(({ complete }) => complete),
    reading: {
      requests: sum(({ reading }) => reading.requests),
      retries: sum(({ reading }) => reading.retries),
      throttled: sum(({ reading }) => reading.throttled),
      duplicatesDropped: sum(({ reading }) => reading.duplicatesDropped) + again,
      totalAtStart: sum(({ reading }) => reading.totalAtStart),
      totalAtEnd: sum(({ reading }) => reading.totalAtEnd),
      windows: sum(({ reading }) => reading.windows),
      beginTime: times("beginTime")[0] ?? "",
      endTime: times("endTime").at(-1) ?? "",
    },
    place: placeOfAll(places),
    readDoubts,
    archived: answeredFrom(archives),
  };
}

/** Equal rows of one project are one event, as within one read. */
function isAgain(seen: Set<string>, { endpoint, project }: Place, event: EventRecord): boolean {
  const digest = createHash("sha256")
    .update(`${endpoint} ${project} ${JSON.stringify(event)}`)
    .digest("base64");
  const before = seen.size;
  return seen.add(digest).size === before;
}

/** One after the other where they differ, each once, ordered. */
function placeOfAll(places: readonly Place[]) {
  const all = (of: (place: Place) => string | undefined) =>
    [...new Set(places.flatMap((place) => of(place) ?? []))].sort().join(", ");
  const [region, enterpriseProject] = [all((place) => place.region), all((place) => place.enterpriseProject)];
  return {
    project: all(({ project }) => project),
    ...(region !== "" && { region }),
    endpoint: all(({ endpoint }) => endpoint),
    ...(enterpriseProject !== "" && { enterpriseProject }),
    sample: places.some(({ sample }) => sample),
  };
}

/** Arguments that leave out events of the project, or of the days that the service keeps. */
function narrowedBy(
  { filter, time, isTimeOpen }: ReadQuery,
  enterpriseProject: string | undefined,
  { now, since = now - serviceDays * dayMs }: { readonly now: number; readonly since: number | undefined },
): string[] {
  const { hostName, hostIp, privateIp, handleStatus } = filter;
  const filters = { hostName, hostIp, privateIp, handleStatus };
  const isShort = "begin" in time ? time.begin > since || time.end < now : now - time.lastDays * dayMs > since;
  return [
    ...(enterpriseProject === undefined || enterpriseProject === allEnterpriseProjects ? [] : ["enterpriseProjectId"]),
    ...Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [name])),
    ...(isShort && !isTimeOpen ? ("begin" in time ? ["beginTime", "endTime"] : ["lastDays"]) : []),
  ];
}

/** The queries that leave out nothing of the same projects. */
export function wholeProjects(queries: readonly ReadQuery[], isLimited: boolean): ReadQuery[] {
  const projects = [...new Set(queries.map(({ projectId }) => projectId))];
  return projects.map((projectId) => ({
    projectId,
    filter: isLimited ? { enterpriseProjectId: allEnterpriseProjects } : {},
    time: { lastDays: serviceDays },
    isTimeOpen: true,
  }));
}

const allEnterpriseProjects = "all_granted_eps";
