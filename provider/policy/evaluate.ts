import { z } from "zod";
import { printable } from "../text.js";
import { doubtSentences } from "./doubts.js";
import { CompiledEntry, type Answer } from "./entry.js";
import { evidenceOf, neverSeen, processOf } from "./evidence.js";
import { algorithmOf } from "./hash.js";
import { Knowledge, type Dossier, type Evidence } from "./knowledge.js";
import { keptFrom, undisturbed } from "./kept.js";
import { remembered, remembrance } from "./remembrance.js";
import type { PolicyEntry } from "./policyEntry.js";
import type { PolicyInForce } from "./policyText.js";
import type { ObservedFile } from "./observe.js";
import type { ObservedProcess } from "./process.js";
import { bestReview, hasExpired, isReasoned, reviewsByHash, sameHash } from "./review.js";
import type { Rule, RuleEntry } from "./rule.js";

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
    description: "A hash that `select` lists and no event reports; without a valid reason it is not in the policy.",
  });

export type UnobservedHash = z.output<typeof unobservedHash>;

/** An entry, and what it is about as a process, for formats. */
export interface Decided {
  readonly entry: PolicyEntry;
  readonly process: ObservedProcess;
}

export interface Evaluation {
  /** Ordered by hash, as the others. */
  readonly included: PolicyEntry[];
  readonly excluded: PolicyEntry[];
  readonly unobserved: UnobservedHash[];
}

export interface EvaluationInput {
  /** What may admit. */
  readonly admit: Evidence;
  /** What speaks against a hash is looked for here too: the whole project. */
  readonly against?: Evidence;
  readonly rule: Rule;
  /** Milliseconds since the epoch; it counts for `seenWithinDays`, `keepDays` and `expires` only. */
  readonly now: number;
  readonly before?: PolicyInForce;
  readonly keepDays?: number;
}

