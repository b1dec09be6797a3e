import { closest } from "../suggest.js";
import { plural, printable } from "../text.js";
import { conditionsOf, type ConditionName } from "./conditions.js";
import { documentedMethods, documentedStatuses } from "./doubts.js";
import { runsAnything } from "./formats/format.js";
import type { Evidence } from "./knowledge.js";
import { documentedSystems } from "./osType.js";
import { compilePathPattern, pathPatternProblem, pathPatternWarning } from "./pathPattern.js";
import type { PolicyEntry } from "./policyEntry.js";
import type { Provenance } from "./provenance.js";
import { isReasoned, reviewsByHash } from "./review.js";
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
    ...unnamedDoubts(evidence),
    ...entries.flatMap(({ entry, label, purpose }) => [
      ...foreignHashes(entry, label, evidence),
      ...(purpose === "exclude" ? deeperPaths(entry, label, included) : []),
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
      const near = isUnknown ? closest(word, documented) : meant(name, word, purpose, evidence);
      const hint = near === undefined || near === word ? plainWordHint(name, word) : `; did you mean ${near}?`;
      const why = isUnknown ? "is not a word that the service documents" : "matches nothing that was observed";
      return [`${label}.${name}: ${word} ${why}${hint}`];
    });
  });
}

/** The word that was probably meant, of those that would match. */
function meant(
  name: ConditionName,
  word: string,
  purpose: "select" | "exclude",
  evidence: readonly Evidence[],
): string | undefined {
  if (name === "paths") return belowOf(word).find((below) => matches(name, below, purpose, evidence));
  // a word that the service does not document is never true
  return closest(word, lists[name]?.length ? (lists[name] ?? []) : observedWords(name, evidence));
}

/** What other tools take a pattern for: everything below a folder. */
function belowOf(pattern: string): string[] {
  const slash = pattern.includes("\\") && !pattern.includes("/") ? "\\" : "/";
  const below = /[\\/]\*$/.test(pattern) ? `${pattern}*` : `${pattern}${slash}**`;
  return pattern.endsWith("**") || pathPatternProblem(below) !== undefined ? [] : [below];
}

function plainWordHint(name: ConditionName, word: string): string {
  if (name === "paths") return "";
  if (name === "hostIps" && /\/\d+$/.test(word)) return "; a network is no address: write each one";
  return /[*?]/.test(word) ? "; it is compared as it is, * and ? mean nothing here" : "";
}

/** Of an exclusion that holds for the files in a folder: what is allowed in the folders below. */
function deeperPaths({ paths = [] }: RuleEntry, label: string, included: readonly PolicyEntry[]): string[] {
  return paths.flatMap((pattern) => {
    if (!/[\\/]\*$/.test(pattern)) return [];
    const [below] = belowOf(pattern);
    if (below === undefined) return [];
    const [own, whole] = [compilePathPattern(pattern), compilePathPattern(below)];
    for (const { evidence } of included) {
      const systems = evidence.osTypes.length > 0 ? evidence.osTypes : [undefined];
      const found = evidence.paths.find((path) =>
        systems.every((osType) => own.matches(path, osType) === "no" && whole.matches(path, osType) === "yes"),
      );
      if (found !== undefined)
        return [
          `${label}.paths: ${pattern} means the files in that folder, not those in folders below it, such as ${found}, which is allowed; for all of them write ${below}`,
        ];
    }
    return [];
  });
}

/** Hashes of one algorithm never equal those of another. */
function foreignHashes({ hashes = [] }: RuleEntry, label: string, evidence: readonly Evidence[]): string[] {
  const lengths = new Set(
    evidence.flatMap(({ processes }) =>
      processes.flatMap(({ hash, aliases = [] }) => [hash, ...aliases].map(({ length }) => length)),
    ),
  );
  if (lengths.size === 0) return [];
  const foreign = [...reviewsByHash(hashes)]
    .filter(([hash, reviews]) => !lengths.has(hash.length) && !(label.startsWith("select") && reviews.some(isReasoned)))
    .map(([hash]) => hash);
  const [first] = foreign;
  if (first === undefined) return [];
  const observed = [...lengths].sort((a, b) => a - b).join(" or ");
  return [
    `${label}.hashes: ${foreign.length} of ${hashes.length}, such as ${first}, can't be any that was observed: those have ${observed} digits, and it has ${first.length}`,
  ];
}

/** Events that speak against a file and do not say which. */
function unnamedDoubts(evidence: readonly Evidence[]): string[] {
  const count = Math.max(
    0,
    ...evidence.map(({ withoutHash = [] }) => withoutHash.reduce((sum, { doubtedCount = 0 }) => sum + doubtedCount, 0)),
  );
  return count === 0
    ? []
    : [
        `${plural(count, "event")} that ${count === 1 ? "speaks" : "speak"} against a file (malicious, killed, or handled otherwise than by trust) ${count === 1 ? "has" : "have"} no usable hash: nobody can tell whether it is an allowed one`,
      ];
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
