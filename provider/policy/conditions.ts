import { compileGlob, isResolved } from "./glob.js";
import type { ObservedProcess } from "./process.js";
import type { ReviewedHash, RuleEntry } from "./rule.js";
import { severityRank } from "./severity.js";

/** `unknown`: the evidence does not say. It admits nothing, and an exclusion that is unknown holds. */
export type Outcome = "yes" | "no" | "unknown";

export interface ConditionResult {
  readonly outcome: Outcome;
  readonly text: string;
  /** The condition is met by a review that says why. */
  readonly reasoned?: boolean;
}

/** One condition of an entry, ready to be asked about many processes. */
export type Condition = (process: ObservedProcess, now: number) => ConditionResult;

const day = 86_400_000;

/** The conditions of an entry; `purpose` decides whether reviews expire. */
export function conditionsOf(entry: RuleEntry, purpose: "select" | "exclude"): Condition[] {
  const out: Condition[] = [];
  const { hashes, minHosts, minEvents, seenWithinDays, maxSeverity } = entry;
  if (hashes) out.push(hashCondition(hashes, purpose));
  list("handleMethods", entry.handleMethods, exactly);
  list("handleStatuses", entry.handleStatuses, exactly);
  if (minHosts !== undefined) out.push(atLeast("minHosts", minHosts, (process) => process.hostCount, "server"));
  if (minEvents !== undefined) out.push(atLeast("minEvents", minEvents, (process) => process.eventCount, "event"));
  if (seenWithinDays !== undefined) out.push(seenWithin(seenWithinDays));
  if (maxSeverity !== undefined) out.push(severityUpTo(maxSeverity));
  if (entry.paths) out.push(pathCondition(entry.paths));
  list("names", entry.names, asWindowsDoes);
  list("users", entry.users, asWindowsDoes);
  list("osTypes", entry.osTypes, () => folded);
  list("policyIds", entry.policyIds, exactly);
  return out;

  function list(field: ListField, wanted: readonly string[] | undefined, normal: Normaliser): void {
    if (wanted) out.push(listCondition(field, wanted, normal));
  }
}

/** A hash as rules and evidence compare it. */
export const sameHash = (text: string): string => text.trim().toLowerCase();

export function reviewsByHash(items: readonly (string | ReviewedHash)[]): ReadonlyMap<string, ReviewedHash[]> {
  const reviews = new Map<string, ReviewedHash[]>();
  for (const item of items) {
    const review = reviewOf(item);
    reviews.set(review.hash, [...(reviews.get(review.hash) ?? []), review]);
  }
  return reviews;
}

const reviewOf = (item: string | ReviewedHash): ReviewedHash =>
  typeof item === "string" ? { hash: sameHash(item) } : { ...item, hash: sameHash(item.hash) };

/** A moment that can't be read has passed. */
export const hasExpired = (review: ReviewedHash, now: number): boolean =>
  review.expires !== undefined && !(Date.parse(review.expires) > now);

function hashCondition(items: readonly (string | ReviewedHash)[], purpose: "select" | "exclude"): Condition {
  const reviews = reviewsByHash(items);
  return (process, now) => {
    const all = reviews.get(sameHash(process.hash));
    if (!all) return { outcome: "no", text: `hashes: not one of its ${items.length}` };
    const best = bestReview(all, now);
    if (!best || (purpose === "select" && hasExpired(best, now)))
      return { outcome: "no", text: `hashes: its review expired (${best?.expires ?? ""})` };
    return { outcome: "yes", text: `hashes: ${reviewText(best)}`, reasoned: isReasoned(best) };
  };
}

/** Of several reviews of one hash: one that holds before one that has expired, then one with a reason. */
export function bestReview<Review extends ReviewedHash>(all: readonly Review[], now: number): Review | undefined {
  const valid = all.filter((review) => !hasExpired(review, now));
  return valid.find(isReasoned) ?? valid[0] ?? all[0];
}

const isReasoned = (review: ReviewedHash): boolean => (review.reason ?? "").trim() !== "";

const reviewText = ({ reason, reviewer, expires }: ReviewedHash): string =>
  `listed${reviewer ? ` by ${reviewer}` : ""}${expires ? ` until ${expires}` : ""}${reason ? `, because ${reason}` : ""}`;

function atLeast(field: string, min: number, of: (process: ObservedProcess) => number, thing: string): Condition {
  return (process) => {
    const count = of(process);
    return {
      outcome: count >= min ? "yes" : "no",
      text: `${field} ${min}: ${count} ${thing}${count === 1 ? "" : "s"}`,
    };
  };
}

function seenWithin(days: number): Condition {
  return ({ lastSeen }, now) => {
    const text = `seenWithinDays ${days}: last seen ${lastSeen ?? "at an unknown time"}`;
    const age = now - Date.parse(lastSeen ?? "");
    // a time still to come is a wrong clock: it says nothing
    if (!(age >= 0)) return { outcome: "unknown", text };
    return { outcome: age <= days * day ? "yes" : "no", text };
  };
}

function severityUpTo(max: string): Condition {
  return ({ highestSeverity, severities }) => {
    const seen = [...severities, ...(highestSeverity === undefined ? [] : [highestSeverity])];
    if (seen.length === 0) return { outcome: "unknown", text: `maxSeverity ${max}: no event tells a severity` };
    const highest = seen.reduce((a, b) => (severityRank(b) > severityRank(a) ? b : a));
    return {
      outcome: severityRank(highest) <= severityRank(max) ? "yes" : "no",
      text: `maxSeverity ${max}: highest is ${highest}`,
    };
  };
}

type ListField = "handleMethods" | "handleStatuses" | "names" | "users" | "osTypes" | "policyIds";
type Normaliser = (process: ObservedProcess) => (text: string) => string;

const folded = (text: string): string => text.toLowerCase();
const exactly: Normaliser = () => (text) => text;
const asWindowsDoes: Normaliser = ({ osTypes }) =>
  osTypes.some((os) => folded(os) === "windows") ? folded : (text) => text;

function listCondition(field: ListField, wanted: readonly string[], normaliser: Normaliser): Condition {
  return (process) => {
    const normal = normaliser(process);
    const accepted = new Set(wanted.map(normal));
    const found = process[field].find((text) => accepted.has(normal(text)));
    if (found !== undefined) return { outcome: "yes", text: `${field}: ${found}` };
    return notListed(process, field, wanted);
  };
}

function pathCondition(patterns: readonly string[]): Condition {
  const globs = patterns.map(compileGlob);
  return (process) => {
    for (const path of process.paths.filter(isResolved)) {
      const glob = globs.find((candidate) => candidate.matches(path));
      if (glob) return { outcome: "yes", text: `paths: ${path} matches ${glob.source}` };
    }
    const unresolved = process.paths.find((path) => !isResolved(path));
    if (unresolved !== undefined) {
      return { outcome: "unknown", text: `paths: ${unresolved} has . or .. in it and may lead anywhere` };
    }
    return notListed(process, "paths", patterns);
  };
}

function notListed(process: ObservedProcess, field: ListField | "paths", wanted: readonly string[]): ConditionResult {
  const few = wanted.length > 3 ? `one of ${wanted.length} values` : wanted.join(" or ");
  if (process.truncated?.includes(field)) {
    return { outcome: "unknown", text: `${field}: not ${few} among those listed, and the list was cut` };
  }
  return { outcome: "no", text: `${field}: not ${few}` };
}
