import { z } from "zod";
import { sha256 } from "../sha256.js";
import { plural } from "../text.js";
import { canonicalJson } from "./canonical.js";
import type { UnobservedHash } from "./evaluate.js";
import type { PolicyEntry } from "./policyEntry.js";
import type { WithoutHash } from "./process.js";
import { ruleText, type Rule } from "./rule.js";

const text = (description: string) => z.string().optional().meta({ description });
const count = (description: string) => z.int().min(0).meta({ description });

/** Where observed processes come from: what an observation says of itself. */
export const observationSource = z.object({
  project: text("Id of the project."),
  region: text("Region of the servers."),
  endpoint: text("Host of the service."),
  enterpriseProject: text("Enterprise project that was asked for."),
  query: z.record(z.string(), z.union([z.string(), z.number()])).meta({ description: "Arguments of the query." }),
  narrowedBy: z
    .array(z.string())
    .meta({ description: "Arguments that leave out events of the project or its last 30 days." }),
  window: z
    .object({ beginTime: z.string(), endTime: z.string() })
    .meta({ description: "Time span of the read, RFC 3339." }),
  readAt: z.string().meta({ description: "Time of the read by the service's clock, RFC 3339." }),
  complete: z.boolean().meta({ description: "The read is shown to be whole." }),
  counts: z.object({
    events: count("Events read."),
    hashes: count("Distinct hashes."),
    withoutHash: count("Events without a usable hash."),
  }),
  archive: z.object({ sequence: z.int(), sha256: z.string(), wholeSince: z.string() }).optional().meta({
    description:
      "The events are an archive's, as of this manifest; `readAt` is its last whole sync, and from `wholeSince` on every event is there.",
  }),
  version: z.string().meta({ description: "Version of this package." }),
  sample: z.boolean().meta({ description: "The events are samples that the emulator made." }),
});

export type ObservationSource = z.output<typeof observationSource>;

/** What a document was made from. No clock, unless a stamp is asked for: an unchanged world gives unchanged bytes. */
export const provenance = z.object({
  format: z.string(),
  mode: z.string(),
  version: z.string(),
  origin: z.enum(["events", "list"]),
  sample: z.boolean(),
  project: z.string().optional(),
  region: z.string().optional(),
  endpoint: z.string().optional(),
  enterpriseProject: z.string().optional(),
  query: observationSource.shape.query,
  /** Where it is not empty, `against` says whether what speaks against a hash was looked for beyond that. */
  narrowedBy: z.array(z.string()),
  against: z.enum(["project", "query"]),
  window: observationSource.shape.window.optional(),
  /** The events are an archive's, which has every one since then: also those that the service keeps no longer. */
  archivedSince: z.string().optional(),
  /** First and last event of the observed hashes. */
  observed: z.object({ firstSeen: z.string(), lastSeen: z.string() }).optional(),
  complete: z.boolean(),
  counts: observationSource.shape.counts,
  ruleSha256: z.string(),
  stamp: z.object({ readAt: z.string().optional(), observationSha256: z.string().optional() }).optional(),
});

export type Provenance = z.output<typeof provenance>;

/** Digest of a rule: SHA-256 of its canonical JSON. */
export const ruleDigest = (rule: Rule): string => sha256(canonicalJson(ruleText(rule)));

/** Times of the first and the last event that the entries tell of. */
export function observedSpan(entries: readonly PolicyEntry[]): Provenance["observed"] {
  let span: Provenance["observed"];
  for (const { evidence } of entries) {
    const { firstSeen, lastSeen } = evidence;
    if (firstSeen === undefined || lastSeen === undefined) continue;
    span = {
      firstSeen: span && span.firstSeen < firstSeen ? span.firstSeen : firstSeen,
      lastSeen: span && span.lastSeen > lastSeen ? span.lastSeen : lastSeen,
    };
  }
  return span;
}

export interface SummaryInput {
  /** By the rule, of the observed hashes, now or before. */
  readonly allowed: number;
  /** By the rule, reviewed and never observed. */
  readonly unseen: number;
  /** Of these. */
  readonly notExpressible: number;
  readonly provenance: Provenance;
  readonly unobserved: readonly UnobservedHash[];
  readonly withoutHash: readonly WithoutHash[];
  readonly rule: Rule;
}

