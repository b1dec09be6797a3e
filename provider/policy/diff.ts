import { z } from "zod";
import type { Problem } from "../errors.js";
import { canonicalJson, type Plain } from "./canonical.js";
import { policyEntry, type PolicyEntry } from "./evaluate.js";
import { policyEvidence } from "./evidence.js";
import { jsonFormatName, jsonFormatVersion } from "./formats/json.js";
import { markdownTable } from "./markdown.js";

export const removedHash = z
  .object({
    hash: z.string().meta({ description: "The hash, in lower case." }),
    reasons: z.array(z.string()).meta({ description: "Why the new policy leaves it out; one line each." }),
    evidence: policyEvidence,
  })
  .meta({ id: "RemovedHash", description: "A hash that only the old policy allows, with its last known evidence." });

export const changedHash = z
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
  changed: z
    .array(changedHash)
    .meta({ description: "Hashes that both allow, on different evidence, ordered by hash." }),
  summary: z.string().meta({ description: "One line, such as `3 hashes added, 1 removed`." }),
  table: z.string().meta({ description: "Markdown table for a pull request; texts of events in it are inert." }),
});

export type PolicyDiff = z.output<typeof policyDiffResult>;

const policyText = z.object({
  format: z.literal(jsonFormatName),
  version: z.literal(jsonFormatVersion),
  included: z.array(policyEntry),
  excluded: z.array(policyEntry),
});

export interface ReadPolicy {
  readonly included: ReadonlyMap<string, PolicyEntry>;
  readonly excluded: ReadonlyMap<string, PolicyEntry>;
}

export interface PolicyPair {
  readonly old: ReadPolicy;
  readonly fresh: ReadPolicy;
}

/** Two `json` policy documents as text; an empty `before` is a policy that allows nothing. Any other text is a problem. */
export const readPolicies = (before = "", after: string | undefined, problems: Problem[]): PolicyPair => ({
  old: before.trim() === "" ? nothing : read("before", before, problems),
  fresh: after === undefined ? nothing : read("after", after, problems),
});

export function policyDiff({ old, fresh }: PolicyPair): PolicyDiff {
  const added = [...fresh.included.values()].filter(({ hash }) => !old.included.has(hash)).sort(byHash);
  const removed = [...old.included.values()]
    .filter(({ hash }) => !fresh.included.has(hash))
    .map(({ hash, evidence }) => {
      const now = fresh.excluded.get(hash);
      return { hash, reasons: now?.reasons ?? ["no longer observed"], evidence: now?.evidence ?? evidence };
    })
    .sort(byHash);
  const changed = [...fresh.included.values()]
    .flatMap((entry) => {
      const previous = old.included.get(entry.hash);
      const fields = previous ? differences(previous, entry) : [];
      return previous && fields.length > 0
        ? [{ hash: entry.hash, fields, reasons: entry.reasons, before: previous.evidence, evidence: entry.evidence }]
        : [];
    })
    .sort(byHash);

  const summary = `${added.length} ${added.length === 1 ? "hash" : "hashes"} added, ${removed.length} removed${changed.length > 0 ? `, ${changed.length} changed` : ""}`;
  return { added, removed, changed, summary, table: tableOf(added, removed, changed) };
}

const nothing: ReadPolicy = { included: new Map(), excluded: new Map() };

const byHash = (a: { hash: string }, b: { hash: string }): number => (a.hash < b.hash ? -1 : 1);

function read(property: string, text: string, problems: Problem[]): ReadPolicy {
  const give = (reason: string): ReadPolicy => {
    problems.push({ property, reason });
    return nothing;
  };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return give("is not JSON; it takes a document that getWhitelistPolicyDocument made with format json");
  }
  const parsed = policyText.safeParse(data);
  if (!parsed.success) {
    return give("is no policy document; it takes one that getWhitelistPolicyDocument made with format json");
  }
  const { included, excluded } = parsed.data;
  if ([...included, ...excluded].some(({ hash }) => !/^[0-9a-f]{1,256}$/.test(hash))) {
    return give("holds a hash that is not hexadecimal digits in lower case");
  }
  const byHashOf = (entries: readonly PolicyEntry[]) => new Map(entries.map((entry) => [entry.hash, entry]));
  return { included: byHashOf(included), excluded: byHashOf(excluded) };
}

function differences(before: PolicyEntry, after: PolicyEntry): string[] {
  const names = new Set([...Object.keys(before.evidence), ...Object.keys(after.evidence)]);
  const of = (entry: PolicyEntry, name: string) =>
    canonicalJson((entry.evidence as Readonly<Record<string, Plain>>)[name] ?? null);
  const fields = [...names].filter((name) => of(before, name) !== of(after, name)).sort();
  return canonicalJson(before.reasons) === canonicalJson(after.reasons) ? fields : [...fields, "reasons"];
}

function tableOf(
  added: readonly PolicyEntry[],
  removed: PolicyDiff["removed"],
  changed: PolicyDiff["changed"],
): string {
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
    ],
  );
}

function list(texts: readonly string[], count = texts.length): string {
  const few = texts.slice(0, 3).join(", ");
  const more = count - Math.min(texts.length, 3);
  return more > 0 ? `${few} and ${more} more` : few;
}
