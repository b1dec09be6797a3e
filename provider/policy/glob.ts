/**
 * Path patterns, matched against the whole path in time proportional to (pattern length x path length), whatever the
 * pattern: all states are followed at once, nothing is tried twice.
 *
 * - `*` any number of characters, none of them a separator; `?` one such character
 * - `**` any number of characters, separators too; `**` + `/` at the start or after a `/` also matches no folder at all
 * - `[abc]`, `[a-z]`, `[!a]` one character of (not of) a set, never a separator; `[*]` is a literal star
 *
 * There is no escape character. On a Windows path (`C:\..`, `\\server\..`) case does not count and `/` and `\` are the same;
 * elsewhere case counts and `\` is an ordinary character.
 */
export interface Glob {
  readonly source: string;
  matches(path: string): boolean;
}

/** Longest pattern, in characters. */
export const longestGlob = 1024;

/** Why the text is no pattern; undefined if it is one. */
export function globProblem(source: string): string | undefined {
  if (source === "") return "is empty";
  if (source.length > longestGlob) return `has more than ${longestGlob} characters`;
  return [source, slashed(source)].map(parse).find((parsed) => typeof parsed === "string");
}

export function compileGlob(source: string): Glob {
  const exact = tokens(source);
  const folded = tokens(slashed(source)).flatMap(fold);
  return {
    source,
    matches: (path) => (isWindowsPath(path) ? run(folded, slashed(path).toLowerCase()) : run(exact, path)),
  };
}

const slashed = (text: string): string => text.replaceAll("\\", "/");

/** A set is not folded itself: the range `A-_` is one, `a-_` is none. */
const fold = (token: Token): readonly Token[] =>
  token.kind === "char"
    ? [...token.char.toLowerCase()].map((char) => ({ kind: "char", char }))
    : [token.kind === "set" ? { ...token, anyCase: true } : token];

export const isWindowsPath = (path: string): boolean => /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path);

/** A path with `.` or `..` in it may lead anywhere: what a pattern says of it means nothing. */
export const isResolved = (path: string): boolean => !/(?:^|[\\/])\.\.?(?:$|[\\/])/.test(path);

type Range = readonly [low: string, high: string];
type Token =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "set"; readonly negated: boolean; readonly ranges: readonly Range[]; readonly anyCase?: boolean }
  | { readonly kind: "star" }
  | { readonly kind: "everything" }
  /** Nothing, or anything that ends with a separator. */
  | { readonly kind: "folders" };

function tokens(source: string): readonly Token[] {
  const parsed = parse(source);
  if (typeof parsed === "string") throw new RangeError(`glob ${JSON.stringify(source)} ${parsed}`);
  return parsed;
}

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
      const ranges: [string, string][] = [];
      for (let k = 0; k < body.length; k += 1) {
        const low = body[k] as string;
        if (body[k + 1] === "-" && k + 2 < body.length) {
          const high = body[k + 2] as string;
          if (point(high) < point(low)) return `has a set whose range ${low}-${high} runs backwards`;
          ranges.push([low, high]);
          k += 2;
        } else ranges.push([low, low]);
      }
      out.push({ kind: "set", negated, ranges });
      i = end + 1;
    } else {
      out.push({ kind: "char", char });
      i += 1;
    }
  }
  return out;
}

const point = (char: string): number => char.codePointAt(0) ?? 0;

function run(pattern: readonly Token[], path: string): boolean {
  let current = new Uint8Array(pattern.length + 1);
  let next = new Uint8Array(pattern.length + 1);
  reach(pattern, current, 0);
  // "folders" may be left only where it was entered or behind a separator
  for (const char of path) {
    next.fill(0);
    for (let at = 0; at < pattern.length; at += 1) {
      if (current[at] === 0) continue;
      const token = pattern[at] as Token;
      if (token.kind === "everything" || (token.kind === "star" && char !== "/")) reach(pattern, next, at);
      else if (token.kind === "folders") {
        next[at] = 1;
        if (char === "/") reach(pattern, next, at + 1);
      } else if (takes(token, char)) reach(pattern, next, at + 1);
    }
    [current, next] = [next, current];
  }
  return current[pattern.length] === 1;
}

/** Marks the state and those reachable from it without a character. */
function reach(pattern: readonly Token[], states: Uint8Array, from: number): void {
  for (let at = from; ; at += 1) {
    states[at] = 1;
    const kind = pattern[at]?.kind;
    if (kind !== "star" && kind !== "everything" && kind !== "folders") return;
  }
}

function takes(token: Token, char: string): boolean {
  switch (token.kind) {
    case "char":
      return token.char === char;
    case "any":
      return char !== "/";
    case "set": {
      const codes = token.anyCase ? [point(char), point(char.toUpperCase())] : [point(char)];
      const within = ([low, high]: Range) => codes.some((code) => point(low) <= code && code <= point(high));
      return char !== "/" && token.ranges.some(within) !== token.negated;
    }
    default:
      return false;
  }
}
