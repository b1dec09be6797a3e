import { IncompleteReadError, ServiceError } from "../errors.js";
import type { EventRecord } from "../hss/event.js";
import { maxPageSize, type TimeFilter } from "../hss/request.js";
import type { Clock, Log } from "../runtime/runtime.js";
import { duration } from "../text.js";
import { ordered } from "./concurrent.js";
import { eventKey, type PageSource, type ReadPage } from "./pages.js";
import { bisect, maxReachable, planWindows, type SecondWindow } from "./plan.js";
import type { ReadTime } from "./query.js";
import { RecentKeys } from "./recentKeys.js";
import { readWindow, type WindowReport } from "./window.js";

export interface ReadContext {
  readonly pages: PageSource;
  /** How many requests may be under way. */
  readonly width: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal?: AbortSignal;
  /** Told how many requests are still to come; throws where they can't be made in time. */
  expect?(requests: number): void;
  /** How long so many requests will take at the known pace, in milliseconds. */
  estimate?(requests: number): number;
}

export interface ReadReport {
  readonly complete: boolean;
  /** What could not be shown; empty for a complete read. */
  readonly doubts: readonly string[];
  readonly totalAtStart: number;
  readonly totalAtEnd: number;
  readonly duplicatesDropped: number;
  readonly windows: number;
  /** The time span that was read, in milliseconds since the epoch. */
  readonly beginTime: number;
  readonly endTime: number;
}

export type EventStream = AsyncGenerator<readonly EventRecord[], ReadReport, undefined>;

const dayMs = 24 * 60 * 60 * 1000;
/** HTTP dates have whole seconds: less than this is no difference between two clocks. */
const clockTolerance = 2000;

/** Every event of the span, once, in the service's order, as the pages arrive; at the end, whether that was all. */
export function readEvents(context: ReadContext, time: ReadTime): EventStream {
  const read = new Read(context);
  return "lastDays" in time ? read.lastDays(time.lastDays) : read.span(time.begin, time.end);
}

class Read {
  // windows share a second with their neighbour; within one window its own read tells what is new
  private previous = new RecentKeys();
  private current = new RecentKeys();
  private readonly doubts: string[] = [];
  private totalAtStart = 0;
  private totalAtEnd = 0;
  private duplicates = 0;
  private windows = 0;
  private events = 0;
  /** A read that is over within half a second shows no progress. */
  private shownAt: number;

  constructor(private readonly context: ReadContext) {
    this.shownAt = context.clock.now();
  }

  async *lastDays(days: number): EventStream {
    const { clock, pages, signal } = this.context;
    const startedAt = clock.now();
    const first = await pages({ lastDays: days }, 0, maxPageSize, signal);
    const start = startedAt + clockDifference(first);
    const begin = start - days * dayMs;
    if (first.total > maxReachable) return this.against(first.total, yield* this.span(begin, start));
    // the service's window slides on: what occurs from now on makes up the count for what leaves at the old end
    const initial = new Set(first.events.map(eventKey));
    let late = 0;
    const counting = (events: readonly EventRecord[]) => {
      late += events.filter((event) => Number(event.occurTime) > start && !initial.has(eventKey(event))).length;
      return events;
    };
    yield* this.window({ lastDays: days }, first, counting);
    if (this.events - late < first.total) yield* this.slidOut(begin, start);
    return this.report(begin, start);
  }

  /** Two ways of asking for the same days must find as many. */
  private against(total: number, report: ReadReport): ReadReport {
    if (report.totalAtStart >= total) return report;
    const doubt = `asked by days the service counts ${total} events, asked by time ${report.totalAtStart}`;
    return { ...report, complete: false, doubts: [...report.doubts, doubt] };
  }

  /** The oldest events may have left the service's sliding window before their page was read. */
  private async *slidOut(begin: number, start: number): AsyncGenerator<readonly EventRecord[], void, undefined> {
    const { clock, pages, signal } = this.context;
    const elapsed = clock.now() - start + clockTolerance;
    const time: TimeFilter = { beginSecond: Math.floor(begin / 1000), endSecond: Math.ceil((begin + elapsed) / 1000) };
    const kept = (events: readonly EventRecord[]) => events.filter((event) => !(Number(event.occurTime) < begin));
    try {
      const first = await pages(time, 0, maxPageSize, signal);
      yield* this.window(time, first, kept, false);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      this.doubts.push(`the oldest events could not be asked for by time (${error.message})`);
    }
  }

