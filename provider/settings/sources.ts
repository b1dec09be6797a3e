import type { z } from "zod";
import type { Problem } from "../errors.js";
import { parseEndpoint } from "../hss/endpoint.js";
import type { Env } from "../runtime/runtime.js";
import { printable } from "../text.js";
import { assumeRole, configuration, settingMeta, type Configuration, type SettingName } from "./schema.js";
import { isAbsent, unknownName, validated, type SettingProblem } from "./validate.js";

/** Settings as one place gives them. */
export interface Source {
  /** For messages. */
  readonly source: string;
  readonly isExplicit: boolean;
  /** Those that are good. */
  readonly values: Partial<Configuration>;
  /** Names of the settings that it gives, good or bad. */
  readonly given: ReadonlySet<string>;
  readonly problems: SettingProblem[];
}

const names = Object.keys(configuration.shape) as SettingName[];

/** Settings of which a program only says that they will be given. */
export const pendingSource = (pending: readonly string[]): Source => ({
  source: "Pulumi configuration",
  isExplicit: true,
  values: {},
  given: new Set(pending),
  problems: [],
});

export function explicitSource(given: Readonly<Record<string, unknown>>): Source {
  const present = Object.entries(given).filter(([, value]) => !isAbsent(value));
  const problems: SettingProblem[] = present
    .filter(([name]) => !Object.hasOwn(configuration.shape, name))
    .map(([name]) => ({ setting: name, property: printable(name, 64), reason: unknownName(name, names) }));
  const known = present.filter(([name]) => Object.hasOwn(configuration.shape, name));
  const values = validated(known, (name) => name, problems);
  return { ...pendingSource(known.map(([name]) => name)), values, problems };
}

/** Variables of one family belong together: an old token of another tool's must not meet the keys of this one. */
const families = ["HW_", "HUAWEICLOUD_SDK_", "CLOUD_SDK_", "OS_"];

/** One source per family of variables, in order of precedence. */
export function environmentSources(env: Env): Source[] {
  return families.map((family) => {
    const problems: SettingProblem[] = [];
    const variables = new Map<string, string>();
    const first = (schema: z.ZodType, name: string): unknown => {
      const variable = settingMeta(schema).environment.find((it) => it.startsWith(family) && !isAbsent(env[it]));
      if (variable === undefined) return undefined;
      variables.set(name, variable);
      return env[variable];
    };
    const present = names.map((name): [string, unknown] => [name, first(configuration.shape[name], name)]);
    const role = Object.entries(assumeRole.shape).map(([name, schema]) => [name, first(schema, `assumeRole.${name}`)]);
    if (role.some(([, value]) => value !== undefined)) present.push(["assumeRole", Object.fromEntries(role)]);
    const known = present.filter(([, value]) => value !== undefined);
    const values = validated(known, (name) => variables.get(name) ?? name, problems);
    const given = new Set<string>(known.map(([name]) => name));
    return { source: `environment variables ${family}*`, isExplicit: false, values, given, problems };
  });
}

/** The vendor's SDKs take a region's address from `HUAWEICLOUD_SDK_REGION_HSS_CN_NORTH_4`; of several the first. */
export function regionOverride(env: Env, region: string | undefined, problems: Problem[]): URL | undefined {
  if (region === undefined) return undefined;
  const variable = `HUAWEICLOUD_SDK_REGION_HSS_${region.toUpperCase().replaceAll("-", "_")}`;
  const value = env[variable]?.split(",")[0]?.trim();
  if (value === undefined || value === "") return undefined;
  const parsed = parseEndpoint(value);
  if ("url" in parsed) return parsed.url;
  problems.push({ property: variable, reason: parsed.reason });
  return undefined;
}
