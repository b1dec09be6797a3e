import type { Settings } from "../settings/index.js";
import { ConfigurationError, DeadlineError, IncompleteReadError } from "../errors.js";
import { HssClient } from "../hss/client.js";
import { credentialSource, projectIdByName, unlessAborted, type CredentialSource } from "../hss/credentials/index.js";
import { hssEndpoint } from "../hss/endpoint.js";
import type { EventRecord } from "../hss/event.js";
import type { EventFilter } from "../hss/request.js";
import type { Runtime } from "../runtime/runtime.js";
import { version } from "../version.js";
import { reasonOf, startDeadline, type Deadline } from "../runtime/deadline.js";
import { createDiskCache, type DiskCache } from "./diskCache.js";
import { Flights } from "./singleFlight.js";
import type { Pace } from "./pace.js";
import { pacedPages, type RequestCounts, type Workload } from "./pacedPages.js";
import { endOf, reachesEnd } from "./pages.js";
import type { ReadQuery } from "./query.js";
import { duration, readEvents, type EventStream, type ReadReport } from "./span.js";
import { createRetryBudget } from "../hss/retry.js";

/** How a read went. */
export interface Reading extends RequestCounts {
  readonly duplicatesDropped: number;
  readonly totalAtStart: number;
  readonly totalAtEnd: number;
  readonly windows: number;
  readonly beginTime: string;
  readonly endTime: string;
}

export interface ReadOutcome {
  readonly totalNum: number;
  readonly events: readonly EventRecord[];
  readonly complete: boolean;
  readonly reading: Reading;
}

export interface ReadOptions {
  /** Whether a read that can't be shown to be whole is an error. */
  readonly requireComplete: boolean;
}

export interface PageOptions extends ReadOptions {
  readonly offset: number;
  readonly limit: number;
}

/** A read as it goes: batches of events in the service's order, and at the end how it went. */
export type ReadStream = AsyncGenerator<readonly EventRecord[], Omit<ReadOutcome, "events">, undefined>;

/** The events of one account at one endpoint, read whole. */
export interface HssService {
  /** Every event once, as it arrives; a consumer that pauses pauses the requests. */
  stream(query: ReadQuery, options: ReadOptions, signal?: AbortSignal): ReadStream;
  /** Every event, once, in the service's order. Equal reads under way at the same time are one. */
  readAll(query: ReadQuery, options: ReadOptions, signal?: AbortSignal): Promise<ReadOutcome>;
  /** One page, by one request, as the service gives it. */
  page(query: ReadQuery, options: PageOptions, signal?: AbortSignal): Promise<ReadOutcome>;
  /** Work on a whole read, of which equal ones (by `key`) under way at the same time are one. */
  share<T>(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** What must appear in no text that leaves. */
  secrets(): string[];
}

export interface ServiceOptions {
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  /** Shared by all services of one account at one endpoint. */
  readonly pace: Pace;
  /** Where whole reads are kept with `cacheSeconds`. */
  readonly cacheDirectory: string;
  readFile(path: string): Promise<string | undefined>;
}

export function createService(options: ServiceOptions): HssService {
  return new Service(options);
}

class Service implements HssService {
  private readonly client: HssClient;
  private readonly credentials: CredentialSource;
  private readonly pace: Pace;
  private readonly cache: DiskCache | undefined;
  private readonly flights = new Flights();
  private projectId: Promise<string> | undefined;

  constructor(private readonly options: ServiceOptions) {
    const { settings, runtime } = options;
    this.client = new HssClient({
      endpoint: hssEndpoint(settings),
      transport: runtime.transport,
      clock: runtime.clock,
      timestampUnit: settings.timestampUnit,
      timeoutMs: settings.requestTimeoutSeconds * 1000,
      version,
      digestKey: runtime.randomBytes(32),
    });
    this.credentials = credentialSource(settings, options);
    this.pace = options.pace;
    this.cache =
      settings.cacheSeconds > 0 ? createDiskCache({ ...runtime, directory: options.cacheDirectory }) : undefined;
  }

