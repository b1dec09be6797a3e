import { z } from "zod";
import { IncompleteReadError, type Problem } from "../errors.js";
import { sha256 } from "../sha256.js";
import { version } from "../version.js";
import { canonicalJson, type Plain } from "./canonical.js";
import { doubtKinds } from "./doubts.js";
import { evaluate, unobservedHash, type Decided, type Evaluation } from "./evaluate.js";
import { processOf } from "./evidence.js";
import { notExpressible, policyModes, type PolicyMode } from "./formats/format.js";
import { formats, type FormatName } from "./formats/index.js";
import { isPlaceholder, normaliseHash } from "./hash.js";
import type { Evidence } from "./knowledge.js";
import { policyEntry, type PolicyEntry } from "./policyEntry.js";
import { ownEntry, type PolicyInForce } from "./policyText.js";
import type { ObservedProcess, WithoutHash } from "./process.js";
import { observedSpan, ruleDigest, summaryOf, type ObservationSource, type Provenance } from "./provenance.js";
import { sameHash } from "./review.js";
import { ruleText, type Rule } from "./rule.js";
import { warningsOf } from "./warnings.js";

export const policyMode = z.enum(policyModes).meta({
  id: "PolicyMode",
  description:
    "`audit` (default): each use of an allowed file is recorded where the format can say so; `enforce`: it is allowed silently. Neither adds a rule that blocks.",
});

export const policyDocumentResult = z.object({
  document: z.string().meta({ description: "The policy. The same inputs give the same bytes." }),
  mediaType: z.string().meta({ description: "Media type of the document." }),
  fileName: z.string().meta({ description: "Name under which its reader expects it, or a fitting one." }),
  sha256: z.string().meta({ description: "SHA-256 of the document's UTF-8 bytes, in hexadecimal digits." }),
  summary: z.string().meta({ description: "One line: how many hashes are allowed and, where none is, why." }),
  ruleSha256: z.string().meta({ description: "SHA-256 of `select` and `exclude`, as canonical JSON." }),
  included: z.array(policyEntry).meta({ description: "The hashes that the document allows, ordered by hash." }),
  excluded: z.array(policyEntry).meta({
    description: "All other observed hashes, and those that a policy before allowed, ordered by hash.",
  }),
  notExpressible: z
    .array(notExpressible)
    .meta({ description: "Those among `excluded` that the rule allows and the format can't express." }),
  unobserved: z.array(unobservedHash).meta({
    description:
      "Hashes that `select` lists without a valid reason and no event reports; the document does not allow them.",
  }),
  warnings: z.array(z.string()).meta({
    description:
      "What a reader of the rule would not expect: words that match nothing, programs that run anything, what may still be blocked; one line each.",
  }),
  complete: z.boolean().meta({
    description: "The read behind it is shown to be whole; false where the program gave a list of `processes`.",
  }),
});

export type PolicyDocument = z.output<typeof policyDocumentResult>;

/** Where the evidence comes from; `list`: from a program, and nobody knows more. */
export type PolicySource =
  | { readonly origin: "list" }
  | ({ readonly origin: "events" } & ObservationSource & {
        /** Digest of the observation. */
        readonly sha256?: string;
      });

export interface PolicyDocumentInput {
  /** What may admit. */
  readonly evidence: Evidence;
  /** The whole project, where `evidence` is narrower. */
  readonly against?: Evidence;
  readonly withoutHash?: readonly WithoutHash[];
  readonly rule: Rule;
  readonly format: FormatName;
  /** Default `audit`. */
  readonly mode?: PolicyMode;
  readonly source: PolicySource;
  readonly before?: PolicyInForce;
  readonly keepDays?: number;
  /** Format `hss`: further policies to spread to. */
  readonly policies?: readonly string[];
  /** Whether time and digest of the read are written into the document. */
  readonly stamp?: boolean;
  /** Milliseconds since the epoch; matters to `seenWithinDays`, `keepDays` and `expires` only. */
  readonly now: number;
}

