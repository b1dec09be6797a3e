import { ConfigurationError } from "../errors.js";
import type { EventRecord } from "../hss/event.js";
import type { EventFilter } from "../hss/request.js";
import { consume } from "../reading/pass.js";
import type { ReadQuery } from "../reading/query.js";
import type { EventReader, Place, ReadOutcome, ReadStream, ReadSummary } from "../reading/reader.js";
import type { Log } from "../runtime/runtime.js";
import { printable } from "../text.js";
import { dayMs } from "../time.js";
import { Archive } from "./archive.js";
import type { ChainedManifest } from "./chain.js";
import type { Coverage, ManifestLink } from "./manifest.js";
import { gapsIn, isCovered } from "./spans.js";
import type { ArchiveStore } from "./store.js";
import { scopeOf, syncArchive, type SyncReport } from "./sync.js";
import type { RecentSyncs } from "./recentSyncs.js";

export interface ArchivedReaderOptions {
  readonly reader: EventReader;
  readonly store: ArchiveStore;
  /** Whether the service is asked for what is new first. */
  readonly refresh: boolean;
  readonly syncs: RecentSyncs;
  readonly log: Log;
  readonly unique: () => string;
}

/** What an answer was made from. */
export interface AnsweredFrom extends ManifestLink {
  /** As of when it is, by the service's clock, in milliseconds since the epoch. */
  readonly asOf: number;
  /** From when on whole syncs hold every event, up to `asOf`. */
  readonly wholeSince: number;
  /** From when on it keeps anything. */
  readonly keptSince: number;
}

/** An event whose latest state is told, and the states before. */
export type Earlier = (event: EventRecord, states: readonly EventRecord[]) => void;

/** What an archive keeps, read as the service is read: the latest state of every event, as of the last whole sync. */
export class ArchivedReader {
  private answered: AnsweredFrom | undefined;

  constructor(private readonly options: ArchivedReaderOptions) {}

  /** Of the last answer. */
  get archived(): AnsweredFrom | undefined {
    return this.answered;
  }

  placeOf(query: ReadQuery, signal?: AbortSignal): Promise<Place> {
    return this.options.reader.placeOf(query, signal);
  }

  async readAll(query: ReadQuery, signal?: AbortSignal): Promise<ReadOutcome> {
    const events: EventRecord[] = [];
    const summary = await consume(this.stream(query, signal), (batch) => {
      for (const event of batch) events.push(event);
    });
    return { ...summary, events };
  }

  async *stream(query: ReadQuery, signal?: AbortSignal, earlier?: Earlier): ReadStream {
    const { store, unique, reader } = this.options;
    const scope = scopeOf(await reader.placeOf(query, signal));
    const sync = this.options.refresh ? await this.sync(query, signal) : undefined;
    const archive = await Archive.open(store, unique);
    archive.mustFit(scope);
    const coverage = archive.coverageOf(scope);
    if (!coverage) {
      const reason = `${store.name} holds nothing of project ${printable(scope.project, 100)} in ${printable(scope.region, 100)}: run hss archive sync, or leave refresh true`;
      throw new ConfigurationError([{ property: "archive", reason }]);
    }
    const { manifest, sha256 } = archive.head as ChainedManifest;
    const asOf = coverage.wholeAt ?? coverage.lastReadAt;
    const wholeSince = coverage.spans.find(([, until]) => until === asOf)?.[0] ?? asOf;
    const keptSince = coverage.spans[0]?.[0] ?? asOf;
    this.answered = { sequence: manifest.sequence, sha256, asOf, wholeSince, keptSince };
    const { kept, asked } = spansOf(query, this.answered, sync?.whole === true);
    if (query.isTimeOpen) this.tellGaps(coverage);
    const isWanted = filterOf(query.filter);
    let count = 0;
    for await (const batch of archive.events(scope, kept)) {
      signal?.throwIfAborted();
      const wanted = batch.filter(({ event }) => isWanted(event));
      count += wanted.length;
      if (earlier) for (const { event, states } of wanted) if (states.length > 0) earlier(event, states);
      yield wanted.map(({ event }) => event);
    }
    return summary({ count, asked, coverage, asOf, sync });
  }

