import { z } from "zod";
import { printable } from "../text.js";
import {
  bestReview,
  conditionsOf,
  hasExpired,
  reviewsByHash,
  sameHash,
  type Condition,
  type ConditionResult,
} from "./conditions.js";
import { evidenceOf, policyEvidence } from "./evidence.js";
import { algorithmOf } from "./hash.js";
import { killMethod } from "./observe.js";
import type { ObservedProcess } from "./process.js";
import type { Rule, RuleEntry } from "./rule.js";

export const policyEntry = z
  .object({
    hash: z.string().meta({ description: "Hash of the process's file, in lower case." }),
    reasons: z.array(z.string()).meta({ description: "Why it is in, or every reason why it is not; one line each." }),
    evidence: policyEvidence,
  })
  .meta({ id: "WhitelistPolicyEntry", description: "A hash, what was decided about it, and on what evidence." });

export type PolicyEntry = z.output<typeof policyEntry>;

export const unobservedHash = z
  .object({
    hash: z.string().meta({ description: "The hash, in lower case." }),
    reason: z.string().optional().meta({ description: "The review's reason." }),
    reviewer: z.string().optional().meta({ description: "Who reviewed it." }),
    expires: z.string().optional().meta({ description: "When the review expires." }),
    expired: z.boolean().meta({ description: "Whether it has expired." }),
  })
  .meta({
    id: "UnobservedHash",
    description: "A hash that `select` lists and no event reports; it is not in the policy.",
  });

export type UnobservedHash = z.output<typeof unobservedHash>;

export interface Decided {
  readonly process: ObservedProcess;
  readonly entry: PolicyEntry;
}

export interface Evaluation {
  /** Ordered by hash, as the other two. */
  readonly included: Decided[];
  readonly excluded: Decided[];
  readonly unobserved: UnobservedHash[];
}

interface CompiledEntry {
  readonly label: string;
  readonly conditions: readonly Condition[];
}

interface EntryResult {
  readonly label: string;
  readonly results: readonly ConditionResult[];
}

/**
 * Decides about each process. `now` is in milliseconds since the epoch; it counts for `seenWithinDays` and `expires` only.
 * The processes' hashes must be distinct.
 */
export function evaluate(processes: readonly ObservedProcess[], rule: Rule, now: number): Evaluation {
  const select = compile(rule.select ?? [], "select");
  const exclude = compile(rule.exclude ?? [], "exclude");
  const included: Decided[] = [];
  const excluded: Decided[] = [];
  for (const given of processes) {
    const hash = sameHash(given.hash);
    const process = { ...given, hash, hashAlgorithm: algorithmOf(hash) };
    const { admitted, reasons } = decide(process, select, exclude, now);
    const entry = { hash, reasons: reasons.map((reason) => printable(reason, 600)), evidence: evidenceOf(process) };
    (admitted ? included : excluded).push({ process, entry });
  }
  const byHash = (a: Decided, b: Decided) => (a.entry.hash < b.entry.hash ? -1 : 1);
  return {
    included: included.sort(byHash),
    excluded: excluded.sort(byHash),
    unobserved: unobservedOf(processes, rule.select ?? [], now),
  };
}

const compile = (entries: readonly RuleEntry[], purpose: "select" | "exclude"): CompiledEntry[] =>
  entries.map((entry, index) => ({ label: `${purpose}[${index}]`, conditions: conditionsOf(entry, purpose) }));

function decide(
  process: ObservedProcess,
  select: readonly CompiledEntry[],
  exclude: readonly CompiledEntry[],
  now: number,
): { admitted: boolean; reasons: string[] } {
  const ask = ({ label, conditions }: CompiledEntry): EntryResult => ({
    label,
    results: conditions.map((condition) => condition(process, now)),
  });
  const asked = select.map(ask);
  const admitting = asked.filter(
    ({ results }) => results.length > 0 && results.every(({ outcome }) => outcome === "yes"),
  );
  const excluding = exclude.map(ask).filter(({ results }) => results.every(({ outcome }) => outcome !== "no"));
  const suspicions = suspicionsOf(process);
  const overridden = admitting.some(({ results }) => results.some(({ reasoned }) => reasoned));

  if (admitting.length > 0 && excluding.length === 0 && (suspicions.length === 0 || overridden)) {
    return {
      admitted: true,
      reasons: [
        ...admitting.map((entry) => line(entry, "yes")),
        ...suspicions.map((suspicion) => `allowed although ${suspicion}: the review gives a reason`),
      ],
    };
  }
  return {
    admitted: false,
    reasons: [
      ...(overridden
        ? []
        : suspicions.map(
            (suspicion) => `${suspicion}: only a select entry that lists its hash with a reason allows it`,
          )),
      ...excluding.map((entry) => line(entry, "excluding")),
      ...(select.length === 0 ? ["there is no select entry: nothing is allowed"] : []),
      ...(admitting.length > 0 ? [] : asked.map((entry) => line(entry, "no"))),
    ],
  };
}

function suspicionsOf({ maliciousCount = 0, killedCount = 0, handleMethods }: ObservedProcess): string[] {
  const killed = killedCount > 0 ? killedCount : handleMethods.some((method) => killMethod.test(method)) ? 1 : 0;
  return [
    ...(maliciousCount > 0 ? [`reported as malicious (${events(maliciousCount)})`] : []),
    ...(killed > 0 ? [`isolated and killed (${killedCount > 0 ? events(killed) : "in its handleMethods"})`] : []),
  ];
}

const events = (count: number): string => `${count} event${count === 1 ? "" : "s"}`;

function line({ label, results }: EntryResult, kind: "yes" | "no" | "excluding"): string {
  const shown = kind === "no" ? results.filter(({ outcome }) => outcome !== "yes") : results;
  const verb =
    kind === "no"
      ? "does not hold"
      : results.some(({ outcome }) => outcome === "unknown")
        ? "can't be ruled out"
        : "holds";
  return `${label} ${verb}: ${shown.map(({ text }) => text).join(", ") || "it has no condition"}`;
}

function unobservedOf(
  processes: readonly ObservedProcess[],
  select: readonly RuleEntry[],
  now: number,
): UnobservedHash[] {
  const observed = new Set(processes.map(({ hash }) => sameHash(hash)));
  const reviews = reviewsByHash(select.flatMap(({ hashes }) => hashes ?? []));
  return [...reviews]
    .filter(([hash]) => !observed.has(hash))
    .map(([hash, all]) => bestReview(all, now) ?? { hash })
    .map((review) => ({ ...review, expired: hasExpired(review, now) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1));
}
