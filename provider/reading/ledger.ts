import type { EventRecord } from "../hss/event.js";
import type { Page } from "./page.js";
import { RowSet } from "./rowSet.js";

/** Servers' clocks may be behind the service's by this much: what is older did not occur during the read. */
const clockTolerance = 15 * 60 * 1000;

/** A row that may be an event which came back. */
interface Held {
  readonly event: EventRecord;
  /** It occurred since the read began. */
  readonly isRecent: boolean;
  /** And it has an id that is not masked. */
  readonly isTold: boolean;
}

/**
 * Every event of a read once. A row is known by its whole content. An event that comes back has the same id and process, and
 * a new time: where a row could be such a one, what the list has shown decides, or else the event's id.
 */
export class Ledger {
  private readonly rows: RowSet;
  /** What occurred since the read began, as its twins are known by. */
  private readonly recent = new Set<number>();
  private held: Held[] = [];
  /** Different events share an id and a process, so an id does not tell which event a row is. */
  private idsRepeat = false;
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

  /** Notes a row. Whether it is a new event, and whether this pass has seen the same row before. */
  note(page: Page, row: number, pass: number): { isNew: boolean; isRepeated: boolean } {
    const event = page.events[row] as EventRecord;
    const hasTwin = this.rows.hasTwin(page.digests, row);
    const before = this.rows.mark(page.digests, row, pass);
    if (before !== 0) {
      if (before !== pass) this.known++;
      return { isNew: false, isRepeated: before === pass };
    }
    const isNew = !this.mayHaveComeBack(event, page.twinOf(row), hasTwin);
    if (isNew) this.events++;
    return { isNew, isRepeated: false };
  }

  knows(page: Page): boolean {
    return page.rowsWhere((row) => this.rows.has(page.digests, row)).length === page.length;
  }

  /**
   * A list was read. Rows that could be events which came back are events of their own where nothing has vanished from the
   * list; but what occurred during the read may also have come back from a list before this one.
   */
  settle(hasMoved: boolean): { events: EventRecord[]; unclear: number } {
    const isFirst = this.lists++ === 0;
    const open = this.idsRepeat ? this.held : this.held.filter(({ isTold }) => !isTold);
    const clear = open.filter(({ isRecent }) => !hasMoved && (isFirst || !isRecent));
    this.held = [];
    this.events += clear.length;
    return { events: clear.map(({ event }) => event), unclear: open.length - clear.length };
  }

  /** Whether the row waits for what the list shows. */
  private mayHaveComeBack(event: EventRecord, twin: number, hasTwin: boolean): boolean {
    const occurred = Number(event.occurTime);
    const isRecent = occurred >= this.startedAt;
    const isHeld = isRecent
      ? hasTwin
      : this.recent.has(twin) || (hasTwin && occurred >= this.startedAt - clockTolerance);
    if (isRecent) this.recent.add(twin);
    else if (hasTwin && !this.recent.has(twin) && isTold(event)) this.idsRepeat = true;
    if (isHeld) this.held.push({ event, isRecent, isTold: isRecent && isTold(event) });
    return isHeld;
  }
}

const isTold = ({ eventId = "" }: EventRecord): boolean => eventId !== "" && !eventId.includes("*");
