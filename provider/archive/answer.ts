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
import { gapsIn, isCovered, type Spans } from "./spans.js";
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

/** What an archive keeps, read as the service is read: the latest state of every event, as of the last whole sync. */
export class ArchivedReader {
  /** As of when the last answer is, by the service's clock, in milliseconds since the epoch. */
  private answeredAsOf: number | undefined;
  private answeredFrom: ManifestLink | undefined;

  constructor(private readonly options: ArchivedReaderOptions) {}

  get asOf(): number | undefined {
    return this.answeredAsOf;
  }

  /** The manifest from which it was answered. */
  get manifest(): ManifestLink | undefined {
    return this.answeredFrom;
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

  async *stream(query: ReadQuery, signal?: AbortSignal): ReadStream {
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
    this.answeredFrom = { sequence: manifest.sequence, sha256 };
    const until = (this.answeredAsOf = coverage.wholeAt ?? coverage.lastReadAt);
    const span = spanOf(query, coverage.spans, until);
    const isWanted = filterOf(query.filter);
    let count = 0;
    for await (const batch of archive.events(scope, span)) {
      signal?.throwIfAborted();
      const wanted = batch.map(({ event }) => event).filter(isWanted);
      count += wanted.length;
      yield wanted;
    }
    return summary({ count, span, coverage, until, sync });
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

/** Without a time everything that is kept. */
function spanOf({ time, isTimeOpen }: ReadQuery, spans: Spans, until: number): [number, number] {
  if ("begin" in time) return [time.begin, time.end];
  const first = spans[0]?.[0] ?? until - time.lastDays * dayMs;
  return isTimeOpen === true ? [Math.min(first, until), until] : [until - time.lastDays * dayMs, until];
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
  readonly span: readonly [number, number];
  readonly coverage: Coverage;
  readonly until: number;
  readonly sync: SyncReport | undefined;
}

function summary({ count, span: [from, end], coverage, until, sync }: Answered): ReadSummary {
  const rfc3339 = (time: number) => new Date(time).toISOString();
  const spans = coverage.spans.map(([a, b]) => `${rfc3339(a)} to ${rfc3339(b)}`);
  const gaps = gapsIn(coverage.spans).map(([a, b]) => `${rfc3339(a)} to ${rfc3339(b)}`);
  const doubts = [
    ...(isCovered(coverage.spans, [from, end])
      ? []
      : [
          `whole syncs cover ${spans.join(" and ") || "nothing"}${gaps.length > 0 ? ` (gaps: ${gaps.join(", ")})` : ""}, and ${rfc3339(from)} to ${rfc3339(end)} was asked for`,
        ]),
    ...(sync && !sync.whole ? [`the sync before it could not be shown to be whole: ${sync.doubts.join("; ")}`] : []),
  ];
  return {
    totalNum: count,
    complete: doubts.length === 0,
    doubts,
    reading: {
      ...{ requests: sync?.counts.requests ?? 0, retries: 0, throttled: 0, duplicatesDropped: 0 },
      ...{ totalAtStart: count, totalAtEnd: count, windows: 1 },
      ...{ beginTime: rfc3339(from), endTime: rfc3339(Math.min(end, until)) },
    },
  };
}
