import { z } from "zod";
import { isRecord, parseJson } from "../values.js";
import { inTotoText } from "./inToto.js";
import type { ArchiveScope } from "./layout.js";

/**
 * What one sync added to an archive, as an in-toto statement: its subjects are the files that it added. Each names the digest
 * of the one before, so that nothing can be taken out of the chain unseen.
 */

export const manifestType = "https://github.com/pulumi-hss/pulumi-hss/archive-manifest/v1";

const link = z.object({ sequence: z.int().min(1), sha256: z.string() });

/** Milliseconds since the epoch, by the service's clock, both included. */
const span = z.tuple([z.int(), z.int()]);

const scope = z.object({
  region: z.string(),
  project: z.string(),
  enterpriseProject: z.string().optional(),
  endpoint: z.string(),
  sample: z.boolean(),
});

/** A file of events and how many rows it has, or a list of keys. */
const archivedFile = z.object({
  // whoever writes manifests is not to reach other files
  path: z
    .string()
    .regex(/^(?:ext\/hss\/(?:[A-Za-z]+=[\w.%-]+\/){3}part-\d+-\d+\.parquet|manifests\/\d+\.presence\.json)$/),
  sha256: z.string(),
  size: z.int(),
  rows: z.int(),
  /** When the sync that added it read: of two states of an event the later one is the latest. */
  readAt: z.int(),
});

/** What whole syncs cover of one project, so far. */
const coverage = scope.extend({
  /** Times of which every event is here; in order, apart from each other: what lies between them is a gap. */
  spans: z.array(span),
  /** Files that were edited or missing; `restored` where the service still showed all of that day. */
  damaged: z.array(z.object({ path: z.string(), restored: z.boolean() })),
  /** When the service was last read, and when that was last shown to be whole. */
  lastReadAt: z.int(),
  wholeAt: z.int().optional(),
  /** When everything that the service shows was last read and shown to be whole, rather than what is new of it. */
  readInFullAt: z.int().optional(),
});

const predicate = z.object({
  sequence: z.int().min(1),
  /** None in the first. */
  previous: link.optional(),
  /** The newest checkpoint before this manifest: who looks for files goes from one to the next. */
  checkpoint: link.optional(),
  /** What this sync read. */
  sync: z.object({
    scope,
    kind: z.enum(["full", "incremental"]),
    /** By the service's clock. */
    readAt: z.int(),
    /** What was asked for. */
    span,
    whole: z.boolean(),
    /** Why it could not be shown to be whole. */
    doubts: z.array(z.string()),
    /** What the service counted at the end, and how many requests it took. */
    counts: z.object({ total: z.int(), handled: z.int().optional(), unhandled: z.int().optional(), requests: z.int() }),
    added: z.object({ events: z.int(), states: z.int(), gone: z.int(), back: z.int() }),
    /** Files that were edited or missing when this sync looked; what the service still shows of them was added again. */
    damaged: z.array(z.string()),
  }),
  /** Of every project in the archive. */
  coverage: z.array(coverage),
  /** Where the files of this sync wait until they are published. */
  staging: z.string().regex(/^\.staging\/\d+-\w+\/$/),
  /** The files that this sync added; digests again, beside their sizes. */
  files: z.array(archivedFile),
  /** In a checkpoint: the files of all manifests since the checkpoint before. */
  filesSinceCheckpoint: z.array(archivedFile).optional(),
  version: z.string(),
});

export type Manifest = z.output<typeof predicate>;
export type ManifestLink = z.output<typeof link>;
export type ArchivedFile = z.output<typeof archivedFile>;
export type Coverage = z.output<typeof coverage>;

export const manifestText = (manifest: Manifest): string =>
  inTotoText({
    subject: manifest.files.map(({ path, sha256 }) => ({ name: path, sha256 })),
    predicateType: manifestType,
    predicate: manifest,
  });

/** What the archive of that manifest covers of a project. */
export const coverageIn = (
  { coverage }: Manifest,
  { region, project }: Pick<ArchiveScope, "region" | "project">,
): Coverage | undefined => coverage.find((one) => one.region === region && one.project === project);

/** Undefined for what is no manifest, or one that was not written by `manifestText`. */
export function readManifest(text: string): Manifest | undefined {
  const parsed = parseJson(text);
  if (!isRecord(parsed) || parsed["predicateType"] !== manifestType) return undefined;
  const read = predicate.safeParse(parsed["predicate"]);
  return read.success && manifestText(read.data) === text ? read.data : undefined;
}
