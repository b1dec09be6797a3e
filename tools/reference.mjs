// Writes docs/reference.md (--print: to stdout) from provider/schema.json, which is derived from the zod definitions, and the
// error classes of provider/errors.ts. A test fails when it is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = process.argv.slice(2).find((word) => !word.startsWith("--")) ?? join(root, "provider/schema.json");
const schema = JSON.parse(readFileSync(source, "utf8"));

const typeName = (spec) => {
  if (spec.$ref) return `[${spec.$ref.split(":").at(-1)}](#${spec.$ref.split(":").at(-1).toLowerCase()})`;
  // of words that people may pick from: the words
  const words = spec.oneOf?.find((option) => "enum" in (schema.types[option.$ref?.replace("#/types/", "")] ?? {}));
  if (words) return typeName(words);
  if (spec.oneOf) return spec.oneOf.map(typeName).join(" or ");
  if (spec.type === "array") return `list of ${typeName(spec.items)}`;
  return spec.type;
};

const table = ({ properties, required = [] }) => [
  "| name | type | |",
  "| --- | --- | --- |",
  ...Object.entries(properties).map(([name, spec]) => {
    const marks = [required.includes(name) ? "" : "optional", spec.secret ? "secret" : ""].filter(Boolean).join(", ");
    return `| \`${name}\` | ${typeName(spec)}${marks ? ` (${marks})` : ""} | ${(spec.description ?? "").replaceAll("|", "\\|")} |`;
  }),
];

/** Sections of the description below the section it stands in. */
const documented = (description) => [description.replace(/^## /gm, "### ")];

/** Code, class and docstring of each error. */
const errors = readFileSync(join(root, "provider/errors.ts"), "utf8").matchAll(
  /\/\*\* ([^\n]+) \*\/\nexport class (\w+) extends HssError[^{]*\{\n\s+readonly code = "(\w+)";/g,
);

const lines = [
  "# Reference",
  "",
  "Made by `npm run schema` from the definitions in `provider/functions`, `provider/resources`, `provider/settings` and `provider/errors.ts`; do not edit.",
  "",
  "Every function is there twice in the in-program SDK (`getX(args, options)` returns a Promise, `getXOutput(args, options)` takes Inputs and returns an Output) and once in the plugin (`hss:index:getX`). Every resource is there in both (`new hss.X(name, args, options)`, `hss:index:X`).",
  "",
  "## Configuration",
  "",
  "Stack configuration `hss:<key>`, arguments of a `Provider`, or `options.config`; then the environment; then profile files.",
  "",
  ...table({ properties: schema.config.variables }),
];
for (const [token, { description, inputs, outputs }] of Object.entries(schema.functions)) {
  lines.push(
    "",
    `## ${token.split(":").at(-1)}`,
    "",
    ...documented(description),
    "",
    "### Arguments",
    "",
    ...table(inputs),
    "",
    "### Result",
    "",
    ...table(outputs),
  );
}
for (const [token, { description, inputProperties, requiredInputs, properties }] of Object.entries(schema.resources)) {
  const outputs = Object.entries(properties).filter(([name]) => !(name in inputProperties));
  lines.push(
    "",
    `## ${token.split(":").at(-1)}`,
    "",
    ...documented(description),
    "",
    "### Inputs",
    "",
    ...table({ properties: inputProperties, required: requiredInputs }),
    "",
    "### Outputs",
    "",
    "All inputs, and:",
    "",
    ...table({ properties: Object.fromEntries(outputs), required: outputs.map(([name]) => name) }),
  );
}
lines.push(
  "",
  "## Errors",
  "",
  "What a `catch` sees in TypeScript: `HssError.is(error)`, then `error.code`. Causes, cures and examples: [errors.md](errors.md).",
  "",
  "| code | class | |",
  "| --- | --- | --- |",
  ...[...errors].map(([, text, name, code]) => `| \`${code}\` | \`${name}\` | ${text} |`),
  "",
  "## Types",
);
for (const [token, type] of Object.entries(schema.types)) {
  if (type.enum) {
    lines.push("", `### ${token.split(":").at(-1)}`, "", `${type.enum.map(({ value }) => `\`${value}\``).join(", ")}.`);
    continue;
  }
  lines.push("", `### ${token.split(":").at(-1)}`, "", type.description ?? "", "", ...table(type));
}
const page = `${lines.join("\n")}\n`;
if (process.argv.includes("--print")) process.stdout.write(page);
else writeFileSync(join(root, "docs/reference.md"), page);
