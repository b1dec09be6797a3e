import type { EventRecord } from "../hss/event.js";
import type { TimeFilter } from "../hss/query.js";

/** A page as it was read: a contiguous piece of the service's list at one moment. */
export interface ReadPage {
  readonly offset: number;
  /** The service's total at that moment. */
  readonly total: number;
  readonly events: readonly EventRecord[];
  /** The service's clock when it answered, where it told, in milliseconds since the epoch. */
  readonly serverTime?: number;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** Reads one page, paced and retried. */
export type PageSource = (time: TimeFilter, offset: number, limit: number, signal?: AbortSignal) => Promise<ReadPage>;

/** What tells two events apart: the id; for one without, everything that it says. */
export const eventKey = (event: EventRecord): string =>
  event.eventId !== undefined && event.eventId !== "" ? event.eventId : JSON.stringify(event);

/** Whether the page reached the list's end as it was at that moment. */
export const reachesEnd = (page: ReadPage): boolean => page.offset + page.events.length >= page.total;
