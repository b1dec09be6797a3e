import { getWhitelistPolicyDocument } from "../../provider/functions/getWhitelistPolicyDocument.js";
import { readPolicy, type PolicyInForce } from "../../provider/policy/index.js";
import type { Context, Values } from "../context.js";
import { withSink } from "../output.js";
import { leavesOf, listOf } from "../present.js";
import { UsageError } from "../usage.js";
import { write } from "./functionCommand.js";
import { gateAdded, gateEmpty } from "./gates.js";

/** The policy document, byte for byte; with `--output` what was decided about each hash. A closed gate writes nothing. */
export async function policy(context: Context): Promise<void> {
  const args = await context.argumentsFor(getWhitelistPolicyDocument.name);
  if (context.flag("max-added") !== undefined && args["before"] === undefined) {
    throw new UsageError("--max-added counts against the policy in force: give it with --before FILE");
  }
  const made = await context.call(getWhitelistPolicyDocument, args);
  context.log.info(made.summary);
  gateAdded(context, () => {
    const before = inForce(args);
    return made.included.filter(({ hash }) => !before.included.has(hash)).length;
  });
  gateEmpty(context, made.included.length, "no hash is allowed");
  if (context.flag("output") === undefined) {
    await withSink(context.text("out"), (sink) => sink.write(made.document));
    return;
  }
  await write(context, "table", {
    rows: [
      ...made.included.map((entry) => ({ decision: "included", ...entry })),
      ...made.excluded.map((entry) => ({ decision: "excluded", ...entry })),
    ],
    leaves: ["decision", ...leavesOf(listOf(getWhitelistPolicyDocument)?.row ?? getWhitelistPolicyDocument.result)],
    json: () => JSON.stringify(made, null, 2),
  });
}

const inForce = (args: Values): PolicyInForce => readPolicy("before", String(args["before"]), []);