  share<T>(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.flights.share(key, signal, work);
  }

  secrets(): string[] {
    return this.credentials.secrets();
  }

  async *stream(query: ReadQuery, options: ReadOptions, signal?: AbortSignal): ReadStream {
    if (!this.cache) return yield* this.read(query, options, signal);
    const { events, ...told } = await this.readAll(query, options, signal);
    yield events;
    return told;
  }

  private async *read(query: ReadQuery, { requireComplete }: ReadOptions, signal?: AbortSignal): ReadStream {
    const deadline = this.deadline(signal);
    try {
      const run = await this.begin(query, deadline.signal);
      const batches = this.events(run, query);
      for (let step = await batches.next(); ; step = await batches.next()) {
        if (!step.done) {
          yield step.value;
          continue;
        }
        const { complete, doubts, ...told } = step.value;
        if (!complete && requireComplete) throw incomplete(doubts, told.totalAtStart);
        return { totalNum: told.totalAtStart, complete, reading: readingOf(step.value, run.counts) };
      }
    } finally {
      deadline.end();
    }
  }

  private deadline(signal?: AbortSignal): Deadline {
    const { settings, runtime } = this.options;
    return startDeadline(runtime.clock, settings.deadlineSeconds, signal);
  }

  readAll(query: ReadQuery, options: ReadOptions, signal?: AbortSignal): Promise<ReadOutcome> {
    return this.share(JSON.stringify([query, options]), signal, async (shared) => {
      const key = await this.cacheKey(query, shared);
      const kept = await this.cache?.get(key, this.options.settings.cacheSeconds);
      if (kept !== undefined) return JSON.parse(kept) as ReadOutcome;
      const outcome = await this.collect(query, options, shared);
      if (this.cache && outcome.complete) await this.keep(this.cache, key, outcome);
      return outcome;
    });
  }

  private async keep(cache: DiskCache, key: string, outcome: ReadOutcome): Promise<void> {
    try {
      if (await cache.put(key, JSON.stringify(outcome))) return;
    } catch {
      // so many events that no text can hold them
    }
    this.options.runtime.log.warn(
      `cacheSeconds: the read of ${outcome.events.length} HSS events could not be kept, so the next one asks the service again`,
    );
  }

