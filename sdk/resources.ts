import * as pulumi from "@pulumi/pulumi";
import type { ResourceDefinition, Values } from "../provider/resources/definition.js";
import { resources } from "../provider/resources/index.js";
import { insideOf, type Account } from "./account.js";
import type { Config } from "./api.js";
import { stackConfig } from "./functions.js";
import type { operationsOf } from "./dynamic.js";

export interface ResourceOptions extends pulumi.CustomResourceOptions {
  /** For resources that read the service: the account to read, instead of the stack's `hss:` configuration. */
  account?: Account | undefined;
}

/**
 * A resource of this package that runs inside the program, without a plugin: Pulumi's dynamic provider. What the provider does
 * is what the plugin does (`dynamic.ts`); the state keeps these few lines, which find it in the project's node_modules.
 */
export abstract class DefinedResource extends pulumi.dynamic.Resource {
  constructor(type: string, name: string, args: object, options: ResourceOptions = {}) {
    const definition = resources.find((candidate) => candidate.name === type);
    if (!definition) throw new Error(`${type} is not a resource of this package`);
    const given = args as Props;
    const { import: imported, account, ...rest } = options;
    const defaults: pulumi.CustomResourceOptions = {
      additionalSecretOutputs: Object.keys(definition.tellsOf).filter(
        (output) => !(output in definition.outputs.shape),
      ),
      deleteBeforeReplace: definition.deleteBeforeReplace,
    };
    super(
      providerOf(type),
      name,
      {
        // only what the schema knows is understood; the rest is refused by the provider, in words
        ...Object.fromEntries(Object.keys(definition.inputs.shape).map((input) => [input, undefined])),
        ...given,
        __import: imported,
        // read later, in another process: what it needs to know goes with it
        ...(definition.readsService &&
          given["observation"] === undefined && { __settings: pulumi.secret(settingsFor(account)) }),
        // a dynamic provider does not learn who asks
        __owner: name,
      },
      pulumi.mergeOptions(defaults, rest),
      "hss",
      type,
    );
  }

  /**
   * Pulumi runs these, one after the other, before it registers the resource: the last one marks what tells of a secret, since
   * those before may have made one of an input.
   *
   * @internal
   */
  set __transformations(given: readonly pulumi.ResourceTransformation[]) {
    transformationsOf.set(this, [...given, markSecrets]);
  }
  /** @internal */
  get __transformations(): readonly pulumi.ResourceTransformation[] {
    return transformationsOf.get(this) ?? [];
  }
}

type Props = Record<string, pulumi.Input<unknown>>;

const transformationsOf = new WeakMap<object, readonly pulumi.ResourceTransformation[]>();

const markSecrets: pulumi.ResourceTransformation = ({ type, props, opts }) => {
  const definition = resources.find(({ name }) => type.endsWith(`:${name}`));
  if (!definition) return undefined;
  const { marks, secretOutputs } = secrecyOf(definition, props as Props, opts);
  const given = (opts as pulumi.CustomResourceOptions).additionalSecretOutputs ?? [];
  secretOutputs.unshift(...given);
  return { props: { ...props, ...marks }, opts: { ...opts, additionalSecretOutputs: secretOutputs } };
};

interface Secrecy {
  /** Inputs: which others are secrets, and in place of each output one that is as secret as what it tells of. */
  readonly marks: Props;
  /** Names of outputs; those that are secrets because an input is are added by the time that the marks are known. */
  readonly secretOutputs: string[];
}

function secrecyOf({ inputs, outputs, tellsOf }: ResourceDefinition, props: Props, options: ResourceOptions): Secrecy {
  const names = Object.keys(inputs.shape).filter((name) => props[name] !== undefined);
  const secretOutputs = Object.keys(tellsOf).filter((output) => !(output in outputs.shape));
  const secrets = Promise.all(
    names.map(async (name) => ((await pulumi.isSecret(pulumi.output(props[name]))) ? [name] : [])),
  ).then((found) => {
    const secret = isTransformedLater(options) ? names : found.flat();
    secretOutputs.push(...Object.keys(tellsOf).filter((output) => tellsOf[output]?.some((it) => secret.includes(it))));
    return secret;
  });
  const marks = Object.keys(outputs.shape).map((output) => {
    const sources = tellsOf[output] ?? [];
    const isSecret = secrets.then((secret) => sources.some((source) => secret.includes(source)));
    const value = pulumi.all(sources.map((name) => props[name])).apply(() => "");
    return [output, pulumi.output(isSecret).apply((it) => (it ? pulumi.secret(value) : value))] as const;
  });
  return {
    marks: { ...Object.fromEntries(marks), __secrets: secrets.then((found) => found.join(" ")) },
    secretOutputs,
  };
}

/** Where Pulumi's SDK keeps what it called the engine for; there is no public way to ask. */
interface PulumiState {
  readonly globalStore?: { readonly callbacks?: unknown };
  readonly asyncLocalStorage?: { getStore(): PulumiState["globalStore"] };
}

/**
 * Whether the engine may still change the inputs, by a transform that the program registered. A dynamic provider is never told
 * what became a secret there, so that all of it may be one.
 */
function isTransformedLater({
  transforms,
  xTransforms,
}: pulumi.ResourceOptions & { xTransforms?: unknown[] }): boolean {
  const { asyncLocalStorage, globalStore } = globalThis as unknown as PulumiState;
  const store = asyncLocalStorage?.getStore() ?? globalStore;
  return (transforms ?? []).length + (xTransforms ?? []).length > 0 || store?.callbacks !== undefined;
}

const settingsFor = (account: Account | undefined): pulumi.Output<string> =>
  (account ? insideOf(account).settings : pulumi.output(stackConfig() as Config)).apply((settings) =>
    JSON.stringify(settings),
  );

/**
 * Pulumi turns this object into source text, keeps that in the stack's state and runs it in another process, on another machine
 * even. So it captures nothing but the resource's type.
 */
function providerOf(type: string): pulumi.dynamic.ResourceProvider {
  const operations = (): ReturnType<typeof operationsOf> => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- runs where this file is not
    const { createRequire } = require("node:module") as typeof import("node:module");
    const load = createRequire(`${process.cwd()}/index.js`);
    return (load("pulumi-hss/resources") as typeof import("./dynamic.js")).operationsOf(type);
  };
  return {
    check: (olds: Values, news: Values) => operations().check(olds, news),
    diff: (_id: string, olds: Values, news: Values) => operations().diff(olds, news),
    create: (inputs: Values) => operations().create(inputs),
    read: (id: string, state?: Values) => operations().read(id, state),
    update: (_id: string, olds: Values, news: Values) => operations().update(olds, news),
    delete: (_id: string, state: Values) => operations().delete(state),
  };
}
