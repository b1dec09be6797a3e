import { ResponseError } from "../errors.js";

/** A number that a double may not hold, behind a character that can stand before a JSON value; strings may hold such text, too. */
const suspicious = /[[ \n\r\t:,]-?\d(?:\d{15}|\d*(?:\.\d+)?[eE])/g;
const numberLiteral = /-?\d[\d.eE+-]*/y;

/** The longest integer of the API has 19 digits; a literal this long is an attack or a defect. */
const maxLiteral = 64;

/**
 * JSON whose integers stay exact: an integer beyond 2^53 arrives as a string of its digits, everything else as from
 * `JSON.parse`. On Node 20 `JSON.parse` has no access to the source text, so long literals are quoted before it runs;
 * a page without any, which is nearly every page, costs one regular expression more.
 */
export function parseExact(source: string): unknown {
  const exact = quoteLongNumbers(source);
  try {
    return JSON.parse(exact) as unknown;
  } catch (cause) {
    throw new ResponseError("the answer is not whole JSON", { cause });
  }
}

/** Goes from one suspicious place to the next, and from quote to quote only to know which of them are in strings. */
function quoteLongNumbers(source: string): string {
  let out = "";
  let copied = 0;
  /** All before is passed, and this is outside of strings. */
  let at = 0;
  for (let quote = -2; ;) {
    suspicious.lastIndex = at;
    const found = suspicious.exec(source);
    if (!found) return copied === 0 ? source : out + source.slice(copied);
    const start = found.index + 1;
    if (quote < at && quote !== -1) quote = source.indexOf('"', at);
    while (quote >= 0 && quote < start) {
      at = endOfString(source, quote);
      quote = source.indexOf('"', at);
    }
    if (at > start) continue;
    numberLiteral.lastIndex = start;
    const literal = numberLiteral.exec(source)?.[0] ?? source.charAt(start);
    if (literal.length > maxLiteral)
      throw new ResponseError(`the answer holds a number of ${literal.length} characters`);
    at = start + literal.length;
    if (exactInDouble(literal)) continue;
    out += `${source.slice(copied, start)}"${literal}"`;
    copied = at;
  }
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

const wellFormed = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function exactInDouble(literal: string): boolean {
  // what is no JSON number stays unquoted, for JSON.parse to refuse
  if (!wellFormed.test(literal)) return true;
  const value = Number(literal);
  if (/^-?\d+$/.test(literal)) return Number.isSafeInteger(value);
  return Number.isFinite(value);
}
