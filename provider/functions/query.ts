import { z } from "zod";
import type { Problem } from "../errors.js";
import { eventQuery } from "../hss/request.js";
import { timeArgument, timeOf } from "./timeArgument.js";
import type { ReadQuery } from "../reading/query.js";

/** Which events: the arguments that every function over a whole read takes. */
export const queryArguments = z.object({
  projectId: eventQuery.shape.projectId.optional(),
  enterpriseProjectId: eventQuery.shape.enterpriseProjectId.optional(),
  lastDays: eventQuery.shape.lastDays.optional(),
  beginTime: timeArgument(
    "Start of the time span, included; RFC 3339, or decimal seconds since the epoch as a string. Needs `endTime`, excludes `lastDays`. Any span: the service's two days a request are seen to.",
  ).optional(),
  endTime: timeArgument("End of the time span, included; as `beginTime`.").optional(),
  hostName: eventQuery.shape.hostName.optional(),
  hostIp: eventQuery.shape.hostIp.optional(),
  privateIp: eventQuery.shape.privateIp.optional(),
  handleStatus: eventQuery.shape.handleStatus.optional(),
});

export type QueryArguments = z.output<typeof queryArguments>;

/** What the time arguments say together. */
export function checkQuery(args: Partial<QueryArguments>): Problem[] {
  const problems: Problem[] = [];
  const { lastDays, beginTime, endTime } = args;
  if (lastDays !== undefined && (beginTime !== undefined || endTime !== undefined)) {
    problems.push({ property: "lastDays", reason: "excludes beginTime and endTime: give either the days or the span" });
  }
  if (beginTime !== undefined && endTime === undefined)
    problems.push({ property: "endTime", reason: "is needed beside beginTime" });
  if (endTime !== undefined && beginTime === undefined)
    problems.push({ property: "beginTime", reason: "is needed beside endTime" });
  if (typeof beginTime === "string" && typeof endTime === "string" && timeOf(beginTime) > timeOf(endTime)) {
    problems.push({ property: "endTime", reason: "is before beginTime" });
  }
  return problems;
}

/** With no time argument, as the contract says. */
export const defaultLastDays = 30;

export function readQuery(args: QueryArguments): ReadQuery {
  const { projectId, enterpriseProjectId, hostName, hostIp, privateIp, handleStatus } = args;
  const time =
    args.beginTime !== undefined && args.endTime !== undefined
      ? { begin: timeOf(args.beginTime), end: timeOf(args.endTime) }
      : { lastDays: args.lastDays ?? defaultLastDays };
  return { projectId, filter: { enterpriseProjectId, hostName, hostIp, privateIp, handleStatus }, time };
}
