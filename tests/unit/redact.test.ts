import * as fc from "fast-check";
import { redactor } from "../../provider/redact.js";

const secret = 'p@ss w/ö+"\\rd~1';

test.each([
  ["as it is", secret],
  ["URL-encoded", encodeURIComponent(secret)],
  ["URL-encoded, lower-case hex", encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
  ["as a form has it", encodeURIComponent(secret).replaceAll("%20", "+")],
  ["JSON-escaped", JSON.stringify(secret).slice(1, -1)],
])("%s", (_, text) => {
  expect(redactor([secret])(`before ${text} after`)).toBe("before [secret] after");
});

test("base64, wherever it stands", () => {
  const redact = redactor([secret]);
  for (const before of ["", "u", "us", "use", "user:"]) {
    for (const encoding of ["base64", "base64url"] as const) {
      const text = Buffer.from(`${before}${secret}!?`).toString(encoding);
      const redacted = redact(text);
      expect(redacted).toContain("[secret]");
      expect(redacted.length).toBeLessThan("[secret]".length + 16);
    }
  }
});

test("a secret within another, several, none, the empty one", () => {
  expect(redactor(["abc", "abcdef"])("abcdef abc")).toBe("[secret] [secret]");
  expect(redactor([])("text")).toBe("text");
  expect(redactor([""])("text")).toBe("text");
  expect(redactor(["$&", ".*"])("a $& b .* c")).toBe("a [secret] b [secret] c");
});

test("no secret survives, in any text", () => {
  const long = fc.string({ minLength: 4, unit: "binary" });
  fc.assert(
    fc.property(long, fc.string(), fc.string(), (it, before, after) => {
      fc.pre(!"[secret]".includes(it));
      expect(redactor([it])(before + it + after)).not.toContain(it);
    }),
  );
});

test("half of a surrogate pair in a secret is no obstacle", () => {
  expect(redactor(["abcd\ud800"])("x abcd\ud800 y")).toBe("x [secret] y");
});
