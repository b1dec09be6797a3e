import type { z } from "zod";
import { ArgumentError, type Problem } from "../errors.js";
import { repeatedName } from "../repeated.js";
import { closest } from "../suggest.js";
import { printable } from "../text.js";
import type { RecentSyncs } from "../archive/recentSyncs.js";
import type { EventReader } from "../reading/reader.js";
import type { Clock, Env, Files, Log } from "../runtime/runtime.js";
import { isRecord } from "../values.js";
import { objectWithin, parsedWith } from "../zod.js";

/**
 * A function of the package, whole: its name, what it takes, what it gives, and how. Types, validation, the Pulumi schema,
 * the SDK and the reference page are derived from one of these.
 */
export interface FunctionDefinition<
  Args extends z.ZodObject = z.ZodObject,
  Result extends z.ZodObject = z.ZodObject,
  Checked = unknown,
> {
  readonly name: string;
  readonly description: string;
  /** A part of a program in YAML. */
  readonly example?: string;
  readonly args: Args;
  readonly result: Result;
  /** It reads several accounts at once, where a program gives several. */
  readonly readsFleets?: boolean;
  /**
   * Adds to `problems` what no single argument shows: exclusions between them, strings with a syntax of their own. A bad
   * argument looks like one that was not given. What it returns is for `run`, and of no use where there are problems.
   */
  check(args: z.output<Args>, problems: Problem[], settings: KnownSettings): Checked;
  run(context: CallContext, args: z.output<Args>, checked: Checked): Promise<z.output<Result>>;
}

/** What is known of the settings before they are resolved. */
export interface KnownSettings {
  /** Whether they name an archive; absent: that may be. */
  readonly archive?: boolean;
}

export interface CallContext {
  /** Opened on demand: a function that only computes needs no account. */
  openReader(): Promise<EventReader>;
  /** Of all accounts of the call; one, but for functions that read fleets. */
  openReaders(): Promise<EventReader[]>;
  /** Of the function that is called. */
  readonly name: string;
  /** The syncs of archives in this process. */
  readonly archiveSyncs: RecentSyncs;
  readonly files: Files;
  /** A name that nobody else draws. */
  readonly unique: () => string;
  readonly clock: Clock;
  readonly env: Env;
  readonly log: Log;
  /** What was said before in this process is not said again. */
  warnOnce(message: string): void;
  readonly signal?: AbortSignal;
}

export const defineFunction = <Args extends z.ZodObject, Result extends z.ZodObject, Checked>(
  definition: FunctionDefinition<Args, Result, Checked>,
): FunctionDefinition<Args, Result, Checked> => definition;

/** The arguments as `run` takes them. Throws one `ArgumentError` that names every bad argument. */
export function validateArguments<Args extends z.ZodObject, Checked>(
  definition: Pick<FunctionDefinition<Args, z.ZodObject, Checked>, "name" | "args" | "check">,
  raw: Readonly<Record<string, unknown>>,
  settings: KnownSettings = {},
): { readonly args: z.output<Args>; readonly checked: Checked } {
  if (!isRecord(raw)) {
    const reason = `must be an object; known arguments: ${Object.keys(definition.args.shape).join(", ")}`;
    throw new ArgumentError(definition.name, [{ property: "arguments", reason }]);
  }
  // Pulumi and JavaScript both say "not given" with undefined and null
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined && value !== null));
  const parsed = parsedWith(definition.args.strict(), given);
  const problems = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, definition.args));
  const bad = new Set(problems.map(({ property }) => property.split(".")[0]));
  const good = parsed.success
    ? parsed.data
    : Object.fromEntries(Object.entries(given).filter(([name]) => !bad.has(name)));
  const together: Problem[] = [];
  const checked = definition.check(good as z.output<Args>, together, settings);
  problems.push(...together.filter(({ property }) => !bad.has(property)));
  if (problems.length > 0) throw new ArgumentError(definition.name, problems);
  return { args: good as z.output<Args>, checked };
}

/** What an issue of `args` says, by the names of what is concerned. */
export function problemsOf(issue: z.core.$ZodIssue, args: z.ZodObject): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const at = issue.path.map(String).join(".");
    const known = Object.keys(objectAt(args, issue.path)?.shape ?? {});
    return issue.keys.map((key) => {
      const meant = closest(key, known);
      const help = meant === undefined ? "" : ` (did you mean ${meant}?)`;
      return {
        property: `${at && `${printable(at, 64)}.`}${repeatedName(key, known)}`,
        reason: `is not an argument; expected one of ${known.join(", ") || "those on the reference page"}${help}`,
      };
    });
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
