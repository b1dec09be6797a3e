import type { EventRecord } from "../hss/event.js";
import { maxPageSize, type TimeFilter } from "../hss/request.js";
import { ordered } from "./concurrent.js";
import { endOf, eventKey, reachesEnd, release, type PageEnd, type PageSource, type ReadPage } from "./pages.js";
import { planFurther, planOffsets } from "./plan.js";
import { rememberedTotal, RecentKeys } from "./recentKeys.js";

/**
 * The read of one window while events arrive, are handled or vanish.
 *
 * The proof. Each page is a contiguous piece of the list at some moment. The list may gain and lose rows, but two rows that
 * stay keep their order, whichever order that is. If two pages share a row, then every row that stayed and lies between the
 * start of the one and the end of the other is in one of them. So a chain of pages, each sharing a row with those before it,
 * from a page at offset 0 to a page that reached the end of the list, misses nothing that was there throughout - no matter
 * when each page was read, or in which order. Neighbouring pages therefore overlap, and where they share no row any more the
 * gap is bridged by reading further up.
 *
 * An order that changes between requests (ties, say) would break the premise. It shows in a quiet read, where the distinct
 * rows must be as many as the service counts; if they are not, the window is read again.
 *
 * So would answers that are no piece of the list, as those of a server that has lost it for a moment and says that there
 * is nothing. A count that falls at once by more than some events shows one, or that many were handled. The window is read
 * again then, until a read is quiet at the level of the start, or two are at the same lower one that is not nothing.
 */

export interface WindowContext {
  readonly pages: PageSource;
  readonly width: number;
  readonly signal?: AbortSignal;
  /** Called with each page, and how many requests the plan still holds. */
  onPage?(page: ReadPage, left: number): void;
}

export interface WindowReport {
  readonly whole: boolean;
  /** Why it is not whole. */
  readonly doubt?: string;
  readonly totalAtStart: number;
  readonly totalAtEnd: number;
  readonly duplicates: number;
}

/** How often a window whose count does not add up is read again. */
const maxPasses = 3;
/** Up to how many rows a gap is searched for: 100, 200, 400 … rows before it. */
const maxBridge = 12_800;

export async function* readWindow(
  context: WindowContext,
  time: TimeFilter,
  first: ReadPage,
): AsyncGenerator<readonly EventRecord[], WindowReport, undefined> {
  const passes: Pass[] = [];
  let duplicates = 0;
  for (let page = first; ; page = await context.pages(time, 0, maxPageSize, context.signal)) {
    const pass = new Pass(context, time, page.total);
    const chained = yield* unknownTo(passes, pass.run(page));
    passes.push(pass);
    duplicates += pass.duplicates;
    const report = { totalAtStart: first.total, totalAtEnd: pass.lastTotal, duplicates };
    const counted = `the service counts ${pass.lastTotal} events and lists ${pass.distinct} different ones`;
    if (!chained)
      return { ...report, whole: false, doubt: pass.quiet ? counted : "the list moved faster than it could be read" };
    if (pass.addsUp && believable(passes, first.total)) return { ...report, whole: true };
    // a second pass over a longer list could not tell old from new
    if (passes.length === maxPasses || pass.lastTotal > rememberedTotal) {
      const fell = Math.max(...passes.map(({ fall }) => fall));
      const doubt = pass.addsUp ? `the count of events fell by ${fell} from one answer to the next` : counted;
      return { ...report, whole: false, doubt: `${doubt} (read ${passes.length} times)` };
    }
  }
}

/** Up to how many events a count may fall from one answer to the next without being doubted. */
const tolerated = (total: number): number => Math.max(100, total / 100);

/** Whether the last pass tells of the list, and not of a moment in which the service had lost it. */
function believable(passes: readonly Pass[], startTotal: number): boolean {
  if (passes.every(({ fall }) => fall <= tolerated(startTotal))) return true;
  const [before, last] = passes.slice(-2);
  if (!before || !last?.quiet) return false;
  const recovered = startTotal - last.lastTotal <= tolerated(startTotal);
  return recovered || (last.lastTotal > 0 && before.quiet && before.lastTotal === last.lastTotal);
}

/** What a further pass finds that no earlier one did. */
async function* unknownTo(
  earlier: readonly Pass[],
  found: AsyncGenerator<readonly EventRecord[], boolean, undefined>,
): AsyncGenerator<readonly EventRecord[], boolean, undefined> {
  if (earlier.length === 0) return yield* found;
  for (let step = await found.next(); ; step = await found.next()) {
    if (step.done) return step.value;
    yield step.value.filter((event) => !earlier.some((pass) => pass.listed(event)));
  }
}

/**
 * What tells a row from the others of its page: the event's id; for rows that one answer lists with the same id and other
 * contents (masked ids), or without an id, what they say too.
 */
