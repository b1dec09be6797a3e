import type { ObservedDetail, ObservedEvent, ObservedProcessInfo } from "./event.js";
import { mostTelling, normaliseHash, type UnusableReason } from "./hash.js";

/** One process of one event whose file is known by its hash. */
export interface Sighting {
  readonly hash: string;
  /** Position of the field in `hashSources`. */
  readonly sourceRank: number;
  readonly name?: string;
  readonly path?: string;
  readonly user?: string;
}

export interface Sightings {
  readonly sightings: Sighting[];
  /** Of each process without a usable hash, why. */
  readonly unusable: UnusableReason[];
  /** Processes that the event reports, with and without a hash. */
  readonly processCount: number;
}

const said = (text: unknown): string | undefined => (typeof text === "string" && text !== "" ? text : undefined);

/** The processes that an event reports, each with the first usable hash of the three fields that may hold one. */
export function sightingsOf(event: ObservedEvent): Sightings {
  const processes = event.processInfo ?? [];
  const details = event.operateDetailList ?? [];
  const found =
    processes.length > 0
      ? processes.map((process) => ofProcess(process, detailsOf(process, processes, details)))
      : details.map((detail) => ofDetail(detail));
  const sightings: Sighting[] = [];
  const unusable: UnusableReason[] = [];
  for (const one of found) {
    if ("hash" in one) sightings.push(one);
    else unusable.push(one.reason);
  }
  return { sightings, unusable, processCount: found.length };
}

/** Every usable hash that stands in one of the three fields, once. */
export function usableHashes(event: ObservedEvent): Set<string> {
  const fields = [
    ...(event.processInfo ?? []).flatMap((process) => [process.processHash, process.processFileHash]),
    ...(event.operateDetailList ?? []).map((detail) => detail.fileHash),
  ];
  const hashes = new Set<string>();
  for (const field of fields) {
    const outcome = normaliseHash(field);
    if ("hash" in outcome) hashes.add(outcome.hash);
  }
  return hashes;
}

// with several processes a detail belongs to the one whose path it repeats; anything else would be a guess
function detailsOf(
  process: ObservedProcessInfo,
  processes: readonly ObservedProcessInfo[],
  details: readonly ObservedDetail[],
): readonly ObservedDetail[] {
  const path = said(process.processPath);
  const same = details.filter((detail) => path !== undefined && detail.filePath === path);
  return same.length > 0 || processes.length > 1 ? same : details;
}

function ofProcess(
  process: ObservedProcessInfo,
  details: readonly ObservedDetail[],
): Sighting | { reason: UnusableReason } {
  const own = { name: said(process.processName), path: said(process.processPath), user: said(process.processUsername) };
  const started = normaliseHash(process.processHash);
  if ("hash" in started) return { hash: started.hash, sourceRank: 0, ...own };
  const file = normaliseHash(process.processFileHash);
  if ("hash" in file) return { hash: file.hash, sourceRank: 1, ...own };
  const reasons = [started.reason, file.reason];
  for (const detail of details) {
    const outcome = ofDetail(detail);
    if ("reason" in outcome) reasons.push(outcome.reason);
    // the hash is of the detail's file: if that is another file, the process's name and path say nothing about it
    else if (outcome.path === undefined || outcome.path === own.path) return { ...outcome, ...own };
    else return { ...outcome, user: own.user };
  }
  return { reason: mostTelling(reasons) };
}

function ofDetail(detail: ObservedDetail): Sighting | { reason: UnusableReason } {
  const outcome = normaliseHash(detail.fileHash);
  if ("reason" in outcome) return outcome;
  const path = said(detail.filePath);
  return { hash: outcome.hash, sourceRank: 2, path, name: path?.split(/[/\\]/).at(-1) || undefined };
}
