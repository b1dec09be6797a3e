import { stringify } from "csv-stringify/sync";
import { printable } from "../provider/text.js";
import { isRecord } from "../provider/values.js";

export type Row = Readonly<Record<string, unknown>>;

/** The texts at a dotted name; lists on the way are walked through. */
export function textsAt(row: unknown, name: string): string[] {
  const found = name
    .split(".")
    .reduce<unknown[]>(
      (values, step) => values.flatMap((value) => (isRecord(value) ? [value[step]].flat() : [])),
      [row],
    );
  return found.flat().flatMap((value) => {
    if (value === undefined || value === null) return [];
    return [typeof value === "object" ? JSON.stringify(value) : String(value)];
  });
}

/** Lines of RFC 4180. Formula starters get an apostrophe, as in the policy's own table. */
export function csvLines(columns: readonly string[], rows: readonly Row[]): string {
  const cell = (row: Row, name: string) =>
    textsAt(row, name)
      .map((text) => printable(text, 4096))
      .join(" | ");
  return stringify(
    rows.map((row) => columns.map((name) => cell(row, name))),
    { escape_formulas: true, quoted: true, record_delimiter: "\n" },
  );
}

export const csvHead = (columns: readonly string[]): string => `${columns.map((name) => `"${name}"`).join(",")}\n`;
