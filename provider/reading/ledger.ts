import type { EventRecord } from "../hss/event.js";
import type { Page } from "./page.js";
import { RowSet } from "./rowSet.js";

/** Servers' clocks may be behind the service's by this much: what is older did not occur during the read. */
const clockTolerance = 15 * 60 * 1000;

/**
 * Every event of a read once. A row is known by its whole content. An event that comes back has the same id and process, and
 * a new time: where a row could be such a one, what the list has shown decides, or else the event's id.
 */
export class Ledger {
  private readonly rows: RowSet;
  private held: { event: EventRecord; isRecent: boolean }[] = [];
  private lists = 0;
  /** What occurred since the read began, as its twins are known by. */
  private readonly recent = new Set<number>();
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
    const occurred = Number(event.occurTime);
    const twin = page.twinOf(row);
    const isRecent = occurred >= this.startedAt;
    const cameBack = occurred >= this.startedAt - clockTolerance && this.rows.hasTwin(page.digests, row);
    const before = this.rows.mark(page.digests, row, pass);
    const isHeld = before === 0 && (cameBack || (!isRecent && this.recent.has(twin)));
    const isNew = before === 0 && !isHeld;
    if (isRecent) this.recent.add(twin);
    // what occurred since the read began, with an id that tells which event it is, did come back
    if (isHeld && !(isRecent && isTold(event))) this.held.push({ event, isRecent });
    if (isNew) this.events++;
    if (before !== 0 && before !== pass) this.known++;
    return { isNew, isRepeated: before === pass };
  }

  knows(page: Page): boolean {
    return page.rowsWhere((row) => this.rows.has(page.digests, row)).length === page.length;
  }

  /**
   * A list was read. Rows that could be events which came back are two events where nothing has vanished from the list; what
   * occurred during the read may also have come back from a list before this one.
   */
  settle(hasMoved: boolean): { events: EventRecord[]; unclear: number } {
    const isFirst = this.lists++ === 0;
    const clear = this.held.filter(({ isRecent }) => !hasMoved && (isFirst || !isRecent));
    const unclear = this.held.length - clear.length;
    this.held = [];
    this.events += clear.length;
    return { events: clear.map(({ event }) => event), unclear };
  }
}

const isTold = ({ eventId = "" }: EventRecord): boolean => eventId !== "" && !eventId.includes("*");
