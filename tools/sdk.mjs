// Writes sdk/api.ts (--print: to stdout), the typed face of the in-program SDK, from provider/schema.json or the schema named.
// A test fails when it is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const print = process.argv.includes("--print");
const source = process.argv.slice(2).find((word) => !word.startsWith("--")) ?? join(root, "provider/schema.json");
const schema = JSON.parse(readFileSync(source, "utf8"));

const shortName = (token) => token.split(":").at(-1);
const capital = (name) => name.charAt(0).toUpperCase() + name.slice(1);
const referred = (spec) => spec.$ref && spec.$ref.replace("#/types/", "");
const isEnum = (token) => "enum" in schema.types[token];

/** A value as it is, or as a program gives it: each part may be an Input. */
function typeOf(spec, input = false) {
  const token = referred(spec);
  if (token !== undefined) return input && !isEnum(token) ? `${shortName(token)}Args` : shortName(token);
  if (spec.oneOf) {
    const words = spec.oneOf.map(referred).find((token) => token !== undefined && isEnum(token));
    return words !== undefined ? shortName(words) : spec.oneOf.map((option) => typeOf(option, input)).join(" | ");
  }
  const within = (inner) => (input ? `pulumi.Input<${typeOf(inner, true)}>` : typeOf(inner));
  if (spec.type === "array") {
    const item = within(spec.items);
    return /[ |]/.test(item) && !input ? `(${item})[]` : `${item}[]`;
  }
  if (spec.type === "object") return `Record<string, ${within(spec.additionalProperties ?? { type: "string" })}>`;
  return spec.type === "integer" ? "number" : spec.type;
}

const comment = (text, indent = "") => {
  const lines = (text ?? "").replaceAll("*/", "*\\/").split("\n");
  if (lines.length === 1) return lines[0] === "" ? [] : [`${indent}/** ${lines[0]} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`];
};

function interfaceOf(name, { description, properties = {}, required = [] }, { input = false, given = false } = {}) {
  const fields = Object.entries(properties).flatMap(([field, spec]) => {
    const type = input ? `pulumi.Input<${typeOf(spec, true)}>` : typeOf(spec);
    const optional = !required.includes(field);
    return [
      ...comment(spec.description, "  "),
      `  ${field}${optional ? "?" : ""}: ${type}${optional && given ? " | undefined" : ""};`,
    ];
  });
  const body =
    fields.length === 0
      ? [`export type ${name} = Record<string, never>;`]
      : [`export interface ${name} {`, ...fields, "}"];
  return [...comment(description), ...body, ""];
}

const lines = [
  "// Made by `npm run schema` from the definitions in `provider/functions`, `provider/resources` and `provider/settings`; do not edit.",
  'import type * as pulumi from "@pulumi/pulumi";',
  'import { invoke, invokeOutput, type CallOptions, type OutputCallOptions } from "./functions.js";',
  'import { DefinedResource, type ResourceOptions } from "./resources.js";',
  "",
  ...interfaceOf(
    "Config",
    {
      description: "The `hss:` settings, as the stack's configuration or a `Provider` holds them.",
      properties: schema.config.variables,
    },
    { given: true },
  ),
];

const needs = ({ required = [] }) => (required.length > 0 ? "" : " = {}");

const inputTypes = new Set();
const collect = (spec) => {
  const token = referred(spec);
  if (token !== undefined && !isEnum(token) && !inputTypes.has(token)) {
    inputTypes.add(token);
    Object.values(schema.types[token].properties).forEach(collect);
  }
  for (const inner of [...(spec.oneOf ?? []), spec.items, spec.additionalProperties]) if (inner) collect(inner);
};
for (const { inputs } of Object.values(schema.functions)) Object.values(inputs.properties).forEach(collect);
for (const { inputProperties } of Object.values(schema.resources)) Object.values(inputProperties).forEach(collect);

for (const [token, type] of Object.entries(schema.types)) {
  const name = shortName(token);
  if ("enum" in type)
    lines.push(`export type ${name} = ${type.enum.map(({ value }) => JSON.stringify(value)).join(" | ")};`, "");
  else {
    lines.push(...interfaceOf(name, type, { given: inputTypes.has(token) }));
    if (inputTypes.has(token)) lines.push(...interfaceOf(`${name}Args`, type, { input: true, given: true }));
  }
}

for (const [token, { description, inputs, outputs }] of Object.entries(schema.functions)) {
  const name = shortName(token);
  const type = capital(name);
  lines.push(
    ...interfaceOf(`${type}Args`, { ...inputs, description: `Arguments of \`${name}\`.` }, { given: true }),
    ...interfaceOf(
      `${type}OutputArgs`,
      { ...inputs, description: `Arguments of \`${name}Output\`.` },
      { input: true, given: true },
    ),
    ...interfaceOf(`${type}Result`, { ...outputs, description: `Result of \`${name}\`.` }),
    ...comment(description),
    `export function ${name}(args: ${type}Args${needs(inputs)}, options: CallOptions = {}): Promise<${type}Result> {`,
    `  return invoke("${name}", args, options);`,
    "}",
    "",
    ...comment(`\`${name}\` with Inputs, as an Output: unknown while an argument is, a secret where one is.`),
    `export function ${name}Output(`,
    `  args: pulumi.Input<${type}OutputArgs>${needs(inputs)},`,
    "  options: OutputCallOptions = {},",
    `): pulumi.Output<${type}Result> {`,
    `  return invokeOutput("${name}", args, options);`,
    "}",
    "",
  );
}

for (const [token, { description, inputProperties, requiredInputs, properties }] of Object.entries(schema.resources)) {
  const name = shortName(token);
  const inputs = { description: `Arguments of \`${name}\`.`, properties: inputProperties, required: requiredInputs };
  lines.push(
    ...interfaceOf(`${name}Args`, inputs, { input: true, given: true }),
    ...comment(description),
    `export class ${name} extends DefinedResource {`,
    ...Object.entries(properties).flatMap(([field, spec]) => [
      ...comment(spec.description, "  "),
      `  declare readonly ${field}: pulumi.Output<${typeOf(spec)}>;`,
    ]),
    "",
    `  constructor(name: string, args: ${name}Args${needs(inputs)}, options?: ResourceOptions) {`,
    `    super("${name}", name, args, options);`,
    "  }",
    "}",
    "",
  );
}

const { format } = await import("prettier");
const text = await format(lines.join("\n"), { parser: "typescript", printWidth: 120 });
if (print) process.stdout.write(text);
else writeFileSync(join(root, "sdk/api.ts"), text);
