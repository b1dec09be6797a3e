import { printable, visible } from "../text.js";

/** Text that is HTML already: only this file makes it, so that nothing gets into a page unescaped. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** The author's own words: a style sheet. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }

  toString(): string {
    return this.#text;
  }
}

export type Content = Markup | string | number | undefined | readonly Content[];

/** HTML with contents: what is not markup is escaped, for text and for attributes in double quotes alike. */
export function markup(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return Markup.trusted(parts.map((part, index) => (index === 0 ? "" : html(contents[index - 1])) + part).join(""));
}

const asCode = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
// the third mark on one letter would grow into the lines around
const tooManyMarks = /(?<=\p{M}{2})\p{M}/gu;

function html(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Markup) return content.toString();
  if (typeof content === "number") return String(content);
  if (typeof content === "string")
    return visible(content.replace(tooManyMarks, asCode)).replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return content.map(html).join("");
}

const rightToLeft = "\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}";
/** Words of a script that is written from right to left; what stands beside them keeps its place. */
const rightToLeftRun = new RegExp(`([${rightToLeft}]+(?:[ ._'-][${rightToLeft}]+)*)`, "u");

// spaces that look like another or like nothing, and a mark that would stand on what is before the text
const unusual = /[^\S ]|^ | $| (?= )|^\p{M}/gu;

/** Text that an event, a service or a setting wrote: visible, isolated, and cut where it is longer than `max` characters. */
export function foreign(text: string, max = 200): Markup {
  if (text === "") return markup`<span class="note">(empty)</span>`;
  const { start, length } = cut(text, max);
  const shown = printable(start.replace(tooManyMarks, asCode).replace(unusual, asCode), Infinity);
  const runs = shown.split(rightToLeftRun);
  const content = runs.map((run, index) => (index % 2 === 1 ? markup`<bdi>${run}</bdi>` : run));
  const more = length > max ? markup`<span class="note">… (${length} characters)</span>` : undefined;
  return markup`<bdi>${content}</bdi>${more}`;
}

/** By characters, not by halves of them. */
function cut(text: string, max: number): { start: string; length: number } {
  let [start, length] = ["", 0];
  for (const char of text) {
    if (length < max) start += char;
    length += 1;
  }
  return { start, length };
}

/** The hash of a file, which may have 256 digits. */
export const hashText = (hash: string): Markup => markup`<code class="hash">${foreign(hash, 256)}</code>`;

/** Several texts, and how many more there are; sentences have marks before them, so that two do not read as one. */
export function few(
  texts: readonly Content[],
  most: number,
  { count = texts.length, sentences = false }: { count?: number; sentences?: boolean } = {},
): Markup {
  const shown = texts.slice(0, most);
  const more = count - shown.length;
  const items = shown.map((text) => markup`<li>${text}</li>`);
  return markup`<ul class="few${sentences ? " marked" : ""}">${items}${more > 0 ? markup`<li class="note">and ${more} more</li>` : undefined}</ul>`;
}

export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
  /** Of a table whose texts would fight for the width: `half` of it, a `third`, or as little as its own words need. */
  readonly width?: "half" | "third" | "little";
}

export interface Table {
  /** Unique in the page. */
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Content[])[];
  readonly foot?: readonly Content[];
  /** `wide`: its rows become blocks on a narrow screen; `tall`: it scrolls in an area of its own. */
  readonly size?: "wide" | "tall";
}

/** On paper a table of so few rows is kept on one page. */
const fewRows = 12;

/** The roles say what the elements say already, and still do where a style sheet makes blocks of rows. */
export function table({ id, caption, columns, rows, foot, size }: Table): Markup {
  const kind = (index: number) => {
    const { numeric, width } = columns[index] ?? {};
    const names = [...(numeric ? ["number"] : []), ...(width ? [width] : [])];
    return names.length > 0 ? markup` class="${names.join(" ")}"` : undefined;
  };
  const row = (cells: readonly Content[]) =>
    markup`<tr role="row">${cells.map((cell, index) =>
      index === 0
        ? markup`<th scope="row" role="rowheader"${kind(index)}>${cell}</th>`
        : markup`<td role="cell" data-heading="${columns[index]?.heading}"${kind(index)}>${cell}</td>`,
    )}</tr>\n`;
  const head = columns.map(
    ({ heading }, index) => markup`<th scope="col" role="columnheader"${kind(index)}>${heading}</th>`,
  );
  const end = foot && markup`<tfoot role="rowgroup">\n${row(foot)}</tfoot>\n`;
  const together = !size && rows.length <= fewRows ? markup` class="together"` : undefined;
  const whole = markup`<table role="table"${together}>
<caption id="${id}">${caption}</caption>
<thead role="rowgroup">
<tr role="row">${head}</tr>
</thead>
<tbody role="rowgroup">
${rows.map(row)}</tbody>
${end}</table>
`;
  if (!size) return whole;
  return markup`<div class="scroll ${size}" role="region" tabindex="0" aria-labelledby="${id}">
${whole}</div>
`;
}
