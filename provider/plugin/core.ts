import { z } from "zod";
import { configuration, pulumiKeys, resolveSettings, secretsIn, settingMeta } from "../settings/index.js";
import { redactError, redactor } from "../redact.js";
import { ArgumentError, ConfigurationError } from "../errors.js";
import { functions } from "../functions/index.js";
import { Session } from "../session.js";
import type { ResourceContext } from "../resources/definition.js";
import { mappedLog } from "../runtime/mappedLog.js";
import type { Log } from "../runtime/runtime.js";
import { containsUnknown } from "../marks.js";
import { printable } from "../text.js";
import { isRecord, parseJson } from "../values.js";
import { unwrap } from "../zod.js";
import { token as tokenOf } from "./schema.js";
import { createResources } from "./resources.js";
import { camelNames, speakerFor } from "./snakeCase.js";
import { withoutSecret } from "./failure.js";
import { unwrapSecrets, wrapSecret, type Failure } from "./struct.js";

type Values = Record<string, unknown>;

const settingNames = Object.keys(configuration.shape);

export type PluginCore = ReturnType<typeof createCore>;

interface CoreOptions {
  readonly log: Log;
  /** Messages that the engine shows beside a resource. */
  readonly logOf: (urn: string) => Log;
  readonly env: NodeJS.ProcessEnv;
}

/** What the protocol's calls mean for this package, in plain values. */
export function createCore({ log, logOf, env }: CoreOptions) {
  // of several providers in one program, which one speaks
  let label = "";
  const session = new Session({ log: mappedLog(log, (text) => label + text), env });
  const running = new Set<AbortController>();
  const byToken = new Map(functions.map((definition) => [tokenOf(definition.name), definition]));
  let config: Values = {};

  /** A call that `cancel` aborts. */
  const call: ResourceContext["call"] = async (definition, args) => {
    const controller = new AbortController();
    running.add(controller);
    try {
      return await session.call(definition, args, { config, signal: controller.signal });
    } finally {
      running.delete(controller);
    }
  };

  return {
    resources: createResources(logOf, call),

    /** The settings to keep, with secrets wrapped, and each bad one. */
    checkConfig(news: Values): { inputs: Values; failures: Failure[] } {
      const inputs = Object.fromEntries(Object.entries(news).map(([name, value]) => [name, guarded(name, value)]));
      try {
        // what is unknown in a preview can't be judged yet
        const { known, unknown } = settingsOf(news);
        resolveSettings(known, env, unknown);
        return { inputs, failures: [] };
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        const redact = redactor(secretsIn([settingsOf(news).known], env));
        const { problems } = redactError(error, redact);
        return { inputs, failures: problems.map((it) => withoutSecret(it, news[it.property], settingNames)) };
      }
    },

    /** Names of the settings that differ. */
    diffConfig(olds: Values, news: Values): string[] {
      const before = unwrapSecrets(olds).value as Values;
      const after = unwrapSecrets(news).value as Values;
      const names = new Set([...Object.keys(before), ...Object.keys(after)]);
      return [...names]
        .filter((name) => !pulumiKeys.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
        .sort();
    },

    /** `provider`: its name as the program has it; Pulumi's own are `default` with a version. */
    configure(args: Values, provider = ""): void {
      config = settingsOf(args).known;
      label = provider === "" || provider.startsWith("default") ? "" : `[${printable(provider, 64)}] `;
    },

    async invoke(token: string, args: Values): Promise<{ values?: Values; failures?: Failure[] }> {
      const definition = byToken.get(token) ?? byToken.get(longToken(token));
      if (!definition) {
        const known = [...byToken.keys()].join(", ");
        return {
          failures: [{ property: "", reason: `${token} is not a function of this package; expected one of ${known}` }],
        };
      }
      const unknown = Object.keys(args).filter((name) => containsUnknown(args[name]));
      if (unknown.length > 0) {
        const reason = "is not known yet: the value exists only after an update";
        return { failures: unknown.map((property) => ({ property, reason })) };
      }
      const { value, secret } = unwrapSecrets(args);
      try {
        const values: Values = await call(definition, camelNames(definition.args, value) as Values);
        if (!secret) return { values };
        return { values: Object.fromEntries(Object.entries(values).map(([name, item]) => [name, wrapSecret(item)])) };
      } catch (error) {
        const say = speakerFor(definition.args, value);
        return {
          failures: failuresOf(error).map(({ property, reason }) => ({ property: say(property), reason: say(reason) })),
        };
      }
    },

    /** Aborts every call under way. */
    cancel(): void {
      for (const controller of running) controller.abort(new Error("Pulumi was cancelled"));
    },
  };
}

/** A secret setting is a secret in the state, even where the program gave it as plain text. */
function guarded(name: string, value: unknown): unknown {
  const setting = (configuration.shape as Record<string, z.ZodType | undefined>)[name];
  if (!setting || !settingMeta(setting).secret || containsUnknown(value) || unwrapSecrets(value).secret) return value;
  return wrapSecret(value);
}

const longToken = (token: string): string => token.replace(/^hss:([^:/]+)$/, "hss:index:$1");

/** A provider's settings with secrets unwrapped, and the names of those not known yet. */
function settingsOf(args: Values): { known: Values; unknown: string[] } {
  const open = unwrapSecrets(args).value as Values;
  const known: Values = {};
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(open)) {
    if (pulumiKeys.has(name)) continue;
    // a nested setting arrives as JSON text from the stack's configuration
    if (containsUnknown(value)) unknown.push(name);
    else known[name] = nested(name, value);
  }
  return { known, unknown };
}

/** An object, as each language's SDK writes it: JSON text, its names in that language's case. */
function nested(name: string, value: unknown): unknown {
  const setting = (configuration.shape as Record<string, z.ZodType | undefined>)[name];
  if (!setting || !(unwrap(setting) instanceof z.ZodObject)) return value;
  const object = typeof value === "string" ? parseJson(value) : value;
  return isRecord(object) ? camelNames(setting, object) : value;
}

function failuresOf(error: unknown): Failure[] {
  if (error instanceof ArgumentError || error instanceof ConfigurationError) {
    return error.problems.map(({ property, reason }) => ({ property, reason: `${property}: ${reason}` }));
  }
  return [{ property: "", reason: error instanceof Error ? error.message : String(error) }];
}
