import type { z } from "zod";
import { ArgumentError, type Problem } from "../errors.js";
import { printable } from "../text.js";
import type { HssService } from "../reading/reader.js";
import type { Clock } from "../runtime/runtime.js";
import { objectWithin } from "../zod.js";

/**
 * A function of the package, whole: its name, what it takes, what it gives, and how. Types, validation, the Pulumi schema,
 * the SDK and the reference page are derived from one of these.
 */
export interface FunctionDefinition<Args extends z.ZodObject = z.ZodObject, Result extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly args: Args;
  readonly result: Result;
  /** What no single argument shows: exclusions between them, names that depend on a schema. */
  check?(args: z.output<Args>): Problem[];
  run(context: CallContext, args: z.output<Args>): Promise<z.output<Result>>;
}

export interface CallContext {
  /** Opened on demand: a function that only computes needs no account. */
  service(): Promise<HssService>;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

export const defineFunction = <Args extends z.ZodObject, Result extends z.ZodObject>(
  definition: FunctionDefinition<Args, Result>,
): FunctionDefinition<Args, Result> => definition;

/** The arguments as `run` takes them. Throws one `ArgumentError` that names every bad argument. */
export function validateArguments<Args extends z.ZodObject>(
  definition: FunctionDefinition<Args>,
  raw: Readonly<Record<string, unknown>>,
): z.output<Args> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    const reason = `are no object; known are ${Object.keys(definition.args.shape).join(", ")}`;
    throw new ArgumentError(definition.name, [{ property: "arguments", reason }]);
  }
  // Pulumi and JavaScript both say "not given" with undefined and null
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined && value !== null));
  const parsed = definition.args.strict().safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, definition.args));
  const bad = new Set(problems.map(({ property }) => property.split(".")[0]));
  const checkable = parsed.success
    ? parsed.data
    : Object.fromEntries(Object.entries(given).filter(([name]) => !bad.has(name)));
  // to the check a bad argument looks like one that was not given
  const together = definition.check?.(checkable as z.output<Args>) ?? [];
  problems.push(...together.filter(({ property }) => !bad.has(property)));
  if (problems.length > 0 || !parsed.success) throw new ArgumentError(definition.name, problems);
  return parsed.data as z.output<Args>;
}

function problemsOf(issue: z.core.$ZodIssue, args: z.ZodObject): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const at = issue.path.map(String).join(".");
    const known = Object.keys(objectAt(args, issue.path)?.shape ?? {}).join(", ");
    return issue.keys.map((key) => ({
      property: printable(at ? `${at}.${key}` : key, 64),
      reason: `is no argument; known are ${known || "those of the reference page"}`,
    }));
  }
  return [{ property: printable(issue.path.map(String).join("."), 64) || "arguments", reason: issue.message }];
}

/** The object schema at a path of names and indices. */
function objectAt(args: z.ZodObject, path: readonly PropertyKey[]): z.ZodObject | undefined {
  let object: z.ZodObject | undefined = args;
  for (const name of path.filter((step) => typeof step === "string")) {
    const field = object?.shape[name] as z.ZodType | undefined;
    object = field && objectWithin(field);
  }
  return object;
}
