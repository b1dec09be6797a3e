import { z } from "zod";
import type { Problem } from "../errors.js";
import {
  duplicateProcesses,
  exclude,
  observedProcess,
  policyDocument,
  policyDocumentResult,
  policyFormat,
  policyMode,
  select,
  type PolicySource,
} from "../policy/index.js";
import { defineFunction } from "./definition.js";
import { observe } from "./observe.js";
import { checkQuery, defaultLastDays, queryArguments, readQuery, type QueryArguments } from "./query.js";

const queryNames = Object.keys(queryArguments.shape) as (keyof QueryArguments)[];

export const getWhitelistPolicyDocument = defineFunction({
  name: "getWhitelistPolicyDocument",
  description:
    "Makes a whitelist policy from the observed processes that a rule selects, and tells for every hash why it is in or not. Without `select` nothing is allowed; an incomplete read makes no policy; the same inputs give the same bytes.",
  args: queryArguments.extend({
    processes: z.array(observedProcess).optional().meta({
      description: "The processes of `getObservedProcesses`, instead of the query arguments.",
    }),
    select,
    exclude,
    format: policyFormat.optional(),
    mode: policyMode.optional(),
  }),
  result: policyDocumentResult,

  check(given) {
    const both = given.processes === undefined ? [] : queryNames.filter((name) => given[name] !== undefined);
    const exclusions: Problem[] = both.map((property) => ({
      property,
      reason: "excludes processes: they were queried already",
    }));
    return [...checkQuery(given), ...exclusions, ...duplicateProcesses(given.processes ?? [])];
  },

  async run(context, given) {
    const { processes: given_, select, exclude, format = "hss", mode } = given;
    const now = context.clock.now();
    const rule = { select, exclude };
    if (given_) {
      const source = { query: { processes: "given" }, complete: true };
      return policyDocument({ processes: given_, rule, format, mode, source, now });
    }
    const { processes, withoutHash, complete } = await observe(context, readQuery(given));
    return policyDocument({ processes, withoutHash, rule, format, mode, source: sourceOf(given, complete), now });
  },
});

/** A span that moves with the clock stays out: it would change the document with each read. */
function sourceOf(given: QueryArguments, complete: boolean): PolicySource {
  const query = Object.fromEntries(
    queryNames.flatMap((name) => {
      const value = given[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const { beginTime, endTime } = given;
  return beginTime !== undefined && endTime !== undefined
    ? { query, window: { beginTime, endTime }, complete }
    : { query: { ...query, lastDays: given.lastDays ?? defaultLastDays }, complete };
}
