import { readFile } from "node:fs/promises";
import { parseDocument, visit, isSeq, isPair, isScalar } from "yaml";
import { z } from "zod";
import { ruleEntry } from "../provider/policy/index.js";
import { repeatedName, repeatedPath } from "../provider/repeated.js";
import { printable } from "../provider/text.js";
import { isRecord } from "../provider/values.js";
import { unwrap } from "../provider/zod.js";
import { UsageError } from "./usage.js";

/** A file's text; `-` is standard input. */
export async function readText(path: string, what: string): Promise<string> {
  try {
    if (path !== "-") return await readFile(path, "utf8");
    const pieces: Buffer[] = [];
    for await (const piece of process.stdin) pieces.push(piece as Buffer);
    return Buffer.concat(pieces).toString("utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `can't be read (${code ?? printable(message)})`;
    throw new Error(`${what} ${repeatedPath(path)}: ${reason}`, { cause: error });
  }
}

/** hss.yaml: settings by name. Without `path` the one in the working directory, if it is there. */
export async function readSettingsFile(path: string | undefined): Promise<Record<string, unknown>> {
  if (path === undefined) {
    const text = await readFile(defaultSettingsFile, "utf8").catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    });
    return text === undefined ? {} : mapping(text, defaultSettingsFile, asText);
  }
  return mapping(await readText(path, "--config"), path, asText);
}

export const defaultSettingsFile = "hss.yaml";

/** A rule's `select` and `exclude` as a YAML or JSON file has them. The caller judges the entries. */
export async function readRule(path: string): Promise<{ select?: unknown; exclude?: unknown }> {
  const rule = mapping(await readText(path, "--rule"), path, asWritten);
  const unknown = Object.keys(rule).filter((name) => name !== "select" && name !== "exclude");
  if (unknown.length === 0) return rule;
  const names = unknown.map((name) => repeatedName(name, ["select", "exclude"])).join(", ");
  throw new Error(`${printable(path, 512)}: a rule has the keys select and exclude, and not ${names}`);
}

type Document = ReturnType<typeof parseDocument>;

/** YAML 1.2, of which JSON is a part. */
function mapping(text: string, path: string, prepare: (document: Document) => void) {
  const document = parseDocument(text, { prettyErrors: true, stringKeys: true });
  const [problem] = document.errors;
  const name = printable(path, 512);
  if (problem) throw new Error(`${name}: ${placeOf(problem)}${kindOf(problem.code)}`);
  prepare(document);
  const value = valueOf(document, name);
  if (value === null || value === undefined) return {};
  if (!isRecord(value)) throw new Error(`${name}: takes names and values, like "name: value"`);
  return value;
}

const placeOf = ({ linePos: [start] = [] }: { linePos?: readonly { readonly line: number }[] }): string =>
  start === undefined ? "" : `line ${start.line}: `;

/** The library's own words repeat the text, which may be a password that YAML takes for something else. */
const kindOf = (code: string): string =>
  `is not YAML (${code.toLowerCase().replaceAll("_", " ")}); a value that begins with one of ! & * | > % @ \` [ { is put in quotes`;

function valueOf(document: Document, name: string): unknown {
  try {
    return document.toJS();
  } catch {
    throw new Error(`${name}: ${kindOf("BAD_ALIAS")}`);
  }
}

const numbers = new Set(
  Object.entries(ruleEntry.shape)
    .filter(([, field]) => unwrap(field as z.ZodType) instanceof z.ZodNumber)
    .map(([name]) => name),
);

/** A hash or an id of digits alone, or one like 12e45, is a number in YAML; it is the text that was written. */
function keepText(document: Document, isNumber: (name: string) => boolean): void {
  visit(document, {
    Scalar(_key, node, path) {
      const parent = path.at(-1);
      const name = isPair(parent) && isScalar(parent.key) ? String(parent.key.value) : undefined;
      const isText = isSeq(parent) || (name !== undefined && !isNumber(name));
      if (isText && (typeof node.value === "number" || typeof node.value === "bigint") && node.source !== undefined) {
        node.value = node.source;
      }
    },
  });
}

const asWritten = (document: Document): void => keepText(document, (name) => numbers.has(name));

// settings are read from the text of a number too, as the environment has nothing else
const asText = (document: Document): void => keepText(document, () => false);

/** The JSON of a flag, or of the file that `@` names. */
export async function readJson(flag: string, given: string): Promise<unknown> {
  const text = given.startsWith("@") ? await readText(given.slice(1), `--${flag}`) : given;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--${flag} takes JSON, or @FILE with JSON in it`);
  }
}
