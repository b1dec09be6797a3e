import { createHash } from "node:crypto";
import { canonicalJson, documentJson, type Plain } from "../policy/canonical.js";
import { createObservation, observationText, type FormatName, type Rule } from "../policy/index.js";
import { ruleText } from "../policy/rule.js";
import { plural, printable } from "../text.js";
import { isRecord, parseJson } from "../values.js";
import { version } from "../version.js";
import { envelopeWith, isSignedBy, readEnvelope, verificationKeyOf } from "../archive/dsse.js";
import { ocsfFinding } from "../archive/ocsf.js";
import { ParquetEvents, parquetEvents } from "../archive/parquet.js";
import { policiesOf } from "./policies.js";
import { predicateOf } from "./predicate.js";
import { earlierFile, earlierIn, findingsFile, readSnapshot, textOf, type SnapshotFolder } from "./snapshotFolder.js";
import { snapshotDigest, statementText } from "./statement.js";

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
 * Whether a snapshot is what its statement says. Everything in it that follows from something else in it is made again and
 * compared byte for byte: the observation from the events, the policies from the observation and the rule, the findings from the
 * events, the statement from all of them. Another version may derive other bytes: what it made fails, or with `anyVersion` is not
 * derived again. `key`: a public key as PEM; with it an unsigned snapshot fails.
 */
export async function verifySnapshot(
  path: string,
  key?: string,
  { anyVersion = false }: { readonly anyVersion?: boolean } = {},
): Promise<Verification> {
  const publicKey = key === undefined ? undefined : verificationKeyOf(key);
  return verify(await readSnapshot(path), publicKey, anyVersion);
}

/** A snapshot, and what about it does not hold, one line each; made by any version, signed or not. */
export async function verifiedSnapshot(
  path: string,
): Promise<SnapshotFolder & { readonly failures: readonly string[] }> {
  const snapshot = await readSnapshot(path);
  return { ...snapshot, failures: failuresOf(await verify(snapshot, undefined, true)) };
}

/** The checks that failed, one line each. */
export const failuresOf = ({ checks }: Verification): string[] =>
  checks.filter(({ ok }) => !ok).map(({ name, text }) => `${name}: ${text}`);

async function verify(
  snapshot: SnapshotFolder,
  publicKey: ReturnType<typeof verificationKeyOf> | undefined,
  anyVersion: boolean,
): Promise<Verification> {
  const checks: Check[] = [];
  const check = async (name: string, work: () => Promise<Finding> | Finding) => {
    const found = await Promise.resolve()
      .then(work)
      .catch((error: unknown): Finding => [
        [`can't be checked (${printable(String((error as Error).message), 160)})`],
        "",
      ]);
    const [problems, fine] = found;
    checks.push({ name, ok: problems.length === 0, text: problems.length === 0 ? fine : problems.join("; ") });
  };
  await check("content", () => [snapshot.problems, "every file can be read"]);
  await check("files", () => [
    filesProblems(snapshot),
    `${plural(snapshot.digests.size, "file")}, each as SHA256SUMS says`,
  ]);
  await check("signature", () => signature(snapshot, publicKey));
  const derived = new Derived(snapshot, anyVersion);
  await check("observation", () => derived.observation());
  await check("events", () => derived.events());
  await check("policy", () => derived.policy());
  await check("statement", () => derived.statement());
  const { statement } = snapshot;
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    ...(statement && { sha256: snapshotDigest(statement) }),
  };
}

/** What is wrong, and what is said where nothing is. */
type Finding = readonly [problems: readonly string[], fine: string];

function filesProblems({ files, digests }: SnapshotFolder): string[] {
  const sums = textOf(files.get("SHA256SUMS"));
  if (sums === undefined) return ["SHA256SUMS is missing, or no text"];
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
    const found = digests.get(name);
    if (found === undefined) problems.push(`${printable(name)} is missing`);
    else if (found !== digest) problems.push(`${printable(name)} was changed`);
  }
  const more = [...digests.keys()].filter((name) => !listed.has(name) && name !== "SHA256SUMS");
  problems.push(...more.map((name) => `${printable(name)} is not listed in SHA256SUMS`));
  return problems;
}

