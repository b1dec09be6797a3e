import type { Outcome } from "./outcome.js";
import { anyChar, anyName, anything, codeOf, isOptional, separator, symbolsOf, type Symbols } from "./pathSymbols.js";
import { casePartners, upcase } from "./windowsCase.js";

/**
 * The language of path patterns, matched against the whole text in time proportional to (pattern length x text length),
 * whatever the pattern: all states are followed at once, nothing is tried twice.
 *
 * - `*` any number of characters, none of them a separator; `?` one such character
 * - `**` any number of characters, separators too; `**` + `/` at the start or after a `/` also matches no folder at all
 * - `[abc]`, `[a-z]`, `[!a]` one character of (not of) a set, never a separator; `[*]` is a literal star
 *
 * There is no escape character. The separator is `/`; texts of Windows are written with it before they come here.
 */
export interface SymbolGlob {
  /** `yes`: every text that the symbols stand for matches; `no`: none does. */
  matches(symbols: Symbols): Outcome;
}

/** Longest pattern, in UTF-16 units. */
export const longestGlob = 1024;

/** Why the text is no pattern; undefined if it is one. */
export function globProblem(source: string): string | undefined {
  if (source === "") return "is empty";
  if (source.length > longestGlob) return `has more than ${longestGlob} characters`;
  return [source, slashed(source)].map(parse).find((parsed) => typeof parsed === "string");
}

/** `windows`: letter case is compared as NTFS does; else case counts. */
export function compileSymbolGlob(source: string, system: "linux" | "windows"): SymbolGlob {
  const parsed = parse(source);
  if (typeof parsed === "string") throw new RangeError(`glob ${JSON.stringify(source)} ${parsed}`);
  return matcher(parsed, system === "windows");
}

export interface Glob {
  readonly source: string;
  matches(path: string): boolean;
}

/** A glob over plain texts: those that look like Windows paths without letter case and with `\` as `/`. */
export function compileGlob(source: string): Glob {
  const exact = compileSymbolGlob(source, "linux");
  const folded = compileSymbolGlob(slashed(source), "windows");
  return {
    source,
    matches: (path) =>
      (isWindowsPath(path) ? folded.matches(symbolsOf(slashed(path))) : exact.matches(symbolsOf(path))) === "yes",
  };
}

export const slashed = (text: string): string => text.replaceAll("\\", "/");

const isWindowsPath = (path: string): boolean => /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path);

type Range = readonly [low: number, high: number];
type Token =
  | { readonly kind: "char"; readonly code: number; readonly partners?: readonly number[] }
  | { readonly kind: "any" }
  | { readonly kind: "set"; readonly negated: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: "star" }
  | { readonly kind: "everything" }
  /** Nothing, or anything that ends with a separator. */
  | { readonly kind: "folders" };

function parse(source: string): Token[] | string {
  const chars = [...source];
  const out: Token[] = [];
  let i = 0;
  while (i < chars.length) {
    const char = chars[i] as string;
    if (char === "*") {
      let stars = 0;
      while (chars[i + stars] === "*") stars += 1;
      const atFolder = i === 0 || chars[i - 1] === "/";
      i += stars;
      if (stars === 1) out.push({ kind: "star" });
      else if (atFolder && chars[i] === "/") {
        out.push({ kind: "folders" });
        i += 1;
      } else out.push({ kind: "everything" });
    } else if (char === "?") {
      out.push({ kind: "any" });
      i += 1;
    } else if (char === "[") {
      const end = chars.indexOf("]", i + (chars[i + 1] === "!" ? 3 : 2));
      if (end < 0) return "has a [ without its ] (for a literal [ write [[])";
      const negated = chars[i + 1] === "!";
      const body = chars.slice(i + (negated ? 2 : 1), end);
      const ranges: Range[] = [];
      for (let k = 0; k < body.length; k += 1) {
        const low = body[k] as string;
        if (body[k + 1] === "-" && k + 2 < body.length) {
          const high = body[k + 2] as string;
          if (point(high) < point(low)) return `has a set whose range ${low}-${high} runs backwards`;
          ranges.push([point(low), point(high)]);
          k += 2;
        } else ranges.push([point(low), point(low)]);
      }
      out.push({ kind: "set", negated, ranges });
      i = end + 1;
    } else {
      out.push({ kind: "char", code: point(char) });
      i += 1;
    }
  }
  return out;
}

const point = (char: string): number => char.codePointAt(0) ?? 0;

/** A set is not folded itself: the range `A-_` is one, `a-_` is none. */
const fold = (token: Token): Token =>
  token.kind === "char" ? { ...token, code: upcase(token.code), partners: casePartners(token.code) } : token;

/** Whether a text may match, or must: of what is unknown, any one way or every way. */
type Mode = "may" | "must";

