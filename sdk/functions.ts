import * as pulumi from "@pulumi/pulumi";
import { ArgumentError, ConfigurationError, HssError, type Problem } from "../provider/errors.js";
import { functions } from "../provider/functions/index.js";
import { Session } from "../provider/session.js";
import { configuration, pulumiKeys } from "../provider/settings/index.js";
import { repeatedName } from "../provider/repeated.js";
import { expected } from "../provider/suggest.js";
import { Account, insideOf } from "./account.js";
import type { Config } from "./api.js";
import { pulumiLog } from "./log.js";

export interface CallOptions {
  /** Whose events: an account of its own instead of the stack's `hss:` configuration. */
  account?: Account | undefined;
  /** Several accounts, of which getObservedProcesses and getWhitelistPolicyDocument make one observation. */
  accounts?: readonly Account[] | undefined;
  /** Settings that override the account's, or the stack's `hss:` configuration. */
  config?: Config | undefined;
  /** Aborts the call; what is in flight ends at once. */
  signal?: AbortSignal | undefined;
}

/** As `CallOptions`, with settings that may still be outputs of resources. */
export interface OutputCallOptions {
  account?: Account | undefined;
  accounts?: readonly Account[] | undefined;
  config?: pulumi.Input<{ [Key in keyof Config]: pulumi.Input<Config[Key]> }> | undefined;
  signal?: AbortSignal | undefined;
  /** Resources that must exist before the call is made. */
  dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource> | undefined;
}

// one for the program: its calls share pace, credentials and the reads under way
let session: Session | undefined;

/** The function as a program calls it with plain values. */
export async function invoke<Result>(name: string, args: object, options: CallOptions): Promise<Result> {
  try {
    mustKnow(name, options, ["account", "accounts", "config", "signal"]);
    // a program under test never asks a cloud: what it mocks is what the plugin would be asked
    if (isMocked()) return (await pulumi.runtime.invoke(`hss:index:${name}`, { ...args })) as Result;
    const { config, signal } = options;
    const accounts = accountsOf(options);
    const settings = await Promise.all(accounts.map(settled));
    return await call<Result>(name, args, { accounts, config: config ?? {}, signal, settings });
  } catch (error) {
    return inOneLine(error);
  }
}

/**
 * The function with inputs that may be outputs of resources. While one is unknown in a preview the call is not made and the
 * result is unknown; a secret argument makes the result secret.
 */
export function invokeOutput<Result>(
  name: string,
  args: pulumi.Input<object>,
  options: OutputCallOptions,
): pulumi.Output<Result> {
  try {
    mustKnow(name, options, ["account", "accounts", "config", "signal", "dependsOn"]);
  } catch (error) {
    return inOneLine(error);
  }
  const { config, signal, dependsOn } = options;
  const accounts = accountsOf(options);
  const needed = pulumi
    .output(dependsOn ?? [])
    .apply((resources) => (Array.isArray(resources) ? resources : [resources]));
  const ready = needed.apply((resources) => pulumi.all((resources as pulumi.Resource[]).map(existence)));
  const plain = plainSettings(config);
  const lift = pulumi.all([
    args,
    plain,
    pulumi.all(accounts.map((one) => insideOf(one).settings)),
    ready,
  ]) as unknown as pulumi.Output<[object, Config, Config[], string[]]>;
  return lift.apply(([given, override, settings]) =>
    isMocked()
      ? pulumi.runtime.invoke(`hss:index:${name}`, { ...given })
      : call(name, given, { accounts, config: override, signal, settings }).catch(inOneLine),
  ) as pulumi.Output<Result>;
}

interface Call {
  readonly accounts: readonly Account[];
  readonly config: Config;
  readonly signal: AbortSignal | undefined;
  /** Of each account. */
  readonly settings: readonly Config[];
}

