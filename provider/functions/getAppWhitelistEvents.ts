import { z } from "zod";
import { appWhitelistEvent, type EventRecord } from "../hss/event.js";
import { repeatedName } from "../repeated.js";
import { closest } from "../suggest.js";
import { eventQuery } from "../hss/request.js";
import { byTimeThenId } from "../reading/eventOrder.js";
import type { ReadOutcome } from "../reading/reader.js";
import { defineFunction } from "./definition.js";
import { requireWhole } from "./incomplete.js";
import { sourceOf } from "./source.js";
import { eventFieldNames, fieldSelector } from "./selectFields.js";
import { checkQuery, queryArguments, readingResult } from "./query.js";

const args = queryArguments.extend({
  offset: eventQuery.shape.offset.optional(),
  limit: eventQuery.shape.limit.optional(),
  requireComplete: z.boolean("takes true or false").optional().meta({
    description: "Whether a read that can't be shown to be whole is an error; default true, in page mode false.",
  }),
  fields: z.array(z.string("takes names of event fields")).min(1, "takes at least one name").optional().meta({
    description:
      "Names of the event fields to keep, dotted for nested ones (`processInfo.processHash`); default all. Fewer fields cost less through the plugin.",
  }),
  format: z.enum(["typed", "json"], "takes `typed` or `json`").meta({ id: "EventsFormat" }).optional().meta({
    description:
      "`typed` (default) returns `events`; `json` returns them as one string, `eventsJson`, which through the plugin costs about a tenth of `typed`: 1.1 s instead of 10 s for 4,715 events.",
  }),
});

const result = z.object({
  totalNum: z.int().meta({
    description:
      "The total that the service reports (`total_num`); of the first answer, where it changed during the read.",
  }),
  events: z.array(appWhitelistEvent).meta({
    description:
      "Every event, once, ordered by `occurTime` descending, then `eventId`; in page mode as the service lists them; empty with `format: json`.",
  }),
  eventsJson: z.string().optional().meta({ description: "With `format: json`: the same list as one JSON string." }),
  complete: z.boolean().meta({
    description:
      "True only where the read is shown to be whole: every event that the service held throughout the read is there, once. Never in page mode, since one answer shows nothing.",
  }),
  reading: readingResult,
});

function unknownField(field: string): string {
  const known = [...eventFieldNames];
  const meant = closest(field, known);
  return `"${repeatedName(field, known)}" is not a field of an event${meant === undefined ? "" : `: did you mean ${meant}?`}`;
}

export const getAppWhitelistEvents = defineFunction({
  name: "getAppWhitelistEvents",
  description:
    "Reads the events of processes that are not on the HSS process whitelist, as `GET /v5/{project_id}/app/event` lists them: every one, once, exactly.",
  example: `
variables:
  events:
    fn::invoke:
      function: hss:getAppWhitelistEvents
      arguments: { lastDays: 7, fields: [eventId, occurredAt, hostName, processInfo.processHash] }
outputs:
  total: \${events.totalNum}
`,
  args,
  result,

  check(given, problems, settings) {
    for (const field of given.fields ?? []) {
      if (!eventFieldNames.has(field)) problems.push({ property: "fields", reason: unknownField(field) });
    }
    if (given.archive !== undefined && (given.offset !== undefined || given.limit !== undefined))
      problems.push({ property: "archive", reason: "excludes offset and limit: pages are the service's" });
    return checkQuery(given, problems, settings);
  },

  async run(context, given, query) {
    const { log, signal } = context;
    const { offset = 0, limit = 10, fields, format } = given;
    const pageMode = given.offset !== undefined || given.limit !== undefined;
    const reader = await context.openReader();
    const read = pageMode
      ? await reader.page(query, { offset, limit }, signal)
      : await sourceOf(context, given, reader, [query]).readAll(query, signal);
    if (given.requireComplete ?? !pageMode) requireWhole(read);
    else if (!pageMode && !read.complete) log.warn(`hss: complete is false: ${read.doubts.join("; ")}`);
    const events = pageMode ? read.events : [...read.events].sort(byTimeThenId);
    return present(read, events.map(fieldSelector(fields)), format === "json");
  },
});

function present(
  { totalNum, complete, reading }: ReadOutcome,
  events: EventRecord[],
  asJson: boolean,
): z.output<typeof result> {
  return asJson
    ? { totalNum, events: [], eventsJson: JSON.stringify(events), complete, reading }
    : { totalNum, events, complete, reading };
}
