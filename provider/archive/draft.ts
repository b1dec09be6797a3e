import { FileError } from "../errors.js";
import { canonicalJson } from "../policy/canonical.js";
import { sha256 } from "../sha256.js";
import { version } from "../version.js";
import { checkpointEvery, filesBack, type ChainedManifest } from "./chain.js";
import { dayOf, envelopePath, manifestPath, partPath, presencePath, stagingPath, type ArchiveScope } from "./layout.js";
import { manifestText, readManifest, type ArchivedFile, type Coverage, type Manifest } from "./manifest.js";
import { PartWriter, type ArchivedRow } from "./parts.js";
import type { ArchiveStore } from "./store.js";

/** A part is held in memory until it is written. */
const mostRows = 20_000;
const mostCharacters = 1 << 27;

/** What a sync adds: nothing of it counts before `commit`. */
export class ArchiveDraft {
  readonly sequence: number;
  /** True once its manifest may be there: its files are the archive's then, wherever they lie. */
  mayCount = false;
  private readonly staging: string;
  private readonly files: Omit<ArchivedFile, "readAt">[] = [];
  private readonly parts = new Map<string, number>();
  private readonly goneKeys: string[] = [];
  private readonly backKeys: string[] = [];
  private open: { readonly day: string; readonly writer: PartWriter } | undefined;

  constructor(
    private readonly store: ArchiveStore,
    private readonly scope: ArchiveScope,
    private readonly head: ChainedManifest | undefined,
    unique: string,
  ) {
    this.sequence = (head?.manifest.sequence ?? 0) + 1;
    this.staging = stagingPath(this.sequence, unique);
  }

  /** In any order; rows of one day that come together become one part. */
  async add(row: ArchivedRow): Promise<void> {
    const day = dayOf(row.event.occurTime);
    const { open } = this;
    const isFull = open && (open.writer.rows >= mostRows || open.writer.size >= mostCharacters);
    if (isFull || (open && open.day !== day)) await this.close();
    this.open ??= { day, writer: new PartWriter(this.scope, this.sequence) };
    await this.open.writer.add(row);
  }

  /** The service shows the event no longer. */
  gone(key: Buffer): void {
    this.goneKeys.push(key.toString("hex"));
  }

  /** The service shows it again, in the state in which it was seen last. */
  back(key: Buffer): void {
    this.backKeys.push(key.toString("hex"));
  }

  /** Undefined where another sync was first: nothing was added, and the archive is to be opened again. */
  async commit(
    sync: Manifest["sync"],
    coverage: readonly Coverage[],
    sign?: (manifest: Buffer) => Promise<string>,
  ): Promise<ChainedManifest | undefined> {
    const { store, sequence, staging } = this;
    await this.close();
    if (this.goneKeys.length + this.backKeys.length > 0) {
      const presence = { gone: this.goneKeys.sort(), back: this.backKeys.sort() };
      await this.keep(presencePath(sequence), Buffer.from(`${canonicalJson(presence)}\n`), presence.gone.length);
    }
    const manifest = await this.manifest(sync, coverage);
    const bytes = Buffer.from(manifestText(manifest));
    if (sign) await store.write(`${staging}${envelopePath(sequence)}`, Buffer.from(await sign(bytes)));
    if (!readManifest(bytes.toString("utf8")))
      throw new FileError(`archive ${store.name}: what this sync found can't be written as a manifest`);
    if (!(await this.isFirst(bytes))) {
      await this.discard();
      return undefined;
    }
    for (const { path } of await store.list(staging)) await store.publish(path, path.slice(staging.length));
    await store.clear(staging).catch(() => undefined);
    return { manifest, sha256: sha256(bytes) };
  }

  /** Nothing where the sync may count. */
  async discard(): Promise<void> {
    if (!this.mayCount) await this.store.clear(this.staging);
  }

  /** An answer may be lost after the manifest was written, so that it is asked whose it is. */
  private async isFirst(bytes: Buffer): Promise<boolean> {
    const path = manifestPath(this.sequence);
    this.mayCount = true;
    let failure: unknown;
    const isCreated = await this.store.create(path, bytes).catch((error: unknown) => void (failure = error));
    const found = isCreated === true ? bytes : await this.store.read(path);
    // it may still come
    if (failure !== undefined && !found?.length) throw failure;
    this.mayCount = found?.equals(bytes) ?? false;
    return this.mayCount;
  }

  private async close(): Promise<void> {
    const { open } = this;
    if (!open) return;
    this.open = undefined;
    const number = this.parts.get(open.day) ?? 0;
    this.parts.set(open.day, number + 1);
    const path = partPath(this.scope, open.day, this.sequence, number);
    await this.keep(path, await open.writer.finish(), open.writer.rows);
  }

  private async keep(path: string, bytes: Buffer, rows: number): Promise<void> {
    await this.store.write(`${this.staging}${path}`, bytes);
    this.files.push({ path, sha256: sha256(bytes), size: bytes.length, rows });
  }

  private async manifest(sync: Manifest["sync"], coverage: readonly Coverage[]): Promise<Manifest> {
    const { sequence, staging, head } = this;
    const { readAt } = sync;
    const files = this.files.map((file) => ({ ...file, readAt })).sort((a, b) => (a.path < b.path ? -1 : 1));
    const previous = head && { sequence: head.manifest.sequence, sha256: head.sha256 };
    const checkpoint = head?.manifest.filesSinceCheckpoint ? previous : head?.manifest.checkpoint;
    return {
      sequence,
      ...(previous && { previous }),
      ...(checkpoint && { checkpoint }),
      sync,
      coverage: [...coverage],
      staging,
      files,
      ...(sequence % checkpointEvery === 0 && { filesSinceCheckpoint: [...files, ...(await this.sinceCheckpoint())] }),
      version,
    };
  }

  /** The files of the manifests after the last checkpoint. */
  private async sinceCheckpoint(): Promise<ArchivedFile[]> {
    const files: ArchivedFile[] = [];
    let left = checkpointEvery - 1;
    for await (const added of filesBack(this.store, this.head?.manifest)) {
      if (left-- === 0) break;
      files.push(...added);
    }
    return files;
  }
}