/** Decides about each hash, as docs/policy.md says. The hashes of a list must be distinct. */
export function evaluate({ admit, against, rule, now, before, keepDays }: EvaluationInput): Evaluation {
  const select = compile(rule.select ?? [], "select", now);
  const exclude = compile(rule.exclude ?? [], "exclude", now);
  const knowledge = new Knowledge([admit, ...(against ? [against] : []), ...(before ? [remembrance(before)] : [])]);
  const included: PolicyEntry[] = [];
  const excluded: PolicyEntry[] = [];
  const observed = new Set<string>();
  // hashes of one file are decided one after the other, and excluded together
  let asked: { readonly dossier: Dossier; readonly excluding: readonly string[] } | undefined;

  const byFile = admit.processes
    .map((process) => ({ process, hash: sameHash(process.hash), root: knowledge.rootOf(sameHash(process.hash)) }))
    .sort((a, b) => (a.root < b.root ? -1 : a.root > b.root ? 1 : 0));
  for (const { process, hash } of byFile) {
    observed.add(hash);
    decide(hash, { ...process, hash, hashAlgorithm: algorithmOf(hash) });
  }
  const unseen = new Set([...plainlyListed(rule), ...(before?.included.keys() ?? [])]);
  for (const hash of unseen) if (!observed.has(hash)) decide(hash);
  for (const [hash, entry] of before?.excluded ?? []) {
    if (remembered(entry) && !observed.has(hash) && !unseen.has(hash)) excluded.push(entry);
  }

  const byHash = (a: PolicyEntry, b: PolicyEntry) => (a.hash < b.hash ? -1 : 1);
  return {
    included: included.sort(byHash),
    excluded: excluded.sort(byHash),
    unobserved: unobservedOf(observed, new Set(included.map(({ hash }) => hash)), rule.select ?? [], now),
  };

  function decide(hash: string, process?: ObservedProcess): void {
    const dossier = knowledge.dossierOf(hash);
    const seen = process && (admit.fileOf ? fileOf(hash, dossier) : process);
    const together = knowledge.together(hash);
    const answers = select.map((entry) => entry.select(hash, together, dossier, seen));
    const admitting = answers.filter(({ outcome }) => outcome === "yes");
    const known = knownBefore(hash);
    if (!process && !known && admitting.length === 0) return;
    const { doubts } = dossier;
    const against = speakingAgainst(dossier, admitting);
    const aliases = [...new Set([...(process?.aliases ?? []), ...aliasesBefore(hash)])].sort();
    const evidence = process
      ? evidenceOf({ ...process, ...(aliases.length > 0 && { aliases }) }, doubts)
      : evidenceOf(processOf(hash, known?.evidence ?? evidenceElsewhere(hash)), doubts);
    const leaveOut = (reasons: readonly string[]) =>
      excluded.push({
        ...{ hash, reasons: reasons.map(line), ...kindsOf(dossier), evidence },
        ...(known && { wasAllowed: true as const }),
      });

    if (against.length > 0) leaveOut([...against, ...(process && admitting.length === 0 ? answers.map(textOf) : [])]);
    else if (admitting.length > 0) {
      const overruled = doubtsAbout(dossier).map((doubt) => `allowed although ${doubt}: the review gives a reason`);
      const reasons = [...admitting.map(textOf), ...overruled].map(line);
      const fresh = {
        hash,
        reasons,
        ...kindsOf(dossier),
        ...admittedBy(admitting),
        ...narrowerOf(admitting),
        evidence,
      };
      included.push(undisturbed(before, fresh, rule));
    } else {
      const kept = keptFrom(before, hash, { rule, now, keepDays, observed: process && evidence });
      if (kept && "entry" in kept) included.push(kept.entry);
      else if (process) {
        const nothing = select.length === 0 ? ["there is no select entry: nothing is allowed"] : [];
        leaveOut([...nothing, ...answers.map(textOf)]);
      } else if (kept) leaveOut([kept.ended]);
    }
  }

  /** What may admit it: all that is known of it, unless more is known of it than may. */
  function fileOf(hash: string, { files }: Dossier): ObservedFile | undefined {
    return against ? admit.fileOf?.(hash) : files.find((file) => file.hash === hash);
  }

  /** Doubts that no review with a reason answers, and exclusions. */
  function speakingAgainst(dossier: Dossier, admitting: readonly Answer[]): string[] {
    const isAnswered = admitting.some(({ review }) => review && isReasoned(review));
    const doubts = isAnswered ? [] : doubtsAbout(dossier);
    if (asked?.dossier !== dossier) {
      const answers = exclude.map((entry) => entry.exclude(dossier));
      asked = { dossier, excluding: answers.filter(({ outcome }) => outcome !== "no").map(textOf) };
    }
    return [
      ...doubts.map((doubt) => `${doubt}: only a select entry that lists its hash with a reason allows it`),
      ...asked.excluding,
    ];
  }

  function knownBefore(hash: string): PolicyEntry | undefined {
    const left = before?.excluded.get(hash);
    return before?.included.get(hash) ?? (left?.wasAllowed ? left : undefined);
  }

  function aliasesBefore(hash: string): readonly string[] {
    const left = before?.excluded.get(hash);
    const entry = before?.included.get(hash) ?? (left && remembered(left) ? left : undefined);
    return entry?.evidence.aliases ?? [];
  }

  /** Of a reviewed hash that is known as another's alias, or not at all. */
  function evidenceElsewhere(hash: string): PolicyEntry["evidence"] {
    const together = knowledge.together(hash);
    const other = together.size > 1 ? admit.processes.find((candidate) => together.has(candidate.hash)) : undefined;
    return other ? { ...evidenceOf(other, {}), hashAlgorithm: algorithmOf(hash) } : neverSeen(hash);
  }
}

const textOf = ({ text }: Answer): string => text;

const line = (reason: string): string => printable(reason, 600);

