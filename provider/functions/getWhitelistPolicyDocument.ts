import { z } from "zod";
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
import { checkQuery, defaultLastDays, queryArguments, type QueryArguments } from "./query.js";

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

  check(given, problems) {
    const { processes } = given;
    for (const property of processes === undefined ? [] : queryNames.filter((name) => given[name] !== undefined))
      problems.push({ property, reason: "excludes processes: they were queried already" });
    const query = checkQuery(given, problems);
    problems.push(...duplicateProcesses(processes ?? []));
    return query;
  },

  async run(context, given, query) {
    const { select, exclude, format = "hss", mode = "audit" } = given;
    const common = { rule: { select, exclude }, format, mode, now: context.clock.now() };
    if (given.processes) {
      const source = { query: { processes: "given" }, complete: true };
      return policyDocument({ ...common, processes: given.processes, source });
    }
    const { processes, withoutHash, complete } = await observe(context, query);
    return policyDocument({ ...common, processes, withoutHash, source: sourceOf(given, complete) });
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
