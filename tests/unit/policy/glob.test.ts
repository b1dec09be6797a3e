import { fc } from "../../support/properties.js";
import { compileGlob, compileSymbolGlob, globProblem } from "../../../provider/policy/glob.js";
import {
  anyChar,
  anyName,
  anything,
  codeOf,
  isOptional,
  optional,
  symbolsOf,
} from "../../../provider/policy/pathSymbols.js";
import { cpuMs } from "../../support/timing.js";

describe.each([
  ["/usr/bin/login", "/usr/bin/login", true],
  ["/usr/bin/login", "/usr/bin/login2", false],
  ["/usr/bin/login", "/x/usr/bin/login", false],
  ["/usr/bin/*", "/usr/bin/login", true],
  ["/usr/bin/*", "/usr/bin/", true],
  ["/usr/bin/*", "/usr/bin/a/b", false],
  ["/usr/bin/lo?in", "/usr/bin/login", true],
  ["/usr?bin", "/usr/bin", false],
  ["/opt/**", "/opt/a/b/c", true],
  ["/opt/**", "/opt", false],
  ["/opt/**/run", "/opt/run", true],
  ["/opt/**/run", "/opt/a/b/run", true],
  ["/opt/**/run", "/opt/a/brun", false],
  ["/opt/**/run", "/optrun", false],
  ["**/run", "run", true],
  ["**/run", "/run", true],
  ["**/run", "/a/b/run", true],
  ["**/run", "/a/brun", false],
  ["/a**z", "/a/b/z", true],
  ["/opt/v[0-9]/*", "/opt/v3/x", true],
  ["/opt/v[!0-9]/*", "/opt/v3/x", false],
  ["/opt/v[!0-9]/*", "/opt/vx/x", true],
  ["/opt[!a]x", "/opt/x", false],
  ["/opt/[]x]", "/opt/]", true],
  ["/opt/[a-]", "/opt/-", true],
  ["/opt/[*]", "/opt/*", true],
  ["/opt/[*]", "/opt/a", false],
  ["/opt/a.c", "/opt/abc", false],
  ["/opt/A", "/opt/a", false],
  ["/opt/\u{1f600}?", "/opt/\u{1f600}\u{1f600}", true],
  ["/tmp/a\\b", "/tmp/a\\b", true],
  ["/tmp/a/b", "/tmp/a\\b", false],
  ["C:\\Program Files\\**", "c:/program files/App/x.EXE", true],
  ["c:/program files/*/*.exe", "C:\\Program Files\\App\\x.EXE", true],
  ["**\\x.exe", "C:\\App\\X.exe", true],
  ["\\\\server\\share\\*", "\\\\SERVER\\share\\a", true],
  ["C:\\*", "C:\\a\\b", false],
  ["/opt/[A-_]*", "/opt/Z", true],
  ["/opt/[A-_]*", "/opt/a", false],
  ["C:/[A-_]x", "c:\\bX", true],
  ["C:/[a-c]x", "C:\\Bx", true],
  ["C:/[!A-C]x", "C:\\bx", false],
  ["C:/[!A-C]x", "C:\\dx", true],
])("%s on %s", (pattern, path, expected) => {
  test(`is ${expected}`, () => {
    expect(compileGlob(pattern).matches(path)).toBe(expected);
  });
});

test("agrees with a regular expression written another way", () => {
  const piece = fc.constantFrom("a", "b", "/", ".", "*", "**", "/**/", "?", "[ab]", "[!a]");
  const asRegExp = (pattern: string): RegExp => {
    const source = pattern
      .replace(/\./g, "\\.")
      .replace(/\[!a\]/g, "<not>")
      .replace(/(^|\/)\*{2,}\//g, "$1<folders>")
      .replace(/(^|\/|<folders>)\*{2,}\//g, "$1<folders>")
      .replace(/\*{2,}/g, "<all>")
      .replace(/\*/g, "[^/]*")
      .replace(/\?/g, "[^/]")
      .replace(/<folders>/g, "(?:.*/)?")
      .replace(/<all>/g, ".*")
      .replace(/<not>/g, "[^a/]");
    return new RegExp(`^${source}$`, "s");
  };
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join("")),
      fc.array(fc.constantFrom("a", "b", "/", "."), { maxLength: 10 }).map((chars) => chars.join("")),
      (pattern, path) => compileGlob(pattern).matches(path) === asRegExp(pattern).test(path),
    ),
    { numRuns: 20_000 },
  );
});

