import { join, resolve } from "node:path";
import { z } from "zod";
import { ArgumentError, FileError, IncompleteReadError, type Problem } from "../errors.js";
import { defineFunction, type CallContext } from "../functions/definition.js";
import { observe } from "../functions/observe.js";
import { checkFleet, fleetArguments, type FleetArguments } from "../functions/query.js";
import { documentJson } from "../policy/canonical.js";
import { emptyPolicy } from "../policy/policyText.js";
import { ruleText, type Rule } from "../policy/rule.js";
import {
  exclude,
  observationText,
  policyFormat,
  policyMode,
  readObservation,
  select,
  type ObservationSource,
  type ReadObservation,
} from "../policy/index.js";
import { NewFolder } from "../runtime/newFolder.js";
import { plural, printable } from "../text.js";
import { version } from "../version.js";
import type { EventRecord } from "../hss/event.js";
import { EventSpool } from "../archive/eventSpool.js";
import { ocsfFinding } from "../archive/ocsf.js";
import { ParquetEvents } from "../archive/parquet.js";
import { changesSummary, snapshotChange, snapshotChanges, type SnapshotChange } from "./snapshotChanges.js";
import { reportHtml } from "./report.js";
import type { DayCounts } from "./reportInput.js";
import { policiesOf } from "./policies.js";
import { predicateOf } from "./predicate.js";
import { checkSigning, signerOf, signingArguments, type Signer } from "./signer.js";
import { failuresOf, verifiedSnapshot, verifySnapshot } from "./verifySnapshot.js";
import { digestOfFile, earlierFile, earlierLine } from "./snapshotFolder.js";
import { snapshotDigest, statementText, type SnapshotPredicate, type Statement } from "./statement.js";

const queryNames = Object.keys(fleetArguments.shape) as (keyof FleetArguments)[];

export const snapshotArguments = fleetArguments.extend({
  directory: z
    .string("takes the path of a directory")
    .min(1, "is empty; name the directory in which the snapshot's folder is made")
    .meta({ description: "Where the snapshot's folder is made; a relative path starts at the working directory." }),
  observation: z.string("takes a string: the `observation` of getObservedProcesses").optional().meta({
    description:
      "The `observation` of `getObservedProcesses`, instead of the query arguments; the snapshot then holds no single events.",
  }),
  select,
  exclude,
  format: policyFormat.optional(),
  mode: policyMode.optional(),
  ...signingArguments,
  baseline: z.string("takes the path of a snapshot's folder").optional().meta({
    description: "Folder of a snapshot before: `changes` says what differs since.",
  }),
  allowIncomplete: z.boolean("takes true or false").optional().meta({
    description:
      "Whether a read that can't be shown to be whole makes a snapshot, which says so, without a policy; default false.",
  }),
});

export const snapshotResult = z.object({
  path: z.string().meta({ description: "The snapshot's folder." }),
  sha256: z.string().meta({ description: "Digest of `statement.json` without its time." }),
  complete: z.boolean().meta({ description: "The read is shown to be whole." }),
  summary: z.string().meta({ description: "One line: what it holds." }),
  changes: z.array(snapshotChange).meta({ description: "What differs since `baseline`; empty without one." }),
});

type Given = z.output<typeof snapshotArguments>;

/** Makes a compliance snapshot: a folder that can be checked without this package and without the cloud. */
export const createSnapshot = defineFunction({
  name: "ComplianceSnapshot",
  description: "Makes a compliance snapshot.",
  args: snapshotArguments,
  result: snapshotResult,
  readsFleets: true,

  check(given, problems, settings) {
    const { observation } = given;
    for (const property of observation === undefined ? [] : queryNames.filter((name) => given[name] !== undefined))
      problems.push({ property, reason: "excludes observation: it was queried already" });
    checkSigning(given, problems);
    const read = observation === undefined ? undefined : readObservation("observation", observation, problems);
    return { queries: checkFleet(given, problems, settings), observation: read };
  },

  async run(context, given, { queries, observation }) {
    const signer = await signerOf({ ...given, env: context.env, ...(context.signal && { signal: context.signal }) });
    const baseline = given.baseline === undefined ? undefined : await readBaseline(given.baseline);
    // a read takes minutes: what can't be signed is told before
    if (!observation) await signer?.tryOut();
    const folder = await NewFolder.in(resolve(given.directory));
    try {
      const made = observation
        ? { observation, text: given.observation?.trim() ?? "", proof: proofOf(observation.source, []), counts: {} }
        : await read(context, given, queries, folder);
      return await write({ context, given, folder, signer, baseline, ...made });
    } catch (error) {
      await folder.discard();
      throw error;
    }
  },
});

