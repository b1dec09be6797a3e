import { createObservation, observationText, type FormatName, type Rule } from "../policy/index.js";
import { ruleDigest } from "../policy/provenance.js";
import { isRecord, parseJson } from "../values.js";
import { plural, printable } from "../text.js";
import { version } from "../version.js";
import { policiesOf } from "./createSnapshot.js";
import { isSignedBy, readEnvelope, verificationKeyOf } from "./dsse.js";
import { parquetEvents } from "./parquet.js";
import { readSnapshot, type SnapshotFolder } from "./snapshotFolder.js";
import { digestOf, snapshotDigest, statementText } from "./statement.js";

export interface Check {
  /** What was checked. */
  readonly name: string;
  readonly ok: boolean;
  /** One line: what was found. */
  readonly text: string;
}

export interface Verification {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  /** Digest of the statement without its time, where there is one. */
  readonly sha256?: string;
}

/**
 * Whether a snapshot is what its statement says: files, digests, the signature, that the policy follows from the observation and
 * the rule, that the counts agree. `key`: a public key as PEM; with it an unsigned snapshot fails.
 */
export async function verifySnapshot(path: string, key?: string): Promise<Verification> {
  const snapshot = await readSnapshot(path);
  const checks: Check[] = [];
  const check = (name: string, problems: readonly string[], fine: string) =>
    void checks.push({ name, ok: problems.length === 0, text: problems.length === 0 ? fine : problems.join("; ") });
  check("content", snapshot.problems, "every file can be read");
  check("files", filesProblems(snapshot), `${plural(snapshot.files.size, "file")}, each as SHA256SUMS says`);
  check("statement", statementProblems(snapshot), "the digest of every file it names");
  check("signature", ...signature(snapshot, key));
  const { statement, observation } = snapshot;
  if (statement && observation) {
    const { predicate } = statement;
    const own =
      observation.sha256 === predicate.observationSha256 ? [] : ["observation.json is another than the statement's"];
    check("observation", own, "its own digest, and the statement's");
    check("counts", await countProblems(snapshot), "of the statement, the observation, the events and the findings");
    check("policy", ...(await policyProblems(snapshot)));
  }
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    ...(statement && { sha256: snapshotDigest(statement) }),
  };
}

const unlisted = ["SHA256SUMS"];

function filesProblems({ files }: SnapshotFolder): string[] {
  const sums = files.get("SHA256SUMS")?.toString("utf8");
  if (sums === undefined) return ["SHA256SUMS is missing"];
  const listed = new Map<string, string>();
  const problems: string[] = [];
  const lines = sums.split("\n");
  if (lines.pop() !== "") problems.push("SHA256SUMS does not end with a line");
  for (const line of lines) {
    const [, digest, name] = /^([0-9a-f]{64}) {2}([^/\\]+)$/.exec(line) ?? [];
    if (digest === undefined || name === undefined || listed.has(name)) problems.push("a line of SHA256SUMS is none");
    else listed.set(name, digest);
  }
  for (const [name, digest] of listed) {
    const bytes = files.get(name);
    if (!bytes) problems.push(`${printable(name)} is missing`);
    else if (digestOf(bytes) !== digest) problems.push(`${printable(name)} was changed`);
  }
  const more = [...files.keys()].filter((name) => !listed.has(name) && !unlisted.includes(name));
  problems.push(...more.map((name) => `${printable(name)} is not listed in SHA256SUMS`));
  return problems;
}

const notSubjects = ["SHA256SUMS", "statement.json", "statement.dsse.json"];

function statementProblems({ files, statement }: SnapshotFolder): string[] {
  if (!statement) return ["statement.json is missing, or no statement about a snapshot"];
  const problems: string[] = [];
  // nothing stands in it that it does not say to us
  if (statementText(statement) !== files.get("statement.json")?.toString("utf8"))
    problems.push("statement.json is not in its canonical form");
  const named = new Set(statement.subject.map(({ name }) => name));
  for (const { name, sha256 } of statement.subject) {
    const bytes = files.get(name);
    if (!bytes) problems.push(`${printable(name)} is missing`);
    else if (digestOf(bytes) !== sha256) problems.push(`${printable(name)} is another than the statement's`);
  }
  const more = [...files.keys()].filter((name) => !named.has(name) && !notSubjects.includes(name));
  problems.push(...more.map((name) => `the statement does not name ${printable(name)}`));
  for (const name of ["observation.json"]) if (!named.has(name)) problems.push(`the statement does not name ${name}`);
  return problems;
}

