import { doubtKinds, isLastingDoubt } from "./doubts.js";
import type { PolicyEvidence } from "./evidence.js";
import type { Evidence } from "./knowledge.js";
import type { PolicyEntry } from "./policyEntry.js";
import type { PolicyInForce } from "./policyText.js";

const isLasting = (evidence: PolicyEvidence): boolean =>
  doubtKinds.some((kind) => isLastingDoubt(kind) && (evidence[kind] ?? 0) > 0);

/** Whether what was left out stays among what is left out, though nothing reports it any more. */
export const remembered = ({ wasAllowed, evidence }: PolicyEntry): boolean =>
  wasAllowed === true || isLasting(evidence);

/** What the policy in force knows: the service forgets after 30 days which hashes are one file and what was said of them. */
export function remembrance({ included, excluded }: PolicyInForce): Evidence {
  const entries = [...included.values(), ...[...excluded.values()].filter(remembered)];
  const isAllowed = ({ hash, wasAllowed }: PolicyEntry) => wasAllowed === true || included.has(hash);
  return {
    processes: [],
    doubts: new Map(
      entries.map((entry) => {
        const kinds = doubtKinds.filter((kind) => isLastingDoubt(kind) || isAllowed(entry));
        return [entry.hash, Object.fromEntries(kinds.map((kind) => [kind, entry.evidence[kind] ?? 0]))] as const;
      }),
    ),
    together: entries.flatMap(({ hash, evidence: { aliases = [] } }) => aliases.map((alias) => [hash, alias])),
  };
}
