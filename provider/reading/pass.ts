import { dateTolerance } from "../hss/clockSkew.js";
import type { EventRecord } from "../hss/event.js";
import { maxOffset, maxPageSize, minPageSize, type TimeFilter } from "../hss/request.js";
import { dayMs } from "../time.js";
import { concurrent } from "./concurrent.js";
import type { Ledger } from "./ledger.js";
import { Line, type Fit } from "./line.js";
import { countPages, endLook, firstPage, pageFrom, pagesTo, type PageRange } from "./offsets.js";
import type { Page } from "./page.js";
import type { FetchOptions, ReadRun } from "./run.js";

/** Events as they arrive, and at the end a report. A batch is emptied when the next one is asked for. */
export type EventBatches<Report> = AsyncGenerator<readonly EventRecord[], Report, undefined>;

/** Hands on every batch, and gives the report at the end. */
export async function consume<Report>(
  batches: EventBatches<Report>,
  take: (events: readonly EventRecord[]) => Promise<void> | void,
): Promise<Report> {
  for (;;) {
    const step = await batches.next();
    if (step.done) return step.value;
    await take(step.value);
  }
}

export interface PassOutcome {
  /** Nothing but additions at either end was seen. */
  readonly isStill: boolean;
  /** Why the pages are no chain from the first row to the last. */
  readonly doubt?: string;
}

/** How often in a row an answer may bring nothing new before the pass is given up. */
const maxStalls = 6;
/** A look at the end shows at least so many. */
const fewRows = 4;
/** How often both ends are looked at again. */
const maxLooks = 5;
/** How many pages are read from the top until one shows where the line begins. */
const maxTopPages = 20;
/** A pass that takes this many requests, and four times what its pages need, follows a list that moves too fast. */
const fewRequests = 100;
/** How many gaps are bridged before the pass is given up: a few, and one for so many rows. */
const fewBridges = 12;
const rowsABridge = 100;
/** Up to how many rows a gap is bridged: 60, 120, 240 … rows before it. */
const maxBridge = 16_000;

/** One walk through the list, from its first row to its last. */
export class Pass {
  /** The service's count: the last, and the highest. */
  total = 0;
  highestTotal = 0;
  isOutOfReach = false;
  private readonly line = new Line();
  private readonly id: number;
  /** How many rows further on than on the line the list's rows stand now; the least and the most that pages showed. */
  private shift = 0;
  private lowest = 0;
  private highest = 0;
  /** Rows moved, came or went within what was read. */
  private hasMoved = false;
  /** What a page holds, as far as is known. */
  private pageSize = maxPageSize;
  private wasShort = false;
  private isCapped = false;
  /** The list goes on where its count says that it ends. */
  private isCountLow = false;
  /** In how many answers the list ended where the line does. */
  private endings = 0;
  private stalls = 0;
  private requests = 0;
  private bridges = 0;
  /** Rows that this pass has seen in two places. */
  private repeated = 0;
  private oddTops = 0;

  constructor(
    private readonly run: ReadRun,
    private readonly ledger: Ledger,
    private readonly time: TimeFilter,
  ) {
    this.id = ledger.beginPass();
  }

  async *read(first: Page): EventBatches<PassOutcome> {
    yield* this.begin(first);
    let above: number | undefined;
    let end: number | undefined;
    for (let look = 1; look <= maxLooks && !this.isLost && !this.isOutOfReach; look++) {
      this.stalls = 0;
      const { top, last } = await this.looks(above === undefined || above !== end);
      if (top) above = yield* this.lookAtTop(top);
      // a short list shows its end twice
      if (top && (!last || this.isShort(top))) end = yield* this.lookAtEnd(top, above ?? this.shift);
      if (last) end = yield* this.lookAtEnd(last, above ?? this.shift);
      if (above === undefined || end === undefined) continue;
      if (above !== end) this.hasMoved = true;
      if (this.endings >= 2) break;
    }
    if (this.isLost) return { isStill: false, doubt: this.lostBecause() };
    if (this.endings < 2) return { isStill: false, doubt: "where the list ends could not be shown twice" };
    if (above === undefined) return { isStill: false, doubt: "more came in at the top than could be followed" };
    const isConserved = above === end && this.lowest >= Math.min(0, above) && this.highest <= Math.max(0, above);
    return { isStill: isConserved && !this.hasMoved };
  }

  private lostBecause(): string {
    const group = this.line.end - this.line.lastGroup;
    return 2 * group > this.pageSize
      ? `${group} events or more have one time, and the service does not say in which order it lists them`
      : "the list moved faster than it could be read, or has no lasting order";
  }

  get length(): number {
    return this.line.end;
  }

  private get isLost(): boolean {
    const pages = Math.max(this.line.end, this.total) / (this.pageSize / 2);
    return (
      this.stalls > maxStalls ||
      this.bridges > fewBridges + this.line.end / rowsABridge ||
      this.requests > fewRequests + 4 * pages
    );
  }

  /** The position in the list, now, that follows the line's last row. */
  private get listEnd(): number {
    return this.line.end + this.shift;
  }

