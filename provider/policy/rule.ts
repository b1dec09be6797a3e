import { z } from "zod";
import { globProblem } from "./glob.js";
import { severities } from "./severity.js";

const hashText = z
  .string()
  .regex(/^\s*[0-9a-fA-F]{1,256}\s*$/, "takes a hash in hexadecimal digits; a masked or shortened one matches no file");

/** Whole days are meant in UTC; anything else says its offset. */
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

export const reviewedHash = z
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

const nonEmpty = z.string().min(1, "is empty");

const glob = z.string().superRefine((text, context) => {
  const problem = globProblem(text);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

export const ruleEntry = z
  .strictObject({
    hashes: listOf(
      z.union([hashText, reviewedHash], "takes a hash, or an object with hash, reason, reviewer and expires"),
      "The hash is one of these: texts, or objects that say why, by whom and until when.",
    ),
    handleMethods: listOf(nonEmpty, "At least one event was handled in one of these ways, such as `mark_as_trust`."),
    handleStatuses: listOf(nonEmpty, "At least one event has one of these states: `handled`, `unhandled`."),
    minHosts: z.int().min(1).optional().meta({ description: "Seen on at least this many servers." }),
    minEvents: z.int().min(1).optional().meta({ description: "Reported by at least this many events." }),
    seenWithinDays: z.int().min(1).optional().meta({ description: "Last seen within this many times 24 hours." }),
    maxSeverity: z.enum(severities).optional().meta({
      description:
        "No event is more severe: Security < Low < Medium < High < Critical. A word outside this list counts as more severe than Critical.",
    }),
    paths: listOf(
      glob,
      "At least one observed path matches one of these patterns: `*` and `?` within a folder, `**` across folders, `[a-z]`, `[!a]`. On Windows paths case does not count and `\\` equals `/`.",
    ),
    names: listOf(nonEmpty, "At least one observed process name is one of these; on Windows case does not count."),
    users: listOf(nonEmpty, "At least one observed user is one of these; on Windows case does not count."),
    osTypes: listOf(nonEmpty, "Seen on one of these operating systems: `Linux`, `Windows`; case does not count."),
    policyIds: listOf(nonEmpty, "Reported by one of these whitelist policies."),
  })
  .superRefine((entry, context) => {
    if (Object.values(entry).every((condition) => condition === undefined)) {
      context.addIssue({ code: "custom", message: "has no condition; it would match every process" });
    }
  })
  .meta({ id: "WhitelistRuleEntry", description: "Conditions on an observed process; all of them must hold." });

export type RuleEntry = z.output<typeof ruleEntry>;

export const select = z.array(ruleEntry).optional().meta({
  description:
    "Which processes may be allowed: those for which any entry holds. Without it nothing is. Files reported as malicious, or isolated and killed, are left out all the same unless an entry lists their hash with a reason.",
});

export const exclude = z.array(ruleEntry).optional().meta({
  description:
    "Which processes are left out whatever `select` says: those for which any entry holds, or can't be ruled out because a list was cut.",
});

export interface Rule {
  readonly select?: readonly RuleEntry[];
  readonly exclude?: readonly RuleEntry[];
}
