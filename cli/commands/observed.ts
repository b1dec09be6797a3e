import { ArgumentError, type Problem } from "../../provider/errors.js";
import { getObservedProcesses } from "../../provider/functions/getObservedProcesses.js";
import { readObservation } from "../../provider/policy/index.js";
import type { Context } from "../context.js";
import { readText } from "../input.js";
import { leavesOf, listOf, type Shown } from "../present.js";
import type { Row } from "../rows.js";
import { UsageError } from "../usage.js";
import { write } from "./functionCommand.js";
import { gateEmpty } from "./gates.js";

/** Observed processes of a read, or of an observation that is there already. As JSON it is the observation itself. */
export async function observed(context: Context): Promise<void> {
  const { processes, observation } = await read(context);
  gateEmpty(context, processes.length, "no process was observed");
  const row = listOf(getObservedProcesses)?.row ?? getObservedProcesses.result;
  const shown: Shown = { rows: processes, leaves: leavesOf(row), json: observation };
  await write(context, "table", shown);
}

async function read(context: Context): Promise<{ processes: readonly Row[]; observation: () => string }> {
  const args = await context.argumentsFor(getObservedProcesses.name);
  const from = context.text("from");
  if (from === undefined) {
    const result = await context.call(getObservedProcesses, args);
    return { processes: result.processes, observation: () => result.observation };
  }
  const [other] = Object.keys(args);
  if (other !== undefined)
    throw new UsageError(`--from excludes ${context.named(other)}: the events were queried already`);
  const text = await readText(from, "--from");
  const problems: Problem[] = [];
  const known = readObservation("observation", text, problems);
  if (!known)
    throw new ArgumentError(
      "observed",
      problems.map(({ reason }) => ({ property: "observation", reason })),
    );
  return { processes: known.evidence.processes as unknown as readonly Row[], observation: () => text.trim() };
}
