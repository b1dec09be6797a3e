import { archiveStatus } from "../../provider/evidence/archiveStatus.js";
import { archiveSync } from "../../provider/evidence/archiveSync.js";
import { archiveVerify } from "../../provider/evidence/archiveVerify.js";
import { collectSooner } from "../../provider/runtime/memory.js";
import type { Context, Values } from "../context.js";
import { withSink } from "../output.js";
import { exitCodes } from "../usage.js";
import { publicKey, sayChecks, signingFlags } from "./evidence.js";
import { write } from "./functionCommand.js";

/** Adds to the archive in --to what is new. */
export async function archiveSyncCommand(context: Context): Promise<number> {
  const to = context.text("to");
  collectSooner();
  const made = await context.call(archiveSync, {
    ...placeOf(context, to),
    ...(context.flag("full") === true && { full: true }),
    ...signingFlags(context),
  });
  if (context.text("output") === "json") {
    const json = `${JSON.stringify(made, null, 2)}\n`;
    await withSink(context.text("out"), (sink) => sink.write(json));
  }
  context.log.info(made.summary);
  if (made.complete) return exitCodes.done;
  context.log.warn(`hss: what was read is kept, and can't be shown to be whole: ${made.doubts.join("; ")}`);
  return exitCodes.incomplete;
}

/** Says of each check how it ended; exit code 5 where one failed. */
export async function archiveVerifyCommand(context: Context): Promise<number> {
  const key = await publicKey(context);
  const verified = await context.call(archiveVerify, { ...wordOf(context), ...(key !== undefined && { key }) });
  return sayChecks(context, verified);
}

/** Tells what the archive holds, a row for each time of which every event is there. */
export async function archiveStatusCommand(context: Context): Promise<void> {
  const status = await context.call(archiveStatus, wordOf(context));
  const rows = status.projects.flatMap(({ region, project, covered, lastSync, damaged }) =>
    (covered.length > 0 ? covered : [{ from: "", until: "" }]).map(({ from, until }) => ({
      ...{ region, project, from, until, lastSync, damaged },
    })),
  );
  await write(context, "table", {
    rows,
    leaves: ["region", "project", "from", "until", "lastSync", "damaged"],
    json: () => JSON.stringify(status, null, 2),
  });
}

const wordOf = (context: Context): Values => placeOf(context, context.invocation.words[0]);

const placeOf = (context: Context, own: string | undefined): Values => {
  const archive = own ?? context.text("archive");
  return archive === undefined ? {} : { archive };
};
