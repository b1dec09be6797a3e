import type { Doubts, DoubtKind } from "./doubts.js";
import { doubtKinds } from "./doubts.js";
import { algorithmOf } from "./hash.js";
import type { FileSighting, ObservedFile, ObservedPlace } from "./observe.js";
import type { ObservedProcess } from "./process.js";
import { countServers } from "./servers.js";
import { bySeverity } from "./severity.js";

const listed = 25;
const policies = 100;
const places = 8;

/** How many values of each list are given. */
const most = {
  names: listed,
  paths: listed,
  users: listed,
  hostNames: listed,
  hostIps: listed,
  severities: listed,
  handleMethods: listed,
  handleStatuses: listed,
  policyIds: policies,
  osTypes: listed,
  aliases: listed,
  containerIds: listed,
  imageNames: listed,
  podNames: listed,
  placements: places,
};
type List = keyof typeof most;

/** The lists and counts of a file, for people and for programs that decide by themselves. */
export function summarise(file: ObservedFile, doubts: Doubts | undefined): ObservedProcess {
  const lists = Object.fromEntries(Object.keys(most).map((name) => [name, new Set<string>()])) as Record<
    List,
    Set<string>
  >;
  const put = (list: List, text: string | undefined) => text !== undefined && lists[list].add(text);
  let contained = 0;
  let shared = 0;
  for (const sighting of file.sightings) {
    put("severities", sighting.severity);
    put("handleMethods", sighting.handleMethod);
    put("handleStatuses", sighting.handleStatus);
    put("osTypes", sighting.osType);
    put("containerIds", sighting.containerId);
    put("imageNames", sighting.imageName);
    put("podNames", sighting.podName);
    for (const { name, path, user, aliases = [] } of sighting.processes) {
      put("names", name);
      put("paths", path);
      put("users", user);
      for (const alias of aliases) put("aliases", alias);
    }
    for (const { place, events } of sighting.seen) {
      put("policyIds", place.policyId);
      for (const name of place.hostNames) put("hostNames", name);
      for (const address of place.addresses) put("hostIps", address);
      for (const placement of placementsOf(sighting, place)) put("placements", placement);
      if (isInContainer(sighting)) contained += events;
      if (sighting.severalProcesses) shared += events;
    }
  }
  const first = (name: List): string[] => [...lists[name]].sort().slice(0, most[name]);
  const some = (name: List) => (lists[name].size > 0 ? { [name]: first(name) } : {});
  const severities = [...lists.severities].sort(bySeverity);
  const highest = severities.at(-1);
  const truncated = (Object.keys(most) as List[]).filter((name) => lists[name].size > most[name]);
  const counted = (name: DoubtKind) => ((doubts?.[name] ?? 0) > 0 ? { [name]: doubts?.[name] } : {});
  return {
    hash: file.hash,
    hashAlgorithm: algorithmOf(file.hash),
    hashSource: file.hashSource,
    names: first("names"),
    paths: first("paths"),
    users: first("users"),
    hostCount: countServers(serversOf(file)),
    hostNames: first("hostNames"),
    ...some("hostIps"),
    eventCount: file.eventCount,
    ...(file.first !== undefined && { firstSeen: new Date(file.first).toISOString() }),
    ...(file.last !== undefined && { lastSeen: new Date(file.last).toISOString() }),
    severities: first("severities").sort(bySeverity),
    ...(highest !== undefined && { highestSeverity: highest }),
    handleMethods: first("handleMethods"),
    handleStatuses: first("handleStatuses"),
    policyIds: first("policyIds"),
    osTypes: first("osTypes"),
    nameCount: lists.names.size,
    pathCount: lists.paths.size,
    userCount: lists.users.size,
    ...some("aliases"),
    ...some("containerIds"),
    ...some("imageNames"),
    ...some("podNames"),
    ...(contained > 0 && { containerEventCount: contained }),
    ...(shared > 0 && { severalProcessesCount: shared }),
    ...Object.assign({}, ...doubtKinds.map(counted)),
    ...(truncated.length > 0 && { truncated: truncated.sort() }),
    ...(lists.placements.size > 0 && {
      placements: first("placements").map(
        (place) => JSON.parse(place) as NonNullable<ObservedProcess["placements"]>[0],
      ),
    }),
  };
}

/** An event that names a container, an image or a pod is in a container. */
export const isInContainer = ({
  containerId,
  imageName,
  podName,
}: Pick<FileSighting, "containerId" | "imageName" | "podName">): boolean =>
  containerId !== undefined || imageName !== undefined || podName !== undefined;

/** A policy and server on which the file was seen, each as JSON, so that equal ones are equal. */
export function placementsOf(sighting: FileSighting, { policyId, hostId }: ObservedPlace): string[] {
  const { containerId } = sighting;
  if (policyId === undefined || hostId === undefined) return [];
  return sighting.processes.map(({ path, name }) => JSON.stringify({ policyId, hostId, path, name, containerId }));
}

export function* serversOf({ sightings }: Pick<ObservedFile, "sightings">) {
  for (const { seen } of sightings) for (const { place } of seen) yield descriptorOf(place);
}

/** As `countServers` takes it. */
export const descriptorOf = ({ hostId, hostNames, addresses }: ObservedPlace) => ({
  hostId,
  hostName: hostNames.find((name) => !name.includes("*")),
  addresses,
});
