import type { KeyObject } from "node:crypto";
import { sha256 } from "../sha256.js";
import { plural, printable } from "../text.js";
import { isRecord, parseJson } from "../values.js";
import { version } from "../version.js";
import { checkpointEvery, newestIn, readStaged } from "./chain.js";
import { isSignedBy, readEnvelope } from "./dsse.js";
import { envelopePath, manifestFolder, manifestPath, partPath, presencePath, stagingFolder } from "./layout.js";
import { readManifest, type ArchivedFile, type Manifest } from "./manifest.js";
import { madeAgain, partRows } from "./parts.js";
import type { ArchiveStore, StoredFile } from "./store.js";

export interface ArchiveCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What holds, or what does not. */
  readonly text: string;
}

export interface ArchiveVerification {
  readonly ok: boolean;
  readonly checks: readonly ArchiveCheck[];
  /** Of the newest manifest: kept elsewhere, it shows that none was taken off the end. */
  readonly head?: { readonly sequence: number; readonly sha256: string };
}

/** What is said of each check that fails; there may be thousands of files. */
const mostTold = 20;

interface Chain {
  readonly manifests: readonly { readonly manifest: Manifest; readonly bytes: Buffer }[];
  readonly problems: readonly string[];
}

/**
 * Checks an archive without the service, and changes nothing in it: the chain of manifests, their signatures where a key is
 * given, every file's digest, that nothing lies in between, and that each part follows from the events in it.
 */
export async function verifyArchive(store: ArchiveStore, key?: KeyObject): Promise<ArchiveVerification> {
  const checks: ArchiveCheck[] = [];
  const check = (name: string, problems: readonly string[], fine: string): void => {
    const told = problems.slice(0, mostTold).join("; ");
    const more = problems.length > mostTold ? `; and ${problems.length - mostTold} more` : "";
    checks.push({ name, ok: problems.length === 0, text: problems.length === 0 ? fine : `${told}${more}` });
  };
  // before the manifests are read: what another sync adds meanwhile is in one of them
  const there = [...(await store.list("ext/")), ...(await store.list(manifestFolder))];
  const chain = await chainOf(store);
  const { manifests } = chain;
  check("chain", chain.problems, `${plural(manifests.length, "manifest")}, each as the next one says`);
  check("counts", countProblems(manifests), "each sync added what it says");
  check("checkpoints", checkpointProblems(manifests), "the lists of checkpoints agree with the manifests");
  check("signatures", ...(await signatures(store, manifests, key)));
  const files = manifests.flatMap(({ manifest }) => manifest.files);
  const { problems, waiting } = await fileProblems(store, manifests);
  check("files", problems, `${plural(files.length, "file")}, each as its manifest says${waitingText(waiting)}`);
  check("strangers", strangers(there, manifests), "nothing else is there");
  const last = manifests.at(-1);
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    ...(last && { head: { sequence: last.manifest.sequence, sha256: sha256(last.bytes) } }),
  };
}

/** From the first to the newest. */
async function chainOf(store: ArchiveStore): Promise<Chain> {
  const problems: string[] = [];
  const manifests: { manifest: Manifest; bytes: Buffer }[] = [];
  const newest = await newestIn(store);
  if (newest === 0) problems.push("there is no manifest: this is no archive");
  let before: { readonly sequence: number; readonly sha256: string } | undefined;
  for (let sequence = 1; sequence <= newest; sequence++) {
    const path = manifestPath(sequence);
    const bytes = await store.read(path).catch(() => undefined);
    const manifest = bytes && readManifest(bytes.toString("utf8"));
    if (!bytes) problems.push(`${path} is missing or can't be read`);
    else if (!manifest) problems.push(`${path} was edited, or is not a manifest of this version`);
    else {
      manifests.push({ manifest, bytes });
      if (manifest.sequence !== sequence) problems.push(`${path} says that it is number ${manifest.sequence}`);
      if (before && (manifest.previous?.sha256 !== before.sha256 || manifest.previous.sequence !== before.sequence))
        problems.push(`${path} follows another manifest than ${manifestPath(before.sequence)}`);
      if (sequence === 1 && manifest.previous) problems.push(`${path} is the first, and follows another manifest`);
    }
    before = bytes && { sequence, sha256: sha256(bytes) };
  }
  return { manifests, problems };
}

/** What a sync says that it added, against its files; no file is named twice. */
function countProblems(manifests: Chain["manifests"]): string[] {
  const named = new Set<string>();
  return manifests.flatMap(({ manifest: { sequence, sync, files } }) => {
    const path = manifestPath(sequence);
    const twice = files.filter((file) => named.has(file.path) || !named.add(file.path));
    const rows = files.reduce((sum, file) => sum + (file.path === presencePath(sequence) ? 0 : file.rows), 0);
    const { events, states } = sync.added;
    return [
      ...twice.map((file) => `${path} names ${printable(file.path, 300)}, which is named before`),
      ...(rows === events + states ? [] : [`${path} says ${events + states} rows, and its files have ${rows}`]),
    ];
  });
}

