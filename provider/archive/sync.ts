import { FileError } from "../errors.js";
import type { EventFilter } from "../hss/request.js";
import { consume } from "../reading/pass.js";
import type { EventReader, Place } from "../reading/reader.js";
import type { Log } from "../runtime/runtime.js";
import { printable } from "../text.js";
import { dayMs } from "../time.js";
import { Archive } from "./archive.js";
import type { ChainedManifest } from "./chain.js";
import { EventSpool } from "./eventSpool.js";
import { lookBackDays, readNew } from "./incremental.js";
import type { KnownEvents } from "./known.js";
import { dayIn, endOfDay, startOfDay, type ArchiveScope } from "./layout.js";
import { coverageIn, type Coverage, type Manifest } from "./manifest.js";
import { ShownKeys, type ShownRow } from "./shown.js";
import { withoutSpan, withSpan } from "./spans.js";
import type { ArchiveStore } from "./store.js";

export interface SyncOptions {
  readonly store: ArchiveStore;
  readonly reader: Pick<EventReader, "page" | "stream" | "placeOf">;
  readonly query: { readonly projectId?: string; readonly filter: EventFilter };
  readonly log: Pick<Log, "warn">;
  readonly signal?: AbortSignal;
  /** The manifest in a signed envelope, as text. */
  readonly sign?: (manifest: Uint8Array) => Promise<string>;
  /** Everything that the service shows is read again. */
  readonly full?: boolean;
  /** A name that nobody else draws. */
  readonly unique: () => string;
}

export type SyncReport = Manifest["sync"] & { readonly sequence: number; readonly coverage: Coverage };

/** So few are always read in full, which costs no more. */
const fewEvents = 300;
/** At the latest then everything is read again, which shows what a quiet sync can't see. */
const fullEveryMs = 7 * dayMs;
/** After so long most of what the service shows is new. */
const longAgoMs = 10 * dayMs;
/** An event that is about to leave the service's window was not removed. */
const leavingMs = 60 * 60_000;
/** Syncs that were first, one after the other. */
const mostAttempts = 20;

/** Adds to an archive what the service shows and it does not know, and says whether that was everything. */
export async function syncArchive(options: SyncOptions): Promise<SyncReport> {
  const { store, reader, query, signal, log, unique } = options;
  const scope = scopeOf(await reader.placeOf({ ...query, time: { lastDays: lookBackDays } }, signal));
  const base = await Archive.open(store, unique);
  base.mustFit(scope);
  base.mustBeSettled();
  const coverage = base.coverageOf(scope);
  const knownFrom = (coverage?.lastReadAt ?? 0) - (lookBackDays + 1) * dayMs;
  const { known, damaged } = await base.known(scope, knownFrom);
  for (const path of damaged) {
    log.warn(
      `archive ${store.name}: ${printable(path, 300)} was edited or is missing; what the service still shows of it is added again, the file is moved to damaged/`,
    );
    // not to be read beside what is added again
    if (await store.read(path)) await store.publish(path, `damaged/${path}`);
  }
  const read = await readService(options, { coverage, known, damaged, turn: base.head?.manifest.sequence ?? 0 });
  try {
    let archive = base;
    let now = read.readAt < (coverage?.lastReadAt ?? 0) ? undefined : known;
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const added = await add(options, { archive, scope, read, known, now, damaged });
      if (added) {
        const { sync, sequence } = added.manifest;
        return { ...sync, sequence, coverage: coverageIn(added.manifest, scope) as Coverage };
      }
      archive = await Archive.open(store, unique);
      archive.mustFit(scope);
      now = undefined;
    }
  } finally {
    await read.close();
  }
  throw new FileError(
    `archive ${store.name}: other syncs were first ${mostAttempts} times; try again (if none is running, and the newest manifest is an empty file, remove that file)`,
  );
}

/** `unknown` where no region is known. */
export const scopeOf = ({ region = "unknown", project, endpoint, enterpriseProject, sample }: Place): ArchiveScope => ({
  ...{ region, project, endpoint, sample },
  ...(enterpriseProject !== undefined && { enterpriseProject }),
});

interface ServiceRead extends Pick<Manifest["sync"], "kind" | "readAt" | "whole" | "doubts" | "counts"> {
  /** What it showed; of an incremental read only what was not known. */
  rows(): AsyncIterable<ShownRow> | Iterable<ShownRow>;
  close(): Promise<void>;
}

interface Before {
  readonly coverage?: Coverage;
  readonly known: KnownEvents;
  readonly damaged: readonly string[];
  readonly turn: number;
}

async function readService(options: SyncOptions, { coverage, known, damaged, turn }: Before): Promise<ServiceRead> {
  const { reader, query, signal, full = false } = options;
  let requests = 0;
  const spent = (more: number) => void (requests += more);
  const shownThen = known.count((_time, _how, gone) => !gone);
  const { wholeAt, readInFullAt } = coverage ?? {};
  if (wholeAt !== undefined && readInFullAt !== undefined && !full && damaged.length === 0 && shownThen > fewEvents) {
    const until = Math.min(readInFullAt + fullEveryMs, wholeAt + longAgoMs);
    const asked = { reader, query, known, since: wholeAt, until, turn, spent };
    const read = await readNew({ ...asked, ...(signal && { signal }) });
    if (read) {
      const { readAt, counts, rows } = read;
      return {
        ...{ kind: "incremental", readAt, whole: true, doubts: [], counts: { ...counts, requests } },
        rows,
        close: () => Promise.resolve(),
      };
    }
  }
  return readAll(options, () => requests);
}

