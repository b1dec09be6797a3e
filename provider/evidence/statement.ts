import { z } from "zod";
import { inTotoText, statementType } from "../archive/inToto.js";
import { observationSource } from "../policy/provenance.js";
import { sha256 } from "../sha256.js";
import { isRecord, parseJson } from "../values.js";

/** An in-toto statement about a snapshot: the digest of each file, and what they were made from. https://in-toto.io/Statement/v1 */

export const predicateType = "https://github.com/pulumi-hss/pulumi-hss/snapshot/v1";

const predicate = z.object({
  /** By the service's clock, RFC 3339: when the events were read. */
  createdAt: z.string(),
  source: observationSource.omit({ readAt: true, counts: true, complete: true }),
  /** How the read was shown to be whole, or why it could not be. */
  proof: z.object({ complete: z.boolean(), doubts: z.array(z.string()) }),
  counts: z.record(z.string(), z.number()),
  observationSha256: z.string(),
  ruleSha256: z.string().optional(),
  policy: z.object({ format: z.string(), mode: z.string() }).optional(),
  version: z.string(),
  /** Digest of the statement of the snapshot before. */
  baselineSha256: z.string().optional(),
});

export type SnapshotPredicate = z.output<typeof predicate>;

export interface Statement {
  readonly subject: readonly { readonly name: string; readonly sha256: string }[];
  readonly predicate: SnapshotPredicate;
}

export const statementText = ({ subject, predicate }: Statement): string =>
  inTotoText({ subject, predicateType, predicate });

/** Of a snapshot, whenever it was made: the digest of its statement without the time. */
export function snapshotDigest({ subject, predicate }: Statement): string {
  return sha256(statementText({ subject, predicate: { ...predicate, createdAt: "" } }));
}

/** Undefined for what is no statement about a snapshot. */
export function readStatement(text: string): Statement | undefined {
  const parsed = parseJson(text);
  if (!isRecord(parsed) || parsed["_type"] !== statementType || parsed["predicateType"] !== predicateType)
    return undefined;
  const { subject } = parsed;
  const made = predicate.safeParse(parsed["predicate"]);
  if (!Array.isArray(subject) || !made.success) return undefined;
  const read = subject.map((one: unknown) => {
    const digest = isRecord(one) && isRecord(one["digest"]) ? one["digest"]["sha256"] : undefined;
    return { name: isRecord(one) ? String(one["name"]) : "", sha256: typeof digest === "string" ? digest : "" };
  });
  return { subject: read, predicate: made.data };
}
