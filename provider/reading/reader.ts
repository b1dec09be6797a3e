import { abortError } from "../abort.js";
import { ConfigurationError } from "../errors.js";
import { HssClient } from "../hss/client.js";
import { credentialSource, projectIdByName, type CredentialSource } from "../hss/credentials/index.js";
import { hssEndpoint } from "../hss/endpoint.js";
import type { EventRecord } from "../hss/event.js";
import { minPageSize, type TimeFilter } from "../hss/request.js";
import { startDeadline } from "../runtime/deadline.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Settings } from "../settings/index.js";
import { SharedWork } from "../sharedWork.js";
import { dayMs } from "../time.js";
import { version } from "../version.js";
import { diagnose, type Finding } from "./diagnosis.js";
import { createDiskCache, type DiskCache } from "./diskCache.js";
import type { PageRange } from "./offsets.js";
import type { Pace } from "./pace.js";
import type { ReadQuery } from "./query.js";
import { ServiceRun, type RequestCounts } from "./run.js";
import { SingleFlight } from "./singleFlight.js";
import { readEvents, type ReadReport } from "./span.js";
import { TimeUnit } from "./timeUnit.js";
import { consume, type EventBatches } from "./pass.js";

/** How a read went. */
export interface Reading extends RequestCounts {
  readonly duplicatesDropped: number;
  readonly totalAtStart: number;
  readonly totalAtEnd: number;
  readonly windows: number;
  readonly beginTime: string;
  readonly endTime: string;
}

export interface ReadSummary {
  readonly totalNum: number;
  readonly complete: boolean;
  /** Why it could not be shown to be whole. */
  readonly doubts: readonly string[];
  readonly reading: Reading;
}

export interface ReadOutcome extends ReadSummary {
  readonly events: readonly EventRecord[];
}

/** A read as it goes: batches of events in the service's order, and at the end how it went. */
export type ReadStream = EventBatches<ReadSummary>;

export interface Place {
  readonly project: string;
  readonly region?: string;
  /** Host of the service. */
  readonly endpoint: string;
  readonly enterpriseProject?: string;
  /** The events are samples of the emulator. */
  readonly sample: boolean;
}

export interface ReaderOptions {
  readonly settings: Settings;
  readonly runtime: Runtime;
  /** Shared by all readers of one account at one endpoint. */
  readonly pace: Pace;
}

/** Reads the events of one account at one endpoint. */
export class EventReader {
  private readonly client: HssClient;
  private readonly credentials: CredentialSource;
  private readonly cache: DiskCache | undefined;
  private readonly underWay = new SingleFlight();
  private readonly timeUnit: TimeUnit;
  private projectId: string | undefined;
  private readonly project = new SharedWork(async (signal) => {
    const { settings, runtime } = this.options;
    return (this.projectId = await projectIdByName(settings, runtime, this.credentials, signal));
  }, "looking up the project");

  constructor(private readonly options: ReaderOptions) {
    const { settings, runtime } = options;
    this.client = new HssClient({
      endpoint: hssEndpoint(settings),
      transport: runtime.transport,
      clock: runtime.clock,
      timeoutMs: settings.requestTimeoutSeconds * 1000,
      version,
      digestKey: runtime.randomBytes(32),
    });
    this.credentials = credentialSource(settings, runtime);
    this.timeUnit = new TimeUnit(settings.timestampUnit, runtime.log);
    this.cache = settings.cacheSeconds > 0 ? createDiskCache(runtime) : undefined;
  }

  /** What other services of the account's cloud are reached with. */
  get access(): { readonly settings: Settings; readonly credentials: CredentialSource; readonly runtime: Runtime } {
    const { settings, runtime } = this.options;
    return { settings, credentials: this.credentials, runtime };
  }

  /** Work on a whole read, of which equal ones (by `key`) under way at the same time are one. */
  share<T>(
    key: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
    copy?: (result: T) => T,
  ): Promise<T> {
    return this.underWay.share(key, signal, work, copy);
  }

  /** Whose events a query is about, and where they come from. */
  async placeOf(query: ReadQuery, signal?: AbortSignal): Promise<Place> {
    const { settings } = this.options;
    const enterpriseProject = query.filter.enterpriseProjectId ?? settings.enterpriseProjectId;
    return {
      project: query.projectId ?? (await this.defaultProject(signal ?? new AbortController().signal)),
      ...(settings.region !== undefined && { region: settings.region }),
      // the address of the emulator in this process is another each time
      endpoint: settings.emulator ? "emulator" : hssEndpoint(settings).host,
      ...(enterpriseProject !== undefined && { enterpriseProject }),
      sample: settings.emulator,
    };
  }

  /** What a read would use and how far it would come, step by step; see `diagnose`. */
  diagnose(signal: AbortSignal = new AbortController().signal): AsyncGenerator<Finding, void> {
    const { settings, runtime, pace } = this.options;
    const { credentials } = this;
    const query: ReadQuery = { filter: {}, time: { lastDays: 30 } };
    const probe = async () => {
      const run = await this.begin(query, signal);
      try {
        const { total, events, answeredAt } = await run.fetchPage({ lastDays: 30 }, { offset: 0, limit: minPageSize });
        return { events, totalNum: total, clockOffsetMs: answeredAt - runtime.clock.now() };
      } finally {
        run.deadline.end();
      }
    };
    return diagnose(
      { settings, runtime, credentials, pace, probe, project: () => this.defaultProject(signal) },
      signal,
    );
  }

