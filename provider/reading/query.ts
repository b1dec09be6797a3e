import type { EventFilter } from "../hss/request.js";

/** A read as it was asked for. */
export interface ReadQuery {
  readonly projectId?: string;
  readonly filter: EventFilter;
  readonly time: ReadTime;
}

/** The days before the read starts, or a span in milliseconds since the epoch, both ends included. */
export type ReadTime = { readonly lastDays: number } | { readonly begin: number; readonly end: number };
