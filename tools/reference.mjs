// Writes docs/reference.md (--print: to stdout) from provider/schema.json, which is derived from the zod definitions. A test
// fails when it is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const schema = JSON.parse(readFileSync(join(root, "provider/schema.json"), "utf8"));

const typeName = (spec) => {
  if (spec.$ref) return `[${spec.$ref.split(":").at(-1)}](#${spec.$ref.split(":").at(-1).toLowerCase()})`;
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

const lines = [
  "# Reference",
  "",
  "Made by `npm run schema` from the definitions in `provider/functions` and `provider/settings`; do not edit.",
  "",
  "Every function is there twice in the in-program SDK (`getX(args, options)` returns a Promise, `getXOutput(args, options)` takes Inputs and returns an Output) and once in the plugin (`hss:index:getX`).",
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
    description,
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
lines.push("", "## Types");
for (const [token, type] of Object.entries(schema.types)) {
  lines.push("", `### ${token.split(":").at(-1)}`, "", type.description ?? "", "", ...table(type));
}
const page = `${lines.join("\n")}\n`;
if (process.argv.includes("--print")) process.stdout.write(page);
else writeFileSync(join(root, "docs/reference.md"), page);
