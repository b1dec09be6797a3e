import { z } from "zod";
import { policyEvidence } from "./evidence.js";
import { processKinds } from "./kinds.js";
import { placement } from "./process.js";

const texts = (description: string) => z.array(z.string()).meta({ description });

export const policyEntry = z
  .object({
    hash: z.string().meta({ description: "Hash of the process's file, in lower case." }),
    reasons: texts("Why it is in, or every reason why it is not; one line each."),
    kinds: z.array(z.enum(processKinds)).optional().meta({
      description:
        "What the file is by its names and paths: an `interpreter`, `shell`, `loader` or `multiCall` program runs anything that is given to it. Absent: not known.",
    }),
    policyIds: texts("Policies in which the sightings stand that the rule selects, at most 100.").optional(),
    placements: z.array(placement).optional().meta({
      description: "Policies and servers of these sightings, with path and name, at most 8.",
    }),
    expires: z.string().optional().meta({ description: "When the review ends by which it is in: a date or RFC 3339." }),
    narrower: texts("What the rule asks for and a format that knows hashes only can't say.").optional(),
    notObservedSince: z.string().optional().meta({
      description:
        "It is kept from the policy before, and no event that counts reports it any more: the time of the last one, RFC 3339, or `never`.",
    }),
    wasAllowed: z.boolean().optional().meta({
      description: "Left out now and allowed by a policy before: so that neither is forgotten.",
    }),
    evidence: policyEvidence,
  })
  .meta({ id: "WhitelistPolicyEntry", description: "A hash, what was decided about it, and on what evidence." });

export type PolicyEntry = z.output<typeof policyEntry>;
