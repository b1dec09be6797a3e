import * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import { fc } from "../../support/properties.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { containsUnknown, unknownValue } from "../../../provider/marks.js";
import { encodeInvokeResponse, unwrapSecrets, wrapSecret } from "../../../provider/plugin/struct.js";

const decode = (bytes: Buffer) => messages.InvokeResponse.deserializeBinary(bytes);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "grapheme" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("any"), { maxLength: 6 }),
  object: fc.dictionary(
    fc.string({ maxLength: 8 }).filter((key) => key !== "__proto__"),
    tie("any"),
    { maxKeys: 6 },
  ),
}));

test("the bytes are what google-protobuf reads", () => {
  fc.assert(
    fc.property(value.object, (given) => {
      const values = given as Record<string, unknown>;
      const read = (decode(encodeInvokeResponse({ values })).getReturn() as Struct).toJavaScript();
      expect(read).toEqual(JSON.parse(JSON.stringify(values)));
    }),
    { numRuns: 300 },
  );
});

test("long values and many of them", () => {
  const values = {
    long: "é".repeat(300_000),
    list: Array.from({ length: 20_000 }, (_, i) => ({ id: `event-${i}`, n: i })),
    absent: undefined,
  };
  const { absent: _, ...rest } = values;
  expect((decode(encodeInvokeResponse({ values })).getReturn() as Struct).toJavaScript()).toEqual(rest);
});

test("failures, in their order", () => {
  const response = decode(
    encodeInvokeResponse({
      failures: [
        { property: "limit", reason: "takes 10 to 200" },
        { property: "", reason: "ä" },
      ],
    }),
  );
  expect(response.getReturn()).toBeUndefined();
  expect(response.getFailuresList().map((failure) => [failure.getProperty(), failure.getReason()])).toEqual([
    ["limit", "takes 10 to 200"],
    ["", "ä"],
  ]);
});

test("an empty result is a result", () => {
  expect((decode(encodeInvokeResponse({ values: {} })).getReturn() as Struct).toJavaScript()).toEqual({});
});

test("secrets at any depth are laid open, and told", () => {
  expect(unwrapSecrets({ a: wrapSecret({ b: [wrapSecret("c")] }), d: 1 })).toEqual({
    value: { a: { b: ["c"] }, d: 1 },
    secret: true,
  });
  expect(unwrapSecrets({ d: [1, { e: null }] })).toEqual({ value: { d: [1, { e: null }] }, secret: false });
});

test("unknowns at any depth are found", () => {
  expect(containsUnknown({ a: [{ b: unknownValue }] })).toBe(true);
  expect(containsUnknown({ a: [{ b: "known" }] })).toBe(false);
});
