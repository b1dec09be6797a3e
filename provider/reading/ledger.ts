import type { EventRecord } from "../hss/event.js";
import type { Page } from "./page.js";
import { RowSet } from "./rowSet.js";

interface Held {
  readonly rows: { readonly key: number; readonly event: EventRecord; readonly isDuring: boolean }[];
  /** Which of them, and of those before them, the present pass has seen. */
  readonly seen: Set<number>;
}

/** Dates in HTTP have whole seconds. */
const dateTolerance = 2000;

/**
 * Every event of a read once. A row is known by its whole content. An event that comes back has the same id and process, and
 * a new time: where a row could be such a one, what the list has shown decides, or else the event's id.
 */
export class Ledger {
  private readonly rows: RowSet;
  /** Rows that may be an event which came back, by what they share with it. */
  private held = new Map<number, Held>();
  private lists = 0;
  private passes = 0;
  /** Events that were handed on, and rows that an earlier pass had seen. */
  events = 0;
  known = 0;

  constructor(
    /** The service's clock when the read began, in milliseconds since the epoch. */
    private readonly startedAt: number,
    expected: number,
  ) {
    this.rows = new RowSet(expected);
  }

  /** A walk through a list begins. Returns what to name it by. */
  beginPass(): number {
    for (const { seen } of this.held.values()) seen.clear();
    return (this.passes++ % 255) + 1;
  }

  /** Notes a row. Whether it is a new event, whether this pass has seen the same row before, or one that may be the same event. */
  note(page: Page, row: number, pass: number): { isNew: boolean; isRepeated: boolean; hasTwin: boolean } {
    const hasTwin = this.rows.hasTwin(page.digests, row);
    const before = this.rows.mark(page.digests, row, pass);
    if (this.held.size > 0) this.held.get(page.twinOf(row))?.seen.add(page.keyOf(row));
    if (before !== 0) {
      if (before !== pass) this.known++;
      return { isNew: false, isRepeated: before === pass, hasTwin: false };
    }
    if (hasTwin) this.hold(page, row);
    else this.events++;
    return { isNew: !hasTwin, isRepeated: false, hasTwin };
  }

  knows(page: Page): boolean {
    return page.rowsWhere((row) => this.rows.has(page.digests, row)).length === page.length;
  }

  /**
   * A list was read. Rows that may be events which came back are events of their own where nothing has vanished from the only
   * list so far, or where a whole pass over a list that stood still has seen both. Otherwise one is known to have come back
   * by its id, if that is not masked and none was seen to be shared: where that pass has not seen the other, or the row
   * occurred during the read.
   */
  settle({ passes, isStill }: { readonly passes: number; readonly isStill: boolean }): {
    events: EventRecord[];
    unclear: number;
  } {
    const isFirst = this.lists++ === 0;
    const groups = [...this.held.values()];
    this.held = new Map();
    const rows = groups.flatMap((group) => group.rows.map((row) => ({ ...row, isOwn: group.seen.size > 1 })));
    const isShown = isFirst && isStill;
    const idsRepeat = isShown && passes > 1 && rows.some(({ isOwn }) => isOwn);
    const own = rows.filter(({ isOwn }) => isShown && (passes === 1 || isOwn));
    const cameBack = rows.filter(
      ({ event, isDuring, isOwn }) => !idsRepeat && isTold(event) && (isDuring || (isShown && passes > 1 && !isOwn)),
    );
    this.events += own.length;
    const known = new Set([...own, ...cameBack]);
    return { events: own.map(({ event }) => event), unclear: rows.filter((row) => !known.has(row)).length };
  }

  private hold(page: Page, row: number): void {
    const event = page.events[row] as EventRecord;
    const occurred = Number(event.occurTime);
    const isDuring = occurred >= this.startedAt && occurred <= page.answeredAt + dateTolerance;
    const twin = page.twinOf(row);
    const key = page.keyOf(row);
    const held = this.held.get(twin) ?? { rows: [], seen: new Set([key]) };
    held.rows.push({ key, event, isDuring });
    held.seen.add(key);
    this.held.set(twin, held);
  }
}

const isTold = ({ eventId = "" }: EventRecord): boolean => eventId !== "" && !eventId.includes("*");
