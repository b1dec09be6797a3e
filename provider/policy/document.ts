import { z } from "zod";
import { IncompleteReadError, type Problem } from "../errors.js";
import { sha256 } from "../sha256.js";
import { sameHash } from "./conditions.js";
import { evaluate, policyEntry, unobservedHash, type Decided } from "./evaluate.js";
import { entriesOf, notExpressible, policyModes, type FormatOptions, type PolicyMode } from "./formats/format.js";
import { formats, type FormatName } from "./formats/index.js";
import type { ObservedProcess, WithoutHash } from "./process.js";
import { provenanceOf, summaryOf, type PolicySource } from "./provenance.js";
import type { Rule } from "./rule.js";

export const policyMode = z.enum(policyModes).meta({
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
  excluded: z.array(policyEntry).meta({ description: "All other observed hashes, ordered by hash." }),
  notExpressible: z
    .array(notExpressible)
    .meta({ description: "Those among `excluded` that the rule allows and the format can't express." }),
  unobserved: z
    .array(unobservedHash)
    .meta({ description: "Hashes that `select` lists and no event reports; the document does not allow them." }),
  complete: z.boolean().meta({ description: "The read behind it is whole: an incomplete one makes no policy." }),
});

export type PolicyDocument = z.output<typeof policyDocumentResult>;

export interface PolicyDocumentInput {
  readonly processes: readonly ObservedProcess[];
  readonly withoutHash?: readonly WithoutHash[];
  readonly rule: Rule;
  readonly format: FormatName;
  /** Default `audit`. */
  readonly mode?: PolicyMode;
  readonly source: PolicySource;
  /** Milliseconds since the epoch; matters to `seenWithinDays` and `expires` only and does not enter the document. */
  readonly now: number;
  readonly options?: FormatOptions;
}

const subject = "getWhitelistPolicyDocument";

/** Throws an `IncompleteReadError` for a source that is not complete. */
export function policyDocument(input: PolicyDocumentInput): PolicyDocument {
  const { processes, rule, mode = "audit", withoutHash = [], source, now, options = {} } = input;
  if (!source.complete) {
    throw new IncompleteReadError(
      `${subject}: the read of the events is not complete, so no policy is made from it; repeat the read, or narrow its time span`,
    );
  }
  const format = formats[input.format];
  const evaluation = evaluate(processes, rule, now);
  const included: Decided[] = [];
  const excluded: Decided[] = [...evaluation.excluded];
  const inexpressible: { hash: string; reason: string }[] = [];
  for (const decided of evaluation.included) {
    const reason = format.problem(decided.process);
    if (reason === undefined) included.push(decided);
    else {
      inexpressible.push({ hash: decided.entry.hash, reason });
      excluded.push({
        ...decided,
        entry: {
          ...decided.entry,
          reasons: [`allowed by the rule, but the format ${input.format} ${reason}`, ...decided.entry.reasons],
        },
      });
    }
  }
  excluded.sort((a, b) => (a.entry.hash < b.entry.hash ? -1 : 1));
  const { unobserved } = evaluation;
  const provenance = provenanceOf(input.format, mode, source, rule, processes);
  const summary = summaryOf(included.length, processes.length, inexpressible.length, unobserved, withoutHash, rule);
  const document = format.render({
    provenance,
    summary,
    mode,
    rule,
    included,
    excluded,
    notExpressible: inexpressible,
    unobserved,
    withoutHash,
    options,
  });
  return {
    document,
    mediaType: format.mediaType,
    fileName: format.fileName,
    sha256: sha256(document),
    summary,
    ruleSha256: provenance.ruleSha256,
    included: entriesOf(included),
    excluded: entriesOf(excluded),
    notExpressible: inexpressible,
    unobserved,
    complete: true,
  };
}

/** Two entries of one hash could tell different stories, and the milder one would win. */
export function duplicateProcesses(processes: readonly ObservedProcess[]): Problem[] {
  const seen = new Map<string, number>();
  return processes.flatMap(({ hash }, index) => {
    const first = seen.get(sameHash(hash));
    if (first !== undefined)
      return [{ property: `processes.${index}.hash`, reason: `stands in processes.${first} too` }];
    seen.set(sameHash(hash), index);
    return [];
  });
}
