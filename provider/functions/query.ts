import { z } from "zod";
import type { Problem } from "../errors.js";
import { eventQuery } from "../hss/request.js";
import type { ReadQuery } from "../reading/query.js";
import { parseTime } from "../time.js";
import type { KnownSettings } from "./definition.js";

/** Checked by `checkQuery`, and still the text that was given. */
const timeArgument = (description: string) =>
  z.string("takes a string: RFC 3339, or decimal seconds since the epoch").optional().meta({ description });

/** So many days the service keeps: what is read with no time argument. */
export const serviceDays = 30;
/** An archive may keep ten years. */
const mostDays = 3660;
const daysRange = `1 to ${serviceDays}, or with an archive to ${mostDays}`;

/** Which events: the arguments that every function over a whole read takes. */
export const queryArguments = z.object({
  projectId: eventQuery.shape.projectId.optional(),
  enterpriseProjectId: eventQuery.shape.enterpriseProjectId.optional(),
  lastDays: z
    .int(`takes a whole number from ${daysRange}`)
    .min(1, `takes ${daysRange}`)
    .max(mostDays, `takes ${daysRange}`)
    .optional()
    .meta({
      description: `The days before the read started, 1 to ${serviceDays}; with an archive to ${mostDays}, before its last whole sync. Excludes \`beginTime\` and \`endTime\`. With no time argument: ${serviceDays}, or all that the archive keeps.`,
    }),
  beginTime: timeArgument(
    "Start of the time span, included; RFC 3339, or decimal seconds since the epoch as a string. Needs `endTime`, excludes `lastDays`. Any length; longer spans are split into two-day requests.",
  ),
  endTime: timeArgument("End of the time span, included; as `beginTime`."),
  hostName: eventQuery.shape.hostName.optional(),
  hostIp: eventQuery.shape.hostIp.optional(),
  privateIp: eventQuery.shape.privateIp.optional(),
  handleStatus: eventQuery.shape.handleStatus.optional(),
  archive: z
    .string("takes the path of a folder, or s3://bucket/prefix")
    .min(1, "is empty; name the archive's folder")
    .max(4096, "takes at most 4096 characters")
    .optional()
    .meta({
      description:
        "Archive that keeps what the service showed, from which this is answered: a folder, or `s3://bucket/prefix`; default: the setting `archive`.",
    }),
  refresh: z.boolean("takes true or false").optional().meta({
    description: "With an archive: whether the service is asked for what is new first; default true.",
  }),
});

export type QueryArguments = z.output<typeof queryArguments>;

/** Whether so many days are more than the service keeps. */
export const isLonger = (lastDays: number | undefined): boolean => lastDays !== undefined && lastDays > serviceDays;
export const tooLong = `takes 1 to ${serviceDays} days, which is what the service keeps, or more with an archive`;

/** The arguments as the query of a read. */
export function checkQuery(args: QueryArguments, problems: Problem[], settings: KnownSettings): ReadQuery {
  const { projectId, enterpriseProjectId, lastDays, beginTime, endTime, archive } = args;
  const { hostName, hostIp, privateIp, handleStatus } = args;
  const bad = (property: string, reason: string) => problems.push({ property, reason });
  const timeOf = (property: "beginTime" | "endTime"): number => {
    const parsed = parseTime(args[property] ?? "0");
    if ("milliseconds" in parsed) return parsed.milliseconds;
    bad(property, parsed.reason);
    return NaN;
  };
  const [begin, end] = [timeOf("beginTime"), timeOf("endTime")];
  const isSpan = beginTime !== undefined || endTime !== undefined;
  if (lastDays !== undefined && isSpan)
    bad("lastDays", "excludes beginTime and endTime: give either the days or the span");
  if (isSpan && endTime === undefined) bad("endTime", "is needed beside beginTime");
  else if (isSpan && beginTime === undefined) bad("beginTime", "is needed beside endTime");
  else if (begin > end) bad("endTime", "is before beginTime");
  if (archive === undefined && settings.archive === false && isLonger(lastDays)) bad("lastDays", tooLong);
  return {
    projectId,
    filter: { enterpriseProjectId, hostName, hostIp, privateIp, handleStatus },
    time: isSpan ? { begin, end } : { lastDays: lastDays ?? serviceDays },
    ...(!isSpan && lastDays === undefined && { isTimeOpen: true }),
  };
}

const distinct = (what: string, item: z.ZodType<string>) =>
  z
    .array(item, `takes a list of ${what}`)
    .min(1, "takes at least one")
    .max(1000, "takes at most 1000")
    .refine((all) => new Set(all).size === all.length, "names one twice")
    .optional();

/** The same for a fleet: several projects and servers, of which one observation is made. */
export const fleetArguments = queryArguments.extend({
  projectIds: distinct("project ids", eventQuery.shape.projectId).meta({
    description: "Projects to read instead of `projectId`; what is observed of all of them is one observation.",
  }),
  hostNames: distinct("names of servers", eventQuery.shape.hostName).meta({
    description: "Servers to read instead of `hostName`; what is observed on all of them is one observation.",
  }),
});

export type FleetArguments = z.output<typeof fleetArguments>;

/** The arguments as reads, one for each project and server. */
export function checkFleet(args: FleetArguments, problems: Problem[], settings: KnownSettings): ReadQuery[] {
  const { projectIds, hostNames, ...query } = args;
  if (projectIds && query.projectId !== undefined)
    problems.push({ property: "projectIds", reason: "excludes projectId: give one of them" });
  if (hostNames && query.hostName !== undefined)
    problems.push({ property: "hostNames", reason: "excludes hostName: give one of them" });
  const first = checkQuery(query, problems, settings);
  const projects = projectIds ?? [first.projectId];
  const hosts = hostNames ?? [first.filter.hostName];
  return projects.flatMap((projectId) =>
    hosts.map((hostName) => ({ ...first, projectId, filter: { ...first.filter, hostName } })),
  );
}

/** How a read went: the same part of every result that rests on one. */
export const readingResult = z
  .object({
    requests: z.int().meta({ description: "Requests that were answered or failed, retries among them." }),
    retries: z.int().meta({ description: "Requests that repeated one that had failed." }),
    throttled: z.int().meta({ description: "Answers 429: the service asked to wait." }),
    duplicatesDropped: z
      .int()
      .meta({ description: "Rows that were read more than once, as where pages overlap, and were dropped." }),
    totalAtStart: z.int().meta({ description: "The service's total in the first answer, over all windows." }),
    totalAtEnd: z.int().meta({ description: "The service's total in the last answer, over all windows." }),
    windows: z.int().meta({ description: "Time windows that the read was split into." }),
    beginTime: z.string().meta({ description: "Start of the time span that was read, RFC 3339." }),
    endTime: z
      .string()
      .meta({ description: "End of the time span that was read, RFC 3339; with `lastDays` the start of the read." }),
  })
  .meta({ id: "Reading", description: "How the events were read." });
