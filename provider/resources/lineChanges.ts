import { diffLines } from "diff";
import { printable } from "../text.js";

const mostLines = 20;
const widest = 160;
/** Beyond so many differing lines their places are not looked for. */
const mostEdits = 2000;

/** The lines that differ, `-` before and `+` after, each change with its line; cut where they are many. */
export function lineChanges(before: string, after: string): string[] {
  const parts = diffLines(before, after, { maxEditLength: mostEdits });
  if (!parts) return [`more than ${mostEdits} lines differ`];
  const shown: string[] = [];
  let line = 1;
  let isOpen = false;
  parts.forEach(({ value, added, removed }, at) => {
    const lines = value.split("\n");
    if (lines.at(-1) === "") lines.pop();
    if (!added && !removed) {
      line += lines.length;
      isOpen = false;
      return;
    }
    if (!isOpen) shown.push(`line ${line}:`);
    isOpen = true;
    const other = parts[removed ? at + 1 : at - 1];
    const beside = other && other.added !== added && (other.added || other.removed) ? other.value.split("\n") : [];
    shown.push(...lines.map((text, n) => `${removed ? "-" : "+"} ${cut(text, beside[n])}`));
    if (added) line += lines.length;
  });
  const more = shown.length - mostLines;
  return more > 1 ? [...shown.slice(0, mostLines), `... and ${more} more lines`] : shown;
}

/** As far as it fits; of two that differ late the part where they do. */
function cut(text: string, beside: string | undefined): string {
  let start = 0;
  if (beside !== undefined && text.length > widest) {
    while (start < text.length && text[start] === beside[start]) start++;
    start = start > widest - 40 ? start - 20 : 0;
  }
  return `${start > 0 ? "…" : ""}${printable(text.slice(start), widest)}`;
}
