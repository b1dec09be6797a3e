import { ArgumentError, ConfigurationError, HssError, type Problem, type ServiceError } from "../provider/errors.js";
import { printable } from "../provider/text.js";
import { isSecretName } from "../provider/settings/index.js";
import { kebab } from "./surface.js";
import { exitCodes, GateError, UsageError, VerificationError } from "./usage.js";

/** Arguments whose text comes from a file: what is wrong there is not how the command was called. */
const contents = new Set(["observation", "before", "after", "select", "exclude", "processes"]);

/** The exit code and the one line that an error ends the command with. `named` gives an argument as the user typed it. */
export function failureOf(error: unknown, named: (property: string) => string): { code: number; message: string } {
  return { code: codeOf(error), message: printable(messageOf(error, named).replace(/\s*\n\s*/g, " "), 8000) };
}

function codeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof GateError) return exitCodes.differs;
  if (error instanceof VerificationError) return exitCodes.verificationFailed;
  if (error instanceof ConfigurationError) return exitCodes.usage;
  if (error instanceof ArgumentError) {
    const isContent = error.problems.every(({ property }) => contents.has(property.split(".")[0] ?? ""));
    return isContent ? exitCodes.error : exitCodes.usage;
  }
  if (!HssError.is(error)) return exitCodes.error;
  if (error.code === "HSS_INCOMPLETE") return exitCodes.incomplete;
  if (error.code === "HSS_ABORTED") return exitCodes.interrupted;
  if (error.code === "HSS_CREDENTIALS") return exitCodes.denied;
  return error.code === "HSS_SERVICE" && isDenied(error as ServiceError) ? exitCodes.denied : exitCodes.error;
}

/** HSS answers 400 for nearly everything: then its code tells. */
const isDenied = ({ status, errorCode = "" }: ServiceError): boolean =>
  status === 401 || status === 403 || /^HSS\.00(?:10|13)$/.test(errorCode);

function messageOf(error: unknown, named: (property: string) => string): string {
  const listed = (problems: readonly Problem[]) =>
    problems.map(({ property, reason }) => `${named(property)}: ${reason}`).join("; ");
  if (error instanceof ArgumentError) return listed(error.problems);
  if (error instanceof ConfigurationError) return asFlags(`settings: ${listed(error.problems)}`);
  return asFlags(error instanceof Error ? error.message : String(error));
}

/** The core speaks of Pulumi's configuration; here a setting is a flag or stands in hss.yaml, and a secret in neither. */
const asFlags = (text: string): string =>
  text
    .replace(/\bhss:([a-z][A-Za-z]+)/g, (_, name: string) =>
      isSecretName(name) ? `the setting ${name}` : `--${kebab(name)}`,
    )
    .replaceAll("the Pulumi configuration", "flags and hss.yaml");
