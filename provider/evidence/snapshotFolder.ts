import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../errors.js";
import type { EventRecord } from "../hss/event.js";
import { readObservation, readPolicy, type PolicyInForce, type ReadObservation } from "../policy/index.js";
import { sha256 } from "../sha256.js";
import { printable } from "../text.js";
import { readStatement, type Statement } from "./statement.js";

/** A snapshot as it lies on disk, as far as it can be read. */
export interface SnapshotFolder {
  /** Without the findings, which are more than memory holds. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** SHA-256 of every file, by its name. */
  readonly digests: ReadonlyMap<string, string>;
  readonly statement?: Statement;
  readonly statementSha256: string;
  readonly observation?: ReadObservation;
  readonly policy?: PolicyInForce;
  /** What could not be read, one line each. */
  readonly problems: readonly string[];
}

/** The findings: known by their digest alone, and made again from the events. */
export const findingsFile = "ocsf.ndjson";

/** What events of an archive said before they were handled otherwise, where it speaks against a file. */
export const earlierFile = "earlier.ndjson";

export const earlierLine = (event: EventRecord, states: readonly EventRecord[]): string =>
  `${JSON.stringify({ event, states })}\n`;

/** Throws for what `earlierLine` did not write. */
export const earlierIn = (text: string): { event: EventRecord; states: EventRecord[] }[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { event: EventRecord; states: EventRecord[] });

/** SHA-256, a piece at a time: the findings of a million events are more than a buffer holds. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}

/** Larger than any snapshot that can be checked in memory. */
const maxBytes = 1 << 30;

async function bytesOf(path: string): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > maxBytes) throw new Error(`${size} bytes are more than can be checked`);
  return readFile(path);
}

/** Undefined where it is none, or longer than a text can be. */
export function textOf(bytes: Buffer | undefined): string | undefined {
  try {
    return bytes?.toString("utf8");
  } catch {
    return undefined;
  }
}

/** Never rejects for what is in the folder: what can't be read is a problem. */
export async function readSnapshot(path: string): Promise<SnapshotFolder> {
  const files = new Map<string, Buffer>();
  const digests = new Map<string, string>();
  const problems: string[] = [];
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    problems.push(`${printable(path)} can't be read (${error.code ?? "unknown"})`);
    return [];
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile()) problems.push(`${printable(entry.name)} is not a file`);
    else {
      const file = join(path, entry.name);
      try {
        if (entry.name === findingsFile) digests.set(entry.name, await digestOfFile(file));
        else {
          const bytes = await bytesOf(file);
          files.set(entry.name, bytes);
          digests.set(entry.name, sha256(bytes));
        }
      } catch (error) {
        problems.push(`${printable(entry.name)} can't be read (${printable((error as Error).message, 120)})`);
      }
    }
  }
  const text = (name: string) => textOf(files.get(name));
  const statement = readStatement(text("statement.json") ?? "");
  if (!statement) problems.push("statement.json is missing, or no statement about a snapshot");
  const found: Problem[] = [];
  const given = text("observation.json");
  const observation = given === undefined ? undefined : readObservation("observation.json", given.trim(), found);
  if (given === undefined) problems.push("observation.json is missing");
  const policyText = text("policy.json");
  const policy = policyText === undefined ? undefined : readPolicy("policy.json", policyText, found);
  problems.push(...found.map(({ property, reason }) => `${property} ${reason}`));
  return {
    files,
    digests,
    ...(statement && { statement }),
    statementSha256: sha256(files.get("statement.json") ?? ""),
    ...(observation && { observation }),
    ...(policy && { policy }),
    problems,
  };
}
