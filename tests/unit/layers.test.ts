import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const root = path.join(__dirname, "../..");

interface Import {
  /** Paths from the root of the repository, without the suffix. */
  readonly from: string;
  readonly to: string;
  /** Types alone: gone once it is compiled. */
  readonly typeOnly: boolean;
}

/** From the top down: a layer may import those after it. `policy` and `reading` stand side by side. */
const layers: readonly (readonly string[])[] = [
  ["plugin", "sdk", "cli"],
  ["session"],
  ["resources"],
  ["evidence"],
  ["functions"],
  ["archive"],
  ["policy", "reading"],
  ["settings"],
  ["hss"],
  ["bottom"],
];

/** A folder of `provider`, the SDK, or the session; `runtime` and what else lies in `provider` is the bottom. */
function layerOf(file: string): string {
  const [top = "", folder = ""] = file.split("/");
  if (top !== "provider") return top;
  return layers.flat().includes(folder) ? folder : "bottom";
}

const rankOf = (layer: string): number => layers.findIndex((names) => names.includes(layer));

/** What may not be: one line each. */
function violations(imports: readonly Import[]): string[] {
  const wrong = imports.filter(({ from, to }) => {
    const [own, other] = [layerOf(from), layerOf(to)];
    if (own === "emulator") return other !== "emulator";
    // the session and the settings start it on demand
    if (other === "emulator") return own !== "settings";
    return own !== other && rankOf(own) >= rankOf(other);
  });
  return [...wrong.map(({ from, to }) => `${from} imports ${to}`), ...cycles(imports)];
}

/** Files that need each other to be loaded, each cycle once. */
function cycles(imports: readonly Import[]): string[] {
  const needs = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (!typeOnly) needs.set(from, [...(needs.get(from) ?? []), to]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) found.push(`cycle: ${[...trail.slice(at), file].join(" > ")}`);
    if (at >= 0 || done.has(file)) return;
    for (const next of needs.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of needs.keys()) visit(file, []);
  return found;
}

/** `import`, `export from`, `import()`, `require()` and the type `import()`, as far as they lead to a file beside. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteralLike(specifier) || !specifier.text.startsWith(".")) return;
    const to = path.posix.join(path.posix.dirname(file), specifier.text).replace(/\.js$/, "");
    found.push({ from: file.replace(/\.ts$/, ""), to, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, !isNeeded(node.importClause));
    else if (ts.isExportDeclaration(node)) {
      const names = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : undefined;
      add(node.moduleSpecifier, node.isTypeOnly || (names?.every((name) => name.isTypeOnly) ?? false));
    } else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node)) {
      const { expression } = node;
      const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
      if (isImport || (ts.isIdentifier(expression) && expression.text === "require")) add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return found;
}

function isNeeded(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return true;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return false;
  const { namedBindings } = clause;
  const names = namedBindings && ts.isNamedImports(namedBindings) ? namedBindings.elements : undefined;
  return clause.name !== undefined || !names || names.some((name) => !name.isTypeOnly);
}

const sources = ["provider", "sdk", "cli", "emulator"].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/(^|[/\\])bin[/\\]/.test(name))
    .map((name) => `${folder}/${name.split(path.sep).join("/")}`),
);
const imports = sources.flatMap((file) => importsOf(file, readFileSync(path.join(root, file), "utf8")));

test("every import leads down, and no files need each other to be loaded", () => {
  expect(violations(imports)).toEqual([]);
});

test("every file is read, and every import leads to one of them", () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(imports.length).toBeGreaterThan(sources.length);
  const files = new Set(sources.map((file) => file.replace(/\.ts$/, "")));
  expect(imports.map(({ to }) => to).filter((to) => !files.has(to))).toEqual([]);
});

describe("the check itself", () => {
  const said = (from: string, to: string, typeOnly = false) => violations([{ from, to, typeOnly }]);

  test.each([
    ["provider/hss/client", "provider/settings/index"],
    ["provider/runtime/transport", "provider/hss/endpoint"],
    ["provider/text", "provider/hss/endpoint"],
    ["provider/policy/observe", "provider/reading/reader"],
    ["provider/reading/reader", "provider/policy/observe"],
    ["provider/reading/reader", "provider/functions/query"],
    ["provider/functions/observe", "provider/session"],
    ["provider/functions/observe", "provider/evidence/report"],
    ["provider/session", "provider/plugin/core"],
    ["provider/plugin/core", "sdk/index"],
    ["sdk/index", "provider/plugin/core"],
    ["cli/core", "sdk/index"],
    ["provider/session", "cli/core"],
    ["emulator/index", "provider/text"],
    ["provider/hss/client", "emulator/index"],
  ])("%s must not import %s, not even a type", (from, to) => {
    expect(said(from, to)).toEqual([`${from} imports ${to}`]);
    expect(said(from, to, true)).toEqual([`${from} imports ${to}`]);
  });

  test.each([
    ["sdk/index", "provider/errors"],
    ["provider/functions/query", "provider/hss/request"],
    ["provider/evidence/report", "provider/policy/process"],
    ["provider/hss/client", "provider/hss/sign"],
    ["provider/runtime/clock", "provider/errors"],
    ["provider/settings/resolve", "emulator/index"],
    ["emulator/index", "emulator/server"],
  ])("%s may import %s", (from, to) => {
    expect(said(from, to)).toEqual([]);
  });

  test("a cycle is one where each file needs the next, whatever its length", () => {
    const edge = (from: string, to: string, typeOnly = false) => ({
      from: `provider/hss/${from}`,
      to: `provider/hss/${to}`,
      typeOnly,
    });
    const [cycle] = violations([edge("a", "b"), edge("b", "c"), edge("c", "a"), edge("d", "a")]);
    expect(cycle).toBe("cycle: provider/hss/a > provider/hss/b > provider/hss/c > provider/hss/a");
    expect(violations([edge("a", "b"), edge("b", "a", true)])).toEqual([]);
  });

  test("every form of an import is seen", () => {
    const text = `
      import "./a.js";
      import b, { type B } from "../b.js";
      import { type C } from "./c.js";
      import type { D } from "./d.js";
      export * from "./e.js";
      export { type F } from "./f.js";
      const g = async () => import("./g.js");
      type H = typeof import("./h.js");
      const i = require("./i.js");
      import { readFile } from "node:fs";
    `;
    expect(importsOf("provider/hss/x.ts", text).map(({ to, typeOnly }) => [to, typeOnly])).toEqual([
      ["provider/hss/a", false],
      ["provider/b", false],
      ["provider/hss/c", true],
      ["provider/hss/d", true],
      ["provider/hss/e", false],
      ["provider/hss/f", true],
      ["provider/hss/g", false],
      ["provider/hss/h", true],
      ["provider/hss/i", false],
    ]);
  });
});
