import { stringify } from "csv-stringify/sync";
import { printable } from "../../text.js";
import { canonicalJson } from "../canonical.js";
import type { Decided } from "../evaluate.js";
import { provenanceLines, reasonWords, type Provenance } from "../provenance.js";
import type { Format } from "./format.js";

/**
 * The evidence as a table (RFC 4180, UTF-8 with its mark, LF), with everything that was decided: included, excluded, reviewed but never
 * observed, events without a hash. CSV has no comments, so what it was made from stands in columns of each row; a table
 * without anything to tell has one row that says so.
 */
export const csv: Format = {
  mediaType: "text/csv; charset=utf-8; header=present",
  fileName: "hss-whitelist.csv",
  problem: () => undefined,
  render({ provenance, summary, included, excluded, unobserved, withoutHash }) {
    const rows: Row[] = [
      ...included.map((decided) => rowOf("included", decided)),
      ...excluded.map((decided) => rowOf("excluded", decided)),
      ...unobserved.map(({ hash, reason, reviewer, expires }) => ({
        decision: "unobserved",
        hash,
        reasons: [
          `never observed, listed${reviewer ? ` by ${reviewer}` : ""}${expires ? ` until ${expires}` : ""}${reason ? `, because ${reason}` : ""}`,
        ],
      })),
      ...withoutHash
        .filter(({ eventCount }) => eventCount > 0)
        .map(({ reason, eventCount }) => ({
          decision: "without hash",
          reasons: [`no usable hash: ${reasonWords[reason]}`],
          eventCount,
        })),
    ];
    if (rows.length === 0) rows.push({ decision: "none", reasons: [summary] });
    const made = madeFrom(provenance, summary);
    // by its mark a spreadsheet knows UTF-8, and shows names in Chinese as they are
    return `\ufeff${stringify([columns, ...rows.map((row) => columns.map((name) => cell({ ...row, ...made }[name])))], {
      escape_formulas: true,
      quoted: true,
      record_delimiter: "\n",
    })}`;
  },
};

const columns = [
  "decision",
  "hash",
  "hashAlgorithm",
  "hashSource",
  "reasons",
  "names",
  "paths",
  "users",
  "hostCount",
  "hostNames",
  "eventCount",
  "firstSeen",
  "lastSeen",
  "severities",
  "handleMethods",
  "handleStatuses",
  "policyIds",
  "osTypes",
  "kinds",
  "aliases",
  "containerIds",
  "imageNames",
  "podNames",
  "maliciousCount",
  "unknownNameCount",
  "killedCount",
  "distrustedCount",
  "unknownHandlingCount",
  "expires",
  "notObservedSince",
  "truncated",
  "query",
  "window",
  "read",
  "ruleSha256",
  "madeFrom",
] as const;

type Cell = string | number | readonly string[] | undefined;
type Row = Readonly<Partial<Record<(typeof columns)[number], Cell>>>;

const rowOf = (decision: string, { process, entry }: Decided): Row => ({
  ...process,
  decision,
  reasons: entry.reasons,
  kinds: entry.kinds,
  expires: entry.expires,
  notObservedSince: entry.notObservedSince,
});

const madeFrom = (made: Provenance, summary: string): Row => ({
  query: canonicalJson(made.query),
  window: made.window && `${made.window.beginTime} to ${made.window.endTime}`,
  read: made.complete ? "complete" : "not known to be complete",
  ruleSha256: made.ruleSha256,
  madeFrom: provenanceLines(made, summary),
});

/**
 * The one way for a text into this format. Lists are joined with ` | `, and that sign is escaped in their items; so is the
 * semicolon, which spreadsheets of many countries take for the separator of columns. Formula starters get an apostrophe by
 * csv-stringify.
 */
function cell(value: Cell): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  return (typeof value === "string" ? [value] : value)
    .map((text) => printable(text, 2000).replace(/[;|]/g, (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`))
    .join(" | ");
}
