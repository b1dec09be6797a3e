import { z } from "zod";
import type { Plain } from "./canonical.js";
import { isPlaceholder, normaliseHash } from "./hash.js";
import { processKinds } from "./kinds.js";
import { pathPatternProblem } from "./pathPattern.js";
import { severities } from "./severity.js";

const hashText = z
  .string()
  .refine((text) => {
    const outcome = normaliseHash(text);
    return "hash" in outcome || outcome.reason === "placeholder";
  }, "takes a hash in hexadecimal digits; a masked or shortened one matches no file")
  .refine(
    (text) => !isPlaceholder(text),
    "is a placeholder (the digest of nothing, or a repeated digit), not the hash of a program",
  );

/** Whether sightings in containers count. */
const containerChoices = ["exclude", "include", "only"] as const;
export type ContainerChoice = (typeof containerChoices)[number];

/** Whole days are meant in UTC; anything else says its offset. */
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

const reviewedHash = z
  .strictObject({
    hash: hashText.meta({ description: "Hash of the file in hexadecimal digits; case does not count." }),
    reason: z.string().optional().meta({
      description:
        "Why the file may run. Needed for a hash that was reported as malicious, or isolated and killed: without it such a hash stays out.",
    }),
    reviewer: z.string().optional().meta({ description: "Who decided so." }),
    expires: z
      .string()
      .refine((text) => moment.safeParse(text).success, "takes a date (2027-01-31) or RFC 3339 with an offset")
      .optional()
      .meta({
        description:
          "From this moment on the review no longer admits the hash: a date (its beginning in UTC) or RFC 3339 with an offset. In `exclude` it has no effect: an exclusion ends when its entry is removed.",
      }),
  })
  .meta({ id: "ReviewedHash", description: "A hash that somebody has reviewed." });

export type ReviewedHash = z.output<typeof reviewedHash>;

const listOf = <Item extends z.ZodType>(item: Item, description: string) =>
  z.array(item).min(1, "is empty, so that the entry could match nothing").optional().meta({ description });

const severity = z.enum(severities).meta({ id: "Severity" });

const nonEmpty = z.string().min(1, "is empty");

const glob = z.string().superRefine((text, context) => {
  const problem = pathPatternProblem(text);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

export const ruleEntry = z
  .strictObject({
    hashes: listOf(
      z.union([hashText, reviewedHash], "takes a hash, or an object with hash, reason, reviewer and expires"),
      "The hash is one of these: texts, or objects that say why, by whom and until when.",
    ),
    handleMethods: listOf(
      nonEmpty,
      "The event was handled in one of these ways: `mark_as_trust`, `mark_as_suspicious`, `isolate_and_kill`. The handling of an event that names several processes belongs to none of them.",
    ),
    handleStatuses: listOf(nonEmpty, "The event has one of these states: `handled`, `unhandled`."),
    severities: listOf(
      severity,
      "The event has one of these severities: `Security`, `Low`, `Medium`, `High`, `Critical`.",
    ),
    minHosts: z.int().min(1).optional().meta({
      description: "The sightings that meet the rest stood on at least this many servers that are surely different.",
    }),
    minEvents: z.int().min(1).optional().meta({ description: "At least this many events meet the rest." }),
    seenWithinDays: z.int().min(1).optional().meta({
      description: "The last event that meets the rest is at most this many times 24 hours old.",
    }),
    maxSeverity: severity.optional().meta({
      description:
        "In `select`: no event of the file is more severe, and each says its severity: Security < Low < Medium < High < Critical. In `exclude`: the event is at most that severe.",
    }),
    paths: listOf(
      glob,
      "The file's path, as the system would resolve it, matches one of these patterns: `*` and `?` within a folder, `**` across folders, `[a-z]`, `[!a]`. On Windows case does not count and `\\` equals `/`.",
    ),
    names: listOf(
      nonEmpty,
      "The process's name is one of these. A process chooses its name: better `paths` or `hashes`.",
    ),
    users: listOf(
      nonEmpty,
      "The account that ran it is one of these. Another word for what may be the same account (domain, UPN, SID, uid) is enough to exclude and not enough to select.",
    ),
    osTypes: listOf(nonEmpty, "The operating system is one of these: `Linux`, `Windows`; case does not count."),
    policyIds: listOf(nonEmpty, "The event was reported by one of these whitelist policies."),
    hostNames: listOf(nonEmpty, "The server has one of these names; case does not count."),
    hostIps: listOf(nonEmpty, "The server has one of these addresses."),
    containers: z.enum(containerChoices).meta({ id: "ContainerChoice" }).optional().meta({
      description:
        "`exclude` (default in `select`): not in a container; `only`: in one; `include` (default in `exclude`): either.",
    }),
    kinds: listOf(
      z.enum(processKinds).meta({ id: "ProcessKind" }),
      "What the file is by its names and paths: `interpreter`, `shell`, `loader`, `multiCall`, `script`, `other`. In `select` all of the file's kinds must be listed, in `exclude` one.",
    ),
  })
  .superRefine((entry, context) => {
    const { containers, ...rest } = entry;
    if (Object.values(rest).every((condition) => condition === undefined) && (containers ?? "include") === "include") {
      context.addIssue({ code: "custom", message: "has no condition; it would match every process" });
    }
  })
  .meta({
    id: "WhitelistRuleEntry",
    description: "Conditions; all of them are met by one sighting: one process of one event. See docs/policy.md.",
  });

export type RuleEntry = z.output<typeof ruleEntry>;

export const select = z.array(ruleEntry).optional().meta({
  description:
    "Which hashes may be allowed: those of which one sighting meets all conditions of an entry. Without it nothing is. Files that events call malicious, or that were handled otherwise than by trust, stay out unless the entry lists their hash with a reason.",
});

export const exclude = z.array(ruleEntry).optional().meta({
  description:
    "Which files are left out whatever `select` says: those of which one sighting, anywhere in the project, meets an entry, or may meet it.",
});

export interface Rule {
  readonly select?: readonly RuleEntry[];
  readonly exclude?: readonly RuleEntry[];
}

/** As the `json` document holds it. */
export const ruleText = ({ select = [], exclude = [] }: Rule): Plain => ({ select, exclude }) as unknown as Plain;
