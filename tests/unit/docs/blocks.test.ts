import { goProblems, hasGofmt, hasPython, pythonProblems } from "../../support/docs/otherLanguages.js";
import { blocksOf, teamPages, userPages, type Block } from "../../support/docs/markdown.js";
import { shellProblems } from "../../support/docs/shell.js";
import { typeProblems } from "../../support/docs/typescript.js";
import { yamlProblems } from "../../support/docs/yaml.js";

// Every fenced block of every page: what a reader copies compiles, parses, or has only what the package knows.

const blocks = [...userPages, ...teamPages].flatMap((page) => blocksOf(page));
const of = (...languages: string[]): Block[] => blocks.filter(({ language }) => languages.includes(language));

// "sql" is run by tests/contract/archiveQueries.test.ts
const languages = ["ts", "typescript", "yaml", "sh", "bash", "python", "go", "json", "sql", "text", "conf"];

test("each block says its language, and it is one that is checked here; what is no language is text", () => {
  // without a word a block is text, to Markdown too
  const unknown = blocks.filter(({ language }) => language !== "" && !languages.includes(language));
  expect(unknown.map(({ at, language }) => `${at}: ${language}`)).toEqual([]);
  expect(blocks.length).toBeGreaterThan(20);
});

test("TypeScript compiles against the package's own types", () => {
  expect(typeProblems(of("ts", "typescript"))).toEqual([]);
});

test("YAML parses, and names only functions, resources, arguments and settings that the schema has", () => {
  expect(of("yaml").flatMap(yamlProblems)).toEqual([]);
});

test("shell commands parse, and ours have only flags, scripts and settings that exist", () => {
  expect(of("sh", "bash").flatMap(shellProblems)).toEqual([]);
});

test("JSON parses", () => {
  for (const { at, text } of of("json")) {
    const parsed = (): unknown => JSON.parse(text);
    expect({ at, value: parsed() }).toMatchObject({ at });
  }
});

(hasPython ? test : test.skip)("Python parses, and names what the SDK has", () => {
  expect(of("python").flatMap(pythonProblems)).toEqual([]);
});

(hasGofmt ? test : test.skip)("Go parses and is laid out by gofmt, and names what the SDK has", () => {
  expect(of("go").flatMap(goProblems)).toEqual([]);
});

describe("the checks find what is wrong", () => {
  const block = (language: string, text: string): Block => ({ at: "page:1", language, text });

  test.each([
    [`hss.getObservedProcessesOutput({ lastDay: 3 });\n`, /'?lastDay'? does not exist/],
    [`const wrong: string = 1;\n`, /not assignable/],
    [`hss.getNothing();\n`, /getNothing/],
  ])("TypeScript: %s", (text, problem) => {
    expect(typeProblems([block("ts", text)])).toEqual([expect.stringMatching(problem)]);
  });

  test.each([
    ["a: [", /page:1/],
    ["select: [{ handleMethod: [x] }]", /rule.select\[0\]: handleMethod is not known/],
    ["regions: x", /hss.yaml: regions is not known/],
    ["select: [{ maxSeverity: low }]", /expected one of Security/],
    ["outputs: { x: { fn::invoke: { function: hss:getNothing } } }", /getNothing is not a function/],
    ["outputs: { x: { fn::invoke: { function: hss:getObservedProcesses, arguments: { days: 3 } } } }", /days/],
    ["resources: { f: { type: hss:File } }", /hss:File is not a resource/],
    ["config: { hss:regions: x }", /hss:regions is not a setting/],
    ['runtime: yaml\noutputs: { x: "${observed.sha256}" }', /observed} is not declared/],
  ])("YAML: %s", (text, problem) => {
    expect(yamlProblems(block("yaml", text))[0]).toMatch(problem);
  });

  test.each([
    ["if true; then", /syntax error/],
    ["npx hss policy --form fapolicyd", /unknown option '--form'/],
    ["hss polices", /hss polices/],
    ["cat x | hss diff --from - --exit-codes # why", /--exit-codes/],
    ["HW_REGION_NAME=x npx --no-install hss observed --out 'a b' --last", /--last/],
    ["hss policy \\\n  --ruel x", /--ruel/],
    ["npm run nothing", /is not a script/],
    ["pulumi config set hss:regions x", /hss:regions/],
    ["hss-emulator --ports 1", /--ports/],
  ])("shell: %s", (text, problem) => {
    expect(shellProblems(block("sh", text))[0]).toMatch(problem);
  });

  test("and leave alone what is right", () => {
    const text = "hss diff a.json b.json --out x.md > log.txt 2>&1 && npx hss doctor; source <(hss completion bash)\n";
    expect(shellProblems(block("sh", text))).toEqual([]);
  });
});
