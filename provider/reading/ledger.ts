import { dateTolerance } from "../hss/clockSkew.js";
import type { EventRecord } from "../hss/event.js";
import type { Page } from "./page.js";
import { RowSet } from "./rowSet.js";

interface Held {
  readonly rows: { readonly key: number; readonly event: EventRecord; readonly isDuring: boolean }[];
  /** Which of them, and of those before them, the present pass has seen. */
  readonly seen: Set<number>;
}

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
    return page.everyRow((row) => this.rows.has(page.digests, row));
  }

  /**
   * A list was read. Rows that may be events which came back are events of their own where nothing has vanished from the only
   * list so far, or where a further pass over a list that stood still has seen them beside the first one. What that pass has
   * not seen is gone. Otherwise a row is known to have come back by its id, if that is not masked and none was seen to be
   * shared: where that pass has not seen the first one, or where the row occurred during the read.
   */
  settle({ passes, isStill }: { readonly passes: number; readonly isStill: boolean }): {
    events: EventRecord[];
    unclear: number;
  } {
    const isShown = this.lists++ === 0 && isStill;
    const isSeenAgain = isShown && passes > 1;
    const own: EventRecord[] = [];
    let told = 0;
    let unclear = 0;
    let idsRepeat = false;
    for (const { rows, seen } of this.held.values()) {
      const first = [...seen].some((key) => rows.every((row) => row.key !== key));
      for (const { key, event, isDuring } of rows) {
        if (isShown && (passes === 1 || (first && seen.has(key)))) {
          own.push(event);
          idsRepeat ||= isSeenAgain && isTold(event);
        } else if (isSeenAgain && !seen.has(key)) continue;
        else if (isTold(event) && (isDuring || (isSeenAgain && !first && rows.length === 1))) told++;
        else unclear++;
      }
    }
    this.held = new Map();
    this.events += own.length;
    return { events: own, unclear: unclear + (idsRepeat ? told : 0) };
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