  private async *begin(first: Page): EventBatches<void> {
    yield this.take(first, this.line.fit(first, 0) as Fit);
    if (!this.isEnd(first)) yield* this.walk();
  }

  /** From the line's end to the list's. */
  private async *walk(): EventBatches<void> {
    for (let ahead = 1; !this.isLost; ahead = Math.min(this.run.width, 2 * ahead)) {
      if (this.listEnd > maxOffset) {
        this.isOutOfReach = true;
        return;
      }
      if (yield* this.follow(ahead)) return;
    }
  }

  /** Reads on by what the count says, or where that is too low a few pages at a time. Whether the list's end was reached. */
  private async *follow(ahead: number): EventBatches<boolean> {
    const { listEnd, pageSize, total } = this;
    const lastGroup = this.line.lastGroup + this.shift;
    const isGuess = this.isCountLow || listEnd >= total;
    this.run.expect(isGuess ? ahead : countPages(listEnd, total, pageSize) + 2);
    const planned = isGuess
      ? pagesTo(listEnd, lastGroup, Infinity, pageSize, ahead)
      : pagesTo(listEnd, lastGroup, total, pageSize);
    for await (const asked of this.pages(planned)) {
      const placed = await this.placed(asked);
      if (!placed) {
        if (asked.length === 0) return true;
        if (yield* this.bridge()) return false;
        // what can't be placed was listed all the same
        yield this.note(
          asked,
          asked.rowsWhere(() => true),
        );
        this.stalls = maxStalls + 1;
        return false;
      }
      const [page, fit] = placed;
      const events = this.take(page, fit);
      page.release();
      yield events;
      // as the page's: the promises through which it went up keep it
      events.length = 0;
      if (this.isEnd(page)) return true;
      // the pages that were planned lie elsewhere by now
      if (this.pageSize !== pageSize || this.stalls > 0) return false;
    }
    return false;
  }

  /** In this order, as many at a time as may be. */
  private pages(ranges: Iterable<PageRange>): AsyncGenerator<Page, void, undefined> {
    const { run } = this;
    return concurrent(
      ranges,
      run.width,
      (range, signal, turn) => this.fetch(range, { signal, turn }),
      run.deadline.signal,
    );
  }

  private fetch(range: PageRange, options?: FetchOptions): Promise<Page> {
    this.requests++;
    return this.run.fetchPage(this.time, range, options);
  }

  /** Where the page lies. One that does not lie where it should is asked for once more: it may be a lagging replica's. */
  private async placed(page: Page): Promise<[Page, Fit] | undefined> {
    const fit = this.fit(page);
    if (fit && this.isExpected(page, fit)) return [page, fit];
    const again = await this.fetch(page);
    const second = this.fit(again);
    if (second && (this.isExpected(again, second) || !fit?.exact)) return [again, second];
    return fit && [page, fit];
  }

  private isExpected(page: Page, { exact, start, after }: Fit): boolean {
    return exact && page.offset - start >= this.lowest && after.length > 0;
  }

  private fit(page: Page): Fit | undefined {
    return this.line.fit(page, page.offset - this.shift);
  }

  /** A page further up that does share rows with the line. */
  private async *bridge(): EventBatches<Page | undefined> {
    this.bridges++;
    const end = this.listEnd;
    for (let back = 60; back <= maxBridge; back *= 2) {
      const page = await this.fetch(pageFrom(end - back, this.pageSize));
      const fit = this.fit(page);
      if (fit) {
        yield this.take(page, fit);
        return page;
      }
      if (page.offset === 0) break;
    }
    return undefined;
  }

  private countAs({ total }: Page): void {
    this.total = total;
    this.highestTotal = Math.max(this.highestTotal, total);
  }

  /** Takes the page's rows over; returns the events that are new. */
  private take(page: Page, { start, exact, between, after }: Fit): EventRecord[] {
    this.countAs(page);
    this.shift = page.offset - start;
    if (!exact) this.hasMoved = true;
    this.lowest = Math.min(this.lowest, this.shift);
    this.highest = Math.max(this.highest, this.shift);
    const { repeated } = this;
    const events = this.note(page, [...between, ...after]);
    // rows that this pass has seen before are no progress: a service may answer with its last page again and again
    if (after.length > this.repeated - repeated) {
      this.isCapped ||= this.wasShort;
      this.endings = 0;
      this.stalls = 0;
      this.line.append(page, after);
    } else {
      this.stalls++;
    }
    return events;
  }

  /** In a look, a row that may be an event which was read already shows that it moved. */
  private note(page: Page, rows: readonly number[], isLook = false): EventRecord[] {
    const fresh: EventRecord[] = [];
    for (const row of rows) {
      const { isNew, isRepeated, hasTwin } = this.ledger.note(page, row, this.id);
      if (isNew) fresh.push(page.events[row] as EventRecord);
      if (isRepeated) this.repeated++;
      if (isRepeated || (hasTwin && isLook)) this.hasMoved = true;
    }
    return fresh;
  }

