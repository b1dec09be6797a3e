import { readFileSync } from "node:fs";
import path from "node:path";
import manifest from "../../../package.json";
import { functions } from "../../../provider/functions/index.js";
import { packageSchema } from "../../../provider/plugin/schema.js";

const derived = packageSchema(manifest);
const committed = readFileSync(path.join(__dirname, "../../../provider/schema.json"), "utf8");

test("the committed schema is what the definitions say (npm run schema makes it anew)", () => {
  expect(committed).toBe(`${JSON.stringify(derived, null, 2)}\n`);
});

test("every function is in it, under its token", () => {
  expect(Object.keys(derived.functions)).toEqual(functions.map(({ name }) => `hss:index:${name}`).sort());
});

// the metaschema accepts unknown keys silently; these are the ones that Pulumi reads
const propertyKeys = ["description", "type", "items", "additionalProperties", "$ref", "oneOf", "secret"];

test("every property has a description, a type, and no key that Pulumi would ignore", () => {
  const objects = [
    ...Object.entries(derived.types).flatMap(([token, type]) => ("properties" in type ? [[token, type] as const] : [])),
    ...Object.entries(derived.functions).flatMap(([token, { inputs, outputs }]) => [
      [`${token} inputs`, inputs] as const,
      [`${token} outputs`, outputs] as const,
    ]),
  ];
  for (const [where, { properties }] of objects) {
    for (const [name, property] of Object.entries(properties)) {
      expect([where, name, property.description?.length ?? 0]).not.toEqual([where, name, 0]);
      expect(Object.keys(property).filter((key) => !propertyKeys.includes(key))).toEqual([]);
      expect(property.type ?? property.$ref ?? property.oneOf).toBeDefined();
    }
  }
});

test("every reference leads to a type", () => {
  const references = [...JSON.stringify(derived).matchAll(/"#\/types\/([^"]+)"/g)].map((match) => match[1]);
  expect(references.length).toBeGreaterThan(4);
  for (const token of references) expect(derived.types).toHaveProperty([token ?? ""]);
});

test("secrets are secrets as configuration and as arguments of a provider", () => {
  const { config, provider } = derived as unknown as {
    config: { variables: Record<string, { secret?: boolean }> };
    provider: { inputProperties: Record<string, { secret?: boolean }> };
  };
  for (const settings of [config.variables, provider.inputProperties]) {
    const secret = Object.keys(settings).filter((name) => settings[name]?.secret);
    expect(secret.sort()).toEqual(["accessKey", "password", "secretKey", "securityToken", "token"]);
  }
});

test("64-bit integers are strings", () => {
  const propertiesOf = (name: string) => {
    const type = derived.types[`hss:index:${name}`];
    return type && "properties" in type ? type.properties : undefined;
  };
  const event = propertiesOf("AppWhitelistEvent");
  const process = propertiesOf("AppWhitelistEventProcess");
  for (const property of [
    event?.["occurTime"],
    event?.["handleTime"],
    process?.["processStartTime"],
    process?.["processEuid"],
  ]) {
    expect(property?.type).toBe("string");
  }
});
