import { printable } from "../text.js";

const mostLines = 10;

/** The lines that differ, `-` before and `+` after: all between the first and the last difference, cut where they are many. */
export function lineChanges(before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++;
  let end = 0;
  const room = Math.min(old.length, now.length) - start;
  while (end < room && old.at(-1 - end) === now.at(-1 - end)) end++;
  const part = (lines: readonly string[], mark: string) => {
    const changed = lines.slice(start, lines.length - end);
    const shown = changed.slice(0, mostLines).map((line) => `${mark} ${printable(line, 200)}`);
    const more = changed.length - shown.length;
    return more > 0 ? [...shown, `${mark} ... and ${more} more`] : shown;
  };
  return [`line ${start + 1}:`, ...part(old, "-"), ...part(now, "+")];
}