function matcher(parsed: readonly Token[], windows: boolean): SymbolGlob {
  const pattern = windows ? parsed.map(fold) : parsed;
  const end = pattern.length;
  const seen = new Uint32Array(end + 1);
  let stamp = 0;
  // whether anything met so far has more than one answer
  let open = false;
  return {
    matches(symbols) {
      if (endsOtherwise(symbols)) return "no";
      open = false;
      if (!run(symbols, "may")) return "no";
      return !open || run(symbols, "must") ? "yes" : "unknown";
    },
  };

  /** A quick look at the end, where most paths differ from most patterns. */
  function endsOtherwise(symbols: Symbols): boolean {
    for (let back = 1; back <= end && back <= symbols.length; back += 1) {
      const token = pattern[end - back] as Token;
      const symbol = symbols[symbols.length - back] as number;
      if (token.kind !== "char" || token.code > 0x7f || symbol < 0 || symbol > 0x7f) return false;
      if (token.code !== (windows ? upcase(symbol) : symbol)) return true;
    }
    return false;
  }

  function run(symbols: Symbols, mode: Mode): boolean {
    let states: number[] = [];
    advance();
    enter(states, 0);
    for (const symbol of symbols) {
      if (states.length === 0) return false;
      states = step(states, symbol, mode);
    }
    return states.includes(end);
  }

  function advance(): void {
    stamp += 1;
    if (stamp === 0xffffffff) {
      seen.fill(0);
      stamp = 1;
    }
  }

  function add(states: number[], at: number): void {
    if (seen[at] === stamp) return;
    seen[at] = stamp;
    states.push(at);
  }

  /** Adds the state and those reachable from it without a character. */
  function enter(states: number[], from: number): void {
    for (let at = from; ; at += 1) {
      add(states, at);
      const kind = pattern[at]?.kind;
      if (kind !== "star" && kind !== "everything" && kind !== "folders") return;
    }
  }

  function step(states: readonly number[], symbol: number, mode: Mode): number[] {
    advance();
    const next: number[] = [];
    if (symbol < 0) {
      open = true;
      if (mode === "must") absorb(states, next, symbol);
      else skip(states, next, symbol);
      return next;
    }
    const code = windows ? upcase(codeOf(symbol)) : codeOf(symbol);
    if (isOptional(symbol)) {
      open = true;
      if (mode === "must") {
        absorb(states, next, code === separator ? anything : anyName);
        return next;
      }
      for (const at of states) add(next, at);
    }
    const partners = windows ? casePartners(code) : [];
    for (const at of states) {
      const token = pattern[at];
      if (!token) continue;
      if (token.kind === "everything" || (token.kind === "star" && code !== separator)) enter(next, at);
      // "folders" may be left only where it was entered or behind a separator
      else if (token.kind === "folders") {
        add(next, at);
        if (code === separator) enter(next, at + 1);
      } else if (takes(token, code, partners, mode)) enter(next, at + 1);
    }
    return next;
  }

  /** Only states that stay where they are whatever the unknown text is. */
  function absorb(states: readonly number[], next: number[], symbol: number): void {
    for (const at of states) {
      const kind = pattern[at]?.kind;
      if (kind === "everything" || (kind === "star" && symbol !== anything)) enter(next, at);
      else if (kind === "folders") add(next, at);
      else if (kind === "any" && symbol === anyChar) enter(next, at + 1);
    }
  }

  /** Every state that some unknown text leads to, or more. */
  function skip(states: readonly number[], next: number[], symbol: number): void {
    if (symbol === anyChar) {
      for (const at of states) {
        const token = pattern[at];
        if (!token) continue;
        if (token.kind === "star" || token.kind === "everything") enter(next, at);
        else if (token.kind === "folders") add(next, at);
        else if (!isSeparator(token)) enter(next, at + 1);
      }
      return;
    }
    const from = new Set(states);
    let within = false;
    for (let at = 0; at <= end; at += 1) {
      within ||= from.has(at);
      if (!within) continue;
      add(next, at);
      const token = pattern[at];
      if (symbol === anyName && token && isSeparator(token)) within = false;
    }
  }

  function takes(token: Token, code: number, partners: readonly number[], mode: Mode): boolean {
    if (token.kind === "any") return code !== separator;
    if (token.kind === "char") {
      if (token.code === code) return true;
      const related = partners.includes(token.code) || (token.partners?.includes(code) ?? false);
      open ||= related;
      return related && mode === "may";
    }
    if (token.kind !== "set" || code === separator) return false;
    const within = (one: number) => token.ranges.some(([low, high]) => low <= one && one <= high);
    const sure = within(code) || (windows && smallLetters(code).some(within));
    const unsure = partners.some((one) => within(one) || smallLetters(one).some(within));
    open ||= unsure;
    return mode === "may" ? sure !== token.negated || (unsure && !sure) : sure !== token.negated && (sure || !unsure);
  }
}

const isSeparator = (token: Token): boolean => token.kind === "char" && token.code === separator;

/** The letters whose NTFS capital this is; a set may name either. */
function smallLetters(capital: number): readonly number[] {
  if (capital >= 0x41 && capital <= 0x5a) return [capital + 32];
  if (capital < 0x80) return [];
  const lower = [...String.fromCodePoint(capital).toLowerCase()].map(point);
  if (capital === 0x3a3) lower.push(0x3c2);
  return lower.filter((code) => code !== capital && upcase(code) === capital);
}