const compile = (entries: readonly RuleEntry[], purpose: "select" | "exclude", now: number): CompiledEntry[] =>
  entries.map((entry, index) => new CompiledEntry(entry, purpose, index, now));

/** Any process may also go by a name of no kind: that says nothing of a file that has one. */
const kindsOf = ({ kinds }: Dossier) => {
  const told = [...kinds].filter((kind) => kinds.size === 1 || kind !== "other").sort();
  return told.length === 0 ? {} : { kinds: told };
};

/** What is doubtful about the file, under any of its hashes; of a list what its counts and methods say. */
function doubtsAbout({ doubts, lists }: Dossier): string[] {
  const sentences = doubtSentences(doubts);
  if (doubts.killedCount + doubts.distrustedCount + doubts.unknownHandlingCount > 0) return sentences;
  const other = lists
    .flatMap(({ handleMethods }) => handleMethods)
    .find((method) => method.trim().toLowerCase() !== "mark_as_trust");
  if (other !== undefined) return [...sentences, `handled otherwise than by trust (${other} in its handleMethods)`];
  const isUnsaid = lists.some(
    ({ handleMethods, handleStatuses }) =>
      handleMethods.length === 0 && handleStatuses.some((status) => status !== "unhandled"),
  );
  return isUnsaid ? [...sentences, "handled in a way that its handleMethods do not say"] : sentences;
}

const mostPolicies = 100;
const mostPlacements = 8;

/** Where and until when the entries that admit it do so. */
function admittedBy(admitting: readonly Answer[]): Partial<PolicyEntry> {
  const union = (of: (answer: Answer) => readonly string[]) => [...new Set(admitting.flatMap(of))].sort();
  const policyIds = union(({ targets }) => targets?.policyIds ?? []).slice(0, mostPolicies);
  const placements = union(({ targets }) => targets?.placements ?? []).slice(0, mostPlacements);
  const ends = admitting.map(({ review }) => review?.expires);
  const last = ends.reduce((a, b) =>
    a === undefined || b === undefined ? undefined : Date.parse(a) > Date.parse(b) ? a : b,
  );
  return {
    ...(policyIds.length > 0 && { policyIds }),
    ...(placements.length > 0 && {
      placements: placements.map((place) => JSON.parse(place) as NonNullable<PolicyEntry["placements"]>[number]),
    }),
    ...(last !== undefined && { expires: last }),
  };
}

/** Conditions that a list of hashes can't hold: whoever runs the file, wherever, may. */
const unsaid = ["users", "hostNames", "hostIps", "paths", "names", "osTypes", "policyIds"] as const;

function narrowerOf(admitting: readonly Answer[]): Partial<PolicyEntry> {
  const of = ({ entry }: Answer): string[] =>
    unsaid.flatMap((name) => (entry?.[name] ? [`${name} ${entry[name].join(", ")}`] : []));
  const all = admitting.map(of);
  if (all.some((one) => one.length === 0)) return {};
  return { narrower: [...new Set(all.map((one) => one.join(" and ")))].sort().map((text) => printable(text, 300)) };
}

/** Hashes of entries that ask for nothing else: with a reason they need no sighting. */
const plainlyListed = ({ select = [] }: Rule): Set<string> =>
  new Set(
    select
      .filter((entry) => Object.entries(entry).every(([name, value]) => name === "hashes" || value === undefined))
      .flatMap(({ hashes = [] }) => [...reviewsByHash(hashes).keys()]),
  );

function unobservedOf(
  observed: ReadonlySet<string>,
  included: ReadonlySet<string>,
  select: readonly RuleEntry[],
  now: number,
): UnobservedHash[] {
  return [...reviewsByHash(select.flatMap(({ hashes }) => hashes ?? []))]
    .filter(([hash]) => !observed.has(hash) && !included.has(hash))
    .map(([hash, all]) => bestReview(all, now) ?? { hash })
    .map((review) => ({ ...review, expired: hasExpired(review, now) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1));
}
