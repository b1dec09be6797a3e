import { z } from "zod";
import type { FunctionDefinition } from "../provider/functions/definition.js";
import { unwrap } from "../provider/zod.js";
import { isRecord } from "../provider/values.js";
import type { Sink } from "./output.js";
import { csvHead, csvLines, type Row } from "./rows.js";
import { tableText } from "./table.js";
import { outputs, type Output } from "./usage.js";

export type { Output };

/** Columns of a table for a person, where a type of row has more than fit. */
const preferred = [
  "change",
  "decision",
  "occurredAt",
  "severity",
  "hostName",
  "processInfo.processPath",
  "processInfo.processHash",
  "handleStatus",
  "hash",
  "paths",
  "hostCount",
  "eventCount",
  "highestSeverity",
  "handleMethods",
  "evidence.paths",
  "evidence.hostCount",
  "reasons",
];

const mostColumns = 7;

/** The output that a file's name asks for. */
export function outputOf(path: string | undefined): Output | undefined {
  const end = path?.split(".").at(-1);
  return outputs.find((output) => output === end);
}

/** The width of the terminal; undefined where the table goes to a file or another program. */
export function widthOf(out: string | undefined): number | undefined {
  if (out !== undefined) return undefined;
  const columns = Number(process.env["COLUMNS"]);
  if (process.stdout.isTTY) return process.stdout.columns;
  return Number.isInteger(columns) && columns >= 20 ? columns : undefined;
}

/** The list in a result: its name, and the type of its items. */
export function listOf(definition: FunctionDefinition): { name: string; row: z.ZodObject } | undefined {
  for (const [name, field] of Object.entries(definition.result.shape) as [string, z.ZodType][]) {
    const type = unwrap(field);
    const row = type instanceof z.ZodArray ? unwrap(type.element as z.ZodType) : undefined;
    if (row instanceof z.ZodObject) return { name, row };
  }
  return undefined;
}

/** Names of the fields that hold values, dotted for nested ones. */
export function leavesOf(schema: z.ZodObject): string[] {
  return (Object.entries(schema.shape) as [string, z.ZodType][]).flatMap(([name, field]) => {
    const type = unwrap(field);
    const inner = type instanceof z.ZodArray ? unwrap(type.element as z.ZodType) : type;
    return inner instanceof z.ZodObject ? leavesOf(inner).map((leaf) => `${name}.${leaf}`) : [name];
  });
}

/** What a person looks for first. */
export function tableColumns(leaves: readonly string[]): string[] {
  const found = preferred.filter((name) => leaves.includes(name));
  return (found.length > 1 ? found : leaves).slice(0, mostColumns);
}

export interface Shown {
  readonly rows: readonly Row[];
  /** All columns, for `csv`. */
  readonly leaves: readonly string[];
  /** Columns that the user asked for. */
  readonly asked?: readonly string[];
  /** The text for `json`. */
  readonly json: () => string;
}

/** The head of a table is bold where it is a terminal's and nobody minds. */
function headed(text: string, width: number | undefined): string {
  const isPlain = width === undefined || !process.stdout.isTTY || (process.env["NO_COLOR"] ?? "") !== "";
  if (isPlain || process.env["TERM"] === "dumb") return text;
  return text.replace(/^.*/, (head) => `\u001b[1m${head}\u001b[22m`);
}

export async function show(sink: Sink, output: Output, shown: Shown, width: number | undefined): Promise<void> {
  const { rows, leaves, asked, json } = shown;
  if (output === "json") return sink.write(`${json()}\n`);
  if (output === "table") return sink.write(headed(tableText(asked ?? tableColumns(leaves), rows, width), width));
  if (output === "csv") await sink.write(csvHead(asked ?? leaves));
  for (let at = 0; at < rows.length; at += batch) {
    const part = rows.slice(at, at + batch);
    await sink.write(output === "csv" ? csvLines(asked ?? leaves, part) : ndjson(part));
  }
}

const batch = 1000;

export const ndjson = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** Rows of any result: the list in it, or the result itself. */
export function rowsOf(list: { name: string } | undefined, result: Row): readonly Row[] {
  const rows = list && result[list.name];
  return Array.isArray(rows) ? rows.filter(isRecord) : [result];
}