function signature({ files }: SnapshotFolder, key: ReturnType<typeof verificationKeyOf> | undefined): Finding {
  const bytes = files.get("statement.dsse.json");
  if (bytes === undefined)
    return [key === undefined ? [] : ["statement.dsse.json is missing: the snapshot is not signed"], "not signed"];
  const text = textOf(bytes) ?? "";
  const envelope = readEnvelope(text);
  const [signed, ...others] = envelope?.signatures ?? [];
  if (!envelope || !signed || others.length > 0) return [["statement.dsse.json is no envelope with one signature"], ""];
  const problems: string[] = [];
  // what another reader may take for it is told too
  if (text !== envelopeWith(envelope.body, signed.keyid, signed.signature))
    problems.push("statement.dsse.json says more than an envelope does");
  if (files.get("statement.json")?.equals(envelope.body) !== true)
    problems.push("what is signed is another than statement.json");
  if (!key) return [problems, "signed; not checked, since no key was given"];
  if (!isSignedBy(envelope, key)) problems.push("the signature is not by this key");
  return [problems, `by this key (${key.asymmetricKeyType === "ed25519" ? "Ed25519" : "ECDSA P-256"})`];
}

const missing = "observation.json is missing, or no observation";

/** What follows from the files, made again. */
class Derived {
  private rule: Rule | undefined;
  private rows: number | undefined;
  private policies: ReturnType<typeof policiesOf> | undefined;
  /** Files that are there for a reason. */
  private readonly known = new Set([
    "SHA256SUMS",
    "statement.json",
    "statement.dsse.json",
    "observation.json",
    "report.html",
  ]);

  constructor(
    private readonly snapshot: SnapshotFolder,
    /** What another version made is not derived again, and that is accepted. */
    private readonly anyVersion: boolean,
  ) {}

  observation(): Finding {
    const { files, observation } = this.snapshot;
    const text = textOf(files.get("observation.json"));
    if (!observation || text === undefined) return [[missing], ""];
    const problems: string[] = [];
    if (text !== `${canonicalJson(parseJson(text) as Plain)}\n`)
      problems.push("observation.json is not in its canonical form");
    if (!isTime(observation.source.readAt)) problems.push("the time at which the events were read is none");
    return [problems, "its own digest"];
  }

  /** The events say what the observation and the findings say. */
  async events(): Promise<Finding> {
    const { files, digests, observation } = this.snapshot;
    const parquet = files.get("events.parquet");
    const ocsf = digests.get(findingsFile);
    if (!observation) return [[missing], ""];
    if (!parquet && ocsf === undefined) return [[], "none: the snapshot was made of an observation"];
    if (!parquet || ocsf === undefined)
      return [["events.parquet and ocsf.ndjson come together, and one is missing"], ""];
    this.known.add("events.parquet").add("ocsf.ndjson");
    const { source } = observation;
    const again = createObservation({ now: () => Date.parse(source.readAt) });
    const findings = createHash("sha256");
    let written = 0;
    let isSameFile = true;
    const rewritten = new ParquetEvents((bytes) => {
      isSameFile &&= parquet.subarray(written, written + bytes.length).equals(bytes);
      written += bytes.length;
    });
    this.rows = 0;
    const { counts = {}, version: made } = this.snapshot.statement?.predicate ?? {};
    for await (const batch of parquetEvents(parquet, counts["eventRows"] ?? 0)) {
      this.rows += batch.length;
      await rewritten.add(batch);
      for (const { event } of batch) {
        again.add(event);
        findings.update(`${JSON.stringify(ocsfFinding(event, source))}\n`);
      }
    }
    await rewritten.finish();
    const problems: string[] = [];
    const earlier = textOf(files.get(earlierFile));
    if (earlier !== undefined) {
      this.known.add(earlierFile);
      try {
        for (const { event, states } of earlierIn(earlier)) again.addEarlier(event, states);
      } catch {
        problems.push(`${earlierFile} was not written by this package`);
      }
    }
    if (findings.digest("hex") !== ocsf)
      problems.push("ocsf.ndjson does not say what the events of events.parquet say");
    // another version may write the same events in other bytes
    if (made === version && !(isSameFile && written === parquet.length))
      problems.push("the columns of events.parquet do not say what its events say");
    if (`${observationText(again.result(), source)}\n` !== textOf(files.get("observation.json")))
      problems.push("the observation does not follow from the events of events.parquet");
    return [problems, `${plural(this.rows, "event")}: the observation and the findings follow from them`];
  }

