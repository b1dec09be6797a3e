import { printable } from "../provider/text.js";
import { textsAt, type Row } from "./rows.js";

const gap = 2;
const narrowest = 6;

/**
 * Rows as a table of at most `width` columns of the terminal: the widest columns give way, and a text that does not fit ends
 * in `…`. Without `width` nothing is cut.
 */
export function tableText(columns: readonly string[], rows: readonly Row[], width?: number): string {
  const heads = columns.map(headOf);
  const cells = rows.map((row) => columns.map((name) => printable(textsAt(row, name).join(", "), 1024)));
  const widths = heads.map((head, at) => Math.max(textWidth(head), ...maxOf(cells.map((line) => line[at] ?? ""))));
  if (width !== undefined) shrink(widths, width - gap * (columns.length - 1));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => padded(cut(text, widths[at] ?? 0), widths[at] ?? 0))
      .join(" ".repeat(gap))
      .trimEnd();
  const fitted = (text: string) => (width === undefined ? text : cut(text, width));
  return [heads, ...cells].map((texts) => `${fitted(line(texts))}\n`).join("");
}

/** `processInfo.processPath` as `PROCESS PATH`. */
const headOf = (name: string): string =>
  (name.split(".").at(-1) ?? name).replace(/[A-Z]/g, (letter) => ` ${letter}`).toUpperCase();

const maxOf = (texts: readonly string[]): number[] => [
  texts.reduce((most, text) => Math.max(most, textWidth(text)), 0),
];

function shrink(widths: number[], room: number): void {
  let excess = widths.reduce((sum, one) => sum + one, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) return;
    const at = widths.indexOf(widest);
    const next = Math.max(narrowest, ...widths.filter((one) => one < widest));
    const step = Math.min(excess, widest - next || 1);
    widths[at] = widest - step;
    excess -= step;
  }
}

// what terminals draw two columns wide: East Asian scripts, full-width forms, emoji
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

const charWidth = (char: string): number => (/\p{M}/u.test(char) ? 0 : wide.test(char) ? 2 : 1);

export const textWidth = (text: string): number =>
  /^[\x20-\x7e]*$/.test(text) ? text.length : [...text].reduce((sum, char) => sum + charWidth(char), 0);

function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let used = 1;
  let kept = "";
  for (const char of text) {
    used += charWidth(char);
    if (used > width) break;
    kept += char;
  }
  return `${kept}…`;
}

const padded = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - textWidth(text)));