/** Everything that the service shows, with the proof of a whole read. */
async function readAll({ reader, query, signal }: SyncOptions, before: () => number): Promise<ServiceRead> {
  const spool = await EventSpool.open();
  try {
    const stream = reader.stream({ ...query, time: { lastDays: lookBackDays } }, signal);
    const { complete, doubts, reading } = await consume(stream, async (events) => {
      for (const event of events) await spool.add(event);
    });
    return {
      ...{ kind: "full", readAt: Date.parse(reading.endTime), whole: complete, doubts: [...doubts] },
      counts: { total: spool.count, requests: before() + reading.requests },
      async *rows() {
        const keys = new ShownKeys();
        for await (const batch of spool.inOrder()) {
          for (const { event, json } of batch) {
            const row = keys.rowOf(event, json);
            if (row) yield row;
          }
        }
      },
      close: () => spool.close(),
    };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

interface Addition {
  readonly archive: Archive;
  readonly scope: ArchiveScope;
  readonly read: ServiceRead;
  /** What was known when the read began, and what is now, where that is at hand. */
  readonly known: KnownEvents;
  readonly now: KnownEvents | undefined;
  readonly damaged: readonly string[];
}

/** Undefined where another sync was first. */
async function add({ sign, store }: SyncOptions, addition: Addition): Promise<ChainedManifest | undefined> {
  const { archive, scope, read, damaged } = addition;
  const before = archive.coverageOf(scope);
  const from = read.readAt - lookBackDays * dayMs;
  const known = addition.now ?? (await archive.known(scope, Math.min(from, before?.lastReadAt ?? from) - dayMs)).known;
  // another sync read after this one: what it saw is newer
  const isLate = (before?.lastReadAt ?? 0) > read.readAt;
  const draft = archive.draft(scope);
  try {
    const added = { events: 0, states: 0, gone: 0, back: 0 };
    for await (const row of read.rows()) {
      const { key: id, state } = row;
      known.setShown(id);
      const now = known.get(id);
      if (known.isInState(id, state)) {
        if (now?.gone && !isLate) {
          draft.back(id);
          added.back++;
        }
      } else if (!(isLate && addition.known.isInState(id, state))) {
        await draft.add({ ...row, seenAt: read.readAt });
        added[now ? "states" : "events"]++;
      }
    }
    if (read.kind === "full" && read.whole && !isLate) {
      for (const { key: id, event, shown } of known.entries()) {
        const isShown = event.occurTime > from + leavingMs && event.occurTime <= read.readAt;
        if (!isShown || event.gone || shown) continue;
        draft.gone(id);
        added.gone++;
      }
    }
    const { rows: _rows, close: _close, ...said } = read;
    const sync = { ...said, scope, span: [from, read.readAt] satisfies [number, number], added, damaged: [...damaged] };
    const others = archive.head?.manifest.coverage.filter((one) => one !== before) ?? [];
    return await draft.commit(sync, [...others, coverageAfter(scope, before, read, damaged)], sign);
  } catch (error) {
    // an error after the manifest was written: the next one of ours gives its files their places
    if (draft.mayCount) throw error;
    await draft.discard().catch(() => undefined);
    // a sync that was first may have cleared what this one was writing
    const now = await Archive.open(store, () => "none");
    if ((now.head?.manifest.sequence ?? 0) >= draft.sequence) return undefined;
    throw error;
  }
}

function coverageAfter(
  scope: ArchiveScope,
  before: Coverage | undefined,
  { kind, readAt, whole }: ServiceRead,
  damaged: readonly string[],
): Coverage {
  const from = readAt - lookBackDays * dayMs;
  const lost = damaged.map((path) => {
    const day = dayIn(path);
    // of a list of what is gone nothing is lost: it was made again
    if (day === undefined) return { path, span: [0, 0] as const, restored: whole };
    const span = [startOfDay(day) ?? -Infinity, endOfDay(day) ?? Infinity] as const;
    return { path, span, restored: whole && span[0] >= from };
  });
  const kept = lost
    .filter(({ restored }) => !restored)
    .reduce<[number, number][]>((spans, { span }) => withoutSpan(spans, span), before?.spans ?? []);
  const wholeAt = whole ? Math.max(readAt, before?.wholeAt ?? 0) : before?.wholeAt;
  const readInFullAt = whole && kind === "full" ? Math.max(readAt, before?.readInFullAt ?? 0) : before?.readInFullAt;
  return {
    ...scope,
    spans: whole ? withSpan(kept, [from, readAt]) : kept,
    lastReadAt: Math.max(readAt, before?.lastReadAt ?? 0),
    ...(wholeAt !== undefined && { wholeAt }),
    ...(readInFullAt !== undefined && { readInFullAt }),
    damaged: [...(before?.damaged ?? []), ...lost.map(({ path, restored }) => ({ path, restored }))],
  };
}
