import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { configuration, pulumiKeys } from "../provider/settings/index.js";
import type { FunctionDefinition } from "../provider/functions/definition.js";
import { HssError } from "../provider/errors.js";
import { Session } from "../provider/session.js";
import type { Log } from "../provider/runtime/runtime.js";

/** The `hss:` settings, as the stack's configuration or a `Provider` would hold them. */
export type Config = z.input<typeof configuration>;

export interface CallOptions {
  /** Settings that override the stack's `hss:` configuration. */
  config?: Config;
  /** Aborts the call; what is in flight ends at once. */
  signal?: AbortSignal;
}

/** As `CallOptions`, with settings that may still be outputs of resources. */
export interface OutputCallOptions {
  config?: pulumi.Input<{ [Key in keyof Config]: pulumi.Input<Config[Key]> }>;
  signal?: AbortSignal;
  /** Resources that must exist before the call is made. */
  dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource>;
}

const log: Log = {
  debug: (message) => void pulumi.log.debug(message),
  info: (message) => void pulumi.log.info(message),
  warn: (message) => void pulumi.log.warn(message),
  // a line that Pulumi's display replaces by the next, and leaves out of the finished log
  progress: (message) => void pulumi.log.info(message, undefined, undefined, true),
};

// one for the program: its calls share pace, credentials and the reads under way
let session: Session | undefined;

/**
 * All that is there: a key that is no setting is as much an error here as it is for the plugin. But in a project that is
 * itself called hss it may be one of the project's own.
 */
function stackConfig(): Record<string, unknown> {
  const stack = new pulumi.Config("hss");
  const isForeign = (key: string) =>
    pulumiKeys.has(key) || (!(key in configuration.shape) && pulumi.getProject() === "hss");
  const keys = Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith("hss:"))
    .map((key) => key.slice("hss:".length));
  return Object.fromEntries(keys.filter((key) => !isForeign(key)).map((key) => [key, stack.get(key)]));
}

/** The function as a program calls it with plain values. */
export const promised =
  <Args extends z.ZodObject, Result extends z.ZodObject>(definition: FunctionDefinition<Args, Result>) =>
  (args: z.input<Args> = {} as z.input<Args>, options: CallOptions = {}): Promise<z.output<Result>> => {
    session ??= new Session({ log, env: process.env });
    const { config = {}, signal } = options;
    return session.call(definition, args, { config: [config, stackConfig()], signal }).catch(inOneLine);
  };

/** An error with Pulumi's own mark of a message that stands alone: it is printed without a stack, and is what it was for a `catch`. */
function inOneLine(error: unknown): never {
  if (HssError.is(error)) Object.defineProperty(error, "__pulumiRunError", { value: true });
  throw error;
}

/**
 * The function with inputs that may be outputs of resources. While one is unknown in a preview the call is not made and the
 * result is unknown; a secret argument makes the result secret.
 */
export const lifted = <Args extends z.ZodObject, Result extends z.ZodObject>(
  definition: FunctionDefinition<Args, Result>,
) => {
  const call = promised(definition);
  return (
    args: pulumi.Input<{ [Key in keyof z.input<Args>]: pulumi.Input<z.input<Args>[Key]> }> = {} as never,
    options: OutputCallOptions = {},
  ): pulumi.Output<z.output<Result>> => {
    const { config, signal, dependsOn } = options;
    const needed = pulumi
      .output(dependsOn ?? [])
      .apply((resources) => (Array.isArray(resources) ? resources : [resources]));
    const ready = needed.apply((resources) => pulumi.all((resources as pulumi.Resource[]).map(existence)));
    const lift = pulumi.all([args, plainSettings(config), ready]) as unknown as pulumi.Output<
      [z.input<Args>, Config, string[]]
    >;
    return lift.apply(([plain, settings]) => call(plain, { config: settings, signal })) as pulumi.Output<
      z.output<Result>
    >;
  };
};

/** Known once the resource exists, a component with all below it: in the preview that would create it, the call has to wait. */
const existence = (resource: pulumi.Resource): pulumi.Output<unknown> =>
  pulumi.CustomResource.isInstance(resource)
    ? resource.id
    : resource.urn.apply(() => pulumi.all(childrenOf(resource).map(existence)));

/** As Pulumi's own `dependsOn` finds them; its declarations leave the field out. */
const childrenOf = (component: pulumi.Resource): pulumi.Resource[] => [
  ...((component as { __childResources?: Iterable<pulumi.Resource> }).__childResources ?? []),
];

/** Keys and tokens are secrets of the call, not of what it reads: they must not make the result a secret. */
function plainSettings(config: OutputCallOptions["config"]): pulumi.Output<Config> {
  return pulumi.unsecret(pulumi.output(config ?? {})) as unknown as pulumi.Output<Config>;
}
