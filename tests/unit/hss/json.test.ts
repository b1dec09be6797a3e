import { fc } from "../../support/properties.js";
import { parseExact, parsePage } from "../../../provider/hss/json.js";

/** A value, its text, and what it has to arrive as. */
interface Written {
  readonly text: string;
  readonly value: unknown;
}

const space = fc.constantFrom("", "", "", " ", "\n", "\r\n\t");
const integer = fc
  .oneof(
    fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
    fc.bigInt({ min: -99n, max: 99n }),
  )
  .map((number): Written => {
    const exact = BigInt(Number(number)) === number && Number.isSafeInteger(Number(number));
    return { text: String(number), value: exact ? Number(number) : String(number) };
  });
const fraction = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.stringMatching(/^\.\d{1,20}$/), fc.constantFrom("", "e7", "E-12"))
  .map(([whole, decimals, exponent]): Written => {
    const text = `${whole}${decimals}${exponent}`;
    return { text, value: Number(text) };
  });
// texts that look like numbers, that end in backslashes, that hold quotes
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', "\\", ":", ", ", "[", "é", "\u2028", "1e400", "-", "12345678901234567890"),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 8 },
  )
  .map((parts): Written => ({ text: JSON.stringify(parts.join("")), value: parts.join("") }));

const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { depthSize: "small" },
    integer,
    fraction,
    text,
    fc.array(fc.tuple(space, tie("written"), space), { maxLength: 4 }).map((items): Written => ({
      text: `[${items.map(([before, item, after]) => before + item.text + after).join(",")}]`,
      value: items.map(([, item]) => item.value),
    })),
    fc
      .uniqueArray(fc.tuple(text, space, tie("written"), space), {
        maxLength: 4,
        selector: ([name]) => name.value,
      })
      .map((fields): Written => ({
        text: `{${fields.map(([name, before, item, after]) => `${name.text}:${before}${item.text}${after}`).join(",")}}`,
        value: Object.fromEntries(fields.map(([name, , item]) => [name.value, item.value])),
      })),
  ),
}));

