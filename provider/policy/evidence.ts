import type { z } from "zod";
import { observedProcess, type ObservedProcess } from "./process.js";

/** Of the long lists this many are enough for a person to recognise the file; the counts stay true. */
const shown = 5;

export const policyEvidence = observedProcess.omit({ hash: true, placements: true }).meta({
  id: "WhitelistPolicyEvidence",
  description: "What events say of a hash; names, paths, users, servers and policies: at most 5.",
});

export type PolicyEvidence = z.output<typeof policyEvidence>;

const long = ["names", "paths", "users", "hostNames", "policyIds"] as const;

/** In a fixed order of fields, so that equal evidence is equal text. */
export function evidenceOf(process: ObservedProcess): PolicyEvidence {
  const cut = new Set(process.truncated?.filter((name) => name !== "placements"));
  for (const name of long) if (process[name].length > shown) cut.add(name);
  const { hash: _hash, placements: _placements, truncated: _truncated, ...rest } = process;
  const evidence: PolicyEvidence = { ...rest };
  for (const name of long) evidence[name] = process[name].slice(0, shown);
  if (cut.size > 0) evidence.truncated = [...cut].sort();
  return evidence;
}
