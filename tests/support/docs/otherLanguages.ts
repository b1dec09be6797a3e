import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root, type Block } from "./markdown.js";

const isThere = (tool: string, ...args: string[]): boolean => spawnSync(tool, args).status === 0;
export const hasPython = isThere("python3", "--version");
export const hasGofmt = isThere("gofmt", "-h") || spawnSync("gofmt", ["-h"]).error === undefined;

/** Python's own parser, and the names that the generated SDK has. */
export function pythonProblems({ at, text }: Block): string[] {
  const script = "import ast, sys; ast.parse(sys.stdin.read())";
  const { status, stderr } = spawnSync("python3", ["-c", script], { input: text, encoding: "utf8" });
  const unknown = namesIn(text, /\bhss\.(\w+)/g).filter((name) => !pythonNames().has(name));
  return [
    ...(status === 0 ? [] : [stderr.trim().split("\n").at(-1) ?? ""]),
    ...unknown.map((name) => `hss.${name} is not in sdk/python`),
  ].map((problem) => `${at}: ${problem}`);
}

/** gofmt's parser and its layout, and the names that the generated SDK has. */
export function goProblems({ at, text }: Block): string[] {
  const { status, stdout, stderr } = spawnSync("gofmt", ["-e", "-l"], { input: text, encoding: "utf8" });
  const unknown = namesIn(text, /\bhss\.(\w+)/g).filter((name) => !goNames().has(name));
  return [
    ...(status === 0 ? [] : [stderr.trim()]),
    ...(stdout === "" ? [] : ["is not laid out as gofmt does"]),
    ...unknown.map((name) => `hss.${name} is not in sdk/go`),
  ].map((problem) => `${at}: ${problem}`);
}

const namesIn = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? "")),
];

const sources = (folder: string, ending: string): string =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(path.join(root, folder, name), "utf8"))
    .join("\n");

const pythonNames = (): Set<string> =>
  new Set(namesIn(sources("sdk/python/pulumi_hss", ".py"), /^(?:class|def) (\w+)/gm));
const goNames = (): Set<string> => new Set(namesIn(sources("sdk/go/hss", ".go"), /^(?:type|func) (\w+)/gm));
