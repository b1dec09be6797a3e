import { z } from "zod";
import { policyDiff, policyDiffResult, readPair } from "../policy/index.js";
import { defineFunction } from "./definition.js";

export const getWhitelistPolicyDiff = defineFunction({
  name: "getWhitelistPolicyDiff",
  description:
    "Tells what a new policy document adds, removes and changes against the one before, with the evidence for each. Asks no service.",
  example: `
variables:
  policy:
    fn::invoke:
      function: hss:getWhitelistPolicyDocument
      arguments: { select: [{ handleMethods: [mark_as_trust] }], format: json }
  changes:
    fn::invoke:
      function: hss:getWhitelistPolicyDiff
      arguments: { before: "", after: "\${policy.document}" }
outputs:
  changes: \${changes.summary}
`,
  args: z.object({
    before: z.string("takes a string").optional().meta({
      description:
        "The `json` document in force, or an earlier observation, as text; empty or absent where there is none.",
    }),
    after: z.string("takes a string: the `json` document of getWhitelistPolicyDocument").meta({
      description: "The new `json` document, or a later observation, as text.",
    }),
  }),
  result: policyDiffResult,
  check: ({ before, after }, problems) => readPair(before, after, problems),
  run: (_, _args, policies) => Promise.resolve(policyDiff(policies)),
});
