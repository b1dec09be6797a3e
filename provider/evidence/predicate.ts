import { ruleDigest } from "../policy/provenance.js";
import type { ReadObservation, Rule } from "../policy/index.js";
import type { SnapshotPredicate } from "./statement.js";

export interface PredicateInput {
  readonly observation: ReadObservation;
  readonly proof: SnapshotPredicate["proof"];
  /** Of the files of events, where they are there. */
  readonly counts: Readonly<Record<string, number>>;
  readonly version: string;
  readonly rule?: Rule;
  readonly policy?: {
    readonly format: string;
    readonly mode: string;
    readonly included: readonly unknown[];
    readonly excluded: readonly unknown[];
  };
  readonly baselineSha256?: string;
}

/** What a statement says of a snapshot: all of it follows from the files, but for how the read went. */
export function predicateOf(input: PredicateInput): SnapshotPredicate {
  const { observation, proof, counts, version, rule, policy, baselineSha256 } = input;
  const { readAt, counts: observed, complete: _complete, ...source } = observation.source;
  return {
    createdAt: readAt,
    source,
    proof,
    counts: {
      ...observed,
      ...counts,
      ...(policy && { included: policy.included.length, excluded: policy.excluded.length }),
    },
    observationSha256: observation.sha256,
    ...(rule && { ruleSha256: ruleDigest(rule) }),
    ...(policy && { policy: { format: policy.format, mode: policy.mode } }),
    version,
    ...(baselineSha256 !== undefined && { baselineSha256 }),
  };
}
