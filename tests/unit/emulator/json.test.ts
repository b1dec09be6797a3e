import { fc } from "../../support/properties.js";
import { toJson } from "../../../emulator/json.js";

test("without bigints it is JSON.stringify", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(toJson(value as never)).toBe(JSON.stringify(value));
    }),
  );
});

test("a bigint is written digit for digit at any depth, and absent members are left out", () => {
  const value = { a: [1n, { b: 9223372036854775807n, c: undefined }], 'q"': "\u2028\n", d: null, e: undefined };
  expect(toJson(value)).toBe('{"a":[1,{"b":9223372036854775807}],"q\\"":"\u2028\\n","d":null}');
  expect(toJson([{ x: 1 }, { x: -2n }, "y", true])).toBe('[{"x":1},{"x":-2},"y",true]');
});
