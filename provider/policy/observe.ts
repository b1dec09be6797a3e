import { lastMillisecond } from "../time.js";
import { countOf, createKeeper, isTruncated, listOf, withText, type Distinct } from "./distinct.js";
import type { ObservedEvent } from "./event.js";
import { algorithmOf, mostTelling } from "./hash.js";
import { hashSources, type ObservedProcess, type SharedPath, type WithoutHash } from "./process.js";
import { sightingsOf, usableHashes, type Sighting } from "./sighting.js";
import { bySeverity } from "./severity.js";

export interface Observation {
  /** One process per distinct hash, ordered by `eventCount` descending, then `hash`. */
  readonly processes: ObservedProcess[];
  /** Ordered by `eventCount` descending, then `reason`. */
  readonly withoutHash: WithoutHash[];
  /** Paths (as far as the processes list them) under which different files were seen, ordered by path. */
  readonly sharedPaths: SharedPath[];
}

const listed = 25;
const policies = 100;
const placements = 8;

/** How many texts of each list are given; of servers by identity only the number is. */
const most = {
  names: listed,
  paths: listed,
  users: listed,
  hosts: 1,
  hostNames: listed,
  severities: listed,
  handleMethods: listed,
  handleStatuses: listed,
  policyIds: policies,
  osTypes: listed,
  placements,
};
type List = keyof typeof most;
const shown = (Object.keys(most) as List[]).filter((list) => list !== "hosts");

/** There is one for each hash, so each field counts. */
class Observed implements Record<List, Distinct> {
  eventCount = 0;
  /** Number of the event that was counted last: two processes of one event may share a hash. */
  lastEvent = 0;
  sourceRank = hashSources.length - 1;
  first = Infinity;
  last = -Infinity;
  names: Distinct = undefined;
  paths: Distinct = undefined;
  users: Distinct = undefined;
  hosts: Distinct = undefined;
  hostNames: Distinct = undefined;
  severities: Distinct = undefined;
  /** Apart from the list, so that no flood of invented words hides the worst. */
  highest: string | undefined = undefined;
  handleMethods: Distinct = undefined;
  handleStatuses: Distinct = undefined;
  policyIds: Distinct = undefined;
  osTypes: Distinct = undefined;
  placements: Distinct = undefined;
}

interface Taint {
  malicious: number;
  killed: number;
}

/** Groups events by file hash as they stream by. The order of the events makes no difference to the result. */
export function createObservation() {
  const observed = new Map<string, Observed>();
  const tainted = new Map<string, Taint>();
  const without = new Map<WithoutHash["reason"], { events: number; processes: number }>();
  const keep = createKeeper();
  let events = 0;

  const withoutOf = (reason: WithoutHash["reason"]) => {
    const known = without.get(reason);
    if (known) return known;
    const fresh = { events: 0, processes: 0 };
    without.set(reason, fresh);
    return fresh;
  };

  function add(event: ObservedEvent): void {
    events += 1;
    const { sightings, unusable, processCount } = sightingsOf(event);
    for (const reason of unusable) withoutOf(reason).processes += 1;
    if (sightings.length === 0) {
      withoutOf(processCount === 0 ? "noProcess" : mostTelling(unusable)).events += 1;
    }
    for (const sighting of sightings) note(observedOf(sighting.hash), sighting, event);
    taint(event);
  }

  function put(entry: Observed, list: List, text: string | undefined): void {
    if (text !== undefined) entry[list] = withText(entry[list], text, most[list], keep);
  }

  function observedOf(hash: string): Observed {
    const known = observed.get(hash);
    if (known) return known;
    const fresh = new Observed();
    observed.set(copyOf(hash), fresh);
    return fresh;
  }

  function note(entry: Observed, sighting: Sighting, event: ObservedEvent): void {
    entry.sourceRank = Math.min(entry.sourceRank, sighting.sourceRank);
    put(entry, "names", sighting.name);
    put(entry, "paths", sighting.path);
    put(entry, "users", sighting.user);
    const host = said(event.hostId) ?? said(event.resourceInfo?.hostId);
    const policy = said(event.policyId);
    put(entry, "policyIds", policy);
    if (host !== undefined && policy !== undefined) {
      const place = JSON.stringify([policy, host, sighting.path ?? "", sighting.name ?? ""]);
      entry.placements = withText(entry.placements, place, most.placements, itself);
    }
    if (entry.lastEvent === events) return;
    entry.lastEvent = events;
    entry.eventCount += 1;
    const hostName = said(event.hostName) ?? said(event.resourceInfo?.hostName);
    const address = said(event.resourceInfo?.hostIp);
    put(entry, "hosts", host !== undefined ? `id ${host}` : hostName !== undefined ? `name ${hostName}` : address);
    put(entry, "hostNames", hostName);
    put(entry, "handleMethods", said(event.handleMethod));
    put(entry, "handleStatuses", said(event.handleStatus));
    put(entry, "osTypes", said(event.osType) ?? said(event.resourceInfo?.osType));
    const severity = said(event.severity);
    if (severity !== undefined) {
      put(entry, "severities", severity);
      if (entry.highest === undefined || bySeverity(severity, entry.highest) > 0) entry.highest = keep(severity);
    }
    const time = millisecondsOf(event.occurTime);
    if (time !== undefined) {
      if (time < entry.first) entry.first = time;
      if (time > entry.last) entry.last = time;
    }
  }

  // every hash that such an event names, also one that it is not grouped by: a file once called malicious stays suspect
  function taint(event: ObservedEvent): void {
    const malicious = isMalicious(event);
    const killed = isKilled(event);
    if (!malicious && !killed) return;
    for (const hash of usableHashes(event)) {
      const known = tainted.get(hash) ?? { malicious: 0, killed: 0 };
      if (malicious) known.malicious += 1;
      if (killed) known.killed += 1;
      tainted.set(copyOf(hash), known);
    }
  }

  /** Once: each entry is given up for its description, so that never both are held of all. */
  function result(): Observation {
    const processes: ObservedProcess[] = [];
    for (const [hash, entry] of observed) {
      observed.delete(hash);
      processes.push(describe(hash, entry, tainted.get(hash)));
    }
    processes.sort((a, b) => b.eventCount - a.eventCount || (a.hash < b.hash ? -1 : 1));
    const withoutHash = [...without]
      .map(([reason, { events, processes }]) => ({ reason, eventCount: events, processCount: processes }))
      .sort((a, b) => b.eventCount - a.eventCount || (a.reason < b.reason ? -1 : 1));
    return { processes, withoutHash, sharedPaths: sharedPathsOf(processes) };
  }

  return { add, result };
}

