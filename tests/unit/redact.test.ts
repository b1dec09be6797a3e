import * as fc from "fast-check";
import { AbortedError } from "../../provider/errors.js";
import { redactError, redactor } from "../../provider/redact.js";
import { printable } from "../../provider/text.js";

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
  expect(redactor(["abcd", "abcdef"])("abcdef abcd")).toBe("[secret] [secret]");
  expect(redactor([])("text")).toBe("text");
  expect(redactor([""])("text")).toBe("text");
  expect(redactor(["$&.1", ".*+?"])("a $&.1 b .*+? c")).toBe("a [secret] b [secret] c");
});

test("no secret survives, in any text", () => {
  const long = fc.string({ minLength: 8, unit: "binary" });
  fc.assert(
    fc.property(long, fc.string(), fc.string(), (it, before, after) => {
      fc.pre(!`[secret]`.includes(it) && !it.includes("[secret]"));
      expect(redactor([it])(before + it + after)).not.toContain(it);
    }),
  );
});

test("half of a surrogate pair in a secret is no obstacle", () => {
  expect(redactor(["abcd\ud800"])("x abcd\ud800 y")).toBe("x [secret] y");
});

test.each([
  ["a", "TransportError: a user name is needed"],
  ["t", "https://hss.example.com: attempt at listing"],
  ["test", "the latest tested attestation"],
  ["admin", "administrators of badmins, admin1"],
])("the short secret %j garbles nothing of %j", (it, text) => {
  expect(redactor([it])(text)).toBe(text);
});

test.each([
  ["a", '{"ak":"a"}', '{"ak":"[secret]"}'],
  ["a", "a", "[secret]"],
  ["t1", "token=t1&x=1", "token=[secret]&x=1"],
  ["s3cr", "password s3cr, wrong", "password [secret], wrong"],
  ["pa$s", "(pa$s)", "([secret])"],
])("the short secret %j as a value in %j", (it, text, expected) => {
  expect(redactor([it])(text)).toBe(expected);
});

test("a word of our own messages stays readable, though a password is made of it", () => {
  const redact = redactor(["my-password-1"]);
  expect(redact("userName and password without domainName")).toBe("userName and password without domainName");
  expect(redact("is my-password-1 right")).toBe("is [secret] right");
  expect(redact("is password-1 right")).toBe("is [secret] right");
});

const anySecret = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.string({ minLength: 1, maxLength: 40, unit: "binary" }),
  fc.constantFrom("t", "secret", "[secret]", "x[secret]y", "secret]", "ecret][s"),
);

test("redacted once is redacted", () => {
  fc.assert(
    fc.property(fc.array(anySecret, { maxLength: 4 }), fc.array(anySecret, { maxLength: 6 }), (secrets, parts) => {
      const redact = redactor(secrets);
      const once = redact([...parts, ...secrets].join(""));
      expect(redact(once)).toBe(once);
    }),
    { numRuns: 3000 },
  );
});

describe("10,000 places and cuts", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_.:%\n\u00e4";
  const secretOf = (length: number) =>
    fc.string({ minLength: length, maxLength: length, unit: fc.constantFrom(...alphabet) });
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  /** What a reader of base64 could make of it, wherever its groups begin. */
  const unbased = (text: string) => [0, 1, 2, 3].map((at) => Buffer.from(text.slice(at), "base64").toString());
  const told: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => JSON.stringify(text),
    (text) => encodeURIComponent(text),
    base64,
    (text) => printable(text, 1e6),
    (text) => printable(JSON.stringify(text), 1e6),
  ];

  test("no piece of eight characters is left", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 90 }).chain(secretOf),
        fc.string({ maxLength: 60 }),
        fc.nat(),
        fc.nat(),
        fc.constantFrom(...told),
        (it, around, from, length, tell) => {
          const whole = tell(`${around}${it.slice(from % it.length)}${around}`);
          const cut = whole.slice(0, length % (whole.length + 1));
          const left = redactor([it])(cut).split("[secret]");
          const forms = told.filter((form) => form !== base64).map((form) => form(it));
          const isPiece = (piece: string) => forms.some((form) => form.includes(piece));
          const read = left.flatMap((part) => [part, ...unbased(part)]);
          expect(read.flatMap(eights).filter((piece) => isTelling(piece) && isPiece(piece))).toEqual([]);
        },
      ),
      { numRuns: 10_000 },
    );
  });

  const eights = (text: string): string[] =>
    Array.from({ length: Math.max(0, text.length - 7) }, (_, at) => text.slice(at, at + 8));
  // JSON's own quotes and what base64 makes of the text around are not the secret's
  const isTelling = (piece: string) => !piece.includes('"');
});

test("the reason of an abort is the caller's, and stays as it is", () => {
  const reason = new Error("gave up on secret-0123456789");
  const error = new AbortedError("reading with secret-0123456789 was aborted", { cause: reason });
  redactError(error, redactor(["secret-0123456789"]));
  expect(error.message).toBe("reading with [secret] was aborted");
  expect(reason.message).toBe("gave up on secret-0123456789");
});
