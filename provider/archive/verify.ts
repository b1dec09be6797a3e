import type { KeyObject } from "node:crypto";
import { sha256 } from "../sha256.js";
import { plural, printable } from "../text.js";
import { isRecord, parseJson } from "../values.js";
import { version } from "../version.js";
import { checkpointEvery, sequenceOf } from "./chain.js";
import { isSignedBy, readEnvelope } from "./dsse.js";
import { envelopePath, manifestFolder, manifestPath, presencePath, stagingFolder } from "./layout.js";
import { readManifest, type ArchivedFile, type Manifest } from "./manifest.js";
import { madeAgain, partRows } from "./parts.js";
import type { ArchiveStore } from "./store.js";

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
  const chain = await chainOf(store);
  const { manifests } = chain;
  check("chain", chain.problems, `${plural(manifests.length, "manifest")}, each as the next one says`);
  check("checkpoints", checkpointProblems(manifests), "the lists of checkpoints agree with the manifests");
  check("signatures", ...(await signatures(store, manifests, key)));
  const files = manifests.flatMap(({ manifest }) => manifest.files);
  const { problems, waiting } = await fileProblems(store, manifests);
  check("files", problems, `${plural(files.length, "file")}, each as its manifest says${waitingText(waiting)}`);
  check("strangers", await strangers(store, manifests), "nothing else is there");
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
  const sequences = (await store.list(manifestFolder)).flatMap(({ path }) => sequenceOf(path) ?? []);
  const newest = Math.max(0, ...sequences);
  if (newest === 0) problems.push("there is no manifest: this is no archive");
  let before: { readonly sequence: number; readonly sha256: string } | undefined;
  for (let sequence = 1; sequence <= newest; sequence++) {
    const path = manifestPath(sequence);
    const bytes = await store.read(path);
    const manifest = bytes && readManifest(bytes.toString("utf8"));
    if (!bytes) problems.push(`${path} is missing`);
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
    const text = await read(store, manifest, path);
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
  return (await store.read(path)) ?? (await store.read(`${staging}${path}`));
}

async function fileProblems(store: ArchiveStore, manifests: Chain["manifests"]) {
  const problems: string[] = [];
  let waiting = 0;
  for (const { manifest } of manifests) {
    for (const file of manifest.files) {
      const said = printable(file.path, 300);
      const placed = await store.read(file.path);
      const bytes = placed ?? (await store.read(`${manifest.staging}${file.path}`));
      if (!placed && bytes) waiting++;
      if (!bytes) problems.push(`${said} is missing`);
      else if (sha256(bytes) !== file.sha256 || bytes.length !== file.size) problems.push(`${said} was edited`);
      else for (const problem of await contentProblems(manifest, file, bytes)) problems.push(`${said}: ${problem}`);
    }
  }
  return { problems, waiting };
}

/** What is signed may still be wrong: each part is made again from its events. */
async function contentProblems(manifest: Manifest, { path, rows }: ArchivedFile, bytes: Buffer): Promise<string[]> {
  const { sequence, sync, version: by } = manifest;
  if (path === presencePath(sequence)) {
    const presence = parseJson(bytes.toString("utf8"));
    const gone = isRecord(presence) ? presence["gone"] : undefined;
    return Array.isArray(gone) && gone.length === rows ? [] : ["it does not list as many keys as the manifest says"];
  }
  try {
    const { bytes: again, problems, count } = await madeAgain(partRows(bytes), sync.scope, sequence, by);
    return [
      ...problems,
      ...(count === rows ? [] : [`it has ${count} rows, and the manifest says ${rows}`]),
      // another version may have had other columns
      ...(again.equals(bytes) || by !== version ? [] : ["its columns do not follow from its events"]),
    ];
  } catch (error) {
    return [`it can't be read (${printable((error as Error).message, 160)})`];
  }
}

/** Files that no manifest names: a reader of the data set would take them for events. */
async function strangers(store: ArchiveStore, manifests: Chain["manifests"]): Promise<string[]> {
  const named = new Set(
    manifests.flatMap(({ manifest: { sequence, files } }) => [
      manifestPath(sequence),
      envelopePath(sequence),
      ...files.map(({ path }) => path),
    ]),
  );
  const found = [...(await store.list("ext/")), ...(await store.list(manifestFolder))];
  return found.filter(({ path }) => !named.has(path)).map(({ path }) => `${printable(path, 300)} is in no manifest`);
}

const waitingText = (waiting: number): string =>
  waiting === 0
    ? ""
    : `; ${plural(waiting, "file")} of a sync that was stopped still in ${stagingFolder}, and get their places with the next sync`;
