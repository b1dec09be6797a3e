import fc from "fast-check";
import { parseExact } from "../../../provider/hss/json.js";

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
