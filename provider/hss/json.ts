import { isAscii } from "node:buffer";
import { ResponseError } from "../errors.js";

/** Integers of this many digits may not fit a double. */
const longRun = 16;
const numberLiteral = /-?\d[\d.eE+-]*/y;

/** The longest integer of the API has 19 digits; a literal this long is an attack or a defect. */
const maxLiteral = 64;
const longestName = 64;

/** V8 maps memory anew for every string beyond 128 KiB, which costs more than to copy it; two bytes a character at most. */
const partBytes = 48 * 1024;
/** A page of 200 events holds 15,000 values in 400 kB. An empty list takes 3 bytes on the wire and many times that in memory. */
const maxValues = 1_000_000;

/** A body as text, and its bytes where they are at hand. */
export interface JsonBody {
  readonly body: string;
  readonly bytes?: Buffer;
}

/** As `parseExact`; a large page is parsed in parts where its bytes are at hand. */
export function parsePage(answer: JsonBody): unknown {
  const { bytes } = answer;
  return (bytes && bytes.length > 2 * partBytes ? parseInParts(bytes) : undefined) ?? parseExact(answer.body);
}

/**
 * The rows between the brackets of `data_list`, cut where one seems to begin. A cut inside of a string or a nested value
 * leaves a part that is not JSON, so parts that are JSON were cut between rows. Undefined if anything else does not fit.
 */
function parseInParts(bytes: Buffer): unknown {
  const end = bytes.lastIndexOf("]");
  const start = bytes.toString("latin1", 0, 1024);
  const [, head, row] = /^([^[]*"data_list"\s*:\s*\[)\s*(\{\s*"\w+"\s*:)/.exec(start) ?? [];
  if (head === undefined || row === undefined || bytes.length > maxValues) return undefined;
  const text = (from: number, to: number) => {
    const part = bytes.subarray(from, to);
    return part.toString(isAscii(part) ? "latin1" : "utf8");
  };
  try {
    const rows: unknown[] = [];
    for (let from = head.length, to = from; to < end; from = to) {
      const next = bytes.indexOf(row, from + partBytes);
      to = next < 0 || next > end ? end : next;
      const comma = to < end ? bytes.lastIndexOf(",", to) : end;
      if (to < end && !/^,[ \n\r\t]*$/.test(text(comma, to))) return undefined;
      const part = JSON.parse(`[${exactText(text(from, comma))}]`) as unknown[];
      for (const item of part) rows.push(item);
    }
    const outer = JSON.parse(exactText(text(0, head.length) + text(end, bytes.length))) as { data_list?: unknown };
    if (!Array.isArray(outer.data_list) || outer.data_list.length > 0) return undefined;
    return { ...outer, data_list: rows };
  } catch {
    return undefined;
  }
}

/**
 * JSON whose integers stay exact: an integer beyond 2^53 arrives as a string of its digits, everything else as from
 * `JSON.parse`, but for the escape of half a surrogate pair, which is U+FFFD. On Node 20 `JSON.parse` has no access to the
 * source text, so long literals are quoted before it runs; a page without any costs a look at every sixteenth character more.
 */
export function parseExact(source: string): unknown {
  if (source.length > maxValues) refuseFlood(source);
  const exact = exactText(source);
  try {
    return JSON.parse(exact) as unknown;
  } catch (cause) {
    throw new ResponseError("the answer is not whole JSON", { cause });
  }
}

function refuseFlood(source: string): void {
  let values = 0;
  for (let at = 0; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === 0x22) at = endOfString(source, at) - 1;
    else if ((code === 0x2c || code === 0x5b || code === 0x7b) && ++values > maxValues)
      throw new ResponseError(`the answer holds more than ${maxValues} values`);
  }
}

/** The escape of a pair, of half a pair without the other, or any other escape. */
const surrogates = /\\(?:u(d[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2})|u(d[89a-f][0-9a-f]{2})|[^])/gi;

function exactText(source: string): string {
  if (!source.includes("\\u") || !/\\ud/i.test(source)) return quoteLongNumbers(source);
  return quoteLongNumbers(source.replace(surrogates, (found, _, half?: string) => (half ? "\\ufffd" : found)));
}

/** What stands before a field's number; a string that ends like this has ended, or the text is not JSON. */
const afterName = /"\w+": ?$/;

/** Goes from one long run of digits to the next, and from quote to quote only where it can't be seen which are in strings. */
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
    if (!afterName.test(source.slice(Math.max(0, start - longestName), start))) {
      while (quote >= 0 && quote < start) {
        outside = endOfString(source, quote);
        quote = source.indexOf('"', outside);
      }
      if (outside > start) continue;
    }
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
  // anything that is not a JSON number is left for JSON.parse to refuse; fractions and exponents are not integers
  return !/^-?(?:0|[1-9]\d*)$/.test(literal) || Number.isSafeInteger(Number(literal));
}
