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
  const files = await store.list(manifestFolder);
  const newest = Math.max(0, ...files.map(({ path }) => sequenceOf(path) ?? 0));
  return newest === 0 ? undefined : read(store, newest);
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
 * The files that syncs added, newest first, back to the first sync before `since` (milliseconds, the service's clock): lists of
 * a checkpoint or of a manifest.
 */
export async function* filesBack(
  store: ArchiveStore,
  head: Manifest | undefined,
  since = -Infinity,
): AsyncGenerator<readonly ArchivedFile[]> {
  for (let at = head; at;) {
    const { filesSinceCheckpoint, checkpoint, previous } = at;
    yield filesSinceCheckpoint ?? at.files;
    const next: ManifestLink | undefined = filesSinceCheckpoint ? checkpoint : previous;
    if (at.sync.readAt < since || !next) return;
    at = (await follow(store, next)).manifest;
  }
}
