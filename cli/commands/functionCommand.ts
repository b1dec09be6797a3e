import type { FunctionDefinition } from "../../provider/functions/definition.js";
import type { Context, Values } from "../context.js";
import { withSink } from "../output.js";
import { leavesOf, listOf, outputOf, rowsOf, show, widthOf, type Output } from "../present.js";
import { gateEmpty } from "./gates.js";

/** A function as a command, whichever: its arguments from flags, the list in its result as rows. */
export async function runFunction(context: Context, definition: FunctionDefinition): Promise<void> {
  const args = await context.argumentsFor(definition.name);
  const result: Values = await context.call(definition, args);
  const list = listOf(definition);
  const rows = rowsOf(list, result);
  gateEmpty(context, list ? rows.length : 1, `${list?.name ?? "the result"} is empty`);
  const fields = args["fields"] as string[] | undefined;
  await write(context, "table", {
    rows,
    leaves: leavesOf(list?.row ?? definition.result),
    ...(fields && { asked: fields }),
    json: () => JSON.stringify(result, null, 2),
  });
}

/** To `--out` in the form of `--output`, which the file's name may say too. */
export async function write(context: Context, fallback: Output, shown: Parameters<typeof show>[2]): Promise<void> {
  const out = context.text("out");
  const output = (context.text("output") as Output | undefined) ?? outputOf(out) ?? fallback;
  await withSink(out, (sink) => show(sink, output, shown, widthOf(out)));
}
