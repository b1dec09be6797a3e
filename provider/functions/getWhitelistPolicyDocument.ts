import { z } from "zod";
import {
  problemsOfList,
  evidenceOfList,
  exclude,
  observedProcess,
  policyDocument,
  policyDocumentResult,
  policyFormat,
  policyMode,
  readObservation,
  readPolicy,
  select,
  type ObservationSource,
  type PolicyDocument,
  type PolicyInForce,
  type ReadObservation,
} from "../policy/index.js";
import { HssError } from "../errors.js";
import type { ReadQuery } from "../reading/query.js";
import { defineFunction, type CallContext } from "./definition.js";
import { observe, wholeProjects } from "./observe.js";
import { checkFleet, fleetArguments, type FleetArguments } from "./query.js";

const queryNames = Object.keys(fleetArguments.shape) as (keyof FleetArguments)[];

const policyId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "takes ids of policies: 1 to 64 letters, digits, - and _");

export const getWhitelistPolicyDocument = defineFunction({
  name: "getWhitelistPolicyDocument",
  description:
    "Makes a whitelist policy from the observed processes that a rule selects, and tells for every hash why it is in or not. Without `select` nothing is allowed; an incomplete read makes no policy; the same inputs give the same bytes. What a rule means: docs/policy.md.",
  example: `
variables:
  observed:
    fn::invoke: { function: hss:getObservedProcesses, arguments: {} }
  policy:
    fn::invoke:
      function: hss:getWhitelistPolicyDocument
      arguments:
        observation: \${observed.observation}
        select: [{ handleMethods: [mark_as_trust], minHosts: 2 }]
        format: fapolicyd
outputs:
  summary: \${policy.summary}
`,
  args: fleetArguments.extend({
    observation: z.string("takes a string: the `observation` of getObservedProcesses").optional().meta({
      description:
        "The `observation` of `getObservedProcesses`, instead of the query arguments. One that was narrowed needs `acceptNarrowed`.",
    }),
    processes: z.array(observedProcess).optional().meta({
      description:
        "A list of processes that the program made, instead of the query arguments. Prefer `observation`, which keeps where they come from and what stood together: here a condition is true only where all values of a list meet it, and the result is not `complete`.",
    }),
    select,
    exclude,
    before: z.string("takes a string").optional().meta({
      description:
        "The `json` document in force, as text; empty or absent where there is none. What it allowed stays until an exclusion, a doubt, an expired review or `keepDays` ends it.",
    }),
    keepDays: z.int().min(1, "takes 1 or more days").optional().meta({
      description: "How many days after its last event a hash of `before` stays; default: no end.",
    }),
    acceptNarrowed: z.boolean("takes true or false").optional().meta({
      description:
        "Whether an observation, or a query, that leaves out events of the project or of the last 30 days may make a policy by itself; default false: an observation is refused, and what speaks against a hash is looked for in the whole project.",
    }),
    policies: z.array(policyId).optional().meta({
      description: "Format `hss`: ids of further policies that get requests for every allowed hash.",
    }),
    stamp: z.boolean("takes true or false").optional().meta({
      description: "Whether the document says when its events were read, and the observation's digest; default false.",
    }),
    format: policyFormat.optional(),
    mode: policyMode.optional(),
  }),
  result: policyDocumentResult,
  readsFleets: true,

  check(given, problems, settings) {
    const { processes, observation, before = "", format = "hss", policies } = given;
    const instead = observation !== undefined ? "observation" : processes !== undefined ? "processes" : undefined;
    for (const property of instead ? queryNames.filter((name) => given[name] !== undefined) : [])
      problems.push({ property, reason: `excludes ${instead}: they were queried already` });
    if (observation !== undefined && processes !== undefined)
      problems.push({ property: "processes", reason: "excludes observation: give one of them" });
    if (policies !== undefined && format !== "hss")
      problems.push({ property: "policies", reason: `is for format hss, and format is ${format}` });
    problems.push(...problemsOfList(processes ?? []));
    const read = observation === undefined ? undefined : readObservation("observation", observation, problems);
    if (read && read.source.narrowedBy.length > 0 && !given.acceptNarrowed)
      problems.push({
        property: "observation",
        reason: `was narrowed by ${read.source.narrowedBy.join(", ")}, so that what speaks against a hash elsewhere is not in it: observe the whole project and narrow in select (hostNames, hostIps, severities, handleStatuses), or set acceptNarrowed`,
      });
    const inForce = before.trim() === "" ? undefined : readPolicy("before", before, problems);
    return { queries: checkFleet(given, problems, settings), observation: read, before: inForce };
  },

  async run(context, given, checked) {
    const made = await make(context, given, checked);
    for (const warning of made.warnings) context.warnOnce(`whitelist policy: ${warning}`);
    return made;
  },
});

type Given = z.output<typeof getWhitelistPolicyDocument.args>;

interface Checked {
  readonly queries: readonly ReadQuery[];
  readonly observation?: ReadObservation;
  readonly before?: PolicyInForce;
}

async function make(
  context: CallContext,
  given: Given,
  { queries, observation, before }: Checked,
): Promise<PolicyDocument> {
  const { select, exclude, format = "hss", mode, keepDays, policies, stamp, acceptNarrowed } = given;
  const common = { rule: { select, exclude }, format, mode, before, keepDays, policies, stamp };
  const now = context.clock.now();
  const ofEvents = (source: ObservationSource, sha256?: string) => ({
    ...{ origin: "events" as const, ...source },
    ...(sha256 !== undefined && { sha256 }),
  });
  if (observation) {
    const { evidence, withoutHash, source, sha256 } = observation;
    return policyDocument({
      ...{ ...common, evidence, withoutHash },
      ...{ source: ofEvents(source, sha256), now: asOf(source) ?? now },
    });
  }
  if (given.processes) {
    return policyDocument({ ...common, evidence: evidenceOfList(given.processes), source: { origin: "list" }, now });
  }
  const observed = await observe(context, given, queries);
  const { withoutHash, source } = observed;
  const isNarrowed = source.narrowedBy.length > 0 && !acceptNarrowed;
  const against = isNarrowed ? await observeProjects(context, given, queries, source) : undefined;
  return policyDocument({
    ...{ ...common, evidence: observed, against, withoutHash },
    ...{ source: ofEvents(source), now: asOf(source) ?? now },
  });
}

/** Of an archive, so that the same one gives the same policy whenever it is asked. */
const asOf = ({ archive, readAt }: ObservationSource): number | undefined => archive && Date.parse(readAt);

/** What speaks against a hash may stand anywhere in the project, and in all that an archive keeps of it. */
async function observeProjects(
  context: CallContext,
  { archive, refresh }: Given,
  queries: readonly ReadQuery[],
  { enterpriseProject }: ObservationSource,
) {
  try {
    return await observe(context, { archive, refresh }, wholeProjects(queries, enterpriseProject !== undefined));
  } catch (error) {
    if (HssError.is(error)) {
      error.message = `${error.message}; what speaks against a hash is looked for in the whole project: give the account permission to read it (all_granted_eps), or set acceptNarrowed and take the query's own events only`;
    }
    throw error;
  }
}
