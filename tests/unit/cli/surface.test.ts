import { z } from "zod";
import { run } from "../../../cli/core.js";
import { programOf } from "../../../cli/program.js";
import { surfaceOf } from "../../../cli/surface.js";
import type { Invocation } from "../../../cli/usage.js";
import { defineFunction, type FunctionDefinition } from "../../../provider/functions/definition.js";
import { functions } from "../../../provider/functions/index.js";
import { configuration, settingMeta } from "../../../provider/settings/index.js";

const seen: unknown[] = [];
const getHostGroups = defineFunction({
  name: "getHostGroups",
  description: "Lists groups of servers. More words.",
  args: z.object({
    namePrefix: z.string().optional().meta({ description: "How their names begin." }),
    mostGroups: z.int().optional(),
    withEmpty: z.boolean().optional(),
    groupIds: z.array(z.string()).optional(),
    order: z.enum(["name", "size"]).optional(),
  }),
  result: z.object({ groups: z.array(z.object({ name: z.string(), size: z.int() })) }),
  check: () => undefined,
  run(_context, args) {
    seen.push(args);
    return Promise.resolve({ groups: [{ name: "web", size: 2 }] });
  },
});
const all: readonly FunctionDefinition[] = [...functions, getHostGroups];
const surface = surfaceOf(all, "1.0.0");

function parsed(...args: string[]): Invocation {
  const invocations: Invocation[] = [];
  programOf({ surface, act: (given) => void invocations.push(given) }).parse(args, { from: "user" });
  expect(invocations).toHaveLength(1);
  return invocations[0]!;
}

test("a new function is a command, its arguments are flags, and it runs", async () => {
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  try {
    const flags = [
      "--name-prefix",
      "w",
      "--most-groups",
      "3",
      "--no-with-empty",
      "--group-ids",
      "a,b",
      "--group-ids",
      "c",
    ];
    expect(await run(surface, parsed("host-groups", ...flags, "--order", "size"), all)).toBe(0);
    expect(await run(surface, parsed("host-groups", "--output", "csv"), all)).toBe(0);
  } finally {
    write.mockRestore();
  }
  expect(seen[0]).toEqual({
    namePrefix: "w",
    mostGroups: 3,
    withEmpty: false,
    groupIds: ["a", "b", "c"],
    order: "size",
  });
  expect(written.join("")).toBe('NAME  SIZE\nweb   2\n"name","size"\n"web","2"\n');
});

test("every argument of every function has a flag, but for those that a setting or --output replaces", () => {
  for (const definition of functions) {
    const command = surface.functions.find((one) => one.function === definition.name)!;
    const names = new Set([...command.flags, ...surface.settings].map(({ name }) => name));
    const missing = Object.keys(definition.args.shape).filter((name) => !names.has(name));
    expect(missing).toEqual(definition.name === "getAppWhitelistEvents" ? ["format"] : []);
  }
});

test("every setting that is no secret has a flag, and no secret has one", () => {
  const settings = Object.entries(configuration.shape) as [string, z.ZodType][];
  const open = settings.filter(([, setting]) => !settingMeta(setting).secret).map(([name]) => name);
  expect(surface.settings.map(({ name }) => name)).toEqual(open);
});

test("flags of one command do not meet", () => {
  for (const command of programOf({ surface, act: () => undefined }).commands) {
    const flags = command.options.map(({ long }) => long);
    expect(new Set(flags).size).toBe(flags.length);
  }
});