async function call<Result>(name: string, args: object, { accounts, config, signal, settings }: Call): Promise<Result> {
  const definition = functions.find((candidate) => candidate.name === name);
  if (!definition) throw new Error(`${name} is not a function of this package`);
  const [first, ...others] = accounts.map((one, at) => ({
    session: insideOf(one).session,
    config: [config, settings[at] ?? {}] as Record<string, unknown>[],
  }));
  if (first) {
    if (others.length > 0 && !definition.readsFleets) {
      const reason = `takes one account here: ${name} does not read several at once`;
      throw new ArgumentError(name, [{ property: "options.accounts", reason }]);
    }
    const options = { config: first.config, signal, others };
    return (await first.session.call(definition, args as Record<string, unknown>, options)) as Result;
  }
  if (Object.keys(config).length === 0) mustNotBeDisabled();
  session ??= new Session({ log: pulumiLog(), env: process.env });
  const options = { config: [config as Record<string, unknown>, stackConfig()], signal };
  return (await session.call(definition, args as Record<string, unknown>, options)) as Result;
}

/** The settings of an account that is given to a call with plain values: an Output there must be known by then. */
const settled = (account: Account): Promise<Config> =>
  (insideOf(account).settings as unknown as { promise(): Promise<Config> }).promise();

const accountsOf = ({ account, accounts = [] }: Pick<CallOptions, "account" | "accounts">): readonly Account[] =>
  account ? [account] : accounts;

function mustKnow(name: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null)
    throw new ArgumentError(name, [{ property: "options", reason: `must be an object with ${known.join(", ")}` }]);
  const problems = Object.keys(options)
    .filter((key) => !known.includes(key))
    .map((key): Problem => ({
      property: `options.${repeatedName(key, known)}`,
      reason: `is not an option; ${expected(key, known)}`,
    }));
  const { account, accounts } = options as CallOptions;
  if (account !== undefined && !(account instanceof Account))
    problems.push({ property: "options.account", reason: "must be made with new Account({...})" });
  if (accounts !== undefined && account !== undefined)
    problems.push({ property: "options.accounts", reason: "excludes account: give one of them" });
  const areAccounts = Array.isArray(accounts) && accounts.length > 0 && accounts.every((one) => one instanceof Account);
  if (accounts !== undefined && !areAccounts)
    problems.push({ property: "options.accounts", reason: "must be a list of accounts: new Account({...})" });
  if (problems.length > 0) throw new ArgumentError(name, problems);
}

/** `pulumi.runtime.setMocks` was called: a unit test of a program. */
const isMocked = (): boolean =>
  pulumi.runtime.hasMonitor() && "mocks" in ((pulumi.runtime.getMonitor() as object | undefined) ?? {});

/** Pulumi's own switch against settings that a program did not choose; this way in has no provider that it could stop. */
function mustNotBeDisabled(): void {
  const text = pulumi.runtime.allConfig()["pulumi:disable-default-providers"];
  if (text === undefined) return;
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch {
    return;
  }
  if (!Array.isArray(names) || !names.some((name) => name === "*" || name === "hss")) return;
  const reason = "forbids the default account (hss); give the call an account: { account: new hss.Account({...}) }";
  throw new ConfigurationError([{ property: "pulumi:disable-default-providers", reason }]);
}

/**
 * All that is there: a key that is no setting is as much an error here as it is for the plugin. But in a project that is
 * itself called hss it may be one of the project's own.
 */
export function stackConfig(): Record<string, unknown> {
  const stack = new pulumi.Config("hss");
  const isForeign = (key: string) =>
    pulumiKeys.has(key) || (!(key in configuration.shape) && pulumi.getProject() === "hss");
  const keys = Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith("hss:"))
    .map((key) => key.slice("hss:".length));
  return Object.fromEntries(keys.filter((key) => !isForeign(key)).map((key) => [key, stack.get(key)]));
}

/** An error with Pulumi's own mark of a message that stands alone: it is printed without a stack, and is what it was for a `catch`. */
function inOneLine(error: unknown): never {
  if (HssError.is(error)) Object.defineProperty(error, "__pulumiRunError", { value: true });
  throw error;
}

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