function checkpointProblems(manifests: Chain["manifests"]): string[] {
  const problems: string[] = [];
  let since: ArchivedFile[] = [];
  let checkpoint: { readonly sequence: number; readonly sha256: string } | undefined;
  for (const { manifest, bytes } of manifests) {
    const { sequence, files, filesSinceCheckpoint } = manifest;
    since = [...since, ...files];
    if (manifest.checkpoint?.sha256 !== checkpoint?.sha256 || manifest.checkpoint?.sequence !== checkpoint?.sequence)
      problems.push(`${manifestPath(sequence)} names another checkpoint`);
    if ((filesSinceCheckpoint !== undefined) !== (sequence % checkpointEvery === 0))
      problems.push(`${manifestPath(sequence)} ${filesSinceCheckpoint ? "is no" : "is to be a"} checkpoint`);
    if (!filesSinceCheckpoint) continue;
    if (inOrder(filesSinceCheckpoint) !== inOrder(since))
      problems.push(`${manifestPath(sequence)} lists other files than the manifests since the last checkpoint`);
    since = [];
    checkpoint = { sequence, sha256: sha256(bytes) };
  }
  return problems;
}

const inOrder = (files: readonly ArchivedFile[]): string =>
  JSON.stringify(files.map(({ path, sha256: digest, size, rows }) => [path, digest, size, rows].join(" ")).sort());

async function signatures(
  store: ArchiveStore,
  manifests: Chain["manifests"],
  key: KeyObject | undefined,
): Promise<[problems: string[], fine: string]> {
  const problems: string[] = [];
  let signed = 0;
  for (const { manifest, bytes } of manifests) {
    const path = envelopePath(manifest.sequence);
    const text = await read(store, manifest, path).catch(() => undefined);
    const envelope = text && readEnvelope(text.toString("utf8"));
    if (text) signed++;
    if (text && !envelope?.body.equals(bytes)) problems.push(`${path} is not an envelope of its manifest`);
    else if (key && !(envelope && isSignedBy(envelope, key)))
      problems.push(envelope ? `${path} is not signed by this key` : `${path} is missing`);
  }
  const fine = key
    ? `${plural(signed, "manifest")} signed by this key`
    : `${signed} of ${plural(manifests.length, "manifest")} signed, which no key was given to check`;
  return [problems, fine];
}

/** A file at its place, or where the newest sync left it if it was stopped. */
async function read(store: ArchiveStore, { staging }: Manifest, path: string): Promise<Buffer | undefined> {
  return (await store.read(path)) ?? (await readStaged(store, `${staging}${path}`, path));
}

async function fileProblems(store: ArchiveStore, manifests: Chain["manifests"]) {
  const problems: string[] = [];
  let waiting = 0;
  for (const { manifest } of manifests) {
    for (const file of manifest.files) {
      try {
        const placed = await store.read(file.path);
        const bytes = placed ?? (await read(store, manifest, file.path));
        if (!placed && bytes) waiting++;
        for (const problem of await problemsOf(manifest, file, bytes))
          problems.push(`${printable(file.path, 300)} ${problem}`);
      } catch (error) {
        // one that the disk can't give is no reason to leave the others
        problems.push((error as Error).message);
      }
    }
  }
  return { problems, waiting };
}

async function problemsOf(manifest: Manifest, file: ArchivedFile, bytes: Buffer | undefined): Promise<string[]> {
  if (!bytes) return ["is missing"];
  if (sha256(bytes) !== file.sha256 || bytes.length !== file.size) return ["was edited"];
  return contentProblems(manifest, file, bytes);
}

/** What is signed may still be wrong: each part is made again from its events. */
async function contentProblems(manifest: Manifest, file: ArchivedFile, bytes: Buffer): Promise<string[]> {
  const { sequence, sync, version: by } = manifest;
  const { path, rows, readAt } = file;
  const about = readAt === sync.readAt ? [] : ["has another time than the sync that added it"];
  if (path === presencePath(sequence)) {
    const presence = parseJson(bytes.toString("utf8"));
    const gone = isRecord(presence) ? presence["gone"] : undefined;
    const isCounted = Array.isArray(gone) && gone.length === rows && rows === sync.added.gone;
    return [...about, ...(isCounted ? [] : ["does not list as many keys as the manifest says"])];
  }
  const day = /\/eventDay=([^/]+)\//.exec(path)?.[1] ?? "";
  const number = Number(/-(\d+)\.parquet$/.exec(path)?.[1]);
  if (path !== partPath(sync.scope, day, sequence, number)) return ["is not at the place of this sync's files"];
  try {
    const { bytes: again, problems, count } = await madeAgain(partRows(bytes), sync, sequence, by, day);
    return [
      ...about,
      ...problems,
      ...(count === rows ? [] : [`has ${count} rows, and the manifest says ${rows}`]),
      // another version may have had other columns
      ...(again.equals(bytes) || by !== version ? [] : ["has columns that do not follow from its events"]),
    ];
  } catch (error) {
    return [`can't be read (${printable((error as Error).message, 160)})`];
  }
}

/** Files that no manifest names: a reader of the data set would take them for events. */
function strangers(there: readonly StoredFile[], manifests: Chain["manifests"]): string[] {
  const named = new Set(
    manifests.flatMap(({ manifest: { sequence, files } }) => [
      manifestPath(sequence),
      envelopePath(sequence),
      ...files.map(({ path }) => path),
    ]),
  );
  const newest = manifestPath((manifests.at(-1)?.manifest.sequence ?? 0) + 1);
  return there
    .filter(({ path }) => !named.has(path) && path !== newest)
    .map(({ path }) => `${printable(path, 300)} is in no manifest`);
}

const waitingText = (waiting: number): string =>
  waiting === 0
    ? ""
    : `; ${plural(waiting, "file")} of a sync that was stopped still in ${stagingFolder}, and get their places with the next sync`;
