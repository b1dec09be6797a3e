import { readFileSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { root, type Block } from "./markdown.js";

interface Spec {
  readonly $ref?: string;
  readonly type?: string;
  readonly items?: Spec;
  readonly oneOf?: readonly Spec[];
}
type Properties = Readonly<Record<string, Spec>>;
interface Schema {
  readonly config: { readonly variables: Properties };
  readonly provider: { readonly inputProperties: Properties };
  readonly types: Readonly<Record<string, { readonly properties?: Properties; readonly enum?: { value: string }[] }>>;
  readonly functions: Readonly<Record<string, { readonly inputs: { readonly properties: Properties } }>>;
  readonly resources: Readonly<Record<string, { readonly inputProperties: Properties }>>;
}
const schema = JSON.parse(readFileSync(path.join(root, "provider/schema.json"), "utf8")) as Schema;

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** What is wrong with a block of YAML: it does not parse, or names what the schema does not have. */
export function yamlProblems({ at, text }: Block): string[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [`${at}: is empty`];
  return [...documents].flatMap((document) => {
    const problems = document.errors.length > 0 ? document.errors.map(({ message }) => message) : undefined;
    return (problems ?? problemsOf(document.toJS())).map((problem) => `${at}: ${problem}`);
  });
}

function problemsOf(document: unknown): string[] {
  if (!isTree(document)) return ["is not a mapping"];
  const keys = Object.keys(document);
  if (keys.includes("jobs")) return [];
  if (keys.some((key) => ["variables", "resources", "outputs", "runtime", "config"].includes(key)))
    return programProblems(document);
  if (keys.every((key) => ["select", "exclude"].includes(key)))
    return argumentProblems("rule", document, policyArguments);
  return argumentProblems("hss.yaml", document, schema.config.variables);
}

const policyArguments = schema.functions["hss:index:getWhitelistPolicyDocument"]?.inputs.properties ?? {};

/** `hss:X` as a program writes it is `hss:index:X`. */
const tokenOf = (short: string): string => short.replace(/^hss:(?!index:)/, "hss:index:");

/** Of a Pulumi program, or a stack's settings. */
function programProblems(document: Tree): string[] {
  const { config, resources } = document;
  const settings = Object.keys(isTree(config) ? config : {}).filter((key) => key.startsWith("hss:"));
  const declared = Object.entries(isTree(resources) ? resources : {});
  return [
    ...settings
      .filter((key) => !(key.slice("hss:".length) in schema.config.variables))
      .map((key) => `config: ${key} is not a setting`),
    ...declared.flatMap(([name, resource]) => (isTree(resource) ? resourceProblems(name, resource) : [name])),
    ...invokes(document).flatMap(callProblems),
    ...danglingReferences(document),
  ];
}

function resourceProblems(name: string, { type, properties }: Tree): string[] {
  const given = isTree(properties) ? properties : {};
  if (type === "pulumi:providers:hss") return argumentProblems(name, given, schema.provider.inputProperties);
  const known = typeof type === "string" ? schema.resources[tokenOf(type)] : undefined;
  if (!known) return [`${name}: ${String(type)} is not a resource of this package`];
  return argumentProblems(name, given, known.inputProperties);
}

function invokes(value: unknown): Tree[] {
  if (Array.isArray(value)) return value.flatMap(invokes);
  if (!isTree(value)) return [];
  const own = value["fn::invoke"];
  return [...(isTree(own) ? [own] : []), ...Object.values(value).flatMap(invokes)];
}

function callProblems({ function: called, arguments: given }: Tree): string[] {
  const known = typeof called === "string" ? schema.functions[tokenOf(called)] : undefined;
  if (!known) return [`${String(called)} is not a function of this package`];
  return argumentProblems(String(called), isTree(given) ? given : {}, known.inputs.properties);
}

const isReference = (value: unknown): boolean => typeof value === "string" && value.startsWith("${");

function argumentProblems(where: string, given: Tree, known: Properties): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const spec = known[name];
    return spec ? valueProblems(`${where}.${name}`, value, spec) : [`${where}: ${name} is not known`];
  });
}

function valueProblems(where: string, value: unknown, spec: Spec): string[] {
  if (isReference(value) || (isTree(value) && Object.keys(value).some((key) => key.startsWith("fn::")))) return [];
  // a page uses words that are known, where others would be taken too
  const words = spec.oneOf?.find(({ $ref }) => schema.types[$ref?.replace("#/types/", "") ?? ""]?.enum);
  if (words) return valueProblems(where, value, words);
  if (spec.oneOf) {
    const tries = spec.oneOf.map((option) => valueProblems(where, value, option));
    return tries.find((problems) => problems.length === 0) ?? tries.flat();
  }
  if (spec.$ref) {
    const type = schema.types[spec.$ref.replace("#/types/", "")];
    if (type?.enum) {
      const words = type.enum.map((word) => word.value);
      return words.includes(String(value)) ? [] : [`${where}: expected one of ${words.join(", ")}`];
    }
    return isTree(value) ? argumentProblems(where, value, type?.properties ?? {}) : [`${where}: takes an object`];
  }
  if (spec.type === "array") {
    return Array.isArray(value)
      ? value.flatMap((item, index) => valueProblems(`${where}[${index}]`, item, spec.items ?? {}))
      : [`${where}: takes a list`];
  }
  const types: Readonly<Record<string, string>> = { integer: "number", number: "number", boolean: "boolean" };
  const expected = types[spec.type ?? ""] ?? "string";
  return typeof value === expected ? [] : [`${where}: takes a ${expected}`];
}

/** `${name}` of something that the program does not declare; in a part of a program that is none. */
function danglingReferences(document: Tree): string[] {
  if (!("runtime" in document)) return [];
  const declared = [document["variables"], document["resources"], document["config"]].flatMap((part) =>
    Object.keys(isTree(part) ? part : {}),
  );
  const used = [...JSON.stringify(document).matchAll(/\$\{([\w-]+)/g)].map(([, name]) => name ?? "");
  return [...new Set(used)]
    .filter((name) => name !== "pulumi" && !declared.includes(name))
    .map((name) => `\${${name}} is not declared`);
}
