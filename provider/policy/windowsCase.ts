/**
 * Letter case as NTFS compares it: every UTF-16 unit has one upper-case unit, whatever the language. The table is
 * written to a volume when it is formatted and differs a little between Windows versions; what all have is in `upcase`,
 * what only newer Unicode tables pair is in `casePartners`.
 */

/** Upper case of a code point where every Windows version agrees; any other code point as it is. */
export function upcase(code: number): number {
  if (code < 0x80) return code >= 0x61 && code <= 0x7a ? code - 32 : code;
  if (code === 0xff) return 0x178;
  const found = shifts.find(([low, high]) => low <= code && code <= high);
  if (found) return code === 0xf7 ? code : code - found[2];
  const pair = pairs.find(([low, high]) => low <= code && code <= high);
  // capital first, its small letter next to it
  return pair && (code - pair[0]) % 2 === 1 ? code - 1 : code;
}

/** Code points that some Windows versions may take for the same letter and others not. */
export function casePartners(code: number): readonly number[] {
  if (isSure(code)) return none;
  const char = String.fromCodePoint(code);
  const upper = char.toUpperCase();
  const lower = char.toLowerCase();
  const related = [upper, lower, lower.toUpperCase(), upper.toLowerCase()].filter((text) => [...text].length === 1);
  return [...new Set(related.map((text) => upcase(text.codePointAt(0) as number)))].filter((other) => other !== code);
}

const none: readonly number[] = [];

/** First, last, distance to the capital. */
const shifts: readonly (readonly [number, number, number])[] = [
  [0xe0, 0xfe, 32],
  [0x3ac, 0x3ac, 38],
  [0x3ad, 0x3af, 37],
  [0x3b1, 0x3c1, 32],
  [0x3c2, 0x3c2, 31],
  [0x3c3, 0x3cb, 32],
  [0x3cc, 0x3cc, 64],
  [0x3cd, 0x3ce, 63],
  [0x430, 0x44f, 32],
  [0x451, 0x45c, 80],
  [0x45e, 0x45f, 80],
  [0xff41, 0xff5a, 32],
];

/** Dotted and dotless i (U+0130, U+0131) and long s (U+017F) have no partner. */
const pairs: readonly (readonly [number, number])[] = [
  [0x100, 0x12f],
  [0x132, 0x137],
  [0x139, 0x148],
  [0x14a, 0x177],
  [0x179, 0x17e],
];

/** OHM, KELVIN and ANGSTROM SIGN and the capital sharp s are their own capitals. */
const alone = new Set([0x2126, 0x212a, 0x212b, 0x1e9e]);
const unsureCyrillic = new Set([0x400, 0x40d, 0x450, 0x45d]);

const isSure = (code: number): boolean =>
  code < 0x180 ||
  (code >= 0x386 && code <= 0x3ce) ||
  (code >= 0x400 && code <= 0x45f && !unsureCyrillic.has(code)) ||
  (code >= 0xff21 && code <= 0xff5a) ||
  // surrogates have no capitals
  code > 0xffff ||
  alone.has(code);
