import { z } from "zod";
import { repeatedName } from "../../repeated.js";
import { csv } from "./csv.js";
import { fapolicyd } from "./fapolicyd.js";
import type { Format } from "./format.js";
import { hss } from "./hss.js";
import { json } from "./json.js";
import { sha256sum } from "./sha256sum.js";
import { stix } from "./stix.js";

export const formats = { hss, fapolicyd, sha256sum, csv, json, stix } as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as [FormatName, ...FormatName[]];

const authenticode =
  "compares the Authenticode hash of Windows programs, and HSS reports the hash of the file: such a policy would be accepted and allow nothing";

/** Formats that people ask for and that would be wrong with what events tell. */
export const refusedFormats: Readonly<Partial<Record<string, string>>> = {
  applocker: authenticode,
  wdac: authenticode,
  appcontrol: authenticode,
  santa: "is for macOS, and HSS reports on Linux and Windows",
  tetragon: "matches paths, not hashes: a rule of a path allows any file put there",
  kubearmor: "matches paths, not hashes: a rule of a path allows any file put there",
  ima: "keeps hashes in extended attributes, not in its policy",
};

/** Why there is no such format. */
export function formatProblem(word: unknown): string {
  const known = `known are ${formatNames.join(", ")}`;
  if (typeof word !== "string") return `takes the name of a format; ${known}`;
  const refused = Object.hasOwn(refusedFormats, word.toLowerCase()) ? refusedFormats[word.toLowerCase()] : undefined;
  return refused === undefined
    ? `${repeatedName(word, formatNames)} is no format; ${known}`
    : `${word} is refused, since it ${refused}; ${known}`;
}

export const policyFormat = z.enum(formatNames, { error: (issue) => formatProblem(issue.input) }).meta({
  id: "PolicyFormat",
  description:
    "`hss`: requests to HSS's own policies; `fapolicyd`: rules; `sha256sum`: a check file; `csv`, `json`: the evidence and decisions; `stix`: a STIX 2.1 bundle.",
});