function signature({ files }: SnapshotFolder, pem: string | undefined): [readonly string[], string] {
  const text = files.get("statement.dsse.json")?.toString("utf8");
  if (text === undefined)
    return [pem === undefined ? [] : ["statement.dsse.json is missing: the snapshot is not signed"], "not signed"];
  const envelope = readEnvelope(text);
  if (!envelope) return [["statement.dsse.json is no envelope of a statement"], ""];
  const isSame = files.get("statement.json")?.equals(envelope.body) === true;
  const problems = isSame ? [] : ["what is signed is another than statement.json"];
  if (pem === undefined) return [problems, "signed; not checked, since no key was given"];
  const key = verificationKeyOf(pem);
  if (!isSignedBy(envelope, key)) problems.push("the signature is not by this key");
  const kind = key.asymmetricKeyType === "ed25519" ? "Ed25519" : "ECDSA P-256";
  return [problems, `by this key (${kind})`];
}

async function countProblems({ files, statement, observation }: SnapshotFolder): Promise<string[]> {
  const problems: string[] = [];
  const counts: Readonly<Record<string, number>> = statement?.predicate.counts ?? {};
  const agree = (what: string, count: number | undefined, wanted: number | undefined) => {
    if (count !== wanted) problems.push(`${what}: ${count ?? "none"}, and the statement says ${wanted ?? "none"}`);
  };
  const own = observation?.source.counts;
  for (const name of ["events", "hashes", "withoutHash"] as const)
    agree(`${name} of the observation`, own?.[name], counts[name]);
  agree("hashes listed in the observation", observation?.evidence.processes.length, counts["hashes"]);
  const ocsf = files.get("ocsf.ndjson");
  const lines = ocsf && ocsf.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
  agree("lines of ocsf.ndjson", lines, counts["eventRows"]);
  const parquet = files.get("events.parquet");
  if (!parquet || !observation) agree("rows of events.parquet", undefined, counts["eventRows"]);
  else problems.push(...(await eventProblems(parquet, { files, observation }, counts["eventRows"])));
  return problems;
}

/** The events say what the observation says. */
async function eventProblems(
  bytes: Buffer,
  { files, observation }: Pick<SnapshotFolder, "files"> & { observation: NonNullable<SnapshotFolder["observation"]> },
  wanted: number | undefined,
): Promise<string[]> {
  const readAt = Date.parse(observation.source.readAt);
  const again = createObservation({ now: () => readAt });
  let rows = 0;
  try {
    for await (const batch of parquetEvents(bytes)) {
      rows += batch.length;
      batch.forEach((event) => again.add(event));
    }
  } catch (error) {
    return [`events.parquet can't be read (${printable(String((error as Error).message), 120)})`];
  }
  if (rows !== wanted) return [`rows of events.parquet: ${rows}, and the statement says ${wanted ?? "none"}`];
  if (observation.source.version !== version) return [];
  const text = observationText(again.result(), observation.source);
  const given = files.get("observation.json")?.toString("utf8").trim();
  return text === given ? [] : ["the events of events.parquet are not those of the observation"];
}

async function policyProblems(snapshot: SnapshotFolder): Promise<[readonly string[], string]> {
  const { files, statement, observation } = snapshot;
  const predicate = statement?.predicate;
  if (!predicate?.policy || !observation) {
    const stray = [...files.keys()].filter((name) => name === "rule.json" || name.startsWith("policy."));
    return [
      stray.map((name) => `${printable(name)} is there, and the statement knows no policy`),
      "none was asked for",
    ];
  }
  const given = parseJson(files.get("rule.json")?.toString("utf8") ?? "");
  if (!isRecord(given)) return [["rule.json is missing, or no rule"], ""];
  const isAbsent = (list: unknown) => Array.isArray(list) && list.length === 0;
  const rule = {
    ...(!isAbsent(given["select"]) && { select: given["select"] }),
    ...(!isAbsent(given["exclude"]) && { exclude: given["exclude"] }),
  } as Rule;
  const problems = ruleDigest(rule) === predicate.ruleSha256 ? [] : ["rule.json is another than the statement's"];
  if (predicate.version !== version)
    return [
      problems,
      `made by version ${printable(predicate.version)}: this one, ${version}, does not derive it again`,
    ];
  const { format, mode } = predicate.policy as { format: FormatName; mode: "audit" | "enforce" };
  try {
    const made = policiesOf(observation, rule, { format, mode, now: Date.parse(predicate.createdAt) });
    const files_ = [
      ["policy.json", made.json],
      ...(format === "json" ? [] : [[`policy.${made.own.fileName}`, made.own]]),
    ] as const;
    for (const [name, policy] of files_ as readonly (readonly [string, typeof made.json])[]) {
      if (files.get(name)?.toString("utf8") !== policy.document)
        problems.push(`${name} does not follow from the observation and the rule`);
    }
    if (made.json.included.length !== predicate.counts["included"])
      problems.push("the number of allowed hashes is another than the statement's");
  } catch (error) {
    problems.push(`the policy can't be derived (${printable((error as Error).message, 200)})`);
  }
  return [problems, "follows from the observation and the rule"];
}
