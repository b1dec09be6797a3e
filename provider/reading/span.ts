import { IncompleteReadError } from "../errors.js";
import type { EventRecord } from "../hss/event.js";
import type { TimeFilter } from "../hss/request.js";
import { dayMs } from "../time.js";
import { concurrent } from "./concurrent.js";
import { Ledger } from "./ledger.js";
import { firstPage, maxReachable } from "./offsets.js";
import type { Page } from "./page.js";
import type { EventBatches } from "./pass.js";
import type { ReadTime } from "./query.js";
import type { ReadRun } from "./run.js";
import type { UnitVerdict } from "./timeUnit.js";
import { readWindow } from "./window.js";
import { bisect, planWindows, type SecondWindow } from "./windows.js";

export interface ReadReport {
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

/** Every event of the days or the span, once, in the service's order, as the pages arrive; at the end, whether that was all. */
export async function* readEvents(run: ReadRun, time: ReadTime): EventBatches<ReadReport> {
  if (!("lastDays" in time)) return yield* readSpan(run, time.begin, time.end);
  const first = await run.fetchPage(time, firstPage);
  const end = first.answeredAt;
  const begin = end - time.lastDays * dayMs;
  const read = new Read(run, first, first.total);
  if (first.total <= maxReachable && (yield* read.window(time, first))) return read.report(begin, end);
  const report = yield* readSpan(run, begin, end);
  if (report.totalAtStart >= first.total) return report;
  const doubt = `asked by days the service counts ${first.total} events, asked by time ${report.totalAtStart}`;
  return { ...report, doubts: [...report.doubts, doubt] };
}

async function* readSpan(run: ReadRun, begin: number, end: number): EventBatches<ReadReport> {
  const windows = planWindows(begin, end);
  run.expect(windows.length);
  const firsts = concurrent(
    windows,
    run.width,
    async (window, signal) => ({ window, first: await run.fetchPage(window, firstPage, { signal }) }),
    run.deadline.signal,
  );
  let read: Read | undefined;
  let verdict: UnitVerdict | undefined;
  for await (const { window, first } of firsts) {
    if (verdict === undefined && read === undefined && !isAsked(first, window)) verdict = await run.timeUnit.check(run);
    if (verdict === "changed") return yield* readSpan(run, begin, end);
    read ??= new Read(run, first, first.total * windows.length);
    for await (const batch of read.fitting(window, first)) yield batch.filter((event) => isWithin(event, begin, end));
  }
  const report = (read as Read).report(begin, end);
  if (report.totalAtStart === 0 && report.doubts.length === 0) verdict ??= await run.timeUnit.check(run);
  if (verdict === "changed") return yield* readSpan(run, begin, end);
  return verdict === "unanswered" ? { ...report, doubts: [...report.doubts, unanswered] } : report;
}

const unanswered =
  "an event of the last days is not shown when it is asked for by its time, so that it can't be told whether the service follows time spans";

/** Whether the page could be an answer to what was asked: its events are of the window. */
const isAsked = (page: Page, { beginSecond, endSecond }: SecondWindow): boolean =>
  page.events.every(({ occurTime }) => {
    const second = Math.floor(Number(occurTime) / 1000);
    return Number.isNaN(second) || (second >= beginSecond - 1 && second <= endSecond + 1);
  });

class Read {
  private readonly ledger: Ledger;
  private readonly doubts: string[] = [];
  private totalAtStart = 0;
  private totalAtEnd = 0;
  private windows = 0;

  constructor(
    private readonly run: ReadRun,
    first: Page,
    expected: number,
  ) {
    this.ledger = new Ledger(first.answeredAt, Math.min(expected, maxReachable));
  }

  /** The window, in halves of halves where the service can't reach its last event. */
  async *fitting(window: SecondWindow, first: Page): EventBatches<void> {
    if (first.total <= maxReachable && (yield* this.window(window, first))) return;
    const halves = bisect(window);
    if (!halves) {
      throw new IncompleteReadError(
        `the second ${new Date(window.beginSecond * 1000).toISOString()} alone holds ${first.total} events, and the service lists at most ${maxReachable} of one query: narrow the query by hostName, hostIp or handleStatus`,
      );
    }
    const before = this.totalAtStart;
    for (const half of halves) yield* this.fitting(half, await this.run.fetchPage(half, firstPage));
    const counted = this.totalAtStart - before;
    if (counted < first.total || !this.ledger.knows(first)) {
      this.doubts.push(`a window was counted as ${first.total} events, and its halves as ${counted}`);
    }
  }

  /** Whether the service could reach the window's last event. */
  async *window(time: TimeFilter, first: Page): EventBatches<boolean> {
    const report = yield* readWindow(this.run, this.ledger, time, first);
    if (report.isOutOfReach) return false;
    if (report.doubt !== undefined) this.doubts.push(report.doubt);
    this.windows++;
    // an event on the second that two windows share is counted by both
    this.totalAtStart += report.totalAtStart - report.shared;
    this.totalAtEnd += report.totalAtEnd - report.shared;
    return true;
  }

  report(beginTime: number, endTime: number): ReadReport {
    const { doubts, totalAtStart, totalAtEnd, windows, ledger, run } = this;
    const duplicatesDropped = run.rows - ledger.events;
    return { doubts, totalAtStart, totalAtEnd, duplicatesDropped, windows, beginTime, endTime };
  }
}

/** Windows are whole seconds, of which the last may hold all of it; what lies in them but not in the span was not asked for. */
function isWithin(event: EventRecord, begin: number, end: number): boolean {
  const at = Number(event.occurTime);
  const isBefore = at < begin && at >= Math.floor(begin / 1000) * 1000;
  const isAfter = at > end && at < Math.ceil(end / 1000) * 1000 + 1000;
  return !isBefore && !isAfter;
}
