import { sha256 } from "../sha256.js";
import { canonicalJson, type Plain } from "./canonical.js";
import type { Evaluation } from "./evaluate.js";
import type { ObservedProcess, WithoutHash } from "./process.js";
import type { Rule } from "./rule.js";

/** Where the observed processes come from. */
export interface PolicySource {
  /** The arguments of the query, as they were given. */
  readonly query: Readonly<Record<string, Plain>>;
  /**
   * The time span, RFC 3339. Leave it out where it moves with the clock (`lastDays`): then the same inputs give the same bytes.
   */
  readonly window?: { readonly beginTime: string; readonly endTime: string };
  /** Whether the read was shown to be whole. */
  readonly complete: boolean;
}

/** What a document was made from. No clock: the times are those of the events and of the query. */
export interface Provenance {
  readonly format: string;
  readonly mode: string;
  readonly query: Readonly<Record<string, Plain>>;
  readonly window?: { readonly beginTime: string; readonly endTime: string };
  /** First and last event among the observed processes. */
  readonly observed?: { readonly firstSeen: string; readonly lastSeen: string };
  readonly complete: boolean;
  readonly ruleSha256: string;
}

/** Digest of a rule: SHA-256 of its canonical JSON. */
export const ruleDigest = (rule: Rule): string =>
  sha256(canonicalJson({ select: rule.select ?? [], exclude: rule.exclude ?? [] } as unknown as Plain));

export function provenanceOf(
  format: string,
  mode: string,
  { query, window, complete }: PolicySource,
  rule: Rule,
  processes: readonly ObservedProcess[],
): Provenance {
  const times = processes.flatMap(({ firstSeen, lastSeen }) =>
    firstSeen !== undefined && lastSeen !== undefined ? [{ firstSeen, lastSeen }] : [],
  );
  const [first, ...rest] = times;
  return {
    format,
    mode,
    query,
    ...(window && { window }),
    ...(first && {
      observed: rest.reduce(
        (span, { firstSeen, lastSeen }) => ({
          firstSeen: firstSeen < span.firstSeen ? firstSeen : span.firstSeen,
          lastSeen: lastSeen > span.lastSeen ? lastSeen : span.lastSeen,
        }),
        first,
      ),
    }),
    complete,
    ruleSha256: ruleDigest(rule),
  };
}

const plural = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;

/** One line: how many hashes are in, and where none is, why. */
export function summaryOf(
  included: number,
  observed: number,
  notExpressible: number,
  unobserved: Evaluation["unobserved"],
  withoutHash: readonly WithoutHash[],
  rule: Rule,
): string {
  const without = withoutHash.filter(({ eventCount }) => eventCount > 0);
  const total = without.reduce((sum, { eventCount }) => sum + eventCount, 0);
  const parts = [`${included} of ${plural(observed, "observed hash").replace(/hashs$/, "hashes")} allowed`];
  if (notExpressible > 0) parts.push(`${notExpressible} more can't be expressed in this format`);
  if (observed > 0 && (rule.select ?? []).length === 0) parts.push("there is no select entry: nothing is allowed");
  if (total > 0) {
    const reasons = without.map(({ reason, eventCount }) => `${eventCount} ${reasonWords[reason]}`).join(", ");
    parts.push(`${plural(total, "event")} without a usable hash (${reasons})`);
  }
  if (observed === 0 && total === 0) parts.push("no event was read");
  if (unobserved.length > 0) parts.push(`${unobserved.length} reviewed but never observed`);
  return parts.join(", ");
}

export const reasonWords: Readonly<Record<WithoutHash["reason"], string>> = {
  malformed: "malformed",
  masked: "masked with *",
  empty: "empty",
  absent: "absent",
  noProcess: "without a process",
};

/** The provenance as lines of text, for formats that have comments. Unescaped: each format writes them with its own comment function. */
export const provenanceLines = (made: Provenance, summary: string): string[] => [
  `HSS whitelist policy, format ${made.format}, mode ${made.mode}`,
  `query: ${canonicalJson(made.query)}`,
  ...(made.window ? [`window: ${made.window.beginTime} to ${made.window.endTime}`] : []),
  ...(made.observed ? [`observed: ${made.observed.firstSeen} to ${made.observed.lastSeen}`] : []),
  `read: ${made.complete ? "complete" : "incomplete"}`,
  `rule: sha256 ${made.ruleSha256}`,
  summary,
];
