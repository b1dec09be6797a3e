import { z } from "zod";
import type { Decided, UnobservedHash } from "../evaluate.js";
import type { PolicyEntry } from "../policyEntry.js";
import type { ObservedProcess, WithoutHash } from "../process.js";
import type { Provenance } from "../provenance.js";
import { plural } from "../../text.js";
import type { Rule } from "../rule.js";

export const policyModes = ["audit", "enforce"] as const;
export type PolicyMode = (typeof policyModes)[number];

export interface FormatInput {
  readonly provenance: Provenance;
  /** One line. */
  readonly summary: string;
  readonly mode: PolicyMode;
  readonly rule: Rule;
  /** Format `hss`: ids of further policies that get requests for every allowed hash. */
  readonly policies?: readonly string[];
  /** Only what the format can express; ordered by hash, as the others. */
  readonly included: readonly Decided[];
  readonly excluded: readonly Decided[];
  readonly notExpressible: readonly NotExpressible[];
  readonly unobserved: readonly UnobservedHash[];
  readonly withoutHash: readonly WithoutHash[];
}

/**
 * A document format. Everything that comes from an event passes the format's one escaping function: whatever the text, the
 * document has as many rules, rows and members as there are hashes.
 */
export interface Format {
  readonly mediaType: string;
  readonly fileName: string;
  /** Why the format can't say that this file is allowed; undefined if it can. */
  problem(process: ObservedProcess, more: { entry: PolicyEntry; policies?: readonly string[] }): string | undefined;
  render(input: FormatInput): string;
  /** What a reader of the document would not expect of this format; one line each. */
  warnings?(included: readonly PolicyEntry[]): string[];
}

export const notExpressible = z
  .object({
    hash: z.string().meta({ description: "Hash that the rule allows." }),
    reason: z.string().meta({ description: "Why the format can't express it." }),
  })
  .meta({ id: "NotExpressibleHash", description: "A hash that the rule allows and the document can't express." });

export type NotExpressible = z.output<typeof notExpressible>;

/** The format's hash is SHA-256 of the file and nothing else. */
export const needsSha256 = ({ hash, hashAlgorithm }: ObservedProcess): string | undefined =>
  hashAlgorithm === "sha256"
    ? undefined
    : `needs SHA-256, and ${hash.length} hexadecimal digits are ${hashAlgorithm === "other" ? "no known hash" : hashAlgorithm.toUpperCase()}`;

/** Seen on Windows and nowhere else: a policy of a Linux tool would never meet the file. */
export const needsLinux = ({ osTypes }: ObservedProcess): string | undefined =>
  osTypes.length > 0 && osTypes.every((os) => os.toLowerCase() === "windows")
    ? "is for Linux, and the file was seen on Windows only"
    : undefined;

/** Seen in containers and nowhere else: the path is not one of the host. */
export const isContainerOnly = ({ containerEventCount = 0, eventCount }: ObservedProcess): boolean =>
  containerEventCount > 0 && containerEventCount >= eventCount;

/** One line that lets a person recognise the file. Unescaped. */
export function recognise(process: ObservedProcess): string {
  const { names, paths, users, hostCount, eventCount, imageNames = [], podNames = [], containerIds = [] } = process;
  const few = (texts: readonly string[]) => [...texts.slice(0, 3), ...(texts.length > 3 ? ["..."] : [])].join(", ");
  const containers = [
    ...(imageNames.length > 0 ? [`image ${few(imageNames)}`] : []),
    ...(podNames.length > 0 ? [`pod ${few(podNames)}`] : []),
    ...(containerIds.length > 0 ? [`container ${few(containerIds)}`] : []),
  ];
  return [
    few(names) || "without a name",
    ...(paths.length > 0 ? [few(paths)] : []),
    ...(users.length > 0 ? [`user ${few(users)}`] : []),
    ...containers,
    plural(hostCount, "server"),
    plural(eventCount, "event"),
  ].join("; ");
}

/** What else a person should know of an entry; one line each. Unescaped. */
export const remarks = ({ kinds = [], narrower = [], expires }: PolicyEntry): string[] => [
  ...(kinds.some(runsAnything)
    ? [`${kinds.filter(runsAnything).join(" and ")}: runs anything that is given to it`]
    : []),
  ...narrower.map(
    (text) => `the rule asks for ${text}; this format can't say that, and allows the file to everybody, everywhere`,
  ),
  ...(expires === undefined ? [] : [`the review ends ${expires}`]),
];

export const runsAnything = (kind: string): boolean => kind !== "other" && kind !== "script";

export const entriesOf = (decided: readonly Decided[]): PolicyEntry[] => decided.map(({ entry }) => entry);
