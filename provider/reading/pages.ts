import type { EventRecord } from "../hss/event.js";
import type { TimeFilter } from "../hss/request.js";

/** A page as it was read: a contiguous piece of the service's list at one moment. */
export interface ReadPage {
  readonly offset: number;
  /** The service's total at that moment. */
  readonly total: number;
  /** Until they are released. */
  events: readonly EventRecord[];
  /** The service's clock when it answered, where it told, in milliseconds since the epoch. */
  readonly serverTime?: number;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** Reads one page, paced and retried. An answer that arrives before its `turn` stays as it is until then. */
export type PageSource = (
  time: TimeFilter,
  offset: number,
  limit: number,
  signal?: AbortSignal,
  turn?: () => Promise<void>,
) => Promise<ReadPage>;

/** What tells two events apart: the id; for one without, everything that it says. */
export const eventKey = (event: EventRecord): string =>
  event.eventId !== undefined && event.eventId !== "" ? event.eventId : JSON.stringify(event);

/** Where a page ended. */
export interface PageEnd {
  /** The offset after its last row. */
  readonly end: number;
  readonly total: number;
}

export const endOf = ({ offset, events, total }: ReadPage): PageEnd => ({ end: offset + events.length, total });

/** Whether the page reached the list's end as it was at that moment. */
export const reachesEnd = ({ end, total }: PageEnd): boolean => end >= total;

/**
 * Gives the events up once they were handed on. The promises through which a page came are older than the page itself: by
 * the time it arrives they belong to the old generation of the heap, and until that is collected they would keep all of it.
 */
export function release(page: ReadPage): void {
  page.events = [];
}