const said = (text: unknown): string | undefined => (typeof text === "string" && text !== "" ? text : undefined);

// a hash cut out of a page's JSON text would keep the whole page alive
const copyOf = (hash: string): string => Buffer.from(hash, "latin1").toString("latin1");

const itself = (text: string): string => text;

/** The alert's name is all that tells a malicious from a suspicious process. */
export const isMalicious = (event: ObservedEvent): boolean => /malicious/i.test(said(event.eventName) ?? "");

export const isKilled = (event: ObservedEvent): boolean => killMethod.test(said(event.handleMethod) ?? "");

/** A handle method that isolates and kills. */
export const killMethod = /^\s*isolate_and_kill\s*$/i;

function millisecondsOf(decimal: unknown): number | undefined {
  if (typeof decimal !== "string" || !/^\d{1,15}$/.test(decimal)) return undefined;
  const time = Number(decimal);
  return time <= lastMillisecond ? time : undefined;
}

function describe(hash: string, entry: Observed, taint: Taint | undefined): ObservedProcess {
  const truncated = shown.filter((list) => isTruncated(entry[list]));
  const places = listOf(entry.placements).map((place) => {
    const [policyId, hostId, path, name] = JSON.parse(place) as [string, string, string, string];
    return { policyId, hostId, ...(path && { path }), ...(name && { name }) };
  });
  return {
    hash,
    hashAlgorithm: algorithmOf(hash),
    hashSource: hashSources[entry.sourceRank] ?? hashSources[0],
    names: listOf(entry.names),
    paths: listOf(entry.paths),
    users: listOf(entry.users),
    hostCount: countOf(entry.hosts),
    hostNames: listOf(entry.hostNames),
    eventCount: entry.eventCount,
    ...(entry.first <= entry.last && {
      firstSeen: new Date(entry.first).toISOString(),
      lastSeen: new Date(entry.last).toISOString(),
    }),
    severities: listOf(entry.severities).sort(bySeverity),
    ...(entry.highest !== undefined && { highestSeverity: entry.highest }),
    handleMethods: listOf(entry.handleMethods),
    handleStatuses: listOf(entry.handleStatuses),
    policyIds: listOf(entry.policyIds),
    osTypes: listOf(entry.osTypes),
    nameCount: countOf(entry.names),
    pathCount: countOf(entry.paths),
    userCount: countOf(entry.users),
    ...(taint && taint.malicious > 0 && { maliciousCount: taint.malicious }),
    ...(taint && taint.killed > 0 && { killedCount: taint.killed }),
    ...(truncated.length > 0 && { truncated }),
    ...(places.length > 0 && { placements: places }),
  };
}

function sharedPathsOf(processes: readonly ObservedProcess[]): SharedPath[] {
  const first = new Map<string, string>();
  const shared = new Map<string, string[]>();
  for (const { hash, paths } of processes) {
    for (const path of paths) {
      const known = first.get(path);
      if (known === undefined) first.set(path, hash);
      else if (!shared.get(path)?.push(hash)) shared.set(path, [known, hash]);
    }
  }
  return [...shared]
    .map(([path, hashes]) => ({ path, hashes: hashes.sort() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
