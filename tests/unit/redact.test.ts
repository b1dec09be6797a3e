import { fc } from "../support/properties.js";
import { inspect } from "node:util";
import { AbortedError, ConfigurationError } from "../../provider/errors.js";
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

describe("whatever encodes it on its way", () => {
  const awkward = [
    "aB3&dE5<gH7>jK9\"mN2'pQ",
    "k9/Xw2/Pq7/Zt4/Lm1/Vc8/",
    "\u043f\u0430\u0440\u043e\u043b\u044c-\u041a\u043b\u044e\u0447-99",
    "Tr0ub4&Do3/x!9%Q2 z@7:w",
    'xY7"kL2"mN8"pQ4"rS6"',
    "xY7\\kL2\\mN8\\pQ4\\rS6",
    "xY7&kL2&mN8&pQ4&rS6",
    "aGVsbG8gd29ybGQhIQ+/4142434445",
  ];
  // what looks like an escape is the secret's own
  const misleading = "a%41b\\u0026c&amp;d%2541e\\nf";
  const json = (text: string) => JSON.stringify(text).slice(1, -1);
  const unit = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const named: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "/": "sol" };
  const html = (text: string) => text.replace(/[&<>"/]/g, (char) => `&${named[char] ?? ""};`).replaceAll("'", "&#39;");
  const encodings: Readonly<Record<string, (text: string) => string>> = {
    "JSON of Go": (text) => json(text).replace(/[<>&]/g, unit),
    "JSON of PHP": (text) =>
      json(text)
        .replaceAll("/", "\\/")
        .replace(/[^\x00-\x7f]/g, unit),
    "JSON in ASCII": (text) => json(text).replace(/[^\x00-\x7f]/g, unit),
    "JSON in JSON": (text) => json(json(text)),
    "every character in JSON": (text) => Array.from({ length: text.length }, (_, at) => unit(text.charAt(at))).join(""),
    "HTML by name": html,
    "HTML by number": (text) => [...text].map((char) => `&#${char.codePointAt(0) ?? 0};`).join(""),
    "HTML by hexadecimal number": (text) =>
      [...text].map((char) => `&#x${(char.codePointAt(0) ?? 0).toString(16)};`).join(""),
    "HTML in JSON": (text) => json(html(text)),
    "a URL, twice": (text) => encodeURIComponent(encodeURIComponent(text)),
    "every byte of a URL": (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join(""),
    hexadecimal: (text) => Buffer.from(text).toString("hex"),
    "hexadecimal, cut": (text) => `6${Buffer.from(text).toString("hex")}`,
    "base64 of a form": (text) => base64(`password=${encodeURIComponent(text)}`),
    "base64 of JSON": (text) => base64(JSON.stringify({ auth: { password: text } })),
    "base64 in base64": (text) => base64(base64(`user:${text}`)),
    "base64 in short lines": (text) => base64(text).replace(/.{4}/g, "$&\n"),
    "base64 in a URL": (text) => encodeURIComponent(base64(text)),
    "short lines": (text) => text.replace(/.{5}/g, "$&\r\n  "),
    "invisible characters": (text) => [...text].join("\u00ad"),
    "bytes for characters": (text) => Buffer.from(text).toString("latin1"),
    "quoted for a shell": (text) => text.replaceAll("'", "'\\''"),
    "lower case": (text) => text.toLowerCase(),
    "upper case": (text) => text.toUpperCase(),
  };
  const shown: Readonly<Record<string, (text: string) => string>> = {
    plain: (text) => text,
    printable: (text) => printable(text, 1e6),
  };

  for (const [name, encode] of Object.entries(encodings)) {
    test(name, () => {
      for (const it of [...awkward, misleading]) {
        for (const show of Object.values(shown)) {
          const redacted = redactor([it])(show(`said: "${encode(it)}", no more`));
          expect(redacted).toMatch(/^said: ".*\[secret\].*", no more$/s);
          // beside it is what a base64 text holds before and after the secret, and what is between its characters
          expect(redacted.replaceAll("[secret]", "").length).toBeLessThan(/^base64|invisible/.test(name) ? 80 : 40);
          expect(redactor([it])(redacted)).toBe(redacted);
        }
      }
    });
  }

  test("no eight characters can be read in any cut", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...awkward),
        fc.constantFrom(...Object.values(encodings)),
        fc.constantFrom(...Object.values(shown)),
        fc.nat(),
        fc.nat(),
        (it, encode, show, from, length) => {
          const whole = show(encode(it));
          const cut = whole.slice(from % whole.length).slice(0, 1 + (length % whole.length));
          const redact = redactor([it]);
          const once = redact(cut);
          expect(redact(once)).toBe(once);
          for (let at = 0; at + 8 <= it.length; at++) {
            const piece = show(encode(it.slice(at, at + 8)));
            // in base64 and in lines a piece of its own is another text than the same piece within the whole
            expect(once.includes(piece) && piece.length >= 8).toBe(false);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

test.each([
  ["a long text without a secret", "The service refused the request of the project and said so again. ", 16_000],
  ["one run of base64", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo", 30_000],
  ["one run of percent codes", "%25", 300_000],
  ["line breaks", "a\n", 500_000],
  ["backslashes", "\\", 1_000_000],
  ["entities that never end", "&amp", 250_000],
])("%s takes a moment", (_, text, times) => {
  const redact = redactor(["a-secret-of-some-length", 'p@ss w/\u00f6+"\\rd~1', "x".repeat(900)]);
  const begin = performance.now();
  redact(text.repeat(times));
  expect(performance.now() - begin).toBeLessThan(5000);
});

test("a text that says nothing of a secret stays as it is, whatever it is encoded in", () => {
  const redact = redactor(["a-secret-of-some-length", "t1", "abc", 'p@ss w/\u00f6+"\\rd~1']);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("&amp;", "\\u0041", "%41", "QUJDREVGR0hJSks", "\n", "text", "\\", " "), {
        maxLength: 40,
      }),
      (parts) => {
        expect(redact(parts.join(""))).toBe(parts.join(""));
      },
    ),
  );
});

test("the reason of an abort is the caller's, and stays as it is", () => {
  const reason = new Error("gave up on secret-0123456789");
  const error = new AbortedError("reading with secret-0123456789 was aborted", { cause: reason });
  redactError(error, redactor(["secret-0123456789"]));
  expect(error.message).toBe("reading with [secret] was aborted");
  expect(reason.message).toBe("gave up on secret-0123456789");
});

describe("an error", () => {
  const it = "secret-0123456789";
  const redact = redactor([it]);
  const shown = (error: unknown) => inspect(error, { depth: 40, showHidden: true });

  test.each([
    ["problems", () => new ConfigurationError([{ property: it, reason: `has ${it}` }])],
    ["an AggregateError", () => new AggregateError([new Error(it), it], "several")],
    ["lists and objects", () => Object.assign(new Error("x"), { details: { [it]: [{ deep: it }] } })],
    ["a cause that is an object", () => new Error("x", { cause: { body: it } })],
    ["frozen problems", () => new ConfigurationError(Object.freeze([Object.freeze({ property: "a", reason: it })]))],
    ["a cause that is frozen", () => new Error("x", { cause: Object.freeze(new Error(it)) })],
    [
      "causes without end",
      () => Array.from({ length: 30 }).reduce<Error>((cause) => new Error(it, { cause }), new Error(it)),
    ],
    [
      "objects without end",
      () => Object.assign(new Error("x"), { o: Array.from({ length: 30 }).reduce<object>((o) => ({ o }), { it }) }),
    ],
  ])("%s", (_, make) => {
    const error = make();
    expect(shown(error)).toContain(it);
    expect(redactError(error, redact)).toBe(error);
    expect(shown(error)).not.toContain(it);
  });

  test("one that is its own cause", () => {
    const error = new Error(it);
    error.cause = error;
    redactError(error, redact);
    expect(error.message).toBe("[secret]");
  });

  test("what holds no secret stays the same", () => {
    const details = { list: [1, "text"], at: new Date(0) };
    const error = Object.assign(new Error("x"), { details });
    redactError(error, redact);
    expect(error.details).toBe(details);
  });
});
