import { doubtSentences } from "../policy/doubts.js";
import type { PolicyEntry } from "../policy/policyEntry.js";
import type { ObservedProcess } from "../policy/process.js";
import { sameHash } from "../policy/review.js";
import { bySeverity, severities, severityRank } from "../policy/severity.js";
import type { ReportInput } from "./reportInput.js";

/** What the figures of a report are counted from: each is counted once, here, and shown in several places. */
export interface Facts {
  readonly events: number;
  readonly withoutHash: number;
  readonly hashes: number;
  readonly policy?: {
    /** Of the observed hashes. */
    readonly allowed: number;
    /** Allowed as well, and not observed in this read. */
    readonly allowedUnseen: number;
    readonly notExpressible: number;
  };
  decisionOf(process: ObservedProcess): Decision;
}

export interface Decision {
  readonly words: "allowed" | "kept" | "left out" | "not decided";
  readonly why: readonly string[];
}

export function factsOf({ events, withoutHash, processes, policy }: ReportInput): Facts {
  const [included, excluded] = [byHash(policy?.included), byHash(policy?.excluded)];
  const decisionOf = (process: ObservedProcess): Decision => {
    const hash = sameHash(process.hash);
    const entry = included.get(hash);
    if (entry) return { words: entry.notObservedSince === undefined ? "allowed" : "kept", why: whyIn(entry) };
    const out = excluded.get(hash);
    if (out)
      return { words: "left out", why: [...(out.wasAllowed ? ["allowed by a policy before"] : []), ...out.reasons] };
    return { words: "not decided", why: doubtSentences(process) };
  };
  const observed = new Set(processes.map(({ hash }) => sameHash(hash)));
  const allowed = [...observed].filter((hash) => included.has(hash)).length;
  return {
    ...{ events, hashes: processes.length, decisionOf },
    withoutHash: withoutHash.reduce((sum, { eventCount }) => sum + eventCount, 0),
    ...(policy && {
      policy: { allowed, allowedUnseen: included.size - allowed, notExpressible: policy.notExpressible },
    }),
  };
}

const byHash = (entries: readonly PolicyEntry[] = []): ReadonlyMap<string, PolicyEntry> =>
  new Map(entries.map((entry) => [sameHash(entry.hash), entry]));

const runsAnything: ReadonlySet<string> = new Set(["interpreter", "shell", "loader", "multiCall"]);

function whyIn({ reasons, kinds = [], expires, notObservedSince }: PolicyEntry): string[] {
  const risky = kinds.filter((kind) => runsAnything.has(kind));
  return [
    ...reasons,
    ...(risky.length > 0 ? [`runs anything given to it: ${risky.join(", ")}`] : []),
    ...(expires === undefined ? [] : [`until ${expires}`]),
    ...(notObservedSince === undefined ? [] : [`not observed since ${notObservedSince}`]),
  ];
}

/** What speaks against a file comes first, then what is on most servers. */
export function byWeight(a: ObservedProcess, b: ObservedProcess): number {
  const bad = ({ maliciousCount = 0, killedCount = 0 }: ObservedProcess) => (maliciousCount + killedCount > 0 ? 1 : 0);
  return bad(b) - bad(a) || b.hostCount - a.hostCount || b.eventCount - a.eventCount || order(a.hash, b.hash);
}

export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export interface ReasonGroup {
  readonly reason: string;
  readonly hashes: number;
}

/** Reasons that differ in what was counted are one: `(12 events)` and `(1 event)`. Those of most hashes first. */
export function reasonGroups(entries: readonly PolicyEntry[]): ReasonGroup[] {
  const groups = new Map<string, { texts: Set<string>; hashes: number }>();
  for (const { reasons } of entries) {
    for (const [key, text] of new Map(reasons.map((reason) => [withoutCounts(reason), reason]))) {
      const group = groups.get(key) ?? { texts: new Set(), hashes: 0 };
      group.texts.add(text);
      group.hashes += 1;
      groups.set(key, group);
    }
  }
  return [...groups]
    .map(([key, { texts, hashes }]) => ({ reason: texts.size === 1 ? ([...texts][0] ?? key) : key, hashes }))
    .sort((a, b) => b.hashes - a.hashes || order(a.reason, b.reason));
}

const withoutCounts = (reason: string): string => reason.replace(/\b\d+ (event|server)s?\b/g, "N $1s");

export interface SharedName {
  readonly name: string;
  readonly processes: readonly ObservedProcess[];
}

/** Names that different files have, those of most files first. */
export function sharedNames(processes: readonly ObservedProcess[]): SharedName[] {
  const found = new Map<string, ObservedProcess[]>();
  for (const process of processes) {
    for (const name of new Set(process.names)) {
      const all = found.get(name);
      if (all) all.push(process);
      else found.set(name, [process]);
    }
  }
  return [...found]
    .map(([name, all]) => ({ name, processes: all.sort((a, b) => order(a.hash, b.hash)) }))
    .filter((shared) => shared.processes.length > 1)
    .sort((a, b) => b.processes.length - a.processes.length || order(a.name, b.name));
}

/** The list may be cut, the count is not. */
export const nameCountOf = ({ names, nameCount = 0 }: ObservedProcess): number => Math.max(names.length, nameCount);

export const severalNames = (processes: readonly ObservedProcess[]): ObservedProcess[] =>
  processes
    .filter((process) => nameCountOf(process) > 1)
    .sort((a, b) => nameCountOf(b) - nameCountOf(a) || b.hostCount - a.hostCount || order(a.hash, b.hash));

export interface Days {
  /** The API's words, and `other` where an event has another one; the mildest first. */
  readonly severities: readonly string[];
  readonly rows: readonly { readonly first: string; readonly last: string; readonly counts: readonly number[] }[];
  /** Days in a row; more than one where there are more days than rows. */
  readonly daysInRow: number;
  readonly totals: readonly number[];
  /** Words that the API does not document. */
  readonly others: readonly string[];
}

const mostRows = 62;
export const otherSeverity = "other";

export function daysOf(perDay: NonNullable<ReportInput["perDay"]>): Days {
  const days = [...perDay].sort((a, b) => order(a.day, b.day));
  const words = [...new Set(days.flatMap(({ counts }) => Object.keys(counts)))].sort(bySeverity);
  const others = words.filter((word) => severityRank(word) >= severities.length);
  const shown = [...severities.filter((word) => words.includes(word)), ...(others.length > 0 ? [otherSeverity] : [])];
  const column = (word: string) => shown.indexOf(severityRank(word) < severities.length ? word : otherSeverity);
  const daysInRow = Math.max(1, Math.ceil(days.length / mostRows));
  const rows: { first: string; last: string; counts: number[] }[] = [];
  days.forEach(({ day, counts }, index) => {
    if (index % daysInRow === 0) rows.push({ first: day, last: day, counts: shown.map(() => 0) });
    const row = rows[rows.length - 1];
    if (!row) return;
    row.last = day;
    for (const [word, count] of Object.entries(counts))
      row.counts[column(word)] = (row.counts[column(word)] ?? 0) + count;
  });
  const totals = shown.map((_, index) => rows.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0));
  return { severities: shown, rows, daysInRow, totals, others };
}

export const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** `12.5 %`; never all or nothing where it is not. */
export function share(part: number, whole: number): string {
  if (whole <= 0) return "–";
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.1) return "under 0.1 %";
  if (part < whole && percent > 99.9) return "over 99.9 %";
  return `${percent.toFixed(1)} %`;
}
