import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import manifest from "../../package.json";
import { run } from "../../cli/core.js";
import { programOf } from "../../cli/program.js";
import { surfaceOf } from "../../cli/surface.js";
import type { FunctionDefinition } from "../../provider/functions/definition.js";
import type { ResourceDefinition } from "../../provider/resources/definition.js";

// One function and one resource more in the tables, and nothing else: they are in every face of the package.

const getHostGroups = {
  name: "getHostGroups",
  description: "Lists groups of servers.",
  args: z.object({ namePrefix: z.string().optional().meta({ description: "How their names begin." }) }),
  result: z.object({ names: z.array(z.string()).meta({ description: "Their names." }) }),
  check: () => undefined,
  run: (_context: unknown, { namePrefix = "" }: { namePrefix?: string }) =>
    Promise.resolve({ names: [`${namePrefix}-1`] }),
} as unknown as FunctionDefinition;

const hostGroup = {
  name: "HostGroup",
  description: "A group of servers.",
  inputs: z.object({ label: z.string("is not a text").meta({ description: "What it is called." }) }),
  outputs: z.object({ size: z.int().meta({ description: "How many servers it has." }) }),
  tellsOf: { size: ["label"] },
  deleteBeforeReplace: false,
  check: (_context: unknown, given: unknown) => Promise.resolve(given),
  foresee: () => ({ size: 0 }),
  create: (_context: unknown, inputs: object) => Promise.resolve({ id: "group", state: { ...inputs, size: 3 } }),
} as unknown as ResourceDefinition;

jest.mock("../../provider/functions/index.js", () => {
  const actual = jest.requireActual<{ functions: object[] }>("../../provider/functions/index.js");
  return { functions: [...actual.functions] };
});
jest.mock("../../provider/resources/index.js", () => {
  const actual = jest.requireActual<{ resources: object[] }>("../../provider/resources/index.js");
  return { resources: [...actual.resources] };
});

let scratch: string;
let schemaFile: string;
beforeAll(async () => {
  jest.requireMock<{ functions: object[] }>("../../provider/functions/index.js").functions.push(getHostGroups);
  jest.requireMock<{ resources: object[] }>("../../provider/resources/index.js").resources.push(hostGroup);
  scratch = mkdtempSync(path.join(tmpdir(), "pulumi-hss-definitions-"));
  schemaFile = path.join(scratch, "schema.json");
  const { packageSchema } = await import("../../provider/plugin/schema.js");
  writeFileSync(schemaFile, JSON.stringify(packageSchema(manifest)));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const printed = (tool: string) =>
  execFileSync(process.execPath, [path.join(__dirname, "../../tools", tool), "--print", schemaFile], {
    encoding: "utf8",
  });

test("schema", async () => {
  const { packageSchema } = await import("../../provider/plugin/schema.js");
  const { functions, resources } = packageSchema(manifest);
  expect(functions["hss:index:getHostGroups"]).toMatchObject({ inputs: { properties: { namePrefix: {} } } });
  expect(resources["hss:index:HostGroup"]).toMatchObject({
    inputProperties: { label: { type: "string" } },
    requiredInputs: ["label"],
    properties: { label: {}, size: { type: "integer" } },
  });
});

test("the SDK's types, with their descriptions", () => {
  const source = printed("sdk.mjs");
  expect(source).toContain("export function getHostGroups(");
  expect(source).toContain("export function getHostGroupsOutput(");
  expect(source).toMatch(
    /export interface GetHostGroupsArgs \{\n {2}\/\*\* How their names begin\. \*\/\n {2}namePrefix\?: string/,
  );
  expect(source).toContain("export class HostGroup extends DefinedResource");
  expect(source).toMatch(/\/\*\* How many servers it has\. \*\/\n {2}declare readonly size: pulumi\.Output<number>;/);
});

test("reference", () => {
  const page = printed("reference.mjs");
  expect(page).toContain("## getHostGroups");
  expect(page).toContain("## HostGroup");
});

test("plugin", async () => {
  const { createCore } = await import("../../provider/plugin/core.js");
  const log = { debug: jest.fn(), info: jest.fn(), warn: jest.fn(), progress: jest.fn() };
  const core = createCore({ log, logOf: () => log, env: {} });
  expect(await core.invoke("hss:index:getHostGroups", { namePrefix: "web" })).toEqual({ values: { names: ["web-1"] } });
  const urn = "urn:pulumi:s::p::hss:index:HostGroup::g";
  expect(await core.resources.create({ urn }, { label: "x" }, false)).toEqual({
    id: "group",
    state: { label: "x", size: 3 },
  });
});

test("a program's functions and resources", async () => {
  const { invoke } = await import("../../sdk/functions.js");
  expect(await invoke("getHostGroups", { namePrefix: "db" }, {})).toEqual({ names: ["db-1"] });
  const { operationsOf } = await import("../../sdk/dynamic.js");
  expect(await operationsOf("HostGroup").create({ label: "x" })).toMatchObject({ id: "group", outs: { size: 3 } });
});

test("command line", async () => {
  const { functions } = await import("../../provider/functions/index.js");
  const surface = surfaceOf(functions, "1.0.0");
  const given: unknown[] = [];
  programOf({ surface, act: (invocation) => void given.push(invocation) }).parse(
    ["host-groups", "--name-prefix", "web", "--output", "json"],
    { from: "user" },
  );
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  try {
    expect(await run(surface, given[0] as never)).toBe(0);
  } finally {
    write.mockRestore();
  }
  expect(JSON.parse(written.join(""))).toEqual({ names: ["web-1"] });
});