  private async collect(query: ReadQuery, options: ReadOptions, signal: AbortSignal): Promise<ReadOutcome> {
    const events: EventRecord[] = [];
    const stream = this.read(query, options, signal);
    for (;;) {
      const step = await stream.next();
      if (step.done) return { ...step.value, events };
      for (const event of step.value) events.push(event);
    }
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

  async page(query: ReadQuery, options: PageOptions, signal?: AbortSignal): Promise<ReadOutcome> {
    const deadline = this.deadline(signal);
    try {
      return await this.onePage(query, options, deadline.signal);
    } finally {
      deadline.end();
    }
  }

  private async onePage(
    query: ReadQuery,
    { offset, limit, requireComplete }: PageOptions,
    signal: AbortSignal,
  ): Promise<ReadOutcome> {
    const run = await this.begin(query, signal);
    const { time } = query;
    const startedAt = this.options.runtime.clock.now();
    const filter =
      "lastDays" in time ? time : { beginSecond: Math.floor(time.begin / 1000), endSecond: Math.ceil(time.end / 1000) };
    const page = await run.pages(filter, offset, limit, run.signal);
    const complete = offset === 0 && reachesEnd(endOf(page));
    if (!complete && requireComplete)
      throw incomplete([`one page of ${page.events.length} events was asked for`], page.total);
    const [begin, end] =
      "lastDays" in time ? [startedAt - time.lastDays * 86_400_000, startedAt] : [time.begin, time.end];
    const report: ReadReport = {
      complete,
      doubts: [],
      totalAtStart: page.total,
      totalAtEnd: page.total,
      duplicatesDropped: 0,
      windows: 1,
      beginTime: begin,
      endTime: end,
    };
    return { totalNum: page.total, events: page.events, complete, reading: readingOf(report, run.counts) };
  }

  private events(run: Run, query: ReadQuery): EventStream {
    const { settings, runtime } = this.options;
    return readEvents(
      {
        pages: run.pages,
        width: settings.maxConcurrency,
        clock: runtime.clock,
        log: runtime.log,
        signal: run.signal,
        estimate: (requests) => this.pace.estimateMs(requests),
        expect: (requests) => {
          run.workload.requests = requests;
          this.affordable(run.workload, run.deadlineAt);
        },
      },
      query.time,
    );
  }

  /** Fails at once where the pace is known and the deadline can't be met. */
  private affordable({ requests }: Workload, deadlineAt: number): void {
    if (this.pace.state.limit === undefined) return;
    const { clock } = this.options.runtime;
    const needed = this.pace.estimateMs(requests);
    const left = deadlineAt - clock.now();
    if (needed > left) {
      throw new DeadlineError(
        `reading HSS events needs ${requests} more requests, which take about ${duration(needed)} at the allowed pace, and deadlineSeconds leaves ${duration(left)}: raise deadlineSeconds or narrow the query`,
      );
    }
  }

  private async begin(query: ReadQuery, signal?: AbortSignal): Promise<Run> {
    const { settings, runtime } = this.options;
    const deadlineAt = runtime.clock.now() + settings.deadlineSeconds * 1000;
    const counts: RequestCounts = { requests: 0, retries: 0, throttled: 0 };
    if (signal?.aborted) throw reasonOf(signal);
    const projectId = query.projectId ?? (await this.defaultProject(signal));
    const filter: EventFilter = {
      ...query.filter,
      enterpriseProjectId: query.filter.enterpriseProjectId ?? settings.enterpriseProjectId,
    };
    const workload: Workload = { requests: 1 };
    const pages = pacedPages({
      workload,
      affordable: () => {
        this.affordable(workload, deadlineAt);
      },
      client: this.client,
      credentials: this.credentials,
      pace: this.pace,
      runtime,
      projectId,
      filter,
      counts,
      deadlineAt,
      maxRetries: settings.maxRetries,
      budget: createRetryBudget(),
    });
    return { pages, counts, workload, deadlineAt, signal };
  }

  private defaultProject(signal?: AbortSignal): Promise<string> {
    const { settings } = this.options;
    if (settings.projectId !== undefined) return Promise.resolve(settings.projectId);
    if (settings.projectName === undefined && settings.region === undefined) {
      const reason = "is needed: set the argument, hss:projectId, HW_PROJECT_ID, or a projectName to look it up by";
      return Promise.reject(new ConfigurationError([{ property: "projectId", reason }]));
    }
    const found = (this.projectId ??= projectIdByName(settings, this.options, this.credentials));
    found.catch(() => {
      if (this.projectId === found) this.projectId = undefined;
    });
    return unlessAborted(found, signal);
  }
}

interface Run {
  readonly pages: ReturnType<typeof pacedPages>;
  readonly counts: RequestCounts;
  readonly workload: Workload;
  readonly deadlineAt: number;
  readonly signal?: AbortSignal;
}

const incomplete = (doubts: readonly string[], total: number): IncompleteReadError =>
  new IncompleteReadError(
    `the read of ${total} HSS events could not be shown to be whole: ${doubts.join("; ")}; read again, narrow the query, or take what was read from getAppWhitelistEvents with requireComplete: false`,
  );

const time = (milliseconds: number): string => new Date(milliseconds).toISOString();

function readingOf(report: ReadReport, counts: RequestCounts): Reading {
  const { duplicatesDropped, totalAtStart, totalAtEnd, windows, beginTime, endTime } = report;
  const { requests, retries, throttled } = counts;
  return {
    requests,
    retries,
    throttled,
    duplicatesDropped,
    totalAtStart,
    totalAtEnd,
    windows,
    beginTime: time(beginTime),
    endTime: time(endTime),
  };
}