  policy(): Finding {
    const { files, statement, observation } = this.snapshot;
    if (!observation || !statement) return [["there is no statement, or no observation"], ""];
    const text = textOf(files.get("rule.json"));
    const { policy, createdAt, version: made } = statement.predicate;
    if (!policy) {
      const isLacking = observation.source.complete && statement.predicate.ruleSha256 !== undefined;
      const problems = [
        ...(text === undefined ? [] : ["rule.json is there, and the statement knows no policy"]),
        ...(isLacking ? ["the statement knows a rule, and there is no policy"] : []),
      ];
      return [problems, "none was asked for"];
    }
    this.known.add("rule.json").add("policy.json");
    const given = parseJson(text ?? "");
    if (!isRecord(given)) return [["rule.json is missing, or no rule"], ""];
    const part = (name: string) =>
      Array.isArray(given[name]) && given[name].length === 0 ? {} : { [name]: given[name] };
    this.rule = { ...part("select"), ...part("exclude") } as Rule;
    if (text !== documentJson(ruleText(this.rule))) return [["rule.json says more than a rule does"], ""];
    if (made !== version) {
      for (const name of files.keys()) if (name.startsWith("policy.")) this.known.add(name);
      const other = `made by version ${printable(made)}, and this is ${version}`;
      return [this.anyVersion ? [] : [`${other}: verify it with that version`], `not derived again: ${other}`];
    }
    const { format, mode } = policy as { format: FormatName; mode: "audit" | "enforce" };
    this.policies = policiesOf(observation, this.rule, { format, mode, now: Date.parse(createdAt) });
    const { json, own } = this.policies;
    const wanted = [["policy.json", json.document]] as [string, string][];
    if (format !== "json") wanted.push([`policy.${own.fileName}`, own.document]);
    const problems = wanted
      .filter(([name, document]) => (this.known.add(name), textOf(files.get(name)) !== document))
      .map(([name]) => `${name} does not follow from the observation and the rule`);
    return [problems, "follows from the observation and the rule"];
  }

  statement(): Finding {
    const { files, digests, statement, observation } = this.snapshot;
    if (!statement) return [["statement.json is missing, or no statement about a snapshot"], ""];
    if (!observation) return [[missing], ""];
    const problems = [...digests.keys()]
      .filter((name) => !this.known.has(name))
      .map((name) => `${printable(name)} is no file of a snapshot`);
    const subject = [...digests]
      .filter(([name]) => !["SHA256SUMS", "statement.json", "statement.dsse.json"].includes(name))
      .map(([name, digest]) => ({ name, sha256: digest }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { predicate } = statement;
    const hasRule = predicate.ruleSha256 !== undefined;
    const isOther = predicate.version !== version && this.anyVersion;
    const expected = predicateOf({
      observation,
      proof: { complete: observation.source.complete, doubts: predicate.proof.doubts },
      counts: this.rows === undefined ? {} : { eventRows: this.rows },
      version: predicate.version,
      // a rule without a policy, of a read that is not whole, is kept as its digest alone
      ...(hasRule && this.rule && { rule: this.rule }),
      ...(this.policies &&
        predicate.policy && {
          policy: { ...predicate.policy, included: this.policies.json.included, excluded: this.policies.json.excluded },
        }),
      ...(predicate.baselineSha256 !== undefined && { baselineSha256: predicate.baselineSha256 }),
    });
    const ruleSha256 = expected.ruleSha256 ?? predicate.ruleSha256;
    const counts = isOther ? predicate.counts : expected.counts;
    const policy = isOther ? predicate.policy : expected.policy;
    const made = statementText({
      subject,
      predicate: { ...expected, counts, ...(policy && { policy }), ...(ruleSha256 !== undefined && { ruleSha256 }) },
    });
    if (made !== textOf(files.get("statement.json"))) problems.push("statement.json does not say what the files say");
    return [problems, "the digest of every file, and what the files say"];
  }
}

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));
