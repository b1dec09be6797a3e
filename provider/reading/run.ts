import { abortError } from "../abort.js";
import type { HssClient } from "../hss/client.js";
import { withCredentials, type Credentials, type CredentialSource } from "../hss/credentials/index.js";
import type { EventFilter, TimeFilter, TimestampUnit } from "../hss/request.js";
import { createRetryBudget, withRetries } from "../hss/retry.js";
import { isThrottled, ThrottledError, type RateLimit } from "../hss/refusal.js";
import { growingRedactor, redactError } from "../redact.js";
import type { Deadline } from "../runtime/deadline.js";
import type { Runtime } from "../runtime/runtime.js";
import { duration, plural } from "../text.js";
import type { PageRange } from "./offsets.js";
import type { Pace } from "./pace.js";
import { Page } from "./page.js";
import type { TimeUnit } from "./timeUnit.js";

/** What a read has cost so far. */
export interface RequestCounts {
  readonly requests: number;
  readonly retries: number;
  readonly throttled: number;
}

export interface FetchOptions {
  /** Default: the deadline's. */
  readonly signal?: AbortSignal;
  /** An answer that arrives earlier stays as it is until then. */
  turn?(): Promise<void>;
  /** Default: the one that the service is known to take. */
  readonly unit?: TimestampUnit;
}

/** One read: what it costs, by when it has to be done, how many requests may be under way, and how a page is read. */
export interface ReadRun {
  readonly deadline: Deadline;
  readonly width: number;
  readonly timeUnit: TimeUnit;
  /** Rows that were read so far, repeated ones too. */
  readonly rows: number;
  fetchPage(time: TimeFilter, range: PageRange, options?: FetchOptions): Promise<Page>;
  /** So many requests are still to come. Throws a `DeadlineError` where they can't be made in time. */
  expect(requests: number): void;
}

export interface RunOptions {
  readonly client: HssClient;
  readonly credentials: CredentialSource;
  readonly pace: Pace;
  readonly runtime: Runtime;
  readonly deadline: Deadline;
  readonly projectId: string;
  readonly filter: EventFilter;
  readonly timeUnit: TimeUnit;
  readonly maxConcurrency: number;
  readonly maxRetries: number;
}

/** A read that is over within half a second shows no progress. */
const quietMs = 500;
/** Who waits for so long is told at once why. */
const longMs = 2000;

/** Pages from the service: each attempt waits for the pace, is newly signed, and is repeated where that can help. */
export class ServiceRun implements ReadRun {
  readonly counts = { requests: 0, retries: 0, throttled: 0 };
  rows = 0;
  private remaining = 1;
  /** The service's count, once it is known. */
  private total: number | undefined;
  private shownAt: number;
  private readonly budget = createRetryBudget();
  private readonly redact = growingRedactor(() => this.options.credentials.secrets());

  constructor(private readonly options: RunOptions) {
    this.shownAt = options.runtime.clock.now();
  }

  get deadline(): Deadline {
    return this.options.deadline;
  }

  get timeUnit(): TimeUnit {
    return this.options.timeUnit;
  }

  get width(): number {
    return this.options.maxConcurrency;
  }

  expect(requests: number): void {
    const { pace, deadline } = this.options;
    this.remaining = requests;
    if (pace.state.limit === undefined) return;
    deadline.require(pace.estimateMs(requests), `${requests} more requests at the allowed pace`);
  }

  async fetchPage(time: TimeFilter, range: PageRange, options: FetchOptions = {}): Promise<Page> {
    const { runtime, maxRetries, credentials } = this.options;
    const { signal = this.deadline.signal } = options;
    const deadline = { ...this.deadline, signal };
    const attempt = (n: number) =>
      withCredentials(credentials, signal, (used) => this.attempt(n, used, { time, ...range }, deadline, options));
    const what = `listing HSS whitelist events at offset ${range.offset}`;
    try {
      const page = await withRetries(attempt, { ...runtime, deadline, maxRetries, budget: this.budget, what });
      this.rows += page.length;
      this.remaining--;
      this.total = page.total;
      this.showProgress();
      return page;
    } catch (error) {
      if (signal.aborted) throw abortError(signal, "reading HSS events");
      throw error;
    }
  }

  private async attempt(
    n: number,
    used: Credentials,
    { time, offset, limit }: { time: TimeFilter } & PageRange,
    deadline: Deadline,
    { turn, unit = this.timeUnit.current }: FetchOptions,
  ): Promise<Page> {
    const { client, pace, runtime, projectId, filter } = this.options;
    const { signal } = deadline;
    const slot = await pace.enter(deadline);
    this.counts.requests++;
    if (n > 1) this.counts.retries++;
    const arrived = async (): Promise<void> => {
      slot.done({ kind: "ok" });
      // answers that are there already let others go before this one is worked on
      await runtime.clock.sleep(0, signal);
      await turn?.();
    };
    try {
      const request = { filter, time, offset, limit, unit };
      const answer = await client.listAppWhitelistEvents(projectId, request, used, { signal, arrived });
      slot.done({ kind: "ok" });
      return new Page(offset, limit, answer);
    } catch (error) {
      if (error instanceof ThrottledError && isThrottled(error.status, error.errorCode)) {
        this.counts.throttled++;
        slot.done({ kind: "throttled", hint: error.hint });
        this.expect(this.remaining);
        this.showProgress();
      } else {
        slot.done({ kind: signal.aborted ? "aborted" : "failed" });
      }
      // before it is logged, or becomes the cause of another
      throw redactError(error, this.redact);
    }
  }

  private showProgress(): void {
    const { runtime, pace } = this.options;
    const { limit, pausedUntil, inFlight } = pace.state;
    const now = runtime.clock.now();
    const pause = (pausedUntil ?? now) - now;
    // the last one that is under way says it for all
    const standsStill = pause >= longMs && inFlight === 0;
    if ((now - this.shownAt < quietMs && !standsStill) || this.remaining <= 0) return;
    this.shownAt = now;
    const wait = pace.estimateMs(this.remaining);
    const said = [
      ...(this.total === undefined ? [] : [`${Math.min(this.rows, this.total)} of ${this.total}`]),
      ...(this.total === undefined ? [] : [`${plural(this.remaining, "request")} to go`]),
      ...(this.total !== undefined && wait >= longMs ? [`about ${duration(wait)} left${rate(limit)}`] : []),
      ...(standsStill ? [`the next request in ${duration(pause)}`] : []),
    ];
    if (said.length > 0) runtime.log.progress(`reading HSS events: ${said.join(", ")}`);
  }
}

/** Limits that were found by trying are often no whole number, and no news. */
function rate(limit: RateLimit | undefined): string {
  if (!limit || !Number.isInteger(limit.requests) || limit.perMs < minuteMs) return "";
  const window = limit.perMs === minuteMs ? "a minute" : `in ${duration(limit.perMs)}`;
  return ` at ${plural(limit.requests, "request")} ${window}`;
}

const minuteMs = 60_000;
