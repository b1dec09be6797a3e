import type { EventFilter } from "../hss/request.js";

/** A read as it was asked for. */
export interface ReadQuery {
  readonly projectId?: string;
  readonly filter: EventFilter;
  readonly time: ReadTime;
  /** No time was asked for, and `time` is the service's look-back: an archive gives all that it keeps. */
  readonly isTimeOpen?: true;
}

/** The days before the read starts, or a span in milliseconds since the epoch, both ends included. */
export type ReadTime = { readonly lastDays: number } | { readonly begin: number; readonly end: number };
