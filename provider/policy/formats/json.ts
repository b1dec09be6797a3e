import { documentJson, type Plain } from "../canonical.js";
import { digestOf, jsonFormatName, jsonFormatVersion } from "../policyText.js";
import { ruleText } from "../rule.js";
import { entriesOf, type Format } from "./format.js";

/** Everything: the rule, what it was applied to, what is in and what is not, and why. `getWhitelistPolicyDiff` and `before` read it. */
export const json: Format = {
  mediaType: "application/json",
  fileName: "hss-whitelist-policy.json",
  problem: () => undefined,
  render({ provenance, summary, rule, included, excluded, unobserved, withoutHash }) {
    const content = {
      format: jsonFormatName,
      version: jsonFormatVersion,
      madeFrom: provenance,
      summary,
      rule: ruleText(rule),
      included: entriesOf(included),
      excluded: entriesOf(excluded),
      unobserved,
      withoutHash,
    } as unknown as Readonly<Record<string, Plain>>;
    return documentJson({ ...content, sha256: digestOf(content) });
  },
};
