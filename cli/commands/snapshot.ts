import { createSnapshot } from "../../provider/evidence/createSnapshot.js";
import { changesSummary, changesTable, snapshotChanges } from "../../provider/evidence/snapshotChanges.js";
import { readSnapshot } from "../../provider/evidence/snapshotFolder.js";
import { verifiedSnapshot, verifySnapshot } from "../../provider/evidence/verifySnapshot.js";
import { getWhitelistPolicyDocument } from "../../provider/functions/getWhitelistPolicyDocument.js";
import { collectSooner } from "../../provider/runtime/memory.js";
import { printable } from "../../provider/text.js";
import type { Context, Values } from "../context.js";
import { withSink } from "../output.js";
import { exitCodes, UsageError, VerificationError } from "../usage.js";
import { publicKey, sayChecks, signingFlags } from "./evidence.js";
import { write } from "./functionCommand.js";
import { gateAdded } from "./gates.js";

const argumentNames = Object.keys(createSnapshot.args.shape);

/** Makes a snapshot's folder in --out, and prints its path. */
export async function snapshotCreate(context: Context): Promise<void> {
  const directory = context.text("out");
  collectSooner();
  if (directory === undefined) throw new UsageError("--out DIR is needed: where the snapshot's folder is made");
  const given = await context.argumentsFor(getWhitelistPolicyDocument.name);
  const args: Values = Object.fromEntries(Object.entries(given).filter(([name]) => argumentNames.includes(name)));
  const stranger = Object.keys(given).find((name) => !argumentNames.includes(name));
  if (stranger !== undefined) throw new UsageError(`${context.named(stranger)} is not for a snapshot`);
  const made = await context.call(createSnapshot, {
    ...args,
    directory,
    ...signingFlags(context),
    ...(context.text("baseline") !== undefined && { baseline: context.text("baseline") }),
    ...(context.flag("allow-incomplete") === true && { allowIncomplete: true }),
  });
  context.log.info(made.summary);
  if (context.text("output") === "json")
    await withSink(undefined, (sink) => sink.write(`${JSON.stringify(made, null, 2)}\n`));
  else await withSink(undefined, (sink) => sink.write(`${made.path}\n`));
}

/** Says of each check how it ended; exit code 5 where one failed. */
export async function snapshotVerify(context: Context): Promise<number> {
  const [path = ""] = context.invocation.words;
  const pem = await publicKey(context);
  const anyVersion = context.flag("any-version") === true;
  const { ok, checks, sha256 } = await verifySnapshot(path, pem, { anyVersion });
  return sayChecks(context, { ok, sha256, checks });
}

/** What differs between two snapshots. */
export async function snapshotDiff(context: Context): Promise<number> {
  const [before, after] = await Promise.all(context.invocation.words.slice(0, 2).map(contentOf));
  if (!before || !after) throw new UsageError("two snapshots are needed: OLD NEW");
  const changes = snapshotChanges(before, after);
  context.log.info(changesSummary(changes));
  const shown = {
    rows: changes,
    leaves: ["kind", "hash", "server", "text"],
    json: () => JSON.stringify(changes, null, 2),
  };
  if (context.text("output") === undefined) {
    await withSink(context.text("out"), (sink) => sink.write(changesTable(changes)));
  } else await write(context, "table", shown);
  const added = changes.filter(({ kind }) => kind === "newHash").length;
  gateAdded(context, () => added);
  return context.flag("exit-code") === true && changes.length > 0 ? exitCodes.differs : exitCodes.done;
}

/** What a snapshot says of itself. */
export async function snapshotShow(context: Context): Promise<void> {
  const [path = ""] = context.invocation.words;
  const { statement, problems } = await readSnapshot(path);
  if (!statement) throw new Error(`${printable(path)} is no snapshot: ${problems[0] ?? ""}`);
  const { predicate, subject } = statement;
  await write(context, "json", {
    rows: subject.map(({ name, sha256 }) => ({ name, sha256 })),
    leaves: ["name", "sha256"],
    json: () => JSON.stringify(predicate, null, 2),
  });
}

async function contentOf(path: string) {
  const { observation, policy, failures } = await verifiedSnapshot(path);
  if (!observation || failures.length > 0)
    throw new VerificationError(`${printable(path)} is no snapshot that holds: ${failures.join("; ")}`);
  return { observation, ...(policy && { policy }) };
}
