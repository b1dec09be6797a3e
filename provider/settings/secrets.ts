import type { z } from "zod";
import { shortestPiece } from "../redact.js";
import { proxyPasswords } from "../runtime/proxy.js";
import type { Env } from "../runtime/runtime.js";
import { isRecord, parseJson } from "../values.js";
import { configuration, settingMeta } from "./schema.js";

const secretSettings = (Object.entries(configuration.shape) as [string, z.ZodType][]).filter(
  ([, schema]) => settingMeta(schema).secret,
);

/** Settings that are secrets, and what they are called in the files of other tools. */
const secretNames = new Set(
  [
    ...secretSettings.map(([name]) => name),
    ...["ak", "sk", "accessKeyId", "secretAccessKey", "security_token", "stsToken", "authToken", "xAuthToken"],
  ].map((name) => name.toLowerCase()),
);

export const isSecretName = (name: string): boolean => secretNames.has(name.toLowerCase());

const secretVariables = [
  ...secretSettings.flatMap(([, schema]) => settingMeta(schema).environment),
  "HW_ASSUME_ROLE_ID_TOKEN",
];

/**
 * What must be in no message about settings, before any of them is known to be good: the values of secret ones as they were
 * given, wherever they are nested, and of the variables that give such, used or not; what stands before the `@` of an
 * address. Shorter ones are left out: somebody's unused password may be any word of a message.
 */
export function secretsIn(given: readonly Readonly<Record<string, unknown>>[], env: Env): string[] {
  const variables = Object.values(env).flatMap((text = "") => (text.includes("@") ? userInfo(text) : []));
  const found = [
    ...given.flatMap((settings) => secretTexts(settings, false)),
    ...secretVariables.flatMap((name) => env[name] ?? []),
    ...variables,
    ...proxyPasswords(env),
  ];
  return [...new Set(found)].filter(({ length }) => length >= shortestPiece);
}

/** A value that should be an object may be the JSON text of one. */
function secretTexts(value: unknown, isSecret: boolean): string[] {
  if (typeof value === "number" || typeof value === "bigint") return isSecret ? [String(value)] : [];
  if (typeof value === "string") {
    const inner = /^\s*[{[]/.test(value) ? parseJson(value) : undefined;
    return [...(isSecret ? [value, value.trim()] : []), ...userInfo(value), ...secretTexts(inner, isSecret)];
  }
  if (Array.isArray(value)) return value.flatMap((item) => secretTexts(item, isSecret));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => secretTexts(item, isSecret || isSecretName(name)));
}

/** The password of an address, or all before its `@` where that is not two parts. */
function userInfo(text: string): string[] {
  return [...text.matchAll(/\/\/([^/?#\s@]*(?:@[^/?#\s@]*)*)@/g)].flatMap(([, user = ""]) => {
    const password = user.slice(user.indexOf(":") + 1);
    return [password, decoded(password)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
