import { ResponseError } from "../errors.js";

/** So many digits a double may not hold. */
const longRun = 16;
const numberLiteral = /-?\d[\d.eE+-]*/y;

/** The longest integer of the API has 19 digits; a literal this long is an attack or a defect. */
const maxLiteral = 64;

/**
 * JSON whose integers stay exact: an integer beyond 2^53 arrives as a string of its digits, everything else as from
 * `JSON.parse`. On Node 20 `JSON.parse` has no access to the source text, so long literals are quoted before it runs;
 * a page without any costs a look at every sixteenth character more.
 */
export function parseExact(source: string): unknown {
  const exact = quoteLongNumbers(source);
  try {
    return JSON.parse(exact) as unknown;
  } catch (cause) {
    throw new ResponseError("the answer is not whole JSON", { cause });
  }
}

/** Goes from one long run of digits to the next, and from quote to quote only to know which of them are in strings. */
function quoteLongNumbers(source: string): string {
  let out = "";
  let copied = 0;
  /** This is outside of strings, and no string begins between it and `quote`. */
  let outside = 0;
  let quote = source.indexOf('"');
  const nextRun = (run: number) => longRunFrom(source, endOfDigits(source, run, source.length));
  for (let run = longRunFrom(source, 0); run >= 0; run = nextRun(run)) {
    const start = source.charAt(run - 1) === "-" ? run - 1 : run;
    if (!beforeValue.test(source.charAt(start - 1))) continue;
    while (quote >= 0 && quote < start) {
      outside = endOfString(source, quote);
      quote = source.indexOf('"', outside);
    }
    if (outside > start) continue;
    numberLiteral.lastIndex = start;
    const literal = numberLiteral.exec(source)?.[0] ?? source.charAt(start);
    if (literal.length > maxLiteral)
      throw new ResponseError(`the answer holds a number of ${literal.length} characters`);
    if (exactInDouble(literal)) continue;
    out += `${source.slice(copied, start)}"${literal}"`;
    copied = start + literal.length;
  }
  return copied === 0 ? source : out + source.slice(copied);
}

/** What can stand before a number; strings may hold such text, too. */
const beforeValue = /^[[ \n\r\t:,]$/;

/** Where the next run of that many digits begins, or -1: it covers one of the places that are as far apart as it is long. */
function longRunFrom(source: string, from: number): number {
  for (let place = from + longRun - 1; place < source.length; place += longRun) {
    if (!isDigit(source, place)) continue;
    let start = place;
    while (start > from && isDigit(source, start - 1)) start--;
    if (endOfDigits(source, place, start + longRun) - start === longRun) return start;
  }
  return -1;
}

function endOfDigits(source: string, from: number, most: number): number {
  let end = from;
  while (end < most && isDigit(source, end)) end++;
  return end;
}

function isDigit(source: string, index: number): boolean {
  const code = source.charCodeAt(index);
  return code >= 0x30 && code <= 0x39;
}

/** The index after the closing quote; the source's end for a string that never closes. */
function endOfString(source: string, open: number): number {
  let close = open;
  do {
    close = source.indexOf('"', close + 1);
    if (close < 0) return source.length;
  } while (escaped(source, close));
  return close + 1;
}

function escaped(source: string, quote: number): boolean {
  let backslashes = 0;
  while (source.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++;
  return backslashes % 2 === 1;
}

function exactInDouble(literal: string): boolean {
  // what is no JSON number stays unquoted, for JSON.parse to refuse; what has a fraction or an exponent is no integer
  return !/^-?(?:0|[1-9]\d*)$/.test(literal) || Number.isSafeInteger(Number(literal));
}
