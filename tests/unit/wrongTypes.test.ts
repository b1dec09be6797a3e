import type { z } from "zod";
import { ArgumentError, ConfigurationError, type Problem } from "../../provider/errors.js";
import { createSnapshot } from "../../provider/evidence/createSnapshot.js";
import { validateArguments, type FunctionDefinition } from "../../provider/functions/definition.js";
import { functions } from "../../provider/functions/index.js";
import { check } from "../../provider/resources/lifecycle.js";
import type { ResourceContext, ResourceDefinition } from "../../provider/resources/definition.js";
import { resources } from "../../provider/resources/index.js";
import { resolveSettings } from "../../provider/settings/index.js";
import { configuration } from "../../provider/settings/schema.js";
import { systemDisk } from "../../provider/runtime/disk.js";

// Every argument, input and setting of every face, at every depth, with values of every wrong kind: what the messages say.

const wrong: readonly unknown[] = [
  ...["", "x", 5, -1, 1.5, NaN, true, [], [5], [null], ["x"], {}, { x: 1 }, [{}], { hash: 5 }],
  ...[() => 1, Symbol("x"), 5n, new Date(0)],
];

/** Words of zod, and of JavaScript, that nobody but their authors should read. */
const jargon =
  /invalid|expected (?:a |an )?(?:string|number|int|list|object|nan|date)|received|undefined|\bnull\b|NaN|too (?:big|small)|\binput\b(?! of)|unrecognized|zod|\bstr\b|boolean|\bint\b|array|\[object/i;

/** A value for each field of an object in turn, the others left out, and one level below. */
function* given(schema: z.ZodObject): Generator<[string, unknown]> {
  for (const [name, field] of Object.entries(schema.shape) as [string, z.ZodType][]) {
    for (const value of wrong) yield [name, value];
    for (const inner of insides(field)) for (const value of wrong) yield [name, inner(value)];
  }
}

type Inside = (value: unknown) => unknown;

/** Ways to put a value deep into what a field takes. */
function insides(field: z.ZodType): Inside[] {
  const { innerType, element, options, shape } = field.def as unknown as {
    innerType?: z.ZodType;
    element?: z.ZodType;
    options?: z.ZodType[];
    shape?: Record<string, z.ZodType>;
  };
  if (innerType) return insides(innerType);
  if (element) return insides(element).map((inside) => (value) => [inside(value)]);
  if (options) return options.flatMap((option) => insides(option));
  return Object.entries(shape ?? {}).flatMap(([name, inner]) => [
    (value: unknown) => ({ [name]: value }),
    ...insides(inner).map((inside) => (value: unknown) => ({ [name]: inside(value) })),
  ]);
}

function problemsOf(work: () => unknown): readonly Problem[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ArgumentError || error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

/** Each message once, and those that speak another language than ours. */
function judged(problems: Iterable<Problem>) {
  const said = new Set([...problems].map(({ reason }) => reason));
  return { count: said.size, bad: [...said].filter((reason) => jargon.test(reason)) };
}

test.each([...functions, createSnapshot].map((one) => [one.name, one as unknown as FunctionDefinition] as const))(
  "%s: each message says what the argument takes",
  (_, definition) => {
    const problems = [...given(definition.args)].flatMap(([name, value]) =>
      problemsOf(() => validateArguments(definition, { [name]: value })),
    );
    const { count, bad } = judged(problems);
    expect(bad).toEqual([]);
    expect(count).toBeGreaterThan(1);
  },
);

test.each(resources.map((one) => [one.name, one] as const))(
  "%s: each message says what the input takes",
  async (_, definition) => {
    const context = { disk: systemDisk, secrets: new Set(), claims: new Map() } as unknown as ResourceContext;
    const problems: Problem[] = [];
    for (const [name, value] of given(definition.inputs))
      problems.push(...(await check(definition, context, undefined, { [name]: value })).problems);
    expect(judged(problems).bad).toEqual([]);
  },
);

test("each message about a setting says what it takes", () => {
  const problems = [...given(configuration)].flatMap(([name, value]) =>
    problemsOf(() => resolveSettings({ [name]: value }, {})),
  );
  expect(judged(problems).bad).toEqual([]);
});

test("some of them", () => {
  const [policy] = functions.filter(({ name }) => name === "getWhitelistPolicyDocument");
  const said = (args: Record<string, unknown>) =>
    problemsOf(() => validateArguments(policy as FunctionDefinition, args)).map(
      ({ property, reason }) => `${property}: ${reason}`,
    );
  const conditions = "hashes, handleMethods, handleStatuses, severities, minHosts, minEvents and 11 more";
  const hash = "takes a hash, or an object with hash, reason, reviewer and expires";
  expect(said({ select: "x" })).toEqual([`select: takes a list of objects with ${conditions}`]);
  expect(said({ select: [5] })).toEqual([`select.0: takes an object with ${conditions}`]);
  expect(said({ select: [{ hashes: 5 }] })).toEqual([
    "select.0.hashes: takes a list of strings, or objects with hash, reason, reviewer and expires",
  ]);
  expect(said({ select: [{ hashes: [{}] }] })).toEqual([`select.0.hashes.0: ${hash}`]);
  expect(said({ select: [{ minHosts: "2" }] })).toEqual(["select.0.minHosts: takes a whole number"]);
  expect(said({ select: [{ minHosts: 0 }] })).toEqual(["select.0.minHosts: takes a number, at least 1"]);
  expect(said({ exclude: [{ severities: ["high"] }] })).toEqual([
    "exclude.0.severities.0: takes `Security`, `Low`, `Medium`, `High` or `Critical`",
  ]);
  expect(said({ format: true })).toEqual([
    "format: takes the name of a format; known are hss, fapolicyd, sha256sum, csv, json, stix",
  ]);
});

test("a resource says the same of what lies deep in an input", async () => {
  const [snapshot] = resources.filter(({ name }) => name === "ComplianceSnapshot");
  const context = { disk: systemDisk, secrets: new Set(), claims: new Map() } as unknown as ResourceContext;
  const given = { directory: "d", select: [{ minHosts: "2", hashs: ["aa"] }, 5] };
  const { problems } = await check(snapshot as ResourceDefinition, context, undefined, given);
  expect(problems.map(({ property }) => property)).toEqual(["select.0.minHosts", "select.0.hashs", "select.1"]);
  expect(problems[1]?.reason).toMatch(/^is not an argument; expected one of hashes, .*\(did you mean hashes\?\)$/);
});