interface Made {
  readonly observation: ReadObservation;
  /** `observation.json`. */
  readonly text: string;
  readonly proof: SnapshotPredicate["proof"];
  readonly counts: Readonly<Record<string, number>>;
  /** Events by day and severity, where they were read. */
  readonly perDay?: readonly DayCounts[];
}

/** One read: its events into the folder, and what they say together. */
async function read(
  context: CallContext,
  given: Given,
  queries: ReturnType<typeof checkFleet>,
  folder: NewFolder,
): Promise<Made> {
  const spool = await EventSpool.open();
  const earlier: string[] = [];
  try {
    const observed = await observe(context, queryOf(given), queries, {
      each: (event) => spool.add(event),
      earlier: (event, states) => void earlier.push(earlierLine(event, states)),
      ...(given.allowIncomplete && { allowIncomplete: true }),
    });
    const file = await folder.create("events.parquet");
    const parquet = new ParquetEvents(async (bytes) => void (await file.write(bytes)));
    const ocsf = await folder.create("ocsf.ndjson");
    const place = { region: observed.source.region, project: observed.source.project };
    const days = new Map<string, Record<string, number>>();
    for await (const batch of spool.inOrder()) {
      for (const { event } of batch) count(days, event);
      await parquet.add(batch);
      await ocsf.writeFile(batch.map(({ event }) => `${JSON.stringify(ocsfFinding(event, place))}\n`).join(""));
    }
    await parquet.finish();
    await file.sync();
    await file.close();
    await ocsf.sync();
    await ocsf.close();
    if (earlier.length > 0) await folder.write(earlierFile, earlier.join(""));
    const text = observationText(observed, observed.source);
    const problems: Problem[] = [];
    const observation = readObservation("observation", text, problems);
    if (!observation) throw new Error(`what was observed can't be read again: ${problems[0]?.reason ?? ""}`);
    return {
      observation,
      text,
      proof: proofOf(observed.source, observed.readDoubts),
      counts: { eventRows: spool.count },
      perDay: [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, counts]) => ({ day, counts })),
    };
  } finally {
    await spool.close();
  }
}

function count(days: Map<string, Record<string, number>>, { occurredAt = "", severity = "" }: EventRecord): void {
  const day = occurredAt.slice(0, 10) || "without a time";
  const counts = days.get(day) ?? {};
  const word = severity === "" ? "none" : severity;
  counts[word] = (counts[word] ?? 0) + 1;
  days.set(day, counts);
}

const queryOf = (given: Given): FleetArguments =>
  Object.fromEntries(queryNames.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])));

const proofOf = ({ complete }: ObservationSource, doubts: readonly string[]): SnapshotPredicate["proof"] => ({
  complete,
  doubts: doubts.map((doubt) => printable(doubt, 300)),
});

const wholeProof = [
  "Neighbouring pages of the list overlap, and both ends were looked at again after the last page: every event that the service held throughout the read is there, once.",
  "What this assumes of the service stands in docs/concepts.md of pulumi-hss.",
];

interface Writing extends Made {
  readonly context: CallContext;
  readonly given: Given;
  readonly folder: NewFolder;
  readonly signer: Signer | undefined;
  readonly baseline: Awaited<ReturnType<typeof readBaseline>> | undefined;
}