function rowKey(event: EventRecord, sameAnswer: ReadonlyMap<string, EventRecord>): string {
  const key = eventKey(event);
  const first = sameAnswer.get(key);
  if (first === undefined) return key;
  if (event.eventId) return JSON.stringify(first) === JSON.stringify(event) ? key : `${key} ${JSON.stringify(event)}`;
  let n = 2;
  while (sameAnswer.has(`${key} ${n}`)) n++;
  return `${key} ${n}`;
}

/** One walk through the list, from its start to its end. */
class Pass {
  private readonly keys: RecentKeys;
  private last!: PageEnd;
  lowest = Infinity;
  /** How much the total was seen to move, up and down. */
  churn = 0;
  /** The most that the total fell by from one page to the next. */
  fall = 0;
  private highest = 0;
  private budget = 0;
  /** Rows that one and the same page lists twice are two rows, whatever their ids. */
  private twins = 0;
  private unlike = 0;
  duplicates = 0;

  constructor(
    private readonly context: WindowContext,
    private readonly time: TimeFilter,
    total: number,
  ) {
    this.keys = RecentKeys.for(total);
  }

  get lastTotal(): number {
    return this.last.total;
  }

  listed(event: EventRecord): boolean {
    return this.keys.has(eventKey(event));
  }

  /** Rows that stayed are as many as the fewest that were ever counted, but for what came and went. */
  get addsUp(): boolean {
    return this.quiet ? this.distinct === this.lastTotal : this.distinct + this.churn >= this.lowest;
  }

  /** No page saw another total. */
  get quiet(): boolean {
    return this.lowest === this.highest;
  }

  get distinct(): number {
    return this.unlike + this.twins;
  }

  /** Yields what is new; returns whether the chain of pages holds from the list's start to its end. */
  async *run(first: ReadPage): AsyncGenerator<readonly EventRecord[], boolean, undefined> {
    const listed = first.events.length;
    yield this.merge(first);
    // a first page that is short without being the last shows a service whose pages are smaller
    const pageSize = reachesEnd(this.last) ? maxPageSize : listed;
    let plan = planOffsets(listed, first.total, pageSize);
    this.budget = 2 * plan.length + 16;
    let stalled = 0;
    while (!reachesEnd(this.last)) {
      // a list that is shorter than its count has no further pages
      if (plan.length === 0 || this.budget <= 0 || pageSize === 0 || stalled > 2) return false;
      const before = this.unlike;
      const outcome = yield* this.follow(plan);
      if (outcome === "lost") return false;
      stalled = this.unlike === before ? stalled + 1 : 0;
      plan = planFurther(this.last.end, this.last.total, pageSize);
    }
    return true;
  }

  private async *follow(plan: readonly number[]): AsyncGenerator<readonly EventRecord[], "done" | "lost", undefined> {
    const { pages, width, signal } = this.context;
    let left = plan.length;
    const read = ordered(plan, width, (offset, ...more) => pages(this.time, offset, maxPageSize, ...more), signal);
    for await (const page of read) {
      if (--this.budget < 0) return "lost";
      this.context.onPage?.(page, --left);
      if (!this.links(page)) {
        const bridge = await this.bridge(page);
        if (bridge === undefined) return "lost";
        yield this.merge(bridge);
        if (reachesEnd(this.last) || !this.links(page)) return "done";
      }
      yield this.merge(page);
      if (reachesEnd(this.last)) return "done";
    }
    return "done";
  }

  private links(page: ReadPage): boolean {
    return page.offset === 0 || page.events.some((event) => this.keys.has(eventKey(event)));
  }

  /** A page further up that does share a row with what was read. */
  private async bridge(page: ReadPage): Promise<ReadPage | undefined> {
    const from = Math.min(page.offset, page.total);
    for (let back = maxPageSize / 2; back <= maxBridge; back *= 2) {
      this.budget--;
      const offset = Math.max(0, from - back);
      const candidate = await this.context.pages(this.time, offset, maxPageSize, this.context.signal);
      this.context.onPage?.(candidate, 0);
      if (this.links(candidate)) return candidate;
    }
    return undefined;
  }

  /** What is new in it; the page itself is given up. */
  private merge(page: ReadPage): readonly EventRecord[] {
    if (Number.isFinite(this.lowest)) {
      this.churn += Math.abs(page.total - this.last.total);
      this.fall = Math.max(this.fall, this.last.total - page.total);
    }
    this.last = endOf(page);
    this.lowest = Math.min(this.lowest, page.total);
    this.highest = Math.max(this.highest, page.total);
    const addedHere = new Map<string, EventRecord>();
    const fresh: EventRecord[] = [];
    for (const event of page.events) {
      const key = rowKey(event, addedHere);
      if (this.keys.add(key)) {
        fresh.push(event);
        addedHere.set(key, event);
      } else {
        this.duplicates++;
        if (addedHere.has(key)) this.twins++;
      }
    }
    this.unlike += fresh.length;
    release(page);
    return fresh;
  }
}
