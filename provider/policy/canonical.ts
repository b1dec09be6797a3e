/** Plain data: what JSON can say. A member that is undefined is left out, as JSON.stringify does. */
export type Plain = string | number | boolean | null | undefined | readonly Plain[] | { readonly [key: string]: Plain };

/** Members sorted by UTF-16 code units, no blanks, ECMAScript's numbers: RFC 8785 for such data. Equal data, equal text. */
export const canonicalJson = (value: Plain): string => write(value, JSON.stringify, "");

/**
 * The same order, one member a line, and nothing in it that an eye or a terminal can't see or that a CI system takes for a
 * command: such characters are written as JSON's own escapes, so a reader of JSON gets the text as it was.
 */
export const documentJson = (value: Plain): string => `${write(value, visibleString, "  ")}\n`;

function write(value: Plain, string: (text: string) => string, indent: string, level = 0): string {
  if (typeof value === "string") return string(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const isList = Array.isArray(value);
  const parts = isList
    ? (value as readonly Plain[]).map((item) => write(item, string, indent, level + 1))
    : Object.entries(value as Readonly<Record<string, Plain>>)
        .filter(([, member]) => member !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, member]) => `${string(key)}:${indent && " "}${write(member, string, indent, level + 1)}`);
  const [open, close] = isList ? "[]" : "{}";
  if (parts.length === 0) return `${open}${close}`;
  if (!indent) return `${open}${parts.join(",")}${close}`;
  const line = `\n${indent.repeat(level)}`;
  return `${open}${line}${indent}${parts.join(`,${line}${indent}`)}${line}${close}`;
}

const escapeUnits = (text: string): string =>
  Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`).join("");

// nothing but ASCII: a shell that writes files in another encoding can't spoil it
const visibleString = (text: string): string =>
  JSON.stringify(text)
    .replace(/[^ -~]/gu, escapeUnits)
    .replace(/::/g, ":\\u003a")
    .replace(/##/g, "#\\u0023");