/** One line: how many hashes the rule allows, whatever the format can say of them, and where none is, why. */
export function summaryOf(input: SummaryInput): string {
  const { allowed, unseen, notExpressible, provenance: made, unobserved, withoutHash, rule } = input;
  const without = withoutHash.filter(({ eventCount }) => eventCount > 0);
  const total = without.reduce((sum, { eventCount }) => sum + eventCount, 0);
  const { hashes } = made.counts;
  const parts = [`${allowed} of ${plural(hashes, "observed hash")} allowed`];
  if (unseen > 0) parts.push(`${unseen} more reviewed and never observed`);
  if (notExpressible > 0) parts.push(`${notExpressible} of them can't be expressed in this format`);
  if (hashes > 0 && (rule.select ?? []).length === 0) parts.push("there is no select entry: nothing is allowed");
  if (total > 0) {
    const reasons = without.map(({ reason, eventCount }) => `${eventCount} ${reasonWords[reason]}`).join(", ");
    parts.push(`${plural(total, "event")} without a usable hash (${reasons})`);
  }
  if (hashes === 0 && total === 0) parts.push("no event was read");
  if (unobserved.length > 0) parts.push(`${unobserved.length} listed, not observed and not allowed`);
  return parts.join(", ");
}

export const reasonWords: Readonly<Record<WithoutHash["reason"], string>> = {
  malformed: "malformed",
  placeholder: "a placeholder",
  masked: "masked with *",
  empty: "empty",
  absent: "absent",
  noProcess: "without a process",
};

/** The provenance as lines of text, for formats that have comments. Unescaped: each format writes them with its own comment function. */
export function provenanceLines(made: Provenance, summary: string): string[] {
  const { project, region, endpoint, enterpriseProject, narrowedBy, window, observed, counts, archivedSince } = made;
  const place = [
    ...(project === undefined ? [] : [`project ${project}`]),
    ...(region === undefined ? [] : [`region ${region}`]),
    ...(enterpriseProject === undefined ? [] : [`enterprise project ${enterpriseProject}`]),
    ...(endpoint === undefined ? [] : [`from ${endpoint}`]),
  ];
  return [
    `HSS whitelist policy, format ${made.format}, mode ${made.mode}, made by pulumi-hss ${made.version}`,
    ...(made.sample ? ["SAMPLE DATA: the events were made up by the emulator"] : []),
    ...(made.origin === "list"
      ? [
          "made from a list of processes that a program gave: nothing is known of where it comes from, or whether it is whole",
        ]
      : []),
    ...(place.length > 0 ? [place.join(", ")] : []),
    `query: ${canonicalJson(made.query)}`,
    ...(narrowedBy.length === 0
      ? []
      : made.against === "project"
        ? [`narrowed by ${narrowedBy.join(", ")}; what speaks against a hash was looked for in the whole project`]
        : [
            `NARROWED by ${narrowedBy.join(", ")}, as acceptNarrowed allows: what speaks against a hash elsewhere is not known`,
          ]),
    ...(archivedSince === undefined ? [] : [`from an archive that has every event since ${archivedSince}`]),
    ...(window ? [`window: ${window.beginTime} to ${window.endTime}`] : []),
    ...(observed ? [`observed: ${observed.firstSeen} to ${observed.lastSeen}`] : []),
    `read: ${made.complete ? "complete" : made.origin === "list" ? "not known" : "incomplete"}; ${plural(counts.events, "event")}, ${plural(counts.hashes, "hash")}, ${plural(counts.withoutHash, "event")} without a usable hash`,
    `rule: sha256 ${made.ruleSha256}`,
    ...(made.stamp?.readAt === undefined ? [] : [`read at: ${made.stamp.readAt}`]),
    ...(made.stamp?.observationSha256 === undefined ? [] : [`observation: sha256 ${made.stamp.observationSha256}`]),
    summary,
  ];
}
