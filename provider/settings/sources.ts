import type { z } from "zod";
import type { Problem } from "../errors.js";
import type { IdToken } from "../hss/credentials/index.js";
import { parseEndpoint } from "../hss/endpoint.js";
import type { Env } from "../runtime/runtime.js";
import { repeatedName } from "../repeated.js";
import {
  assumeRole,
  configuration,
  mostRetries,
  pulumiKeys,
  settingMeta,
  type Configuration,
  type SettingName,
} from "./schema.js";
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
  /** The family of its variables: `HW_`. */
  readonly family?: string;
  /** What a setting is called here: itself, or the variable that gives it. */
  named(setting: string): string;
  /** What of it is not followed to the letter, a line each. */
  readonly notes: readonly string[];
  readonly idToken?: IdToken;
  /** The variables of a user's account and of a project's, where they name two. */
  readonly twoAccounts?: Problem;
}

const names = Object.keys(configuration.shape) as SettingName[];

/** Settings of which a program only says that they will be given. */
export const pendingSource = (pending: readonly string[]): Source => ({
  source: "Pulumi configuration",
  isExplicit: true,
  values: {},
  given: new Set(pending),
  problems: [],
  named: (setting) => setting,
  notes: [],
});

export function explicitSource(given: Readonly<Record<string, unknown>>): Source {
  const present = Object.entries(given).filter(([, value]) => !isAbsent(value));
  const problems: SettingProblem[] = present
    .filter(([name]) => !Object.hasOwn(configuration.shape, name))
    .map(([name]) => ({
      setting: name,
      property: repeatedName(name, [...names, ...pulumiKeys]),
      reason: unknownName(name, names),
    }));
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
    const notes: string[] = [];
    const given = new Map<string, unknown>();
    const role = new Map(
      Object.entries(assumeRole.shape).map(([name, field]) => [name, first(field, `assumeRole.${name}`)]),
    );
    for (const name of names) given.set(name, first(configuration.shape[name], name));
    if (family === "OS_") settleOpenStack(given, env, variables);
    given.set("maxRetries", withinRange(given.get("maxRetries"), variables.get("maxRetries"), notes));
    if ([...role.values()].some((value) => value !== undefined)) given.set("assumeRole", Object.fromEntries(role));
    if (variables.get("assumeRole.agencyName") === "OS_AGENCY_NAME") delegate(given, env, variables, notes);
    const known = [...given].filter(([, value]) => value !== undefined);
    const named = (name: string) => variables.get(name) ?? name;
    return {
      source: `environment variables ${family}*`,
      isExplicit: false,
      values: validated(known, named, problems),
      given: new Set(known.map(([name]) => name)),
      problems,
      family,
      named,
      notes,
      ...(family === "HUAWEICLOUD_SDK_" && { idToken: sdkIdToken(env) }),
      ...(family === "OS_" && { twoAccounts: twoAccounts(env, variables) }),
    };
  });
}

/** An account is named by one kind of variables, and a token is no password's. */
function settleOpenStack(given: Map<string, unknown>, env: Env, variables: Map<string, string>): void {
  const kinds = ["OS_DOMAIN_", "OS_USER_DOMAIN_", "OS_PROJECT_DOMAIN_"];
  const kind = kinds.find((prefix) => !isAbsent(env[`${prefix}NAME`]) || !isAbsent(env[`${prefix}ID`]));
  for (const [name, end] of [
    ["domainName", "NAME"],
    ["domainId", "ID"],
  ] as const) {
    const variable = `${kind ?? ""}${end}`;
    given.set(name, kind === undefined || isAbsent(env[variable]) ? undefined : env[variable]);
    variables.set(name, variable);
  }
  // the clients that read it don't look at a token that is left over
  if (/password$/i.test(env.OS_AUTH_TYPE ?? "") && given.get("password") !== undefined) given.delete("token");
}

/** The clients of OpenStack look a project up in its own account, IAM in the user's. */
function twoAccounts(env: Env, variables: ReadonlyMap<string, string>): Problem | undefined {
  const ends = { domainName: "NAME", domainId: "ID" };
  for (const [name, end] of Object.entries(ends)) {
    const property = `OS_PROJECT_DOMAIN_${end}`;
    const variable = variables.get(name);
    const users = env[variable ?? ""];
    if (variable !== undefined && !isAbsent(users) && !isAbsent(env[property]) && env[property] !== users)
      return { property, reason: `names another account than ${variable}: IAM knows projects of the user's only` };
  }
  return undefined;
}

/** The vendor's SDKs take it before access keys, in the environment as in a profile. */
export function sdkIdToken({
  HUAWEICLOUD_SDK_IDP_ID: idpId,
  HUAWEICLOUD_SDK_ID_TOKEN_FILE: file,
}: Env): IdToken | undefined {
  return isAbsent(idpId) || isAbsent(file) ? undefined : { idpId: idpId ?? "", file: file ?? "" };
}

/** An id token of any of the families, the file before the text. */
export function idTokenOf(env: Env): IdToken | undefined {
  const first = (names: readonly string[]) => names.map((name) => env[name]).find(Boolean);
  const idpId = first(["HUAWEICLOUD_SDK_IDP_ID", "HW_ASSUME_ROLE_IDP_ID"]);
  const file = first(["HUAWEICLOUD_SDK_ID_TOKEN_FILE", "HW_ASSUME_ROLE_ID_TOKEN_FILE"]);
  const text = first(["HW_ASSUME_ROLE_ID_TOKEN"]);
  return idpId === undefined || (file ?? text) === undefined ? undefined : { idpId, file, text };
}

/** Other tools take any number of retries, and a shell that suits them must not fail every call here. */
function withinRange(value: unknown, variable: string | undefined, notes: string[]): unknown {
  if (variable === undefined || !/^\s*\+?\d{1,15}\s*$/.test(String(value)) || Number(value) <= mostRetries)
    return value;
  notes.push(`${variable} is more than the ${mostRetries} retries that are made here at most`);
  return mostRetries;
}

/**
 * An agency of the older kind leads to a project of the other account: the delegated one, else the region's. The variables
 * that name a project of the own account are not about it.
 */
function delegate(given: Map<string, unknown>, env: Env, variables: Map<string, string>, notes: string[]): void {
  for (const name of ["projectId", "projectName"]) {
    const variable = variables.get(name);
    if (given.get(name) !== undefined && variable !== undefined)
      notes.push(
        `${variable} is not followed beside OS_AGENCY_NAME, whose project is OS_DELEGATED_PROJECT or the region's`,
      );
    given.delete(name);
  }
  variables.set("projectName", "OS_DELEGATED_PROJECT");
  if (!isAbsent(env.OS_DELEGATED_PROJECT)) given.set("projectName", env.OS_DELEGATED_PROJECT);
}

/** The vendor's SDKs take a region's address from `HUAWEICLOUD_SDK_REGION_HSS_CN_NORTH_4`; of several the first. */
export function regionOverride(
  env: Env,
  region: string,
  problems: Problem[],
): { readonly variable: string; readonly url: URL } | undefined {
  const variable = `HUAWEICLOUD_SDK_REGION_HSS_${region.toUpperCase().replaceAll("-", "_")}`;
  const value = env[variable]?.split(",")[0]?.trim();
  if (value === undefined || value === "") return undefined;
  const parsed = parseEndpoint(value);
  if ("url" in parsed) return { variable, url: parsed.url };
  problems.push({ property: variable, reason: parsed.reason });
  return undefined;
}
