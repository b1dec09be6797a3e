import { createKeeper, DistinctTexts } from "./distinct.js";
import type { ObservedEvent } from "./event.js";
import { algorithmOf, mostTelling } from "./hash.js";
import { hashSources, type ObservedProcess, type SharedPath, type WithoutHash } from "./observedProcess.js";
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

/** The last millisecond that RFC 3339 can name. */
const lastMillisecond = 253_402_300_799_999;

class Observed {
  eventCount = 0;
  /** Number of the event that was counted last: two processes of one event may share a hash. */
  lastEvent = 0;
  sourceRank = hashSources.length - 1;
  first = Infinity;
  last = -Infinity;
  readonly names = new DistinctTexts(listed);
  readonly paths = new DistinctTexts(listed);
  readonly users = new DistinctTexts(listed);
  readonly hosts = new DistinctTexts(1);
  readonly hostNames = new DistinctTexts(listed);
  readonly severities = new DistinctTexts(listed);
  /** Apart from the list, so that no flood of invented words hides the worst. */
  highest: string | undefined = undefined;
  readonly handleMethods = new DistinctTexts(listed);
  readonly handleStatuses = new DistinctTexts(listed);
  readonly policyIds = new DistinctTexts(policies);
  readonly osTypes = new DistinctTexts(listed);
  readonly placements = new DistinctTexts(placements);
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

  function observedOf(hash: string): Observed {
    const known = observed.get(hash);
    if (known) return known;
    const fresh = new Observed();
    observed.set(copyOf(hash), fresh);
    return fresh;
  }

  function note(entry: Observed, sighting: Sighting, event: ObservedEvent): void {
    entry.sourceRank = Math.min(entry.sourceRank, sighting.sourceRank);
    put(keep, entry.names, sighting.name);
    put(keep, entry.paths, sighting.path);
    put(keep, entry.users, sighting.user);
    const host = said(event.hostId) ?? said(event.resourceInfo?.hostId);
    const policy = said(event.policyId);
    put(keep, entry.policyIds, policy);
    if (host !== undefined && policy !== undefined) {
      entry.placements.add(JSON.stringify([policy, host, sighting.path ?? "", sighting.name ?? ""]), itself);
    }
    if (entry.lastEvent === events) return;
    entry.lastEvent = events;
    entry.eventCount += 1;
    const hostName = said(event.hostName) ?? said(event.resourceInfo?.hostName);
    const address = said(event.resourceInfo?.hostIp);
    put(keep, entry.hosts, host !== undefined ? `id ${host}` : hostName !== undefined ? `name ${hostName}` : address);
    put(keep, entry.hostNames, hostName);
    put(keep, entry.handleMethods, said(event.handleMethod));
    put(keep, entry.handleStatuses, said(event.handleStatus));
    put(keep, entry.osTypes, said(event.osType) ?? said(event.resourceInfo?.osType));
    const severity = said(event.severity);
    if (severity !== undefined) {
      entry.severities.add(severity, keep);
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

  function result(): Observation {
    const processes = [...observed]
      .map(([hash, entry]) => describe(hash, entry, tainted.get(hash)))
      .sort((a, b) => b.eventCount - a.eventCount || (a.hash < b.hash ? -1 : 1));
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

const put = (keep: (text: string) => string, texts: DistinctTexts, text: string | undefined): void => {
  if (text !== undefined) texts.add(text, keep);
};

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
  const lists = {
    names: entry.names,
    paths: entry.paths,
    users: entry.users,
    hostNames: entry.hostNames,
    severities: entry.severities,
    handleMethods: entry.handleMethods,
    handleStatuses: entry.handleStatuses,
    policyIds: entry.policyIds,
    osTypes: entry.osTypes,
    placements: entry.placements,
  };
  const truncated = Object.entries(lists).flatMap(([name, texts]) => (texts.truncated ? [name] : []));
  const places = entry.placements.list().map((place) => {
    const [policyId, hostId, path, name] = JSON.parse(place) as [string, string, string, string];
    return { policyId, hostId, ...(path && { path }), ...(name && { name }) };
  });
  return {
    hash,
    hashAlgorithm: algorithmOf(hash),
    hashSource: hashSources[entry.sourceRank] ?? hashSources[0],
    names: entry.names.list(),
    paths: entry.paths.list(),
    users: entry.users.list(),
    hostCount: entry.hosts.count,
    hostNames: entry.hostNames.list(),
    eventCount: entry.eventCount,
    ...(entry.first <= entry.last && {
      firstSeen: new Date(entry.first).toISOString(),
      lastSeen: new Date(entry.last).toISOString(),
    }),
    severities: entry.severities.list().sort(bySeverity),
    ...(entry.highest !== undefined && { highestSeverity: entry.highest }),
    handleMethods: entry.handleMethods.list(),
    handleStatuses: entry.handleStatuses.list(),
    policyIds: entry.policyIds.list(),
    osTypes: entry.osTypes.list(),
    nameCount: entry.names.count,
    pathCount: entry.paths.count,
    userCount: entry.users.count,
    ...(taint && taint.malicious > 0 && { maliciousCount: taint.malicious }),
    ...(taint && taint.killed > 0 && { killedCount: taint.killed }),
    ...(truncated.length > 0 && { truncated }),
    ...(places.length > 0 && { placements: places }),
  };
}

function sharedPathsOf(processes: readonly ObservedProcess[]): SharedPath[] {
  const hashes = new Map<string, string[]>();
  for (const { hash, paths } of processes) {
    for (const path of paths) {
      const known = hashes.get(path);
      if (known) known.push(hash);
      else hashes.set(path, [hash]);
    }
  }
  return [...hashes]
    .filter(([, list]) => list.length > 1)
    .map(([path, list]) => ({ path, hashes: list.sort() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
