import type { WireObject } from "./json.js";

/** One item of `data_list`, named as on the wire. Integers past 2^53 are bigints. */
export type WireEvent = WireObject & {
  event_id?: string;
  occur_time?: number | bigint;
  handle_status?: string;
  handle_method?: string;
  handle_time?: number | bigint;
};

/** A request's filters after validation. Times are epoch milliseconds; both ends of a window are included. */
export interface EventQuery {
  projectId: string;
  /** `0` where the request names none, as documented. */
  enterpriseProjectId: string;
  lastDays?: number;
  beginMs?: number;
  endMs?: number;
  hostName?: string;
  hostIp?: string;
  privateIp?: string;
  handleStatus?: "handled" | "unhandled";
}

/** Where the events of an emulator come from. */
export interface EventSource {
  total(query: EventQuery): number | Promise<number>;
  page(query: EventQuery, offset: number, limit: number): WireEvent[] | Promise<WireEvent[]>;
}

export type HandleMethod = "mark_as_trust" | "mark_as_suspicious" | "isolate_and_kill";

export const DAY_MS = 86_400_000;

/** The start of the UTC day: everything that is counted back from here stays the same for a whole day. */
export function midnight(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS) * DAY_MS;
}