test("what is said of an unknown part holds for every text in its place", () => {
  const piece = fc.constantFrom("a", "b", "/", "*", "**", "/**/", "?", "[ab]", "[!a]", "\u10d0", "[\u10d0]");
  const symbol = fc.constantFrom(
    ...symbolsOf("ab//\u10d0\u1c90"),
    anything,
    anyName,
    anyChar,
    optional(0x61),
    optional(0x62),
  );
  const name = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 2 }).map((chars) => chars.join(""));
  const text = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 4 }).map((chars) => chars.join(""));
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join("")),
      fc.array(symbol, { maxLength: 7 }),
      fc.constantFrom("linux" as const, "windows" as const),
      fc.array(
        fc.tuple(fc.array(name, { minLength: 7, maxLength: 7 }), fc.array(text, { minLength: 7, maxLength: 7 })),
        {
          minLength: 8,
          maxLength: 8,
        },
      ),
      (pattern, symbols, system, fillings) => {
        const glob = compileSymbolGlob(pattern, system);
        const said = glob.matches(symbols);
        seen.add(said);
        if (said === "unknown") return;
        for (const [names, texts] of fillings) {
          const filled = symbols.map((one, i) => {
            if (one === anything) return texts[i];
            if (one === anyName) return names[i];
            if (one === anyChar) return (names[i] as string)[0] ?? "z";
            if (isOptional(one)) return names[i] === "" ? "" : String.fromCodePoint(codeOf(one));
            return String.fromCodePoint(one);
          });
          expect(glob.matches(symbolsOf(filled.join("")))).toBe(said);
        }
      },
    ),
    { numRuns: 20_000 },
  );
  expect([...seen].sort()).toEqual(["no", "unknown", "yes"]);
});

test("an unknown part is decided where the pattern leaves it open, or the rest differs", () => {
  const ask = (pattern: string, symbols: readonly number[]) => compileSymbolGlob(pattern, "linux").matches(symbols);
  const [a, slash] = symbolsOf("a/") as [number, number];
  expect(ask("/a/**", [slash, a, slash, anything])).toBe("yes");
  expect(ask("/a/*", [slash, a, slash, anyName])).toBe("yes");
  expect(ask("/a/*", [slash, a, slash, anything])).toBe("unknown");
  expect(ask("**/a", [slash, anything, slash, a])).toBe("yes");
  expect(ask("/b/**", [slash, a, slash, anything])).toBe("no");
  expect(ask("/?/a", [slash, anyChar, slash, a])).toBe("yes");
  expect(ask("/a", [slash, a, optional(a)])).toBe("unknown");
  expect(ask("/a*", [slash, a, optional(a)])).toBe("yes");
  expect(ask("/a/a", [slash, anyName, a])).toBe("no");
});

test("what is no problem compiles", () => {
  const part = fc.oneof(
    fc.constantFrom("[", "]", "!", "-", "\\", "/", "*", "?", "_", "İ", "K"),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), fc.string({ unit: "binary" }), (parts, path) => {
      const pattern = parts.join("");
      fc.pre(globProblem(pattern) === undefined);
      for (const given of [path, `C:\\${path}`]) expect(typeof compileGlob(pattern).matches(given)).toBe("boolean");
    }),
    { numRuns: 2000 },
  );
});

test("no pattern makes it slow", async () => {
  const took = await cpuMs(() => {
    for (const bad of ["*a".repeat(500), "**a".repeat(340), "**/".repeat(340) + "x", "?*".repeat(500)])
      expect(compileGlob(`/${bad}`).matches(`/${"a".repeat(4000)}b`)).toBe(bad.startsWith("?"));
  });
  expect(took).toBeLessThan(2000);
});

test("says what is wrong with a pattern", () => {
  expect(globProblem("")).toBe("is empty");
  expect(globProblem("/a[b")).toMatch(/without its \]/);
  expect(globProblem("/a[z-a]")).toMatch(/backwards/);
  expect(globProblem("/a[A-\\]")).toMatch(/backwards/);
  expect(globProblem("x".repeat(1025))).toMatch(/1024/);
  expect(globProblem("/opt/**")).toBeUndefined();
});
