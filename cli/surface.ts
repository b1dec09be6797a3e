import { z } from "zod";
import type { FunctionDefinition } from "../provider/functions/definition.js";
import { configuration, settingMeta } from "../provider/settings/index.js";
import { metaOf, unwrap } from "../provider/zod.js";

/**
 * What the command line offers, derived from the definitions of functions and settings. The build writes it as JSON, so that
 * `--help` loads no definition.
 */
export interface Surface {
  readonly version: string;
  readonly functions: readonly FunctionCommand[];
  readonly settings: readonly Flag[];
}

/** A function as a command. */
export interface FunctionCommand {
  readonly command: string;
  /** Name of the function. */
  readonly function: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  /** It decides by `select` and `exclude`. */
  readonly takesRule: boolean;
}

/** An argument or a setting as a flag. */
export interface Flag {
  /** As in the definition. */
  readonly name: string;
  /** Without the dashes. */
  readonly flag: string;
  /** `file`: the value is the text of the file named. `list`: words with commas between them. */
  readonly kind: "text" | "integer" | "boolean" | "list" | "json" | "file";
  readonly description: string;
  readonly choices?: readonly string[];
}

/** Short names of the functions that have one; any other is called by its own name in kebab case. */
const commandNames: Readonly<Record<string, string>> = {
  getAppWhitelistEvents: "events",
  getObservedProcesses: "observed",
  getWhitelistPolicyDocument: "policy",
  getWhitelistPolicyDiff: "diff",
};

/** Arguments that hold a whole document: on the command line, files. */
const fileFlags: Readonly<Record<string, string>> = { observation: "from", before: "before", after: "after" };

/** Arguments for which the command line has other means: here `--output`. */
const replaced: Readonly<Record<string, readonly string[]>> = { getAppWhitelistEvents: ["format"] };

export const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export function surfaceOf(functions: readonly FunctionDefinition[], version: string): Surface {
  const settings = fieldsOf(configuration)
    .filter(([, setting]) => !settingMeta(setting).secret)
    .map(([name, setting]) => flagOf(name, setting));
  // a setting's flag does for an argument of the same name
  const taken = new Set(settings.map(({ name }) => name));
  return {
    version,
    settings,
    functions: functions.map((definition) => ({
      command: commandNames[definition.name] ?? kebab(definition.name).replace(/^get-/, ""),
      function: definition.name,
      description: definition.description,
      takesRule: "select" in definition.args.shape,
      flags: fieldsOf(definition.args)
        .filter(([name]) => !taken.has(name) && !replaced[definition.name]?.includes(name))
        .map(([name, argument]) => flagOf(name, argument, fileFlags[name])),
    })),
  };
}

const fieldsOf = (schema: z.ZodObject) => Object.entries(schema.shape) as [string, z.ZodType][];

function flagOf(name: string, schema: z.ZodType, file?: string): Flag {
  const type = unwrap(schema);
  const choices = type instanceof z.ZodEnum ? (type.options as string[]) : undefined;
  const description = metaOf<string>(schema, "description") ?? "";
  return {
    name,
    flag: file ?? kebab(name),
    kind: file === undefined ? kindOf(type) : "file",
    description,
    ...(choices && { choices }),
  };
}

function kindOf(type: z.ZodType): Flag["kind"] {
  if (type instanceof z.ZodBoolean) return "boolean";
  if (type instanceof z.ZodNumber) return "integer";
  if (type instanceof z.ZodArray) {
    const item = unwrap(type.element as z.ZodType);
    return item instanceof z.ZodString || item instanceof z.ZodEnum ? "list" : "json";
  }
  return type instanceof z.ZodObject || type instanceof z.ZodRecord || type instanceof z.ZodUnion ? "json" : "text";
}
