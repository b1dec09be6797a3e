import type { z } from "zod";
import type { Problem } from "../errors.js";
import type { FunctionDefinition } from "../functions/definition.js";
import type { Disk } from "../runtime/disk.js";
import type { Log } from "../runtime/runtime.js";

/**
 * A resource of the package, whole: what a program gives, what the state holds beyond that, and what each step of Pulumi's
 * protocol means. The Pulumi schema, the plugin, the SDK's class and the reference page are derived from one of these.
 */
export interface ResourceDefinition<
  Inputs extends z.ZodObject = z.ZodObject,
  Outputs extends z.ZodObject = z.ZodObject,
> {
  readonly name: string;
  readonly description: string;
  /** A part of a program in YAML. */
  readonly example?: string;
  /** What a program gives; `check` fills in what is optional. */
  readonly inputs: Inputs;
  /** What the state holds beside the inputs. */
  readonly outputs: Outputs;
  /** Of each output, also of those that no schema shows, the inputs that it tells of: it is a secret where one of them is. */
  readonly tellsOf: Readonly<Record<string, readonly (keyof z.output<Inputs> & string)[]>>;
  /** It may ask the service: in a program, the settings are among its inputs, as a secret. */
  readonly readsService?: boolean;
  /** A replacement is made after the old one is gone. */
  readonly deleteBeforeReplace: boolean;

  /**
   * Fills in defaults, and adds to `problems` what no single input shows. A bad input, and one that a preview can't know, looks
   * like one that was not given. `old`: the inputs before; undefined for a new resource.
   */
  check(
    context: ResourceContext,
    given: Partial<z.output<Inputs>>,
    old: Values | undefined,
    problems: Problem[],
  ): Promise<Values>;
  /** What the outputs will be; asked only while all inputs that they tell of are known. Undefined: nobody can know before. */
  readonly foresee: ((inputs: Complete<Inputs>) => Values) | undefined;
  diff(context: ResourceContext, state: Values, inputs: Partial<z.output<Inputs>>): Promise<Difference>;
  create(context: ResourceContext, inputs: Complete<Inputs>): Promise<{ readonly id: string; readonly state: Values }>;
  /** As the world has it, for a refresh (with the state) or an import (without); undefined where it is gone. */
  read(
    context: ResourceContext,
    id: string,
    state: Values | undefined,
  ): Promise<{ readonly id: string; readonly state: Values; readonly inputs: Values } | undefined>;
  update(context: ResourceContext, state: Values, inputs: Complete<Inputs>): Promise<Values>;
  delete(context: ResourceContext, state: Values): Promise<void>;
}

export type Values = Readonly<Record<string, unknown>>;

/** The inputs after `check`. */
export type Complete<Inputs extends z.ZodObject> = Required<z.output<Inputs>>;

export interface Difference {
  /** Names of the inputs that differ from the state. */
  readonly changed: readonly string[];
  /** Those of them that only a new resource can have. */
  readonly replaces: readonly string[];
  /** The world is not as the state says. */
  readonly drifted: boolean;
}

export interface ResourceContext {
  readonly disk: Disk;
  /** What a person should see beside the resource. */
  readonly log: Log;
  /** Calls a function with the settings of the resource's provider. */
  readonly call: <Args extends z.ZodObject, Result extends z.ZodObject>(
    definition: FunctionDefinition<Args, Result>,
    args: Values,
  ) => Promise<z.output<Result>>;
  /** Inputs whose values are Pulumi secrets: they must not stand in a message. */
  readonly secrets: ReadonlySet<string>;
  /** Who asks, to tell two owners of one thing apart; undefined where Pulumi does not say. */
  readonly owner?: string;
  /** What each owner in this process claims as its own. */
  readonly claims: Map<string, string>;
}

/** What the state says where it was written by an older version, by hand or by another program may be anything. */
export const textIn = (values: Values, name: string): string => {
  const value = values[name];
  return typeof value === "string" ? value : "";
};

export const defineResource = <Inputs extends z.ZodObject, Outputs extends z.ZodObject>(
  definition: ResourceDefinition<Inputs, Outputs>,
): ResourceDefinition => definition as unknown as ResourceDefinition;
