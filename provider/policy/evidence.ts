import type { z } from "zod";
import { doubtKinds, type Doubts } from "./doubts.js";
import { algorithmOf } from "./hash.js";
import { observedProcess, type ObservedProcess } from "./process.js";

/** Of the long lists this many are enough for a person to recognise the file; the counts stay true. */
const shown = 5;
/** A check file needs all paths, and whoever remembers a file all its hashes. */
const shownWhole = 25;

export const policyEvidence = observedProcess.omit({ hash: true, placements: true }).meta({
  id: "WhitelistPolicyEvidence",
  description:
    "What events say of a hash; names, users, servers, policies and containers: at most 5. `lastSeen` is `never` where no event reports it.",
});

export type PolicyEvidence = z.output<typeof policyEvidence>;

const long = [
  "names",
  "paths",
  "users",
  "hostNames",
  "hostIps",
  "policyIds",
  "aliases",
  "containerIds",
  "imageNames",
  "podNames",
] as const;

/** In a fixed order of fields, so that equal evidence is equal text; `doubts` of the whole file, from wherever they are known. */
export function evidenceOf(process: ObservedProcess, doubts: Partial<Doubts>): PolicyEvidence {
  const cut = new Set(process.truncated?.filter((name) => name !== "placements"));
  const { hash: _hash, placements: _placements, truncated: _truncated, ...rest } = process;
  const evidence: PolicyEvidence = { ...rest };
  for (const name of long) {
    const all = process[name];
    if (all === undefined) continue;
    const most = name === "paths" || name === "aliases" ? shownWhole : shown;
    if (all.length > most) cut.add(name);
    evidence[name] = all.slice(0, most);
  }
  for (const kind of doubtKinds) {
    const count = Math.max(process[kind] ?? 0, doubts[kind] ?? 0);
    if (count > 0) evidence[kind] = count;
  }
  if (cut.size > 0) evidence.truncated = [...cut].sort();
  return evidence;
}

/** Of a hash that no event reports. */
export const neverSeen = (hash: string): PolicyEvidence => ({
  hashAlgorithm: algorithmOf(hash),
  hashSource: "processHash",
  names: [],
  paths: [],
  users: [],
  hostCount: 0,
  hostNames: [],
  eventCount: 0,
  lastSeen: "never",
  severities: [],
  handleMethods: [],
  handleStatuses: [],
  policyIds: [],
  osTypes: [],
});

/** As a process, for formats and for conditions that ask about lists. */
export const processOf = (hash: string, evidence: PolicyEvidence): ObservedProcess => ({ hash, ...evidence });

/** Whether the one says nothing that the other does not know. */
export function isCovered(fresh: PolicyEvidence, known: PolicyEvidence): boolean {
  const isOlder = (a: string | undefined, b: string | undefined) => a === undefined || (b !== undefined && a <= b);
  const cut = new Set(known.truncated);
  const within = (name: (typeof lists)[number]) =>
    cut.has(name) || (fresh[name] ?? []).every((text) => known[name]?.includes(text));
  return (
    isOlder(fresh.lastSeen, known.lastSeen) &&
    fresh.eventCount <= known.eventCount &&
    lists.every(within) &&
    doubtKinds.every((kind) => (fresh[kind] ?? 0) <= (known[kind] ?? 0))
  );
}

const lists = [...long, "severities", "handleMethods", "handleStatuses", "osTypes"] as const;
