import type { z } from "zod";
import type { Problem } from "../errors.js";
import { problemsOf } from "../functions/definition.js";
import { containsUnknown, unknownValue } from "../marks.js";
import { repeatedName } from "../repeated.js";
import { expected } from "../suggest.js";
import { parsedWith } from "../zod.js";
import type { Difference, ResourceContext, ResourceDefinition, Values } from "./definition.js";

/**
 * The steps of Pulumi's protocol for any resource, in plain values in which what a preview can't know is `unknownValue`. Both
 * ways in call these: the plugin's server, and the dynamic provider inside a program.
 */

export interface Checked {
  readonly inputs: Values;
  readonly problems: readonly Problem[];
}

export async function check(
  definition: ResourceDefinition,
  context: ResourceContext,
  olds: Values | undefined,
  news: Values,
): Promise<Checked> {
  const given = Object.entries(news).filter(([name, value]) => !isNothing(value) && !name.startsWith("__"));
  const isUnknown = (name: string) => given.some(([other, value]) => other === name && containsUnknown(value));
  const known = Object.fromEntries(given.filter(([name]) => !isUnknown(name)));
  const problems: Problem[] = [];
  const good: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(definition.inputs.shape) as [string, z.ZodType][]) {
    if (isUnknown(name)) continue;
    const parsed = parsedWith(schema, known[name]);
    if (!parsed.success) problems.push(...problemsIn(parsed.error, name, definition.inputs));
    else if (parsed.data !== undefined) good[name] = parsed.data;
  }
  problems.push(
    ...strangers(
      definition,
      given.map(([name]) => name),
    ),
  );
  const old = olds && Object.keys(olds).length > 0 ? olds : undefined;
  const checked = await definition.check(context, good, old, problems);
  const unknown = given.filter(([name]) => isUnknown(name)).map(([name]) => [name, unknownValue] as const);
  // what is missing must stay missing: Pulumi can't send an undefined
  return { inputs: { ...known, ...defined(checked), ...Object.fromEntries(unknown) }, problems };
}

/** Of each name the first: the others follow from it. */
function problemsIn({ issues }: z.ZodError, name: string, inputs: z.ZodObject): Problem[] {
  const all = issues.flatMap((issue) => problemsOf({ ...issue, path: [name, ...issue.path] }, inputs));
  return [...new Map(all.reverse().map((problem) => [problem.property, problem])).values()].reverse();
}

/** Names that are no input of it, each with the nearest that is. */
function strangers({ inputs, name: resource }: ResourceDefinition, names: readonly string[]): Problem[] {
  const known = Object.keys(inputs.shape);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({
      property: repeatedName(name, known),
      reason: `is not an input of ${resource}; ${expected(name, known)}`,
    }));
}

export async function diff(
  definition: ResourceDefinition,
  context: ResourceContext,
  state: Values,
  inputs: Values,
): Promise<Difference> {
  const unknown = Object.keys(inputs).filter(
    (name) => name in definition.inputs.shape && containsUnknown(inputs[name]),
  );
  const difference = await definition.diff(context, state, without(inputs, unknown));
  return {
    ...difference,
    changed: [...new Set([...difference.changed, ...unknown])],
  };
}

export async function create(
  definition: ResourceDefinition,
  context: ResourceContext,
  inputs: Values,
  isPreview: boolean,
): Promise<{ readonly id: string; readonly state: Values }> {
  if (isPreview) return { id: "", state: foreseen(definition, inputs) };
  return definition.create(context, known(definition, inputs));
}

export async function update(
  definition: ResourceDefinition,
  context: ResourceContext,
  state: Values,
  inputs: Values,
  isPreview: boolean,
): Promise<Values> {
  if (isPreview) return foreseen(definition, inputs);
  return definition.update(context, state, known(definition, inputs));
}

/** What a preview can say of the outputs. */
export function foreseen(definition: ResourceDefinition, inputs: Values): Values {
  const names = Object.keys(definition.outputs.shape);
  const sources = names.flatMap((name) => definition.tellsOf[name] ?? []);
  const { foresee } = definition;
  if (foresee && !sources.some((name) => containsUnknown(inputs[name])))
    return { ...inputs, ...foresee(inputs as never) };
  return { ...inputs, ...Object.fromEntries(names.map((name) => [name, unknownValue])) };
}

const known = (definition: ResourceDefinition, inputs: Values): never =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => name in definition.inputs.shape)) as never;

const without = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

const defined = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const isNothing = (value: unknown): boolean => value === undefined || value === null;