  async *span(begin: number, end: number): EventStream {
    const { pages, width, signal } = this.context;
    const within = (events: readonly EventRecord[]) => events.filter((event) => inSpan(event, begin, end));
    const queue = planWindows(begin, end);
    this.context.expect?.(queue.length);
    const firsts = ordered(
      queue,
      width,
      async (window, ...more) => ({ window, first: await pages(window, 0, maxPageSize, ...more) }),
      signal,
    );
    for await (const { window, first } of firsts) yield* this.fitting(window, first, within);
    return this.report(begin, end);
  }

  /** The window, in halves of halves where the service can't reach its last event. */
  private async *fitting(
    window: SecondWindow,
    first: ReadPage,
    kept: (events: readonly EventRecord[]) => readonly EventRecord[],
  ): AsyncGenerator<readonly EventRecord[], void, undefined> {
    if (first.total <= maxReachable) {
      yield* this.window(window, first, kept);
      return;
    }
    const halves = bisect(window);
    if (!halves) {
      throw new IncompleteReadError(
        `the second ${new Date(window.beginSecond * 1000).toISOString()} alone holds ${first.total} events, and the service lists at most ${maxReachable} of one query: narrow the query by hostName, hostIp or handleStatus`,
      );
    }
    for (const half of halves) {
      const page = await this.context.pages(half, 0, maxPageSize, this.context.signal);
      yield* this.fitting(half, page, kept);
    }
  }

  private async *window(
    time: TimeFilter,
    first: ReadPage,
    kept: (events: readonly EventRecord[]) => readonly EventRecord[],
    counted = true,
  ): AsyncGenerator<readonly EventRecord[], void, undefined> {
    this.context.expect?.(Math.ceil(first.total / maxPageSize) - 1);
    this.current = RecentKeys.for(first.total);
    const { pages, width, signal } = this.context;
    const onPage = (page: ReadPage, left: number) => {
      this.progress(page, left);
    };
    const reading = readWindow({ pages, width, signal, onPage }, time, first);
    let atBoundary = 0;
    for (let step = await reading.next(); ; step = await reading.next()) {
      if (step.done) {
        this.account(step.value, counted, atBoundary);
        return;
      }
      const inside = kept(step.value);
      const fresh = inside.filter((event) => !this.previous.has(eventKey(event)));
      for (const event of inside) this.current.add(eventKey(event));
      atBoundary += inside.length - fresh.length;
      this.events += fresh.length;
      if (fresh.length > 0) yield fresh;
    }
  }

  private account(report: WindowReport, counted: boolean, dropped: number): void {
    this.previous = this.current;
    this.duplicates += report.duplicates;
    if (report.doubt !== undefined) this.doubts.push(report.doubt);
    if (!counted) return;
    this.windows++;
    // an event on the second that two windows share is counted by both
    const shared = this.windows > 1 ? dropped : 0;
    this.totalAtStart += report.totalAtStart - shared;
    this.totalAtEnd += report.totalAtEnd - shared;
    this.duplicates += shared;
  }

  private progress(page: ReadPage, left: number): void {
    const { clock, log, estimate } = this.context;
    if (clock.now() - this.shownAt < 500 || left <= 0) return;
    this.shownAt = clock.now();
    const wait = estimate?.(left);
    const eta = wait !== undefined && wait >= 2000 ? `, about ${duration(wait)} left` : "";
    log.progress(`reading HSS events: ${this.events} of ${page.total}, ${left} requests to go${eta}`);
  }

  private report(beginTime: number, endTime: number): ReadReport {
    const { doubts, totalAtStart, totalAtEnd, duplicates, windows } = this;
    return {
      complete: doubts.length === 0,
      doubts,
      totalAtStart,
      totalAtEnd,
      duplicatesDropped: duplicates,
      windows,
      beginTime,
      endTime,
    };
  }
}

/** How far the service's clock is ahead of ours; 0 where it does not tell, or not by more than HTTP dates can show. */
function clockDifference(page: ReadPage): number {
  if (page.serverTime === undefined) return 0;
  const difference = page.serverTime - (page.sentAt + page.receivedAt) / 2;
  return Math.abs(difference) <= clockTolerance ? 0 : difference;
}

/** Windows are whole seconds; what lies in the outer seconds but not in the span itself was not asked for. */
function inSpan(event: EventRecord, begin: number, end: number): boolean {
  const at = Number(event.occurTime);
  const before = at < begin && at >= Math.floor(begin / 1000) * 1000;
  const after = at > end && at <= Math.ceil(end / 1000) * 1000;
  return !before && !after;
}
