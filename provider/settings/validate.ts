import { z } from "zod";
import type { Problem } from "../errors.js";
import { repeatedName } from "../repeated.js";
import { closest } from "../suggest.js";
import { isRecord, parseJson } from "../values.js";
import { parsedWith, unwrap } from "../zod.js";
import { assumeRole, configuration, settingMeta, type Configuration, type SettingName } from "./schema.js";

export interface SettingProblem extends Problem {
  readonly setting: string;
}

/** Not given: an empty string stands for that in environments and in CI systems. */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === "";

/** Those of the values that are good; the others are added to `problems`, under the name that `named` has for them. */
export function validated(
  present: readonly (readonly [string, unknown])[],
  named: (property: string) => string,
  problems: SettingProblem[],
): Partial<Configuration> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of present) {
    const schema = configuration.shape[name as SettingName];
    const coerced = coerce(schema, value);
    const result = parsedWith(strict(schema), coerced);
    if (result.success) values[name] = result.data;
    else {
      const found = result.error.issues.slice(0, 8).flatMap((issue) => problemsOf(issue, name, coerced, named));
      problems.push(...found.map((problem) => ({ setting: name, ...problem })));
    }
  }
  const role = values.assumeRole as Configuration["assumeRole"];
  if (role && role.domainName === undefined && role.domainId === undefined) {
    problems.push({
      setting: "assumeRole",
      property: named("assumeRole"),
      reason: "needs domainName or domainId: the account that owns the agency",
    });
  }
  return values;
}

function strict(schema: z.ZodType): z.ZodType {
  const type = unwrap(schema);
  return type instanceof z.ZodObject ? type.strict() : schema;
}

/**
 * A value of the type that the schema has, where the text of one arrived: stack configuration and environment have nothing
 * but strings. Any other string stays as it is, for the schema to refuse.
 */
function coerce(schema: z.ZodType, value: unknown): unknown {
  const type = unwrap(schema);
  if (type instanceof z.ZodObject)
    return coerceObject(type, typeof value === "string" ? (parseJson(value) ?? value) : value);
  if (type instanceof z.ZodNumber && typeof value === "string" && /^\s*[+-]?\d{1,15}\s*$/.test(value))
    return Number(value);
  return value;
}

function coerceObject(type: z.ZodObject, value: unknown): unknown {
  if (!isRecord(value)) return value;
  const shape = type.shape as Readonly<Record<string, z.ZodType | undefined>>;
  const fields = Object.entries(value).filter(([, field]) => !isAbsent(field));
  return Object.fromEntries(
    fields.map(([name, field]) => {
      const schema = Object.hasOwn(shape, name) ? shape[name] : undefined;
      return [name, schema ? coerce(schema, field) : field];
    }),
  );
}

function problemsOf(
  issue: z.core.$ZodIssue,
  name: string,
  value: unknown,
  named: (property: string) => string,
): Problem[] {
  const path = [name, ...issue.path.map(String)].join(".");
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(assumeRole.shape);
    return issue.keys.map((key) => ({
      property: `${named(path)}.${repeatedName(key, [...known, ...Object.keys(configuration.shape)])}`,
      reason: unknownName(key, known),
    }));
  }
  const [field] = issue.path;
  const given = field === undefined ? value : (value as Record<string, unknown>)[String(field)];
  const property = named(path);
  const missing = field !== undefined && given === undefined;
  if (missing) return [{ property, reason: `is needed: ${issue.message}` }];
  return [{ property, reason: slipOf(given, issue, property, path) ?? issue.message }];
}

/** What people get wrong without seeing it, and how to write it by the way it was given. */
function slipOf(value: unknown, issue: z.core.$ZodIssue, property: string, path: string): string | undefined {
  const isSetting = property === path;
  const schema = configuration.shape[path as SettingName] as z.ZodType | undefined;
  const nested = path.includes(".") ? "--path " : schema && settingMeta(schema).secret ? "--secret " : "";
  if (typeof value === "number" && issue.code === "invalid_type" && issue.expected === "string") {
    const how = `\`pulumi config set ${nested}--type string hss:${path} VALUE\``;
    return `is a number, and a text is needed: put it in quotes, or with ${how}`;
  }
  if (typeof value === "string" && /[\r\n]$/.test(value)) {
    const how = isSetting ? `pulumi config set ${nested}hss:${path} "$(cat FILE)"` : `export ${property}="$(cat FILE)"`;
    return `${issue.message}, and ends in a line break: \`${how}\` leaves that out`;
  }
  return undefined;
}

export function unknownName(name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  return `is not a setting${meant === undefined ? `; expected one of ${known.join(", ")}` : `: did you mean ${meant}?`}`;
}
