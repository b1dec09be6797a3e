import type { Env } from "../provider/runtime/runtime.js";
import { configuration, settingMeta, type SettingName } from "../provider/settings/index.js";

type Values = Readonly<Record<string, unknown>>;

/** Where a setting's value comes from: a flag, a variable by its name, or the file. */
export interface SettingOrigin {
  readonly name: SettingName;
  readonly origin: string;
  readonly isSecret: boolean;
  readonly value: unknown;
}

const names = Object.keys(configuration.shape) as SettingName[];

/** Settings that are one decision: of another place's, none is taken. */
const groups: readonly (readonly SettingName[])[] = [
  ["projectId", "projectName"],
  ["accessKey", "secretKey", "securityToken", "token", "userName", "userId", "password", "domainName", "domainId"],
];

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** The variable that gives a setting. */
export const variableOf = (name: SettingName, env: Env): string | undefined =>
  settingMeta(configuration.shape[name]).environment.find((variable) => isGiven(env[variable]));

/**
 * Settings for a call, first one wins: flags, then what the file says and the environment does not. (Of the settings that a
 * call is given, all win over the environment.)
 */
export function layered(flags: Values, file: Values, env: Env): Values[] {
  const kept = Object.entries(file).filter(([name]) => {
    const together = groups.find((group) => (group as readonly string[]).includes(name)) ?? [name as SettingName];
    return !together.some((other) => isGiven(flags[other]) || (names.includes(other) && variableOf(other, env)));
  });
  return [flags, Object.fromEntries(kept)];
}

/** Which settings are given, and by what. Values of secrets are not in it. */
export function originsOf(flags: Values, file: Values, env: Env, fileName: string): SettingOrigin[] {
  const [, kept = {}] = layered(flags, file, env);
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