test("every integer is exact, and everything else is as it was written", () => {
  fc.assert(
    fc.property(written, ({ text, value }) => {
      expect(parseExact(`[${text}]`)).toEqual([value]);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["a long run in the middle of a text", '["a:12345678901234567"]', ["a:12345678901234567"]],
  [
    "after an escaped quote",
    String.raw`["\":12345678901234567",12345678901234567]`,
    ['":12345678901234567', "12345678901234567"],
  ],
  [
    "sixteen digits at each distance from a place that is looked at",
    "[1,1000000000000000,9999999999999999]",
    [1, 1000000000000000, "9999999999999999"],
  ],
])("%s", (_, source, value) => {
  for (let shift = 0; shift < 16; shift++) expect(parseExact(" ".repeat(shift) + source)).toEqual(value);
});

describe("a page in parts is the page as a whole", () => {
  const row = (n: number) =>
    `{"event_id":"${n}","text":"},{\\"event_id\\":[${n}] é","list":[{"a":1},{"a":9007199254740993}],"n":-9007199254740993}`;
  const rows = Array.from({ length: 3000 }, (_, n) => row(n));
  const pages: [string, string][] = [
    ["as it is written", `{"total_num":1,"data_list":[${rows.join(",")}]}`],
    ["with white space", `{ "total_num" : 1,\n "data_list" : [\n ${rows.join(" ,\n")} ] }\n`],
    ["with fields behind", `{"data_list":[${rows.join(",")}],"total_num":9007199254740993}`],
    ["with a list behind", `{"data_list":[${rows.join(",")}],"x":[1],"total_num":1}`],
    ["with a bracket behind", `{"data_list":[${rows.join(",")}],"x":"]","total_num":1}`],
    ["with the list twice", `{"data_list":[${rows.join(",")}],"data_list":[{"event_id":"z"}]}`],
    ["with the list twice, then null", `{"data_list":[${rows.join(",")}],"data_list":null}`],
    ["with the list twice, then empty", `{"data_list":[${rows.join(",")}],"data_list":[]}`],
    ["with the list in another", `{"x":{"data_list":[${rows.join(",")}]},"total_num":1}`],
    ["with another name that ends so", `{"a\\"data_list":[${rows.join(",")}],"total_num":1}`],
    ["where a row begins in a row", `{"data_list":[${rows.map((each) => `{"event_id":[${each}]}`).join(",")}]}`],
    [
      "where rows are of one kind in Chinese",
      `{"data_list":[${rows.map((each) => each.replace("é", "事")).join(",")}]}`,
    ],
    ["with __proto__", `{"__proto__":1,"data_list":[${rows.join(",")}]}`],
  ];
  const outcome = (parse: () => unknown) => {
    try {
      return parse();
    } catch (error) {
      return String(error);
    }
  };
  const same = (page: string) => {
    const whole = outcome(() => parseExact(page));
    expect(outcome(() => parsePage({ bytes: Buffer.from(page), body: page }))).toEqual(whole);
    return whole;
  };

  test.each(pages)("%s", (_, page) => {
    same(page);
  });

  test("the body is not needed for it", () => {
    const [, page] = pages[0]!;
    const bytes = Buffer.from(page);
    const parsed = parsePage({
      bytes,
      get body(): string {
        throw new Error("asked for");
      },
    });
    expect(parsed).toEqual(parseExact(page));
  });

  test("neither a missing nor a further character anywhere near a cut makes another page of it", () => {
    const [, page] = pages[0]!;
    fc.assert(
      fc.property(
        fc.nat(page.length - 1),
        fc.nat(60),
        fc.constantFrom("", ",", "{", "}", "]", "[", '"', "\\", "5", ' "a" ', "},{"),
        (place, back, put) => {
          const at = Math.max(0, page.indexOf('{"event_id"', place) - back);
          same(page.slice(0, at) + put + page.slice(at + 1));
        },
      ),
      { numRuns: 60 },
    );
  });
});

test.each([
  [
    String.raw`["a\ud800b","\udc00","\ud83d\ude00","\ud83d","\\ud800","\uD83D\uDE00\uDE00"]`,
    ["a\ufffdb", "\ufffd", "😀", "\ufffd", "\\ud800", "😀\ufffd"],
  ],
  [String.raw`["\\\ud800","\n\ud800\n","\ud800\ud800\udc00"]`, ["\\\ufffd", "\n\ufffd\n", "\ufffd\ud800\udc00"]],
])("half a surrogate pair becomes a replacement character: %j", (source, value) => {
  expect(parseExact(source)).toEqual(value);
});

test.each([
  ["a name behind a quote that ends a text", '{"a":"x,"b":12345678901234567}'],
  ["a name behind a quote", '["a"b":12345678901234567]'],
  ["a name without a brace", '"b":12345678901234567'],
])("what is no JSON stays none: %s", (_, source) => {
  expect(() => parseExact(source)).toThrow(/not whole JSON/);
});

test.each([
  [
    "a text that begins like the end of a name",
    String.raw`{"a":":12345678901234567","b":"c\":12345678901234567","d\"e":12345678901234567}`,
  ],
])("%s", (_, source) => {
  expect(parseExact(source)).toEqual({
    a: ":12345678901234567",
    b: 'c":12345678901234567',
    'd"e': "12345678901234567",
  });
});

test("an answer of 60 MB of empty lists is refused before it is a thousand times that in memory", () => {
  const before = process.memoryUsage().rss;
  const flood = `{"total_num":1,"data_list":[{"x":[${"[],".repeat(20_000_000)}1]}]}`;
  const start = process.cpuUsage();
  expect(() => parseExact(flood)).toThrow("the answer holds more than 1000000 values");
  expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
});

test("60 MB of text with as many commas is not", () => {
  const long = "a,[{".repeat(15_000_000);
  expect(parseExact(`["${long}"]`)).toEqual([long]);
});
