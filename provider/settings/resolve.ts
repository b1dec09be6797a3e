import { z } from "zod";
import { ConfigurationError, type Problem } from "../errors.js";
import { parseEndpoint } from "../hss/endpoint.js";
import { printable } from "../text.js";
import { coerce, isAbsent } from "./coerce.js";
import {
  authenticating,
  credentialNames,
  environmentSources,
  familyOf,
  holdsCredentials,
  type CredentialLevel,
  type CredentialName,
} from "./levels.js";
import { settingMeta, unwrapped } from "./meta.js";
import { assumeRole, authUrlPaths, configuration, type Configuration, type SettingName } from "./schema.js";
import { closest } from "../suggest.js";

type Env = Readonly<Record<string, string | undefined>>;
type Values = Readonly<Record<string, unknown>>;

/** Validated settings. Credentials are kept apart, one level a place, so that none is mixed with another's. */
export interface Settings extends Omit<
  Configuration,
  Exclude<CredentialName, "domainName" | "domainId"> | "endpoint" | "authUrl"
> {
  readonly endpoint?: URL | "emulator";
  readonly authUrl?: URL;
  readonly maxConcurrency: number;
  readonly maxRetries: number;
  readonly requestTimeoutSeconds: number;
  readonly deadlineSeconds: number;
  readonly cacheSeconds: number;
  readonly timestampUnit: "seconds" | "milliseconds";
  /** True where the program itself names a profile or its file: that then comes before the environment's credentials. */
  readonly profileFirst: boolean;
  /** In order of precedence; only levels that hold any credentials. */
  readonly credentialLevels: readonly CredentialLevel[];
}

const defaults = {
  maxConcurrency: 12,
  maxRetries: 6,
  requestTimeoutSeconds: 30,
  deadlineSeconds: 3600,
  cacheSeconds: 0,
  timestampUnit: "seconds",
} as const;

/** Keys that Pulumi itself puts among a provider's. */
const pulumiKeys = new Set(["version", "pluginDownloadURL", "__internal"]);

const names = Object.keys(configuration.shape) as SettingName[];

/**
 * The settings of a call: what is given explicitly, then the environment, then defaults. `explicit` may be several
 * sources, first one wins (a call's own options, then the stack's configuration). `pending` are settings that the program
 * gives and nobody knows yet. Throws one `ConfigurationError` that names every bad setting; no message holds a secret.
 */
export function resolveSettings(
  explicit: Values | readonly Values[],
  env: Env,
  pending: readonly string[] = [],
): Settings {
  const given = Array.isArray(explicit) ? (explicit as readonly Values[]) : [explicit as Values];
  const sources = [notYet(pending), ...given.map(explicitSource), ...environment(env)];
  const problems = sources.flatMap((source, at) => relevant(source, sources.slice(0, at)));
  const values = merged(sources);
  values.endpoint ??= regionOverride(env, values.region, problems);
  if (problems.length > 0) throw new ConfigurationError(unique(problems));
  const { accessKey: _1, secretKey: _2, securityToken: _3, token: _4, userName: _5, password: _6, ...own } = values;
  return {
    ...defaults,
    ...own,
    endpoint: values.endpoint === "emulator" ? "emulator" : address(values.endpoint),
    authUrl: address(values.authUrl, authUrlPaths),
    profileFirst: sources.some(
      ({ isExplicit, values: { profile, sharedConfigFile } }) =>
        isExplicit && (profile ?? sharedConfigFile) !== undefined,
    ),
    credentialLevels: sources.map(credentialLevel).filter((level) => holdsCredentials(level.values)),
  };
}

interface Source {
  readonly source: string;
  readonly isExplicit: boolean;
  readonly values: Partial<Configuration>;
  /** Names of the settings that it gives, good or bad. */
  readonly given: ReadonlySet<string>;
  readonly problems: SettingProblem[];
}

interface SettingProblem extends Problem {
  readonly setting: string;
}

/** What is wrong with settings that are used: a variable of another tool's that is overridden anyway is not our business. */
function relevant(source: Source, before: readonly Source[]): Problem[] {
  const given = (name: string) => before.some((earlier) => earlier.given.has(name));
  const credentialed = authenticating.some(given);
  const emulated = before.some(({ values }) => values.endpoint === "emulator");
  const overridden = new Set<string>([
    ...(credentialed || emulated ? authenticating : []),
    // an OpenStack's place, beside an address and keys of the program's own
    ...(!source.isExplicit && (credentialed || emulated) ? ["authUrl"] : []),
    ...(!source.isExplicit && given("endpoint") ? ["region"] : []),
  ]);
  return source.problems
    .filter(({ setting }) => !given(setting) && !overridden.has(setting))
    .map(({ property, reason }) => ({ property, reason }));
}

