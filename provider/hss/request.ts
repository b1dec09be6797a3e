import { z } from "zod";
import { snakeCase } from "./decode.js";

/**
 * The parameters of `GET /v5/{project_id}/app/event`, as a program names them. Ranges are the document's and are enforced:
 * a call would only find out what the document says.
 */

/** What the service's `limit` allows. */
export const maxPageSize = 200;
export const minPageSize = 10;
/** What the service's `offset` allows. */
export const maxOffset = 2_000_000;

const bounded = (max: number, description: string) =>
  z
    .string()
    .refine((value) => value.isWellFormed(), "holds half of a surrogate pair")
    .refine((value) => value !== "" && [...value].length <= max, `takes 1 to ${max} characters`)
    .meta({ description: `${description} 1 to ${max} characters.` });

const whole = (min: number, max: number) => {
  const range = `${min} to ${max}`;
  return z.int(`takes a whole number from ${range}`).min(min, `takes ${range}`).max(max, `takes ${range}`);
};

// "." and ".." and slashes would leave the path; the id is sent in a header, too, which takes ASCII
const pathSegment = /^(?!\.{1,2}$)(?:(?![/\\?#%])[\x21-\x7e])+$/;

export const eventQuery = z.object({
  projectId: bounded(256, "Project that owns the servers; default from the configuration.").regex(
    pathSegment,
    "is not a project id: expected ASCII without white space, slash, backslash, `?`, `#` or `%`, and neither `.` nor `..`",
  ),
  enterpriseProjectId: bounded(
    256,
    "Enterprise project of the servers, `all_granted_eps` for all that are granted; default from the configuration, else the service's own (`0`, the default project).",
  ),
  lastDays: whole(1, 30).meta({
    description:
      "The days before the read started, 1 to 30. Excludes `beginTime` and `endTime`. With no time argument: 30.",
  }),
  hostName: bounded(256, "Only events of servers of this name."),
  hostIp: bounded(256, "Only events of servers of this IP address."),
  privateIp: bounded(128, "Only events of servers of this private IP address."),
  handleStatus: z.enum(["handled", "unhandled"], "takes `handled` or `unhandled`").meta({
    id: "HandleStatus",
    description: "Only handled, or only unhandled events.",
  }),
  offset: whole(0, maxOffset).meta({
    description: "Page mode: the first event to return, 0 to 2000000. Exactly one request is made.",
  }),
  limit: whole(minPageSize, maxPageSize).meta({
    description: "Page mode: how many events to return, 10 to 200. Exactly one request is made.",
  }),
});

/** Which events, without the time: what stays the same for every request of a read. */
export interface EventFilter {
  readonly enterpriseProjectId?: string;
  readonly hostName?: string;
  readonly hostIp?: string;
  readonly privateIp?: string;
  readonly handleStatus?: "handled" | "unhandled";
}

/** A look-back of days, or seconds since the epoch, both ends included. */
export type TimeFilter = { readonly lastDays: number } | { readonly beginSecond: number; readonly endSecond: number };

export type TimestampUnit = "seconds" | "milliseconds";

export interface PageRequest {
  readonly filter: EventFilter;
  readonly time: TimeFilter;
  readonly offset: number;
  readonly limit: number;
  /** Of the span's ends as they are sent. */
  readonly unit: TimestampUnit;
}

/** The query's parameters by their names on the wire, values not yet encoded. */
export function queryParameters(request: PageRequest): [string, string][] {
  const parameters: [string, string][] = [];
  for (const [name, value] of Object.entries(request.filter) as [string, string | undefined][]) {
    if (value !== undefined) parameters.push([snakeCase(name), value]);
  }
  if ("lastDays" in request.time) {
    parameters.push(["last_days", String(request.time.lastDays)]);
  } else {
    const scale = request.unit === "milliseconds" ? 1000 : 1;
    parameters.push(
      ["begin_time", String(request.time.beginSecond * scale)],
      ["end_time", String(request.time.endSecond * scale)],
    );
  }
  parameters.push(["offset", String(request.offset)], ["limit", String(request.limit)]);
  return parameters;
}
