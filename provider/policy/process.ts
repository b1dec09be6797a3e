import { z } from "zod";
import { hashAlgorithms, unusableReasons } from "./hash.js";

/** Where a hash was found, best first: the order in which the fields of an event are tried. */
export const hashSources = ["processHash", "processFileHash", "operateDetailList.fileHash"] as const;
export type HashSource = (typeof hashSources)[number];

const texts = (description: string) => z.array(z.string()).meta({ description });
const count = (description: string) => z.int().min(0).meta({ description });

export const placement = z
  .object({
    policyId: z.string().meta({ description: "Id of the whitelist policy that reported the process." }),
    hostId: z.string().meta({ description: "Id of the server." }),
    path: z.string().optional().meta({ description: "Path of the process's file." }),
    name: z.string().optional().meta({ description: "Name of the process." }),
    containerId: z.string().optional().meta({ description: "Id of the container in which it ran." }),
  })
  .meta({ id: "ObservedPlacement", description: "A policy and server on which a process was observed." });

export const observedProcess = z
  .object({
    hash: z
      .string()
      .regex(/^[0-9a-fA-F]{1,256}$/, "takes hexadecimal digits")
      .meta({ description: "Hash of the process's file: hexadecimal digits in lower case." }),
    hashAlgorithm: z.enum(hashAlgorithms).meta({
      description: "Algorithm by the number of digits, since the API names none: 64 is SHA-256.",
    }),
    hashSource: z.enum(hashSources).meta({
      description: "Field of the event that held the hash; of several the first that is tried.",
    }),
    names: texts("Names of the process, at most 25."),
    paths: texts("Paths of the process's file, at most 25."),
    users: texts("Names of the users that ran it, at most 25."),
    hostCount: count(
      "Number of servers that are surely different: a server installed again (new id, same name and address) is one; masked ids tell nothing.",
    ),
    hostNames: texts("Names of the servers, at most 25."),
    hostIps: texts("Addresses of the servers, at most 25.").optional(),
    eventCount: count("Number of events that report this hash."),
    firstSeen: z.string().optional().meta({ description: "Time of the first of these events, RFC 3339." }),
    lastSeen: z.string().optional().meta({ description: "Time of the last of these events, RFC 3339." }),
    severities: texts("Severities of these events, the mildest first, at most 25."),
    highestSeverity: z.string().optional().meta({
      description: "Highest of them: Security < Low < Medium < High < Critical < a word the API does not document.",
    }),
    handleMethods: texts("How events were handled, such as `mark_as_trust` or `isolate_and_kill`, at most 25."),
    handleStatuses: texts("Whether events were handled: `handled`, `unhandled`; at most 25."),
    policyIds: texts("Ids of the whitelist policies concerned, at most 100."),
    osTypes: texts("Operating systems of the servers: `Linux`, `Windows`; at most 25."),
    nameCount: count("Number of different names.").optional(),
    pathCount: count("Number of different paths.").optional(),
    userCount: count("Number of different users.").optional(),
    aliases: texts("Other hashes that events give for the same file, at most 25. Absent: none.").optional(),
    containerIds: texts("Containers in which it ran, at most 25. Absent: none.").optional(),
    imageNames: texts("Images of these containers, at most 25. Absent: none.").optional(),
    podNames: texts("Pods of these containers, at most 25. Absent: none.").optional(),
    containerEventCount: count("Number of events in which it ran in a container. Absent: none.").optional(),
    severalProcessesCount: count(
      "Number of events that report several processes, so that their handling belongs to none of them. Absent: none.",
    ).optional(),
    maliciousCount: count("Number of events that report this hash as malicious. Absent: none.").optional(),
    unknownNameCount: count(
      "Number of events of this hash whose name is not known to be harmless. Absent: none.",
    ).optional(),
    killedCount: count("Number of events after which this file was isolated and killed. Absent: none.").optional(),
    distrustedCount: count(
      "Number of events of this hash that were handled otherwise than by trust. Absent: none.",
    ).optional(),
    unknownHandlingCount: count(
      "Number of events of this hash that do not say whether, or how, they were handled. Absent: none.",
    ).optional(),
    truncated: texts("Names of the lists above that had more values than are given. Absent: none.").optional(),
    placements: z.array(placement).optional().meta({
      description: "Policies and servers with path and name, at most 8: what a request that adds the process needs.",
    }),
  })
  .meta({ id: "ObservedProcess", description: "Everything that events say of one file hash." });

export type ObservedProcess = z.output<typeof observedProcess>;

/** Whether a list of a process does not give all its values: it says so, or says of how many. */
export function isCut(process: ObservedProcess, list: string): boolean {
  const { nameCount = 0, pathCount = 0, userCount = 0, truncated = [] } = process;
  const missing =
    (list === "names" && nameCount > process.names.length) ||
    (list === "paths" && pathCount > process.paths.length) ||
    (list === "users" && userCount > process.users.length);
  return missing || truncated.includes(list);
}

export const withoutHash = z
  .object({
    reason: z.enum([...unusableReasons, "noProcess"]).meta({
      description:
        "Why: `placeholder` (the digest of nothing, one repeated digit, a stub), `masked` (with `*`), `empty`, `absent` (no hash field), `malformed` (not hexadecimal digits), `noProcess` (the event reports no process).",
    }),
    eventCount: count("Number of events without any usable hash."),
    processCount: count("Number of processes without a usable hash, those of other events included."),
    doubtedCount: count(
      "Number of events that speak against such a process: malicious, killed, or handled otherwise than by trust. Absent: none.",
    ).optional(),
  })
  .meta({ id: "ObservedWithoutHash", description: "Events that carry no usable hash, by reason." });

export type WithoutHash = z.output<typeof withoutHash>;

export const sharedPath = z
  .object({
    path: z.string().meta({ description: "A path." }),
    hashes: texts("Hashes of the different files that were seen there."),
  })
  .meta({ id: "ObservedSharedPath", description: "One path under which different files were seen." });

export type SharedPath = z.output<typeof sharedPath>;
