import { z } from "zod";
import type { Problem } from "../errors.js";
import { plural } from "../text.js";
import { canonicalJson, type Plain } from "./canonical.js";
import { evidenceOf, policyEvidence } from "./evidence.js";
import { markdownTable } from "./markdown.js";
import { isObservation, readObservation } from "./observationText.js";
import { policyEntry, type PolicyEntry } from "./policyEntry.js";
import { emptyPolicy, readPolicy, type PolicyInForce } from "./policyText.js";

const removedHash = z
  .object({
    hash: z.string().meta({ description: "The hash, in lower case." }),
    reasons: z.array(z.string()).meta({ description: "Why the new policy leaves it out; one line each." }),
    evidence: policyEvidence,
  })
  .meta({ id: "RemovedHash", description: "A hash that only the old policy allows, with its last known evidence." });

const changedHash = z
  .object({
    hash: z.string().meta({ description: "The hash, in lower case." }),
    fields: z.array(z.string()).meta({ description: "What differs: fields of the evidence, and `reasons`." }),
    reasons: z.array(z.string()).meta({ description: "Why the new policy allows it; one line each." }),
    before: policyEvidence,
    evidence: policyEvidence,
  })
  .meta({ id: "ChangedHash", description: "A hash that both policies allow, on different evidence." });

export const policyDiffResult = z.object({
  added: z.array(policyEntry).meta({ description: "Hashes that only the new policy allows, ordered by hash." }),
  removed: z.array(removedHash).meta({ description: "Hashes that only the old policy allows, ordered by hash." }),
  kept: z.array(policyEntry).meta({
    description: "Hashes that both allow and that are not observed any more, ordered by hash.",
  }),
  changed: z
    .array(changedHash)
    .meta({ description: "Hashes that both allow, on different evidence, ordered by hash." }),
  unchanged: z.boolean().meta({
    description:
      "The two say the same, but for hashes that stay although nothing reports them any more: the document in force may stay as it is.",
  }),
  summary: z.string().meta({
    description:
      "One line, such as `3 hashes added, 1 removed`; it says too where the two were asked different questions.",
  }),
  table: z.string().meta({ description: "Markdown table for a pull request; texts of events in it are inert." }),
});

export type PolicyDiff = z.output<typeof policyDiffResult>;

export interface PolicyPair {
  readonly old: PolicyInForce;
  readonly fresh: PolicyInForce;
  /** What differs between the questions that the two answer. */
  readonly questions: readonly string[];
  readonly isOtherRule: boolean;
}

/** Two `json` policy documents or two observations as text; an empty `before` is a policy that allows nothing. */
export function readPair(before = "", after: string | undefined, problems: Problem[]): PolicyPair {
  const [old, fresh] = [read("before", before, problems), read("after", after ?? "", problems)];
  if (old.kind !== fresh.kind && before.trim() !== "" && problems.length === 0 && after !== undefined) {
    problems.push({ property: "before", reason: `is ${old.kind} and after is ${fresh.kind}; take two of one kind` });
  }
  if (after?.trim() === "")
    problems.push({ property: "after", reason: "is empty; it takes a policy document or an observation" });
  const isFirst = old.question === undefined || fresh.question === undefined;
  const isOtherRule = !isFirst && old.policy.madeFrom?.ruleSha256 !== fresh.policy.madeFrom?.ruleSha256;
  const questions = isFirst ? [] : differing(old.question, fresh.question);
  return { old: old.policy, fresh: fresh.policy, questions, isOtherRule };
}

interface Read {
  readonly kind: "a policy document" | "an observation";
  readonly policy: PolicyInForce;
  readonly question?: Readonly<Record<string, Plain>>;
}

function read(property: string, given: string, problems: Problem[]): Read {
  if (!isObservation(given)) {
    const policy = readPolicy(property, given, problems);
    const { madeFrom } = policy;
    const question = madeFrom && {
      ...placeOf(madeFrom),
      origin: madeFrom.origin,
    };
    return { kind: "a policy document", policy, question };
  }
  const observation = readObservation(property, given, problems);
  if (!observation) return { kind: "an observation", policy: emptyPolicy };
  const entries = observation.evidence.processes.map((process): PolicyEntry => {
    const doubts = observation.evidence.doubts.get(process.hash) ?? {};
    return { hash: process.hash, reasons: ["observed"], evidence: evidenceOf(process, doubts) };
  });
  const included = new Map(entries.map((entry) => [entry.hash, entry]));
  return {
    kind: "an observation",
    policy: { ...emptyPolicy, included, gist: observation.sha256 },
    question: placeOf(observation.source),
  };
}

