import type { EventRecord } from "../hss/event.js";
import type { Page } from "./page.js";
import { RowSet } from "./rowSet.js";

/** Dates in HTTP have whole seconds. */
const dateTolerance = 2000;

/**
 * Every event of a read once. A row is known by its whole content. An event that comes back has the same id and process, and
 * a new time: where a row could be such a one, what the list has shown decides, or else the event's id.
 */
export class Ledger {
  private readonly rows: RowSet;
  private held: { readonly event: EventRecord; readonly isSure: boolean }[] = [];
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
    return (this.passes++ % 255) + 1;
  }

  /** Notes a row. Whether it is a new event, whether this pass has seen the same row before, or one that may be the same event. */
  note(page: Page, row: number, pass: number): { isNew: boolean; isRepeated: boolean; hasTwin: boolean } {
    const hasTwin = this.rows.hasTwin(page.digests, row);
    const before = this.rows.mark(page.digests, row, pass);
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
   * list so far. Otherwise one is known to have come back if it occurred during the read and has an id that is not masked.
   */
  settle(hasMoved: boolean): { events: EventRecord[]; unclear: number } {
    const held = this.held;
    this.held = [];
    if (this.lists++ > 0 || hasMoved) return { events: [], unclear: held.filter(({ isSure }) => !isSure).length };
    this.events += held.length;
    return { events: held.map(({ event }) => event), unclear: 0 };
  }

  private hold(page: Page, row: number): void {
    const event = page.events[row] as EventRecord;
    const occurred = Number(event.occurTime);
    const isDuring = occurred >= this.startedAt && occurred <= page.answeredAt + dateTolerance;
    this.held.push({ event, isSure: isDuring && isTold(event) });
  }
}

const isTold = ({ eventId = "" }: EventRecord): boolean => eventId !== "" && !eventId.includes("*");
