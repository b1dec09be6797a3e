import { getWhitelistPolicyDiff } from "../../provider/functions/getWhitelistPolicyDiff.js";
import { getWhitelistPolicyDocument } from "../../provider/functions/getWhitelistPolicyDocument.js";
import type { Context, Values } from "../context.js";
import { readText } from "../input.js";
import { withSink } from "../output.js";
import { leavesOf, listOf } from "../present.js";
import { exitCodes, UsageError } from "../usage.js";
import { write } from "./functionCommand.js";
import { gateAdded } from "./gates.js";

/**
 * Two documents or observations against each other: as words, as --before and --after, or the second made here from a rule
 * (and --from, or a read). The exit code says whether they differ, where it was asked to.
 */
export async function diff(context: Context): Promise<number> {
  const result = await context.call(getWhitelistPolicyDiff, await pair(context));
  const { added, removed, kept, changed, table } = result;
  if (context.flag("output") === undefined) {
    await withSink(context.text("out"), (sink) => sink.write(table.endsWith("\n") ? table : `${table}\n`));
    context.log.info(result.summary);
  } else {
    const told = { added, removed, kept, changed };
    const rows = Object.entries(told).flatMap(([change, entries]) => entries.map((entry) => ({ change, ...entry })));
    const row = listOf(getWhitelistPolicyDiff)?.row ?? getWhitelistPolicyDiff.result;
    await write(context, "table", {
      rows,
      leaves: ["change", ...leavesOf(row)],
      json: () => JSON.stringify(result, null, 2),
    });
  }
  gateAdded(context, () => added.length);
  const differs = added.length + removed.length + changed.length > 0;
  return differs && context.flag("exit-code") === true ? exitCodes.differs : exitCodes.done;
}

async function pair(context: Context): Promise<Values> {
  const { before, after } = await context.argumentsFor(getWhitelistPolicyDiff.name);
  const [first, second, ...more] = context.invocation.words;
  if (more.length > 0) throw new UsageError("diff takes at most two files");
  if (first !== undefined && (before ?? (second === undefined ? undefined : after)) !== undefined) {
    throw new UsageError("give each file once: as a word, or with --before and --after");
  }
  const old = before ?? (first === undefined ? undefined : await readText(first, "BEFORE"));
  const fresh = after ?? (second === undefined ? await made(context, old) : await readText(second, "AFTER"));
  if (fresh === undefined) {
    throw new UsageError("diff needs what to compare with: AFTER, --after FILE, --from OBSERVATION, or --rule FILE");
  }
  return { ...(old !== undefined && { before: old }), after: fresh };
}

/** The new one, where it is not a file: an observation as it is, or the policy that the rule makes. */
async function made(context: Context, before: unknown): Promise<unknown> {
  const from = context.text("from");
  const hasRule = ["rule", "select", "exclude"].some((name) => context.flag(name) !== undefined);
  if (!hasRule) return from === undefined ? undefined : readText(from, "--from");
  const args = await context.argumentsFor(getWhitelistPolicyDocument.name);
  const { document } = await context.call(getWhitelistPolicyDocument, {
    ...args,
    ...(before !== undefined && { before }),
    format: "json",
  });
  return document;
}