const notYet = (pending: readonly string[]): Source => ({
  source: "Pulumi configuration",
  isExplicit: true,
  values: {},
  given: new Set(pending),
  problems: [],
});

function explicitSource(given: Values): Source {
  const present = Object.entries(given).filter(([name, value]) => !isAbsent(value) && !pulumiKeys.has(name));
  const problems: SettingProblem[] = present
    .filter(([name]) => !Object.hasOwn(configuration.shape, name))
    .map(([name]) => ({ setting: name, property: printable(name, 64), reason: unknown("setting", name, names) }));
  const known = present.filter(([name]) => Object.hasOwn(configuration.shape, name));
  const values = validated(known, (name) => name, problems);
  return {
    source: "Pulumi configuration",
    isExplicit: true,
    values,
    given: new Set(known.map(([name]) => name)),
    problems,
  };
}

/** One source a family of variables, in order of precedence. */
function environment(env: Env): Source[] {
  return environmentSources.map(([family, source]) => {
    const problems: SettingProblem[] = [];
    const variables = new Map<string, string>();
    const first = (schema: z.core.$ZodType, name: string): unknown => {
      const variable = settingMeta(schema).environment.find((it) => familyOf(it) === family && !isAbsent(env[it]));
      if (variable === undefined) return undefined;
      variables.set(name, variable);
      return env[variable];
    };
    const present = names.map((name): [string, unknown] => [name, first(configuration.shape[name], name)]);
    const role = Object.entries(assumeRole.shape).map(([name, schema]) => [name, first(schema, `assumeRole.${name}`)]);
    if (role.some(([, value]) => value !== undefined)) present.push(["assumeRole", Object.fromEntries(role)]);
    const known = present.filter(([, value]) => value !== undefined);
    const values = validated(known, (name) => variables.get(name) ?? name, problems);
    return { source, isExplicit: false, values, given: new Set(known.map(([name]) => name)), problems };
  });
}

/** Those of the values that are good; the others are added to `problems`, under the name that `named` has for them. */
function validated(
  present: readonly (readonly [string, unknown])[],
  named: (property: string) => string,
  problems: SettingProblem[],
): Partial<Configuration> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of present) {
    const schema = configuration.shape[name as SettingName];
    const coerced = coerce(schema, value);
    const result = strict(schema).safeParse(coerced);
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
  const type = unwrapped(schema);
  return type instanceof z.ZodObject ? type.strict() : schema;
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
      property: `${named(path)}.${printable(key, 64)}`,
      reason: unknown("setting", key, known),
    }));
  }
  const [field] = issue.path;
  const missing = field !== undefined && (value as Values)[String(field)] === undefined;
  return [{ property: named(path), reason: missing ? `is needed: ${issue.message}` : issue.message }];
}

function unknown(kind: string, name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  return `is no ${kind}${meant === undefined ? `; known are ${known.join(", ")}` : `: did you mean ${meant}?`}`;
}

/** The first source that has a setting wins; `assumeRole` is taken whole, and a project's name is another's id. */
function merged(sources: readonly Source[]): Partial<Configuration> {
  const values = Object.assign({}, ...sources.map((source) => source.values).reverse()) as Partial<Configuration>;
  const project = sources.find(({ values: { projectId, projectName } }) => (projectId ?? projectName) !== undefined);
  if (project?.values.projectId === undefined) delete values.projectId;
  return values;
}

const credentialLevel = ({ source, isExplicit, values }: Source): CredentialLevel => ({
  source,
  ...(!isExplicit && { fromEnvironment: true }),
  values: Object.fromEntries(
    credentialNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  ),
});

/** The vendor's SDKs take a region's address from `HUAWEICLOUD_SDK_REGION_HSS_CN_NORTH_4`; of several the first. */
function regionOverride(env: Env, region: string | undefined, problems: Problem[]): string | undefined {
  if (region === undefined) return undefined;
  const variable = `HUAWEICLOUD_SDK_REGION_HSS_${region.toUpperCase().replaceAll("-", "_")}`;
  const value = env[variable]?.split(",")[0]?.trim();
  if (value === undefined || value === "") return undefined;
  const parsed = parseEndpoint(value);
  if ("reason" in parsed) problems.push({ property: variable, reason: parsed.reason });
  return value;
}

function address(text: string | undefined, paths: readonly string[] = []): URL | undefined {
  const parsed = text === undefined ? undefined : parseEndpoint(text, paths);
  return parsed && "url" in parsed ? parsed.url : undefined;
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.property}\n${problem.reason}`, problem])).values()];
}
