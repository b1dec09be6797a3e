import { canonicalJson, type Plain } from "../policy/canonical.js";

/** Of what a statement is about: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const statementType = "https://in-toto.io/Statement/v1";

interface InTotoStatement {
  readonly subject: readonly { readonly name: string; readonly sha256: string }[];
  readonly predicateType: string;
  readonly predicate: object;
}

/** Canonical JSON, so that equal statements are equal bytes. */
export const inTotoText = ({ subject, predicateType, predicate }: InTotoStatement): string =>
  `${canonicalJson({
    _type: statementType,
    predicate: predicate as Plain,
    predicateType,
    subject: subject.map(({ name, sha256 }) => ({ digest: { sha256 }, name })),
  })}\n`;
