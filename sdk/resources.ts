import * as pulumi from "@pulumi/pulumi";
import type { Values } from "../provider/resources/definition.js";
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
    const given = args as Record<string, pulumi.Input<unknown>>;
    const outputs = Object.keys(definition.tellsOf);
    const shown = Object.keys(definition.outputs.shape);
    // what tells of a secret is one: an output is as secret as the input of the same name
    const secrecy = Object.fromEntries(
      shown.map((output) => [
        output,
        pulumi.all((definition.tellsOf[output] ?? []).map((name) => given[name])).apply(() => ""),
      ]),
    );
    const isSecret = Object.entries(given).map(async ([input, value]) =>
      (await pulumi.isSecret(pulumi.output(value))) ? [input] : [],
    );
    const { import: imported, account, ...rest } = options;
    const defaults: pulumi.CustomResourceOptions = {
      additionalSecretOutputs: outputs.filter((output) => !shown.includes(output)),
      deleteBeforeReplace: definition.deleteBeforeReplace,
    };
    super(
      providerOf(type),
      name,
      {
        // only what the schema knows is understood; the rest is refused by the provider, in words
        ...Object.fromEntries(Object.keys(definition.inputs.shape).map((input) => [input, undefined])),
        ...given,
        ...secrecy,
        __secrets: Promise.all(isSecret).then((names) => names.flat().join(" ")),
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
