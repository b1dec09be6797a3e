import type { ObservedDetail, ObservedEvent, ObservedProcessInfo } from "./event.js";
import { mostTelling, normaliseHash, type UnusableReason } from "./hash.js";
import { systemOf } from "./osType.js";
import { isSamePath } from "./path.js";

/** One process of one event whose file is known by its hash. */
export interface Sighting {
  readonly hash: string;
  /** Position of the field in `hashSources`. */
  readonly sourceRank: number;
  /** The other usable hashes that the event gives for the same file, in ascending order. */
  readonly aliases: readonly string[];
  readonly name?: string;
  readonly path?: string;
  readonly user?: string;
  readonly uid?: string;
  readonly euid?: string;
}

export interface Sightings {
  readonly sightings: Sighting[];
  /** Of each process without a usable hash, why. */
  readonly unusable: UnusableReason[];
  /** Processes that the event reports, with and without a hash. */
  readonly processCount: number;
}

/** The text, unless there is none. */
export const said = (text: unknown): string | undefined => (typeof text === "string" && text !== "" ? text : undefined);

const noAliases: readonly string[] = [];

/** The processes that an event reports, each with the first usable hash of the three fields that may hold one. */
export function sightingsOf(event: ObservedEvent): Sightings {
  const processes = event.processInfo ?? [];
  const details = event.operateDetailList ?? [];
  const osType = systemOf(said(event.osType), said(event.resourceInfo?.osType));
  const found =
    processes.length > 0
      ? processes.map((process) => ofProcess(process, detailsOf(process, processes, details, osType), osType))
      : details.map(ofDetail);
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
  const hashes = new Set<string>();
  const add = (field: unknown) => {
    const outcome = normaliseHash(field);
    if ("hash" in outcome) hashes.add(outcome.hash);
  };
  for (const { processHash, processFileHash } of event.processInfo ?? []) {
    add(processHash);
    add(processFileHash);
  }
  for (const { fileHash } of event.operateDetailList ?? []) add(fileHash);
  return hashes;
}

// with several processes a detail belongs to the one whose path it repeats; anything else would be a guess
function detailsOf(
  process: ObservedProcessInfo,
  processes: readonly ObservedProcessInfo[],
  details: readonly ObservedDetail[],
  osType: string | undefined,
): readonly ObservedDetail[] {
  if (processes.length === 1) return details;
  const path = said(process.processPath);
  return details.filter(({ filePath }) => path !== undefined && isAt(path, filePath, osType));
}

const isAt = (path: string, filePath: unknown, osType: string | undefined): boolean =>
  typeof filePath === "string" && isSamePath(path, filePath, osType);

function ofProcess(
  process: ObservedProcessInfo,
  details: readonly ObservedDetail[],
  osType: string | undefined,
): Sighting | { reason: UnusableReason } {
  const path = said(process.processPath);
  const ran = { user: said(process.processUsername), uid: idOf(process.processUid), euid: idOf(process.processEuid) };
  const isSameFile = ({ filePath }: ObservedDetail) =>
    path === undefined || said(filePath) === undefined || isAt(path, filePath, osType);
  const reasons: UnusableReason[] = [];
  const hashes: string[] = [];
  let sourceRank = 0;
  let detailPath: string | undefined;
  const look = (field: unknown, rank: number, where?: string) => {
    const outcome = normaliseHash(field);
    if ("reason" in outcome) reasons.push(outcome.reason);
    else if (hashes.length === 0) {
      hashes.push(outcome.hash);
      sourceRank = rank;
      detailPath = where;
    } else if (!hashes.includes(outcome.hash)) hashes.push(outcome.hash);
  };
  look(process.processHash, 0);
  look(process.processFileHash, 1);
  for (const detail of details) if (isSameFile(detail)) look(detail.fileHash, 2, said(detail.filePath));
  const [hash, ...others] = hashes;
  if (hash !== undefined) {
    const aliases = others.length === 0 ? noAliases : others.sort();
    return { hash, sourceRank, aliases, name: said(process.processName), path: path ?? detailPath, ...ran };
  }
  // the hash is of another file: the process's name and path say nothing about it
  for (const detail of details.filter((candidate) => !isSameFile(candidate))) {
    const other = ofDetail(detail);
    if ("hash" in other) return { ...other, ...ran };
    reasons.push(other.reason);
  }
  return { reason: mostTelling(reasons) };
}

function ofDetail(detail: ObservedDetail): Sighting | { reason: UnusableReason } {
  const outcome = normaliseHash(detail.fileHash);
  if ("reason" in outcome) return outcome;
  const path = said(detail.filePath);
  const name = path?.split(/[/\\]/).at(-1) || undefined;
  return { hash: outcome.hash, sourceRank: 2, aliases: noAliases, path, name };
}

const idOf = (id: unknown): string | undefined =>
  typeof id === "number" && Number.isInteger(id) && id >= 0 ? String(id) : said(id);
