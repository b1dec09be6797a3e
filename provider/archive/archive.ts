import { FileError } from "../errors.js";
import type { EventRecord } from "../hss/event.js";
import { sha256 } from "../sha256.js";
import { printable } from "../text.js";
import { compareDecimal } from "../reading/eventOrder.js";
import { dayMs } from "../time.js";
import { isRecord, parseJson } from "../values.js";
import { filesBack, headOf, readStaged, type ChainedManifest } from "./chain.js";
import { ArchiveDraft } from "./draft.js";
import { byId } from "./eventSpool.js";
import { KnownEvents, type Handling } from "./known.js";
import {
  dayIn,
  dayOf,
  endOfDay,
  envelopePath,
  noDay,
  partitionPath,
  stagingFolder,
  startOfDay,
  type ArchiveScope,
} from "./layout.js";
import { coverageIn, type ArchivedFile, type Coverage, type Manifest } from "./manifest.js";
import { knownRows, partRows } from "./parts.js";
import type { ArchiveStore } from "./store.js";

type Project = Pick<ArchiveScope, "region" | "project">;

export interface ArchivedEvent {
  readonly event: EventRecord;
  /** Those before, oldest first. */
  readonly states: readonly EventRecord[];
}

/** An event of a day, with what it is put in order by: its object takes several times the room of its text. */
interface Placed {
  readonly json: string;
  readonly event: Pick<EventRecord, "eventId" | "occurTime">;
  readonly before: Placed | undefined;
}

const batchRows = 2000;

/**
 * The archive as its newest manifest tells it. A sync writes its files into `.staging`, then its manifest, which is the moment
 * from which they count, and then gives them their places: who opens the archive does that for one that was stopped before.
 */
export class Archive {
  private constructor(
    readonly store: ArchiveStore,
    readonly head: ChainedManifest | undefined,
    private readonly unique: () => string,
    /** Why files of the newest sync are still in staging: to read them is all that can be done. */
    private readonly unsettled: unknown,
  ) {}

  /** `unique`: a name that nobody else draws. */
  static async open(store: ArchiveStore, unique: () => string): Promise<Archive> {
    const head = await headOf(store);
    const unsettled = head && (await settle(store, head.manifest).catch((error: unknown) => error));
    return new Archive(store, head, unique, unsettled);
  }

  coverageOf(project: Project): Coverage | undefined {
    return this.head && coverageIn(this.head.manifest, project);
  }

  /**
   * The latest state of each event of the partitions that end after `from` (milliseconds since the epoch) and of the one
   * without a day. Files that were edited or are missing are left out, and named.
   */
  async known(project: Project, from: number): Promise<{ known: KnownEvents; damaged: string[] }> {
    const known = new KnownEvents();
    const damaged: string[] = [];
    const files = await this.files(project, ({ end }) => end === undefined || end > from, from - dayMargin);
    for (const file of files) {
      const bytes = await this.read(file);
      if (!bytes || sha256(bytes) !== file.sha256) {
        if (!this.isKnownDamage(project, file)) damaged.push(file.path);
      } else if (isPresence(file)) applyPresence(known, bytes);
      else {
        for await (const { key, state, occurTime, handleStatus } of knownRows(bytes))
          known.set(key, state, occurTime, handlingOf(handleStatus));
      }
    }
    return { known, damaged };
  }

  /** Throws where the files of the newest sync can't get their places, as in a copy that is read-only. */
  mustBeSettled(): void {
    if (this.unsettled !== undefined) throw this.unsettled as Error;
  }

  /** A sync's additions, after this head. */
  draft(scope: ArchiveScope): ArchiveDraft {
    this.mustBeSettled();
    return new ArchiveDraft(this.store, scope, this.head, this.unique());
  }

  /**
   * Every event of the time span (milliseconds since the epoch, both included; events without a time too) in its latest state:
   * newest first, then by id. Rejects where a file is edited or missing.
   */
  async *events(project: Project, [from, until]: readonly [number, number]): AsyncGenerator<ArchivedEvent[]> {
    const within = ({ start, end }: { start?: number; end?: number }) =>
      start === undefined || end === undefined || (end > from && start <= until);
    const days = new Map<string, ArchivedFile[]>();
    for (const file of await this.files(project, within)) {
      const day = dayIn(file.path);
      if (day !== undefined) days.set(day, [...(days.get(day) ?? []), file]);
    }
    // events without a time come last
    for (const day of [...days.keys()].sort((a, b) => rank(b) - rank(a))) {
      const latest = new Map<string, Placed>();
      for (const file of days.get(day) ?? []) {
        const bytes = await this.read(file);
        const isWhole = bytes && sha256(bytes) === file.sha256;
        if (!isWhole && this.isKnownDamage(project, file)?.restored) continue;
        if (!isWhole)
          throw new FileError(
            `archive ${this.store.name}: ${printable(file.path, 300)} ${bytes ? "was edited" : "is missing"}; what it held can't be told, see hss archive verify`,
          );
        for await (const { key, event, json } of partRows(bytes)) {
          const { occurTime, eventId } = event;
          const id = key.toString("base64");
          latest.set(id, { json, event: { occurTime, eventId }, before: latest.get(id) });
        }
      }
      const rows = [...latest.values()].filter(({ event }) => isWithin(event.occurTime, from, until)).sort(inTurn);
      for (let start = 0; start < rows.length; start += batchRows)
        yield rows.slice(start, start + batchRows).map(archivedEvent);
    }
  }

