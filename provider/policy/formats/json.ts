import { documentJson, type Plain } from "../canonical.js";
import { entriesOf, type Format } from "./format.js";

/** What `getWhitelistPolicyDiff` reads. */
export const jsonFormatName = "pulumi-hss whitelist policy";
export const jsonFormatVersion = 1;

/** Everything: the rule, what it was applied to, what is in and what is not, and why. */
export const json: Format = {
  mediaType: "application/json",
  fileName: "hss-whitelist-policy.json",
  problem: () => undefined,
  render: ({ provenance, summary, rule, included, excluded, unobserved, withoutHash }) =>
    documentJson({
      format: jsonFormatName,
      version: jsonFormatVersion,
      madeFrom: provenance,
      summary,
      rule: { select: rule.select ?? [], exclude: rule.exclude ?? [] },
      included: entriesOf(included),
      excluded: entriesOf(excluded),
      unobserved,
      withoutHash,
    } as unknown as Plain),
};
