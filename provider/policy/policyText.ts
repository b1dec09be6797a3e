import { z } from "zod";
import type { Problem } from "../errors.js";
import { sha256 } from "../sha256.js";
import { canonicalJson, type Plain } from "./canonical.js";
import { policyEntry, type PolicyEntry } from "./policyEntry.js";
import { provenance, type Provenance } from "./provenance.js";
import { withoutHash, type WithoutHash } from "./process.js";
import type { Rule } from "./rule.js";

export const jsonFormatName = "pulumi-hss whitelist policy";
export const jsonFormatVersion = 2;

/** A policy as its `json` document says it. */
export interface PolicyInForce {
  readonly included: ReadonlyMap<string, PolicyEntry>;
  readonly excluded: ReadonlyMap<string, PolicyEntry>;
  /** Empty for documents of the first version, which do not hold all of what is needed to compare. */
  readonly rule: Rule;
  readonly madeFrom?: Provenance;
  /** All that it says but for what is only true of kept entries, to compare. */
  readonly gist?: string;
  readonly withoutHash: readonly WithoutHash[];
}

export const emptyPolicy: PolicyInForce = { included: new Map(), excluded: new Map(), rule: {}, withoutHash: [] };

const firstVersion = z.object({
  format: z.literal(jsonFormatName),
  version: z.literal(1),
  included: z.array(policyEntry),
  excluded: z.array(policyEntry),
});

const document = firstVersion.extend({
  version: z.literal(jsonFormatVersion),
  madeFrom: provenance,
  rule: z.object({ select: z.array(z.unknown()), exclude: z.array(z.unknown()) }),
  withoutHash: z.array(withoutHash),
  sha256: z.string(),
});

/** Text as a file gives it: PowerShell writes a mark in front, or two bytes a character. */
export function textOf(given: string): string {
  const isWide = given.includes("\u0000");
  const text = isWide ? given.replaceAll("\u0000", "").replace(/^(?:\ufffd|ÿþ|þÿ)+/, "") : given;
  return text.replace(/^(?:\ufeff|ï»¿)/, "").trim();
}

/** A `json` policy document; any other text is a problem. An empty one is a policy that allows nothing. */
export function readPolicy(property: string, given: string, problems: Problem[]): PolicyInForce {
  const give = (reason: string): PolicyInForce => {
    problems.push({ property, reason });
    return emptyPolicy;
  };
  const text = textOf(given);
  if (text === "") return emptyPolicy;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return give("is not JSON; it takes a document that getWhitelistPolicyDocument made with format json");
  }
  const parsed = z.union([document, firstVersion]).safeParse(data);
  if (!parsed.success) {
    return give("is not a policy document; it takes one that getWhitelistPolicyDocument made with format json");
  }
  const { included, excluded } = parsed.data;
  if ([...included, ...excluded].some(({ hash }) => !/^[0-9a-f]{1,256}$/.test(hash))) {
    return give("holds a hash that is not hexadecimal digits in lower case");
  }
  const byHash = (entries: readonly PolicyEntry[]) => new Map(entries.map((entry) => [entry.hash, entry]));
  const maps = { included: byHash(included), excluded: byHash(excluded) };
  if (!("sha256" in parsed.data)) return { ...emptyPolicy, ...maps };
  const { madeFrom, withoutHash: without } = parsed.data;
  const rule = parsed.data.rule as Rule;
  if (digestOf(data as Readonly<Record<string, Plain>>) !== parsed.data.sha256) {
    return give("was edited: its content does not fit its sha256; take the document as it was made");
  }
  const { sha256: _, ...said } = data as Readonly<Record<string, Plain>>;
  const gist = canonicalJson({ ...said, included: included.map(ownEntry) as unknown as Plain });
  return { ...maps, rule, madeFrom, gist, withoutHash: without };
}

const notObserved = "not observed since";

export const keptReason = (isObserved: boolean, since: string): string =>
  isObserved ? "kept: no select entry admits it now" : `${notObserved} ${since}`;

/** Without what is only true of a kept entry. */
export const ownEntry = ({ notObservedSince: _, ...entry }: PolicyEntry): PolicyEntry => ({
  ...entry,
  reasons: entry.reasons.filter((reason) => !reason.startsWith(`${notObserved} `) && !reason.startsWith("kept: ")),
});

/** The digest that such a document carries: of its canonical JSON without that member. */
export const digestOf = ({ sha256: _, ...rest }: Readonly<Record<string, Plain>>): string =>
  sha256(canonicalJson(rest));
