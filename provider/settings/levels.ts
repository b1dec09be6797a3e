import type { SettingName } from "./schema.js";

/** Settings that authenticate. They are only ever used together with others of their own level. */
export const authenticating = [
  "accessKey",
  "secretKey",
  "securityToken",
  "token",
  "password",
] as const satisfies readonly SettingName[];

/** Settings that make up credentials: names of a user and an account too, which alone do not authenticate. */
export const credentialNames = [
  ...authenticating,
  "userName",
  "domainName",
  "domainId",
] as const satisfies readonly SettingName[];

export type CredentialName = (typeof credentialNames)[number];
export type CredentialValues = Readonly<Partial<Record<CredentialName, string>>>;

/** Credentials as one place gives them, whole or not. */
export interface CredentialLevel {
  /** Where they are from, for messages. */
  readonly source: string;
  /** Absent for what the program itself gives. */
  readonly fromEnvironment?: boolean;
  readonly values: CredentialValues;
}

/** Variables of one family belong together: an old token of another tool's must not meet the keys of this one. */
const families = ["HW_", "HUAWEICLOUD_SDK_", "CLOUD_SDK_", "OS_"] as const;

/** The family of an environment variable, its prefix. */
export const familyOf = (variable: string): string => families.find((family) => variable.startsWith(family)) ?? "";

/** Source for messages, in order of precedence. */
export const environmentSources: readonly (readonly [family: string, source: string])[] = families.map((family) => [
  family,
  `environment variables ${family}*`,
]);

/** Whether a level gives credentials, whole or not. */
export const holdsCredentials = (values: CredentialValues): boolean =>
  authenticating.some((name) => values[name] !== undefined);
