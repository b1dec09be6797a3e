import { printable } from "../text.js";

/** A table of GitHub-flavoured Markdown; without rows, nothing. Headings are the caller's own words, cells are anybody's. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return `${[line(headings), line(headings.map(() => "---")), ...rows.map((row) => line(row.map(inert)))].join("\n")}\n`;
}

/**
 * The one way for a text into a cell: control and invisible characters become visible, and every sign that Markdown or HTML
 * could start with becomes a character reference, which stands for the sign and nothing else. GitHub looks for mentions and
 * issue numbers in what is rendered, so those signs are spelled out.
 */
const inert = (text: string): string =>
  printable(text, 500)
    .replace(/(?<![\p{L}\p{N}_])@|#(?=\d)/gu, (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`)
    .replace(/[!-+:<-@[-`{-~]/g, reference)
    .replace(/www\./gi, (found) => found.replace(".", reference(".")))
    // a cell that starts like a list or a rule
    .replace(/^[-.]/, reference);

const reference = (sign: string): string => `&#${sign.charCodeAt(0)};`;