  /** What must appear in no text that leaves. */
  secrets(): string[] {
    return this.credentials.secrets();
  }

  /** Every event once, as it arrives; a consumer that pauses pauses the requests. */
  async *stream(query: ReadQuery, signal?: AbortSignal): ReadStream {
    if (!this.cache) return yield* this.read(query, signal);
    const { events, ...summary } = await this.readAll(query, signal);
    yield events;
    return summary;
  }

  /** Every event, once, in the service's order. Equal reads under way at the same time are one. */
  readAll(query: ReadQuery, signal?: AbortSignal): Promise<ReadOutcome> {
    return this.share(JSON.stringify(query), signal, async (shared) => {
      const key = await this.cacheKey(query, shared);
      const kept = await this.cache?.get(key, this.options.settings.cacheSeconds);
      if (kept !== undefined) return JSON.parse(kept) as ReadOutcome;
      const outcome = await this.collect(query, shared);
      if (this.cache && outcome.complete) await this.keep(this.cache, key, outcome);
      return outcome;
    });
  }

  /** One page, by one request, as the service gives it. One answer alone shows nothing to be whole. */
  async page(query: ReadQuery, range: PageRange, signal?: AbortSignal): Promise<ReadOutcome> {
    const run = await this.begin(query, signal);
    try {
      const { total, events, answeredAt } = await run.fetchPage(timeFilter(query), range);
      const { time } = query;
      const [beginTime, endTime] =
        "lastDays" in time ? [answeredAt - time.lastDays * dayMs, answeredAt] : [time.begin, time.end];
      const totals = { totalAtStart: total, totalAtEnd: total, duplicatesDropped: 0, windows: 1 };
      const reading = readingOf({ ...totals, beginTime, endTime }, run.counts);
      const doubts = [`one page of ${events.length} events was asked for`];
      return { totalNum: total, events, complete: false, doubts, reading };
    } finally {
      run.deadline.end();
    }
  }

  private async *read(query: ReadQuery, signal?: AbortSignal): ReadStream {
    const run = await this.begin(query, signal);
    try {
      const { doubts, ...report } = yield* readEvents(run, query.time);
      const reading = readingOf(report, run.counts);
      return { totalNum: report.totalAtStart, complete: doubts.length === 0, doubts, reading };
    } finally {
      run.deadline.end();
    }
  }

  private async collect(query: ReadQuery, signal: AbortSignal): Promise<ReadOutcome> {
    const events: EventRecord[] = [];
    const summary = await consume(this.read(query, signal), (batch) => {
      for (const event of batch) events.push(event);
    });
    return { ...summary, events };
  }

  private async begin(query: ReadQuery, signal?: AbortSignal): Promise<ServiceRun> {
    const { settings, runtime, pace } = this.options;
    const { maxConcurrency, maxRetries, deadlineSeconds } = settings;
    if (signal?.aborted) throw abortError(signal, "reading HSS events");
    const deadline = startDeadline(runtime.clock, deadlineSeconds, work, signal);
    try {
      const projectId = query.projectId ?? (await this.defaultProject(deadline.signal));
      const enterpriseProjectId = query.filter.enterpriseProjectId ?? settings.enterpriseProjectId;
      const filter = { ...query.filter, enterpriseProjectId };
      const { client, credentials, timeUnit } = this;
      return new ServiceRun({
        ...{ client, credentials, pace, runtime, deadline, timeUnit },
        ...{ projectId, filter, maxConcurrency, maxRetries },
      });
    } catch (error) {
      deadline.end();
      throw error;
    }
  }

  private async defaultProject(signal: AbortSignal): Promise<string> {
    const { settings } = this.options;
    if (settings.projectId !== undefined) return settings.projectId;
    if (settings.projectName === undefined && settings.region === undefined) {
      const reason = "is needed: set the argument, hss:projectId, HW_PROJECT_ID, or a projectName to look it up by";
      throw new ConfigurationError([{ property: "projectId", reason }]);
    }
    return this.projectId ?? (await this.project.wait(signal));
  }

  /** Whose events, of which place, by which query. */
  private async cacheKey(query: ReadQuery, signal: AbortSignal): Promise<string> {
    if (!this.cache) return "";
    const { settings } = this.options;
    const account = await this.credentials.account(signal);
    const project = query.projectId ?? (await this.defaultProject(signal));
    const place = [hssEndpoint(settings), project, settings.enterpriseProjectId, settings.timestampUnit];
    return JSON.stringify([version, account, place, query]);
  }

  private async keep(cache: DiskCache, key: string, outcome: ReadOutcome): Promise<void> {
    try {
      if (await cache.put(key, JSON.stringify(outcome))) return;
    } catch {
      // so many events that no string can hold them
    }
    this.options.runtime.log.warn(
      `cacheSeconds: the read of ${outcome.events.length} HSS events could not be kept, so the next one asks the service again`,
    );
  }
}

const work = { what: "reading HSS events", remedy: "narrow the query" };

const timeFilter = ({ time }: ReadQuery): TimeFilter =>
  "lastDays" in time ? time : { beginSecond: Math.floor(time.begin / 1000), endSecond: Math.ceil(time.end / 1000) };

const rfc3339 = (milliseconds: number): string => new Date(milliseconds).toISOString();

function readingOf(report: Omit<ReadReport, "doubts">, counts: RequestCounts): Reading {
  const { beginTime, endTime, ...totals } = report;
  return { ...counts, ...totals, beginTime: rfc3339(beginTime), endTime: rfc3339(endTime) };
}