  private tellGaps({ spans, project }: Coverage): void {
    const { store, log } = this.options;
    const gaps = gapsIn(spans).map(between);
    if (gaps.length > 0)
      log.warn(
        `hss: archive ${store.name}: of project ${printable(project, 100)} nothing was read of ${gaps.join(", ")}; what was seen before is in the answer, which is whole only since then`,
      );
  }

  private sync({ projectId, filter: { enterpriseProjectId } }: ReadQuery, signal?: AbortSignal): Promise<SyncReport> {
    const { reader, store, syncs, log, unique } = this.options;
    const query = {
      ...(projectId !== undefined && { projectId }),
      filter: { ...(enterpriseProjectId !== undefined && { enterpriseProjectId }) },
    };
    return syncs.recent(reader, `${store.name} ${JSON.stringify(query)}`, () =>
      syncArchive({ reader, store, query, log, unique, ...(signal && { signal }) }),
    );
  }
}

interface AskedSpans {
  /** The events that are answered. */
  readonly kept: readonly [number, number];
  /** The times that the answer is about. */
  readonly asked: readonly [number, number];
}

/** Without a time everything that is kept, though it is whole only since the last gap. */
function spansOf({ time, isTimeOpen }: ReadQuery, { asOf, wholeSince }: AnsweredFrom, isFresh: boolean): AskedSpans {
  if (isTimeOpen) return { kept: [-Infinity, asOf], asked: [wholeSince, asOf] };
  const isSpan = "begin" in time;
  const from = isSpan ? time.begin : asOf - time.lastDays * dayMs;
  // as of the service's own answer just now, whatever is still to come
  const until = isSpan ? (isFresh ? Math.max(from, Math.min(time.end, asOf)) : time.end) : asOf;
  return { kept: [from, until], asked: [from, until] };
}

/** As the service compares: equal. */
function filterOf({ hostName, hostIp, privateIp, handleStatus }: EventFilter): (event: EventRecord) => boolean {
  const isOne = (wanted: string | undefined, ...values: (string | undefined)[]) =>
    wanted === undefined || values.includes(wanted);
  return (event) => {
    const { hostName: name, hostIp: ip, publicIp: open } = event.resourceInfo ?? {};
    return (
      isOne(handleStatus, event.handleStatus) &&
      isOne(hostName, event.hostName, name) &&
      isOne(hostIp, event.privateIp, event.publicIp, ip, open) &&
      isOne(privateIp, event.privateIp, ip)
    );
  };
}

interface Answered {
  readonly count: number;
  readonly asked: AskedSpans["asked"];
  readonly coverage: Coverage;
  readonly asOf: number;
  readonly sync: SyncReport | undefined;
}

const rfc3339 = (time: number): string => new Date(time).toISOString();
const between = ([from, until]: readonly [number, number]): string => `${rfc3339(from)} to ${rfc3339(until)}`;

function summary({ count, asked, coverage: { spans }, asOf, sync }: Answered): ReadSummary {
  const covered = spans.map(between).join(" and ") || "nothing";
  const doubts = [
    ...(isCovered(spans, asked) ? [] : [`whole syncs cover ${covered}, and ${between(asked)} was asked for`]),
    ...(sync && !sync.whole ? [`the sync before it could not be shown to be whole: ${sync.doubts.join("; ")}`] : []),
  ];
  return {
    totalNum: count,
    complete: doubts.length === 0,
    doubts,
    reading: {
      ...{ requests: sync?.counts.requests ?? 0, retries: 0, throttled: 0, duplicatesDropped: 0 },
      ...{ totalAtStart: count, totalAtEnd: count, windows: 1 },
      ...{ beginTime: rfc3339(asked[0]), endTime: rfc3339(Math.min(asked[1], asOf)) },
    },
  };
}