const placeOf = (from: {
  readonly project?: string;
  readonly region?: string;
  readonly enterpriseProject?: string;
  readonly query: Readonly<Record<string, Plain>>;
  readonly narrowedBy: readonly string[];
  readonly sample: boolean;
}): Readonly<Record<string, Plain>> => ({
  project: from.project,
  region: from.region,
  "enterprise project": from.enterpriseProject,
  ...from.query,
  sample: from.sample,
});

function differing(a: Readonly<Record<string, Plain>>, b: Readonly<Record<string, Plain>>): string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  const shown = (value: Plain) =>
    value === undefined ? "none" : typeof value === "string" ? value : canonicalJson(value);
  return names
    .filter((name) => a[name] !== b[name])
    .map((name) => `${name} ${shown(a[name])} and then ${shown(b[name])}`);
}

export function policyDiff({ old, fresh, questions, isOtherRule }: PolicyPair): PolicyDiff {
  const added = [...fresh.included.values()].filter(({ hash }) => !old.included.has(hash)).sort(byHash);
  const gone = questions.length > 0 ? "not observed by a query that asks differently" : "no longer observed";
  const removed = [...old.included.values()]
    .filter(({ hash }) => !fresh.included.has(hash))
    .map(({ hash, evidence }) => {
      const now = fresh.excluded.get(hash);
      return { hash, reasons: now?.reasons ?? [gone], evidence: now?.evidence ?? evidence };
    })
    .sort(byHash);
  const both = [...fresh.included.values()].filter(({ hash }) => old.included.has(hash)).sort(byHash);
  const kept = both.filter(({ notObservedSince }) => notObservedSince !== undefined);
  const changed = both.flatMap((entry) => {
    const previous = old.included.get(entry.hash);
    const fields = previous && entry.notObservedSince === undefined ? differences(previous, entry) : [];
    return previous && fields.length > 0
      ? [{ hash: entry.hash, fields, reasons: entry.reasons, before: previous.evidence, evidence: entry.evidence }]
      : [];
  });
  const parts = [
    `${plural(added.length, "hash")} added`,
    `${removed.length} removed`,
    ...(changed.length > 0 ? [`${changed.length} changed`] : []),
    ...(kept.length > 0 ? [`${kept.length} kept that are not observed any more`] : []),
  ];
  const asked = questions.length > 0 ? `; the two were asked different questions: ${questions.join("; ")}` : "";
  return {
    ...{ added, removed, kept, changed },
    unchanged: old.gist !== undefined && old.gist === fresh.gist,
    summary: `${parts.join(", ")}${isOtherRule ? "; by another rule" : ""}${asked}`,
    table: tableOf({ added, removed, kept, changed }),
  };
}

const byHash = (a: { hash: string }, b: { hash: string }): number => (a.hash < b.hash ? -1 : 1);

function differences(before: PolicyEntry, after: PolicyEntry): string[] {
  const names = new Set([...Object.keys(before.evidence), ...Object.keys(after.evidence)]);
  const of = (entry: PolicyEntry, name: string) =>
    canonicalJson((entry.evidence as Readonly<Record<string, Plain>>)[name] ?? null);
  const fields = [...names].filter((name) => of(before, name) !== of(after, name)).sort();
  return canonicalJson(before.reasons) === canonicalJson(after.reasons) ? fields : [...fields, "reasons"];
}

function tableOf({
  added,
  removed,
  kept,
  changed,
}: Pick<PolicyDiff, "added" | "removed" | "kept" | "changed">): string {
  const row = (change: string, { hash, evidence }: Pick<PolicyEntry, "hash" | "evidence">, why: readonly string[]) => [
    change,
    hash,
    list(evidence.names, evidence.nameCount),
    list(evidence.paths, evidence.pathCount),
    String(evidence.hostCount),
    String(evidence.eventCount),
    why.join("; "),
  ];
  return markdownTable(
    ["change", "hash", "names", "paths", "servers", "events", "why"],
    [
      ...added.map((entry) => row("added", entry, entry.reasons)),
      ...removed.map((entry) => row("removed", entry, entry.reasons)),
      ...changed.map((entry) => row("changed", entry, [`new evidence: ${entry.fields.join(", ")}`])),
      ...kept.map((entry) => row("kept", entry, [`not observed since ${entry.notObservedSince ?? ""}`])),
    ],
  );
}

function list(texts: readonly string[], count = texts.length): string {
  const few = texts.slice(0, 3).join(", ");
  const more = count - Math.min(texts.length, 3);
  return more > 0 ? `${few} and ${more} more` : few;
}
