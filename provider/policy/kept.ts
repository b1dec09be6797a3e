import { dayMs } from "../time.js";
import { canonicalJson, type Plain } from "./canonical.js";
import { doubtSentences } from "./doubts.js";
import { CompiledEntry } from "./entry.js";
import { evidenceOf, isCovered, processOf, type PolicyEvidence } from "./evidence.js";
import { Knowledge } from "./knowledge.js";
import type { PolicyEntry } from "./policyEntry.js";
import { keptReason, ownEntry, type PolicyInForce } from "./policyText.js";
import { hasExpired, reviewsByHash } from "./review.js";
import { ruleText, type Rule } from "./rule.js";

/** What decides whether a hash that nothing admits now stays. */
export interface KeepInput {
  readonly rule: Rule;
  readonly now: number;
  /** Default: no end. */
  readonly keepDays?: number;
  /** As events report it now; undefined where none does. */
  readonly observed?: PolicyEvidence;
}

/** The entry of the policy before as it stays in the next one, or why it does not; undefined where it was not allowed. */
export function keptFrom(
  before: PolicyInForce | undefined,
  hash: string,
  input: KeepInput,
): { readonly entry: PolicyEntry } | { readonly ended: string } | undefined {
  const entry = before?.included.get(hash);
  if (!before || !entry) return undefined;
  const { observed } = input;
  const evidence = observed && !isCovered(observed, entry.evidence) ? observed : entry.evidence;
  const ended = reasonToEnd(before, { ...entry, evidence }, input);
  if (ended !== undefined) return { ended };
  const own = ownEntry(entry);
  const since = entry.evidence.lastSeen ?? "an unknown time";
  return {
    entry: {
      ...own,
      reasons: [...own.reasons, keptReason(observed !== undefined, since)],
      evidence,
      ...(!observed && { notObservedSince: since }),
    },
  };
}

/** An entry that is admitted again, of which nothing is known that the policy before did not know. */
export function undisturbed(before: PolicyInForce | undefined, fresh: PolicyEntry, rule: Rule): PolicyEntry {
  const known = before?.included.get(fresh.hash);
  if (!before || !known || !isCovered(fresh.evidence, known.evidence)) return fresh;
  const isSameRule = canonicalJson(before.rule as Plain) === canonicalJson(ruleText(rule));
  return isSameRule ? ownEntry(known) : { ...fresh, evidence: known.evidence };
}

function reasonToEnd(
  before: PolicyInForce,
  entry: PolicyEntry,
  { rule, now, keepDays }: KeepInput,
): string | undefined {
  const { hash, evidence } = entry;
  const [doubt] = doubtSentences(evidence);
  if (doubt !== undefined) return `was ${doubt}, and no select entry that lists its hash with a reason allows it now`;
  if (hasExpired(entry, now)) return `the review by which it was in expired (${entry.expires ?? ""})`;
  const reviews = reviewsByHash((rule.select ?? []).flatMap(({ hashes = [] }) => hashes)).get(hash) ?? [];
  if (reviews.length > 0 && reviews.every((review) => hasExpired(review, now))) return "its review expired";
  const lastSeen = Date.parse(evidence.lastSeen ?? "");
  if (keepDays !== undefined && now - lastSeen > keepDays * dayMs) return `last seen more than ${keepDays} days ago`;
  return newlyExcluded(before, hash, evidence, rule, now);
}

/** Former exclusions were asked when the events were there; of new ones only the evidence is left to ask. */
function newlyExcluded(
  before: PolicyInForce,
  hash: string,
  evidence: PolicyEvidence,
  rule: Rule,
  now: number,
): string | undefined {
  const asked = new Set((before.rule.exclude ?? []).map((entry) => canonicalJson(entry as unknown as Plain)));
  const fresh = (rule.exclude ?? []).flatMap((entry, index) =>
    asked.has(canonicalJson(entry as unknown as Plain)) ? [] : [new CompiledEntry(entry, "exclude", index, now)],
  );
  if (fresh.length === 0) return undefined;
  const process = processOf(hash, evidenceOf(processOf(hash, evidence), {}));
  const aliases = evidence.aliases ?? [];
  const dossier = new Knowledge([
    { processes: [process], doubts: new Map(), together: [[hash, ...aliases]] },
  ]).dossierOf(hash);
  return fresh.map((entry) => entry.exclude(dossier)).find(({ outcome }) => outcome !== "no")?.text;
}