  /** Whether the list seems to end with the page just taken. A short page may also show a service with smaller pages. */
  private isEnd(page: Page): boolean {
    const isShort = this.isShort(page);
    this.wasShort = false;
    if (this.showsEnd(page)) this.endings = 1;
    if (this.isCounted(page) || (isShort && (page.length < minPageSize || this.stalls > 0))) return true;
    if (!isShort) return false;
    this.wasShort = true;
    this.pageSize = page.length;
    return false;
  }

  private isShort(page: Page): boolean {
    return page.length < Math.min(page.limit, this.pageSize);
  }

  /** Whether the list ends with the page by its count. */
  private isCounted(page: Page): boolean {
    return page.end >= page.total && page.isAligned && !this.isCountLow;
  }

  /** Whether the list itself shows that it ends with the page. */
  private showsEnd(page: Page): boolean {
    return (
      page.length < minPageSize ||
      (this.isShort(page) && !this.isCapped && this.isCounted(page) && page.end === page.total)
    );
  }

  /** The first page, where it is wanted, and the last rows once more. Of less than ten rows the first page shows both. */
  private async looks(isTopWanted: boolean): Promise<{ top?: Page; last?: Page }> {
    const isBoth = this.listEnd < minPageSize;
    const ranges = [...(isTopWanted || isBoth ? [firstPage] : []), ...(isBoth ? [] : [this.lastRows()])];
    const looks: { top?: Page; last?: Page } = {};
    for await (const page of this.pages(ranges)) looks[page.offset === 0 ? "top" : "last"] = page;
    return looks;
  }

  /** A few; where the last group of equal times is larger, that group and a row before it. */
  private lastRows(): PageRange {
    const { lastGroup, end } = this.line;
    return end - lastGroup < fewRows || this.isCapped
      ? endLook(this.listEnd)
      : pageFrom(lastGroup + this.shift - 1, this.pageSize);
  }

  /** How many rows have come in above the line's first one; undefined where that can't be said. */
  private async *lookAtTop(page: Page): EventBatches<number | undefined> {
    if (this.line.end === 0) {
      // a first answer of nothing may have been a lagging replica's
      if (page.length > 0) yield* this.begin(page);
      return 0;
    }
    const start = this.line.fitHead(page);
    const gone = this.line.beginsBefore(this.expiry(page));
    if (start !== undefined && start <= gone) {
      yield this.note(page, this.line.prepend(page, start), true);
      return -start;
    }
    if (++this.oddTops < 2) return undefined;
    this.hasMoved = true;
    return yield* this.fromTop(page);
  }

  /** More has come in than one page shows, or the first rows changed: reads on from the top to where the line begins. */
  private async *fromTop(top: Page): EventBatches<number | undefined> {
    const line = new Line();
    for (let page = top, pages = 1; ; pages++) {
      const fit = line.fit(page, page.offset);
      if (!fit || pages > maxTopPages) return undefined;
      const start = this.line.fitHead(page);
      const before = this.repeated;
      yield this.note(page, [...fit.between, ...fit.after]);
      line.append(page, fit.after);
      if (start !== undefined) return page.offset - start;
      // or where the first rows are gone, to some that were read
      if (this.repeated - before > 1) return page.offset;
      if (page.length < page.limit && page.length < this.pageSize) return undefined;
      const [next = firstPage] = pagesTo(line.end, line.lastGroup, 0, this.pageSize);
      page = await this.fetch(next);
    }
  }

  /** By how many rows the list's rows stand further on than the line's at its end; undefined where that can't be said. */
  private async *lookAtEnd(page: Page, above: number): EventBatches<number | undefined> {
    const { endings } = this;
    this.countAs(page);
    const fit = this.fit(page);
    const isKnown = page.everyRow((row) => this.line.knows(page, row));
    if (fit && !isKnown) yield this.take(page, fit);
    if (this.showsEnd(page) && (fit || isKnown)) {
      const end = fit ? page.offset - fit.start : page.end - this.line.end;
      // rows behind the last one that is shown
      const missing = this.line.end + (page.length > 0 ? end : above) - page.end;
      const hasExpired = missing > 0 && missing <= this.line.endsBefore(this.expiry(page));
      const isBeyond = page.length === 0 && this.line.end > 0 && !hasExpired;
      if (isBeyond && (page.offset !== this.listEnd || page.total > page.offset)) {
        // nothing there is known to be the end only where the line ends
        const before = yield* this.bridge();
        this.endings = endings;
        return before && before.length > 0 ? yield* this.lookAtEnd(before, above) : undefined;
      }
      if (missing > 0 && !hasExpired) this.hasMoved = true;
      this.endings = endings + 1;
      return page.length === 0 && hasExpired ? above : end;
    }
    if (isKnown) {
      // the list stands elsewhere by now, or an answer was repeated
      if (fit) this.shift = page.offset - fit.start;
      return undefined;
    }
    this.isCountLow ||= page.end > page.total;
    yield* this.walk();
    // what ended the list before was its end, unless its pages or its count are not what they seemed
    if (!this.isCapped && !this.isCountLow) this.endings += endings;
    return undefined;
  }

  /** What occurred before then has left a look-back of days. */
  private expiry(page: Page): number {
    return "lastDays" in this.time ? page.answeredAt - this.time.lastDays * dayMs + dateTolerance : -Infinity;
  }
}
