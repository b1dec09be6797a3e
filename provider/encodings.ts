/** A text as somebody reads it who undoes an encoding, and where each of its characters comes from. */
export interface Reading {
  readonly text: string;
  /** Where what became the character at this place begins and ends in the text that was encoded. */
  from(place: number): number;
  to(place: number): number;
}

/** So often one encoding is undone within another: JSON in JSON, a percent code that was coded again. */
const mostLevels = 4;
/** The same of base64 and hexadecimal digits. */
const mostNested = 2;

/**
 * What else a text says: with the escapes of JSON, HTML, URLs, shells and of `printable` undone, with lines joined, and with
 * runs of base64 or hexadecimal digits as the bytes they stand for (each a character). Not the text itself. The time is linear.
 */
export function* readings(text: string): Generator<Reading, void> {
  yield* decoded(yield* plain(text), mostNested);
}

/** The same without what digits stand for. */
export const plainReadings = (text: string): string[] => [...plain(text)].map((reading) => reading.text);

/** Gives back the last. */
function* plain(text: string): Generator<Reading, Reading> {
  const itself: Reading = { text, from: (place) => place, to: (place) => place + 1 };
  // first what `printable` wrote, which leaves a backslash of the text's own as it is
  const printed = rewritten(itself, printedEscapes, ([, code = ""]) => characterOf(parseInt(code, 16)));
  if (printed) yield printed;
  const first = printed ?? itself;
  const last = yield* unescaped(first);
  if (last !== first) yield* joined(first);
  return yield* joined(last);
}

/** With escapes undone once, twice and so on. */
function* unescaped(outer: Reading): Generator<Reading, Reading> {
  let last = outer;
  for (let level = 0; level < mostLevels; level++) {
    const next = rewritten(last, escapes, meantBy);
    if (!next) break;
    yield (last = next);
  }
  return last;
}

/** With its lines made one. */
function* joined(outer: Reading): Generator<Reading, Reading> {
  let last = outer;
  for (const between of [breaks, indents]) {
    const next = rewritten(outer, between, () => "");
    if (next) yield (last = next);
  }
  return last;
}

/** Bytes have characters of every kind all over, so that no lines are looked for in them. */
function* decoded(outer: Reading, nested: number): Generator<Reading, void> {
  for (const inner of decodedRuns(outer)) {
    yield inner;
    const last = yield* unescaped(inner);
    if (nested > 1) yield* decoded(last, nested - 1);
  }
}

const printedEscapes = /\\u\{([0-9a-f]{1,6})\}/g;

const characterOf = (code: number): string | undefined => (code <= 0x10ffff ? String.fromCodePoint(code) : undefined);

const escapes =
  /\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|%([0-9a-fA-F]{2})|&#[xX]([0-9a-fA-F]{1,6});?|&#([0-9]{1,7});?|&([A-Za-z]{2,8});|\\(["'\\/bfnrt])|'\\''/g;

const controls: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** HTML's names of the signs that text is made of. */
const entities = new Map(
  Object.entries({
    ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", excl: "!", num: "#", dollar: "$", percnt: "%" },
    ...{ lpar: "(", rpar: ")", ast: "*", plus: "+", comma: ",", period: ".", sol: "/", colon: ":", semi: ";" },
    ...{ equals: "=", quest: "?", commat: "@", lsqb: "[", lbrack: "[", bsol: "\\", rsqb: "]", rbrack: "]", hat: "^" },
    ...{ lowbar: "_", grave: "`", lcub: "{", lbrace: "{", verbar: "|", vert: "|", rcub: "}", rbrace: "}", tilde: "~" },
    ...{ Tab: "\t", NewLine: "\n" },
  }),
);

function meantBy([, ...parts]: RegExpExecArray): string | undefined {
  const [braced, unit, byte, percent, hex, decimal, name, sign] = parts as (string | undefined)[];
  const digits = braced ?? unit ?? byte ?? percent ?? hex;
  const code = digits !== undefined ? parseInt(digits, 16) : decimal !== undefined ? Number(decimal) : undefined;
  if (code !== undefined) return characterOf(code);
  if (name !== undefined) return entities.get(name);
  return sign === undefined ? "'" : (controls[sign] ?? sign);
}

/** A line break, or what is drawn as nothing. */
const { source: gap } = /(?:[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Default_Ignorable_Code_Point})/u;
const breaks = new RegExp(gap, "gu");
/** With the blanks that indent the next line. */
const indents = new RegExp(`${gap}(?:${gap}| )*`, "gu");

interface Edit {
  /** In the text that results. */
  readonly start: number;
  readonly end: number;
  /** In the one before. */
  readonly from: number;
  readonly to: number;
}

/** Undefined where nothing changes. */
function rewritten(
  outer: Reading,
  pattern: RegExp,
  meaning: (match: RegExpExecArray) => string | undefined,
): Reading | undefined {
  const edits: Edit[] = [];
  let text = "";
  let done = 0;
  for (const match of outer.text.matchAll(pattern)) {
    const meant = meaning(match);
    if (meant === undefined) continue;
    text += outer.text.slice(done, match.index);
    done = match.index + match[0].length;
    edits.push({ start: text.length, end: text.length + meant.length, from: match.index, to: done });
    text += meant;
  }
  if (edits.length === 0) return undefined;
  text += outer.text.slice(done);
  const spanOf = (place: number): { readonly from: number; readonly to: number } => {
    const edit = lastUpTo(edits, place);
    if (edit && place < edit.end) return edit;
    const from = edit ? edit.to + place - edit.end : place;
    return { from, to: from + 1 };
  };
  return {
    text,
    from: (place) => outer.from(spanOf(place).from),
    to: (place) => outer.to(spanOf(place).to - 1),
  };
}

/** The last edit that begins at this place or before it. */
function lastUpTo(edits: readonly Edit[], place: number): Edit | undefined {
  let [low, high] = [0, edits.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edits[middle] as Edit).start <= place) low = middle + 1;
    else high = middle;
  }
  return edits[low - 1];
}

// eight bytes, wherever their first group begins
const base64Run = /[A-Za-z0-9+/_-]{11,}/g;
const hexRun = /[0-9a-fA-F]{16,}/g;

/** A run may have been cut before: it is read from each of the places at which its first group may begin. */
function* decodedRuns(outer: Reading): Generator<Reading, void> {
  for (const [pattern, encoding, group, bits] of [
    [base64Run, "base64", 4, 6],
    [hexRun, "hex", 2, 4],
  ] as const) {
    for (const { 0: run, index } of outer.text.matchAll(pattern)) {
      for (let shift = 0; shift < group; shift++) {
        const start = index + shift;
        yield {
          text: Buffer.from(run.slice(shift), encoding).toString("latin1"),
          from: (place) => outer.from(start + Math.floor((place * 8) / bits)),
          to: (place) => outer.to(start + Math.floor((place * 8 + 7) / bits)),
        };
      }
    }
  }
}