const subject = "getWhitelistPolicyDocument";

/** Throws an `IncompleteReadError` for events that were not read as a whole. */
export function policyDocument(input: PolicyDocumentInput): PolicyDocument {
  const { evidence, against, rule, mode = "audit", source, now, before, keepDays, policies } = input;
  if (source.origin === "events" && !source.complete) {
    throw new IncompleteReadError(
      `${subject}: the read of the events is not complete, so no policy is made from it; repeat the read, or narrow its time span`,
    );
  }
  const format = formats[input.format];
  const evaluation = evaluate({ admit: evidence, against, rule, now, before, keepDays });
  const { counts, observed, withoutHash, excluded: others } = countsOf(input, evaluation);
  const { allowed, inexpressible, excluded } = expressible(input, evaluation.included, others);
  const { unobserved } = evaluation;
  const provenance: Provenance = {
    ...{ format: input.format, mode, version },
    ...originOf(source, against !== undefined),
    ...(observed && { observed }),
    ...{ counts, ruleSha256: ruleDigest(rule) },
    ...(input.stamp &&
      source.origin === "events" && {
        stamp: { readAt: source.readAt, ...(source.sha256 !== undefined && { observationSha256: source.sha256 }) },
      }),
  };
  const summary = summaryOf({
    allowed: evaluation.included.filter(wasSeen).length,
    unseen: evaluation.included.filter((entry) => !wasSeen(entry)).length,
    ...{ notExpressible: inexpressible.length, provenance, unobserved, withoutHash, rule },
  });
  const rendered = {
    ...{ provenance, summary, mode, rule, policies, unobserved, withoutHash },
    // that a hash is kept changes the evidence and no rule: a policy that hosts enforce stays as it is
    included: allowed.map((entry) => decidedOf(input.format === "json" ? entry : ownEntry(entry))),
    ...{ excluded: excluded.map(decidedOf), notExpressible: inexpressible },
  };
  const document = format.render(rendered);
  return {
    ...{ document, mediaType: format.mediaType, fileName: format.fileName, sha256: sha256(document), summary },
    ...{ ruleSha256: provenance.ruleSha256, included: allowed, excluded, notExpressible: inexpressible, unobserved },
    warnings: warningsOf({
      evidence: against ? [evidence, against] : [evidence],
      ...{ rule, included: allowed, provenance, ofFormat: format.warnings?.(allowed) ?? [] },
    }),
    complete: source.origin === "events",
  };
}

/** What the document says it was made from, apart from what was counted. */
function originOf(source: PolicySource, hasProject: boolean) {
  const nothing = { query: {}, narrowedBy: [], against: "query" as const };
  if (source.origin === "list") return { origin: source.origin, sample: false, ...nothing, complete: false };
  const { project, region, endpoint, enterpriseProject, query, narrowedBy, window, complete, sample, archive } = source;
  const place = { project, region, endpoint, enterpriseProject };
  return {
    ...{ origin: source.origin, sample },
    ...Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)),
    ...{
      query,
      narrowedBy,
      against: hasProject || narrowedBy.length === 0 ? ("project" as const) : ("query" as const),
    },
    // a span that moves with the clock would change the document with each read
    ...(query.lastDays === undefined && (!archive || query.beginTime !== undefined) && { window }),
    ...(archive && { archivedSince: archive.wholeSince }),
    complete,
  };
}

