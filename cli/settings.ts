import type { Env } from "../provider/runtime/runtime.js";
import { ConfigurationError } from "../provider/errors.js";
import {
  assumeRole,
  configuration,
  contradictions,
  sdkIdToken,
  settingMeta,
  type SettingName,
} from "../provider/settings/index.js";

type Values = Readonly<Record<string, unknown>>;

/** Where a setting's value comes from: a flag, a variable by its name, or the file. */
export interface SettingOrigin {
  readonly name: SettingName;
  readonly origin: string;
  readonly isSecret: boolean;
  readonly value: unknown;
}

const names = Object.keys(configuration.shape) as SettingName[];

const credentials = [
  "accessKey",
  "secretKey",
  "securityToken",
  "token",
  "password",
  "profile",
  "sharedConfigFile",
] as const satisfies readonly SettingName[];

/** Settings that are one decision: of another place's, none is taken where one that decides is given before it. */
const groups: readonly { readonly all: readonly SettingName[]; readonly deciding: readonly SettingName[] }[] = [
  { all: ["projectId", "projectName"], deciding: ["projectId", "projectName"] },
  {
    // the name of an account alone is no credential
    all: [...credentials, "userName", "userId", "domainName", "domainId"],
    deciding: credentials,
  },
];

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** The variable that gives a setting; of an agency, the one that names it. */
export const variableOf = (name: SettingName, env: Env): string | undefined =>
  settingMeta(name === "assumeRole" ? assumeRole.shape.agencyName : configuration.shape[name]).environment.find(
    (variable) => isGiven(env[variable]),
  );

/**
 * Settings for a call, first one wins: flags, then what the file says and the environment does not. (Of the settings that a
 * call is given, all win over the environment.) Throws `ConfigurationError` where the environment names another user or account
 * than the file does beside a password.
 */
export function layered(flags: Values, file: Values, env: Env): Values[] {
  const isBefore = (name: SettingName) =>
    isGiven(flags[name]) || (names.includes(name) && variableOf(name, env) !== undefined);
  const kept = Object.entries(file).filter(([given]) => {
    const name = given as SettingName;
    const group = groups.find(({ all }) => all.includes(name));
    const isIdTokens = group?.deciding === credentials && sdkIdToken(env) !== undefined;
    return !isIdTokens && !(group?.deciding ?? [name]).some(isBefore);
  });
  const rest = Object.fromEntries(kept);
  const problems = isGiven(rest.password) && flags.endpoint !== "emulator" ? contradictions(rest, env) : [];
  if (problems.length > 0) throw new ConfigurationError(problems);
  // before the file's region and cloud, which the settings of a call would otherwise take for the program's own
  const variable = variableOf("endpoint", env);
  const isAddress = variable !== undefined && (isGiven(rest.region) || isGiven(rest.cloud));
  return isAddress ? [flags, { endpoint: env[variable] }, rest] : [flags, rest];
}

/** Which settings are given, and by what. Values of secrets are not in it. */
export function originsOf(flags: Values, file: Values, env: Env, fileName: string): SettingOrigin[] {
  const kept = layered(flags, file, env).at(-1) ?? {};
  return names.flatMap((name): SettingOrigin[] => {
    const isSecret = settingMeta(configuration.shape[name]).secret;
    const variable = variableOf(name, env);
    const found = isGiven(flags[name])
      ? { origin: "flag", value: flags[name] }
      : variable !== undefined
        ? { origin: variable, value: env[variable] }
        : isGiven(kept[name])
          ? { origin: fileName, value: kept[name] }
          : undefined;
    return found ? [{ name, isSecret, ...found, value: isSecret ? undefined : found.value }] : [];
  });
}