  private async read({ path }: ArchivedFile): Promise<Buffer | undefined> {
    const { store, head, unsettled } = this;
    const placed = await store.read(path);
    if (placed || unsettled === undefined) return placed;
    return readStaged(store, `${head?.manifest.staging ?? ""}${path}`, path);
  }

  /** Files of the project's partitions and what it no longer shows, in the order in which they were added. */
  private async files(
    project: Project,
    wanted: (day: { start?: number; end?: number }) => boolean,
    since?: number,
  ): Promise<ArchivedFile[]> {
    const files: ArchivedFile[] = [];
    const partition = partitionPath(project);
    // the clock of another project's service says nothing of this one's
    const isEnough = ({ scope, readAt }: Manifest["sync"]) =>
      since !== undefined && scope.region === project.region && scope.project === project.project && readAt < since;
    for await (const added of filesBack(this.store, this.head?.manifest, isEnough)) {
      for (const file of added) {
        const day = dayIn(file.path);
        const isOurs = day === undefined ? isPresence(file) : file.path.startsWith(partition);
        if (isOurs && (day === undefined || wanted({ start: startOfDay(day), end: endOfDay(day) }))) files.push(file);
      }
    }
    return files.sort((a, b) => a.readAt - b.readAt || turnOf(a.path) - turnOf(b.path) || (a.path < b.path ? -1 : 1));
  }

  private isKnownDamage(project: Project, { path }: ArchivedFile) {
    return this.coverageOf(project)?.damaged.find((one) => one.path === path);
  }

  /** Throws where the archive holds the same project from elsewhere: its events would be here twice. */
  mustFit(scope: ArchiveScope): void {
    const before = this.coverageOf(scope);
    if (!before) return;
    const differs = (["endpoint", "enterpriseProject", "sample"] as const).find((name) => before[name] !== scope[name]);
    if (differs === undefined) return;
    const say = (one: ArchiveScope) => printable(String(one[differs] ?? "the service's own"), 100);
    throw new FileError(
      `archive ${this.store.name} holds project ${printable(scope.project, 100)} with ${differs} ${say(before)}, and this sync is for ${say(scope)}: take another archive for it`,
    );
  }
}

/** Some events are ahead of the service's clock. */
const dayMargin = 2 * dayMs;

/** Gives the files of a sync that was stopped their places, and removes what can't become part of the archive any more. */
async function settle(store: ArchiveStore, { staging, sequence, files }: Manifest): Promise<void> {
  const wanted = new Set([...files.map(({ path }) => path), envelopePath(sequence)]);
  const past = new Set<string>();
  for (const { path } of await store.list(stagingFolder)) {
    const [, folder = ""] = path.split("/");
    const target = path.startsWith(staging) ? path.slice(staging.length) : "";
    if (wanted.has(target)) await store.publish(path, target);
    if (path.startsWith(staging) || Number(folder.split("-")[0]) < sequence) past.add(`${stagingFolder}${folder}/`);
  }
  // what is left there does no harm, and somebody else may be removing it
  for (const folder of past) await store.clear(folder).catch(() => undefined);
}

const isPresence = ({ path }: ArchivedFile): boolean => path.endsWith(".presence.json");
const rank = (day: string): number => (day === noDay ? -1 : Number(day));

/** By sequence; what the service shows no longer after what it showed. */
function turnOf(path: string): number {
  const part = /\/part-(\d+)-/.exec(path)?.[1];
  const presence = /^manifests\/(\d+)\.presence\.json$/.exec(path)?.[1];
  return part === undefined ? Number(presence ?? 0) + 0.5 : Number(part);
}

function applyPresence(known: KnownEvents, bytes: Buffer): void {
  const presence = parseJson(bytes.toString("utf8"));
  if (!isRecord(presence)) return;
  for (const [name, isGone] of [
    ["gone", true],
    ["back", false],
  ] as const) {
    const keys = presence[name];
    for (const key of Array.isArray(keys) ? keys : []) known.setGone(Buffer.from(String(key), "hex"), isGone);
  }
}

export const handlingOf = (status: string | undefined): Handling =>
  status === "handled" || status === "unhandled" ? status : "other";

function isWithin(occurTime: string | undefined, from: number, until: number): boolean {
  if (dayOf(occurTime) === noDay) return true;
  const time = Number(occurTime);
  return time >= from && time <= until;
}

const parsed = ({ json }: Placed): EventRecord => JSON.parse(json) as EventRecord;

function archivedEvent(placed: Placed): ArchivedEvent {
  const states: EventRecord[] = [];
  for (let { before } = placed; before; { before } = before) states.unshift(parsed(before));
  return { event: parsed(placed), states };
}

const inTurn = (a: Placed, b: Placed): number => compareDecimal(b.event.occurTime, a.event.occurTime) || byId(a, b);