/** Where nothing was observed since the policy in force was made, what it says of then stays as it is. */
function countsOf({ evidence, source, rule, before, withoutHash = [] }: PolicyDocumentInput, evaluation: Evaluation) {
  const withoutCount = withoutHash.reduce((sum, { eventCount }) => sum + eventCount, 0);
  const { processes } = evidence;
  const events =
    source.origin === "events" ? source.counts.events : processes.reduce((sum, { eventCount }) => sum + eventCount, 0);
  const entries = [...evaluation.included, ...evaluation.excluded];
  const hashes = entries.filter(wasSeen).length;
  const counts = { events, hashes, withoutHash: withoutCount };
  const observed = observedSpan(entries);
  const made = before?.madeFrom;
  const known = new Map(before?.withoutHash.map(({ reason, eventCount }) => [reason, eventCount]));
  const latest = (times: readonly ObservedProcess[]) =>
    times.reduce((last, { lastSeen = "" }) => (lastSeen > last ? lastSeen : last), "");
  const isQuiet =
    before !== undefined &&
    made !== undefined &&
    canonicalJson(before.rule as unknown as Plain) === canonicalJson(ruleText(rule)) &&
    counts.events <= made.counts.events &&
    latest(processes) <= (made.observed?.lastSeen ?? "") &&
    withoutHash.every(({ reason, eventCount }) => eventCount <= (known.get(reason) ?? 0));
  if (!isQuiet) return { counts, observed, withoutHash, excluded: evaluation.excluded };
  const decided = new Set(entries.map(({ hash }) => hash));
  const gone = [...before.excluded.values()].filter(({ hash }) => !decided.has(hash));
  return {
    ...{ counts: made.counts, observed: made.observed, withoutHash: before.withoutHash },
    excluded: [...evaluation.excluded, ...gone].sort(byHash),
  };
}

const wasSeen = ({ evidence }: PolicyEntry): boolean => evidence.lastSeen !== "never";

const byHash = (a: PolicyEntry, b: PolicyEntry): number => (a.hash < b.hash ? -1 : 1);

/** What the format can say of what the rule allows, and the rest among what is left out. */
function expressible(
  { format: name, policies }: PolicyDocumentInput,
  included: readonly PolicyEntry[],
  others: readonly PolicyEntry[],
) {
  const allowed: PolicyEntry[] = [];
  const excluded = [...others];
  const inexpressible: { hash: string; reason: string }[] = [];
  for (const entry of included) {
    const reason = formats[name].problem(decidedOf(entry).process, { entry, policies });
    if (reason === undefined) allowed.push(entry);
    else {
      inexpressible.push({ hash: entry.hash, reason });
      const reasons = [`allowed by the rule, but the format ${name} ${reason}`, ...entry.reasons];
      excluded.push({ ...entry, reasons });
    }
  }
  return { allowed, inexpressible, excluded: excluded.sort(byHash) };
}

const decidedOf = (entry: PolicyEntry): Decided => ({
  entry,
  process: { ...processOf(entry.hash, entry.evidence), ...(entry.placements && { placements: entry.placements }) },
});

/** What a program's own list tells. */
export const evidenceOfList = (processes: readonly ObservedProcess[]): Evidence => ({
  processes: processes.map((process) => ({ ...process, hash: sameHash(process.hash) })),
  doubts: new Map(
    processes.map((process) => [
      sameHash(process.hash),
      Object.fromEntries(doubtKinds.map((kind) => [kind, process[kind] ?? 0])),
    ]),
  ),
  together: processes.map(({ hash, aliases = [] }) => [
    sameHash(hash),
    ...aliases.filter((alias) => "hash" in normaliseHash(alias)).map(sameHash),
  ]),
});

/** A placeholder is no file; two entries of one hash could tell different stories, and the milder one would win. */
export function problemsOfList(processes: readonly ObservedProcess[]): Problem[] {
  const seen = new Map<string, number>();
  return processes.flatMap(({ hash }, index) => {
    if (isPlaceholder(hash))
      return [{ property: `processes.${index}.hash`, reason: "is a placeholder, no file's hash" }];
    const first = seen.get(sameHash(hash));
    if (first !== undefined)
      return [{ property: `processes.${index}.hash`, reason: `stands in processes.${first} too` }];
    seen.set(sameHash(hash), index);
    return [];
  });
}
