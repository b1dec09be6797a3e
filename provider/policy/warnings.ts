import { closest } from "../suggest.js";
import { plural, printable } from "../text.js";
import { conditionsOf, type ConditionName } from "./conditions.js";
import { documentedMethods, documentedStatuses } from "./doubts.js";
import { runsAnything } from "./formats/format.js";
import type { Evidence } from "./knowledge.js";
import { documentedSystems } from "./osType.js";
import { pathPatternWarning } from "./pathPattern.js";
import type { PolicyEntry } from "./policyEntry.js";
import type { Provenance } from "./provenance.js";
import type { Rule, RuleEntry } from "./rule.js";

export interface WarningInput {
  readonly evidence: readonly Evidence[];
  readonly rule: Rule;
  readonly included: readonly PolicyEntry[];
  readonly provenance: Provenance;
  /** Of the format. */
  readonly ofFormat: readonly string[];
}

/** What a reader of the rule would not expect; one line each. */
export function warningsOf({ evidence, rule, included, provenance, ofFormat }: WarningInput): string[] {
  const entries = [
    ...(rule.select ?? []).map((entry, at) => ({ entry, label: `select[${at}]`, purpose: "select" as const })),
    ...(rule.exclude ?? []).map((entry, at) => ({ entry, label: `exclude[${at}]`, purpose: "exclude" as const })),
  ];
  const { narrowedBy, against } = provenance;
  const warnings = [
    ...(narrowedBy.length > 0 && against === "query"
      ? [`narrowed by ${narrowedBy.join(", ")}: what speaks against a hash elsewhere in the project is not known`]
      : []),
    ...entries.flatMap(({ entry, label, purpose }) => [
      ...wordsWithoutMatch(entry, label, purpose, evidence),
      ...(entry.paths ?? []).flatMap((pattern) => {
        const warning = pathPatternWarning(pattern);
        return warning === undefined ? [] : [`${label}.paths: ${pattern} ${warning}`];
      }),
    ]),
    ...entries
      .filter(({ purpose, entry }) => purpose === "select" && isNamesAlone(entry))
      .map(
        ({ label }) =>
          `${label}: names alone select a file, and any process can choose its name; add paths, hashes or handleMethods`,
      ),
    ...openPrograms(included),
    ...ofFormat,
  ];
  return [...new Set(warnings)].map((warning) => printable(warning, 500));
}

const countConditions: readonly string[] = ["names", "minHosts", "minEvents", "seenWithinDays", "containers"];

const isNamesAlone = (entry: RuleEntry): boolean =>
  entry.names !== undefined &&
  Object.entries(entry).every(([name, value]) => value === undefined || countConditions.includes(name));

/** The lists of words that events are compared with, and the words that the service documents. */
const lists: Readonly<Partial<Record<ConditionName, readonly string[]>>> = {
  handleMethods: documentedMethods,
  handleStatuses: documentedStatuses,
  osTypes: documentedSystems,
  severities: [],
  policyIds: [],
  hostNames: [],
  hostIps: [],
  names: [],
  users: [],
  paths: [],
};

function wordsWithoutMatch(
  entry: RuleEntry,
  label: string,
  purpose: "select" | "exclude",
  evidence: readonly Evidence[],
): string[] {
  return (Object.keys(lists) as (keyof typeof lists)[]).flatMap((name) => {
    const words = (entry as Readonly<Record<string, unknown>>)[name];
    if (!Array.isArray(words)) return [];
    return (words as string[]).flatMap((word) => {
      const documented = lists[name] ?? [];
      const isUnknown =
        documented.length > 0 && !documented.some((known) => known.toLowerCase() === word.trim().toLowerCase());
      if (!isUnknown && matches(name, word, purpose, evidence)) return [];
      const near = closest(word, isUnknown ? documented : observedWords(name, evidence));
      const hint = near === undefined || near === word ? "" : `; did you mean ${near}?`;
      const why = isUnknown ? "is not a word that the service documents" : "matches nothing that was observed";
      return [`${label}.${name}: ${word} ${why}${hint}`];
    });
  });
}

function matches(
  name: ConditionName,
  word: string,
  purpose: "select" | "exclude",
  evidence: readonly Evidence[],
): boolean {
  const [condition] = conditionsOf({ [name]: [word], containers: "include" } as RuleEntry, purpose);
  if (!condition) return true;
  return evidence.some(({ processes, fileOf }) =>
    processes.some((process) => {
      const file = fileOf?.(process.hash);
      if (!file) return condition.askLists(process) !== "no";
      return file.sightings.some((sighting) =>
        sighting.processes.some((part) =>
          sighting.seen.some(({ place }) => condition.ask({ sighting, part, place }) === "yes"),
        ),
      );
    }),
  );
}

function observedWords(name: ConditionName, evidence: readonly Evidence[]): string[] {
  if (name === "paths") return [];
  const found = new Set<string>();
  for (const { processes } of evidence) {
    for (const process of processes) {
      const values = (process as Readonly<Record<string, unknown>>)[name];
      if (Array.isArray(values)) for (const value of values as string[]) if (found.size < 5000) found.add(value);
    }
  }
  return [...found];
}

const mostNames = 8;

function openPrograms(included: readonly PolicyEntry[]): string[] {
  const open = included.filter(({ kinds = [] }) => kinds.some(runsAnything));
  if (open.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { evidence, hash } of open) {
    const name = evidence.names[0] ?? hash.slice(0, 12);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const shown = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, mostNames);
  const rest = open.length - shown.reduce((sum, [, count]) => sum + count, 0);
  const names = shown.map(([name, count]) => (count > 1 ? `${name} (${count} files)` : name)).join(", ");
  const few = rest > 0 ? `${names} and ${rest} more` : names;
  return [
    `${plural(open.length, "allowed file")} can run anything given to them (interpreters, shells, loaders, multi-call programs): ${few}`,
  ];
}
