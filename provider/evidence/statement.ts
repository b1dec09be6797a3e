import { createHash } from "node:crypto";
import { canonicalJson, type Plain } from "../policy/canonical.js";
import type { ObservationSource } from "../policy/index.js";
import { isRecord, parseJson } from "../values.js";

/** An in-toto statement about a snapshot: the digest of each file, and what they were made from. https://in-toto.io/Statement/v1 */

export const statementType = "https://in-toto.io/Statement/v1";
export const predicateType = "https://github.com/pulumi-hss/pulumi-hss/snapshot/v1";

export interface SnapshotPredicate {
  /** By the service's clock, RFC 3339: when the events were read. */
  readonly createdAt: string;
  readonly source: Omit<ObservationSource, "readAt" | "counts" | "complete">;
  /** How the read was shown to be whole, or why it could not be. */
  readonly proof: { readonly complete: boolean; readonly doubts: readonly string[] };
  readonly counts: Readonly<Record<string, number>>;
  readonly observationSha256: string;
  readonly ruleSha256?: string;
  /** Format and mode of the policy. */
  readonly policy?: { readonly format: string; readonly mode: string };
  readonly version: string;
  /** Digest of the statement of the snapshot before. */
  readonly baselineSha256?: string;
}

export interface Statement {
  readonly subject: readonly { readonly name: string; readonly sha256: string }[];
  readonly predicate: SnapshotPredicate;
}

export const digestOf = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Canonical JSON, so that equal statements are equal bytes. */
export const statementText = ({ subject, predicate }: Statement): string =>
  `${canonicalJson({
    _type: statementType,
    predicate,
    predicateType,
    subject: subject.map(({ name, sha256 }) => ({ digest: { sha256 }, name })),
  } as unknown as Plain)}\n`;

/** Of a snapshot, whenever it was made: the digest of its statement without the time. */
export function snapshotDigest({ subject, predicate }: Statement): string {
  return digestOf(statementText({ subject, predicate: { ...predicate, createdAt: "" } }));
}

/** Undefined for what is no statement about a snapshot. */
export function readStatement(text: string): Statement | undefined {
  const parsed = parseJson(text);
  if (!isRecord(parsed) || parsed["_type"] !== statementType || parsed["predicateType"] !== predicateType)
    return undefined;
  const { subject, predicate } = parsed;
  if (!Array.isArray(subject) || !isRecord(predicate)) return undefined;
  const read = subject.map((one: unknown) => {
    const digest = isRecord(one) && isRecord(one["digest"]) ? one["digest"]["sha256"] : undefined;
    return { name: isRecord(one) ? String(one["name"]) : "", sha256: typeof digest === "string" ? digest : "" };
  });
  return { subject: read, predicate: predicate as unknown as SnapshotPredicate };
}
