import { setFlagsFromString } from "node:v8";
import { z } from "zod";
import { requireWhole } from "../../provider/functions/incomplete.js";
import { getAppWhitelistEvents } from "../../provider/functions/getAppWhitelistEvents.js";
import { sourceOf } from "../../provider/functions/source.js";
import { fieldSelector } from "../../provider/functions/selectFields.js";
import { consume } from "../../provider/reading/pass.js";
import type { ReadSummary } from "../../provider/reading/reader.js";
import type { Context } from "../context.js";
import { withSink, type Sink } from "../output.js";
import { leavesOf, listOf, ndjson, outputOf, type Output } from "../present.js";
import { csvHead, csvLines, type Row } from "../rows.js";
import { gateEmpty } from "./gates.js";

/** Whether events are printed as they come: nothing in the answer needs all of them. */
export function isStreamed(context: Context): boolean {
  const output = (context.text("output") as Output | undefined) ?? outputOf(context.text("out"));
  const isPage = context.flag("offset") !== undefined || context.flag("limit") !== undefined;
  return !isPage && (output === "ndjson" || output === "csv");
}

/** Events as they come, in the service's order, in memory that does not grow with them. A read that turns out not to be whole is an error at the end. */
export async function streamEvents(context: Context): Promise<void> {
  const args = await context.argumentsFor(getAppWhitelistEvents.name);
  // nothing outlives its page for long, and behind each object that waits to be collected stands a buffer
  setFlagsFromString("--semi-space-growth-factor=1");
  const output = (context.text("output") as Output | undefined) ?? outputOf(context.text("out"));
  await withSink(context.text("out"), async (sink) => {
    const count = await context.call(streaming(sink, output === "csv"), args);
    gateEmpty(context, count.printed, "no event was read");
  });
}

/** The function, with another end: what it would return goes out at once. */
const streaming = (sink: Sink, isCsv: boolean) => ({
  ...getAppWhitelistEvents,
  result: z.object({ printed: z.int() }),
  async run(
    callContext: Parameters<typeof getAppWhitelistEvents.run>[0],
    given: z.output<typeof getAppWhitelistEvents.args>,
    query: Parameters<typeof getAppWhitelistEvents.run>[2],
  ) {
    const { log, signal } = callContext;
    const { fields, requireComplete = true } = given;
    const source = sourceOf(callContext, given, await callContext.openReader(), [query]);
    const select = fieldSelector(fields);
    const row = listOf(getAppWhitelistEvents)?.row;
    const columns = fields ?? (row ? leavesOf(row) : []);
    if (isCsv) await sink.write(csvHead(columns));
    let printed = 0;
    const summary = await consume(source.stream(query, signal), async (events) => {
      printed += events.length;
      for (let at = 0; at < events.length; at += together) {
        const rows = events.slice(at, at + together).map(select) as readonly Row[];
        await sink.write(isCsv ? csvLines(columns, rows) : ndjson(rows));
      }
    });
    finish(summary, requireComplete, log);
    return { printed };
  },
});

/** Events in one write: a text of many is so large that V8 keeps it for long. */
const together = 16;

function finish(read: ReadSummary, requireComplete: boolean, log: { warn(text: string): void }): void {
  if (requireComplete) requireWhole(read);
  else if (!read.complete) log.warn(`hss: complete is false: ${read.doubts.join("; ")}`);
}
