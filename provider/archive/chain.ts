import { FileError } from "../errors.js";
import { sha256 } from "../sha256.js";
import { manifestFolder, manifestPath } from "./layout.js";
import { readManifest, type ArchivedFile, type Manifest, type ManifestLink } from "./manifest.js";
import type { ArchiveStore } from "./store.js";

/** Manifests by their links: each is what the one after it says that it is. */

export interface ChainedManifest {
  readonly manifest: Manifest;
  readonly sha256: string;
}

/** A manifest in so many holds the list of all files since the last one that does. */
export const checkpointEvery = 32;

/** The newest manifest; undefined in an empty archive. */
export async function headOf(store: ArchiveStore): Promise<ChainedManifest | undefined> {
  const newest = await newestIn(store);
  return newest === 0 ? undefined : read(store, newest);
}

/** 0 where there is none. */
export async function newestIn(store: ArchiveStore): Promise<number> {
  const files = await store.list(manifestFolder);
  const newest = files.reduce((most, { path }) => Math.max(most, sequenceOf(path) ?? 0), 0);
  // where a file system has no hard links, a sync that is about to write its manifest makes it empty first
  const isEmpty = newest > 0 && (await store.read(manifestPath(newest)))?.length === 0;
  return isEmpty ? newest - 1 : newest;
}

/** The sequence of a manifest's path; undefined for another path. */
export function sequenceOf(path: string): number | undefined {
  const digits = /^manifests\/(\d{8,15})\.json$/.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

async function read(store: ArchiveStore, sequence: number, expected?: string): Promise<ChainedManifest> {
  const path = manifestPath(sequence);
  const bytes = await store.read(path);
  const bad = (reason: string) =>
    new FileError(`archive ${store.name}: ${path} ${reason}; hss archive verify says what else is damaged`);
  if (!bytes) throw bad("is missing");
  const manifest = readManifest(bytes.toString("utf8"));
  if (manifest?.sequence !== sequence) throw bad("was edited, or is not a manifest of this version");
  const digest = sha256(bytes);
  if (expected !== undefined && digest !== expected)
    throw bad("was edited: the manifest after it names another digest");
  return { manifest, sha256: digest };
}

export const follow = (store: ArchiveStore, { sequence, sha256: digest }: ManifestLink): Promise<ChainedManifest> =>
  read(store, sequence, digest);

/**
 * The files that syncs added, newest first, back to the first sync for which `isEnough`: lists of a checkpoint or of a
 * manifest.
 */
export async function* filesBack(
  store: ArchiveStore,
  head: Manifest | undefined,
  isEnough: (sync: Manifest["sync"]) => boolean = () => false,
): AsyncGenerator<readonly ArchivedFile[]> {
  for (let at = head; at;) {
    const { filesSinceCheckpoint, checkpoint, previous } = at;
    yield filesSinceCheckpoint ?? at.files;
    const next: ManifestLink | undefined = filesSinceCheckpoint ? checkpoint : previous;
    if (isEnough(at.sync) || !next) return;
    at = (await follow(store, next)).manifest;
  }
}

/** A file that waits in staging, or has just got its place. */
export const readStaged = async (store: ArchiveStore, staged: string, path: string): Promise<Buffer | undefined> =>
  (await store.read(staged)) ?? (await store.read(path));