async function write(writing: Writing): Promise<z.output<typeof snapshotResult>> {
  const { context, given, folder, signer, baseline, observation, text, proof, counts, perDay } = writing;
  const { source } = observation;
  if (!source.complete && !given.allowIncomplete)
    throw new IncompleteReadError(
      "the observation is not complete, so no snapshot is made of it; set allowIncomplete to keep what there is",
    );
  await folder.write("observation.json", `${text}\n`);
  const rule: Rule = { select: given.select, exclude: given.exclude };
  const hasRule = given.select !== undefined || given.exclude !== undefined;
  const now = Date.parse(source.readAt);
  const policy = hasRule && source.complete ? await writePolicies(folder, given, observation, rule, now) : undefined;
  const { readAt, counts: observedCounts, complete } = source;
  const predicate = predicateOf({
    ...{ observation, proof, counts, version },
    ...(hasRule && { rule }),
    ...(policy && { policy: { ...policy, format: given.format ?? "hss", mode: given.mode ?? "audit" } }),
    ...(baseline && { baselineSha256: baseline.statementSha256 }),
  });
  const changes: SnapshotChange[] = baseline
    ? snapshotChanges(baseline, { observation, ...(policy && { policy: policy.inForce }) })
    : [];
  const report = reportHtml({
    ...{ title: "Process whitelist snapshot", place: source, window: source.window, createdAt: readAt, version },
    ...{ sample: source.sample, complete, proof: complete ? wholeProof : proof.doubts, events: observedCounts.events },
    ...(perDay && { perDay }),
    ...{ processes: observation.evidence.processes, withoutHash: observation.withoutHash },
    ...(policy && {
      policy: {
        ...{ included: policy.included, excluded: policy.excluded, notExpressible: policy.notExpressible },
        ...{ summary: policy.summary, warnings: policy.warnings },
      },
    }),
    ...(baseline && { changes }),
    // the same whether it is signed or not: the key changes the signature only
    verify: ["sha256sum --check SHA256SUMS", "hss snapshot verify .", "hss snapshot verify . --key PUBLIC.pem"],
  });
  await folder.write("report.html", report);
  const subject = await digestsIn(folder);
  const statement: Statement = { subject, predicate };
  const body = statementText(statement);
  await folder.write("statement.json", body);
  if (signer) await folder.write("statement.dsse.json", await signer.envelope(Buffer.from(body)));
  const sums = [
    ...subject,
    ...(await digestsIn(folder, ["statement.json", ...(signer ? ["statement.dsse.json"] : [])])),
  ];
  sums.sort((a, b) => (a.name < b.name ? -1 : 1));
  await folder.write("SHA256SUMS", sums.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""));
  const sha256 = snapshotDigest(statement);
  const mark = signer ? `-${signer.mark}` : "";
  const name = `${readAt.replace(/\.\d+/, "").replaceAll(":", "-")}-${sha256.slice(0, 12)}${mark}`;
  const where = join(given.directory, name);
  if (!(await folder.commit(name))) await mustBeTheSame(where, sha256, signer);
  const parts = [
    `${plural(observedCounts.events, "event")}, ${plural(observedCounts.hashes, "hash")}`,
    ...(policy ? [`${policy.included.length} allowed`] : []),
    ...(complete ? [] : ["INCOMPLETE"]),
    ...(source.sample ? ["SAMPLE DATA"] : []),
    ...(signer ? ["signed"] : ["not signed"]),
    ...(baseline ? [changesSummary(changes)] : []),
  ];
  const summary = parts.join(", ");
  context.log.debug(`snapshot ${printable(where)}: ${summary}`);
  return { path: where, sha256, complete, summary, changes };
}

async function writePolicies(folder: NewFolder, given: Given, observation: ReadObservation, rule: Rule, now: number) {
  const { format = "hss", mode } = given;
  const made = policiesOf(observation, rule, { format, mode, now });
  await folder.write("rule.json", documentJson(ruleText(rule)));
  await folder.write("policy.json", made.json.document);
  if (format !== "json") await folder.write(`policy.${made.own.fileName}`, made.own.document);
  const { included, excluded } = made.json;
  const { summary, notExpressible, warnings } = made.own;
  const inForce = { included: new Map(included.map((entry) => [entry.hash, entry])) };
  return {
    ...{ included, excluded, summary, warnings, notExpressible: notExpressible.length },
    inForce: { ...emptyPolicy, ...inForce },
  };
}

/** It was made before: then it is the same, or something else that has its name. */
async function mustBeTheSame(path: string, sha256: string, signer: Signer | undefined): Promise<void> {
  const pem = signer?.publicKey?.export({ type: "spki", format: "pem" }).toString();
  const found = await verifySnapshot(path, pem, { anyVersion: true });
  if (found.ok && found.sha256 === sha256) return;
  const why = failuresOf(found).join("; ") || "its digest is another";
  throw new FileError(`${printable(path, 400)} is there already and is not this snapshot (${why}); move it away`);
}

async function digestsIn(folder: NewFolder, names?: readonly string[]) {
  const all = names ?? (await folder.names());
  return Promise.all(
    [...all].sort().map(async (name) => ({ name, sha256: await digestOfFile(join(folder.path, name)) })),
  );
}

async function readBaseline(path: string) {
  const { failures, observation, ...snapshot } = await verifiedSnapshot(path);
  if (failures.length > 0 || !observation)
    throw new ArgumentError("ComplianceSnapshot", [
      { property: "baseline", reason: `${printable(path)} is no snapshot that holds: ${failures.join("; ")}` },
    ]);
  return { ...snapshot, observation };
}
