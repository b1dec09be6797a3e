import type { Problem } from "../errors.js";
import { configuration, isSecretName } from "../settings/index.js";
import { closest } from "../suggest.js";
import { unwrapSecrets, type Failure } from "./struct.js";

/**
 * The engine prints the value of a property that a failure names, secret or not. Where that may hold a secret (one of the secret
 * settings, a property that nobody knows and that may be one misspelled, a Pulumi secret, an address with a password in it) the
 * name stands in the reason instead.
 */
export function withoutSecret({ property, reason }: Problem, given: unknown, known: readonly string[]): Failure {
  const { value, secret } = unwrapSecrets(given);
  const isRisky =
    secret ||
    !known.includes(property) ||
    isSecretName(property) ||
    closest(property, secretNames) !== undefined ||
    JSON.stringify(value ?? "").includes("@");
  return isRisky ? { property: "", reason: `${property}: ${reason}` } : { property, reason };
}

const secretNames = Object.keys(configuration.shape).filter(isSecretName);
