import { ConfigurationError, type Problem } from "../errors.js";
import {
  findProfile,
  type CredentialLevel,
  type CredentialSettings,
  type CredentialValues,
} from "../hss/credentials/index.js";
import type { Env, Runtime } from "../runtime/runtime.js";
import type { Configuration, SettingName } from "./schema.js";
import { environmentSources, explicitSource, pendingSource, regionOverride, type Source } from "./sources.js";

/** Settings that authenticate. They are only ever used together with others of their own level. */
const authenticating = ["accessKey", "secretKey", "securityToken", "token", "password"] as const;
/** Settings that make up credentials: names of a user and an account too, which alone do not authenticate. */
const credentialNames = [
  ...authenticating,
  "userName",
  "domainName",
  "domainId",
] as const satisfies readonly (SettingName & keyof CredentialValues)[];

/** Validated settings. Credentials are kept apart, one level per place, so that none is mixed with another's. */
export interface Settings
  extends
    Omit<Configuration, keyof CredentialValues | keyof CredentialSettings | keyof typeof defaults>,
    CredentialSettings {
  /** The events are samples of the emulator inside the process, which `endpoint` leads to once the settings are complete. */
  readonly emulator: boolean;
  readonly maxConcurrency: number;
  readonly cacheSeconds: number;
  readonly timestampUnit: "seconds" | "milliseconds";
}

const defaults = {
  maxConcurrency: 12,
  maxRetries: 6,
  requestTimeoutSeconds: 30,
  deadlineSeconds: 3600,
  cacheSeconds: 0,
  timestampUnit: "seconds",
} as const;

type Values = Readonly<Record<string, unknown>>;

/**
 * The settings of a call: what is given explicitly, then the environment, then defaults. `explicit` may be several
 * sources, first one wins (a call's own options, then the stack's configuration). `pending` are settings that the program
 * gives and nobody knows yet. Throws one `ConfigurationError` that names every bad setting; no message holds a secret.
 */
export function resolveSettings(
  explicit: Values | readonly Values[],
  env: Env,
  pending: readonly string[] = [],
): Settings {
  const given = Array.isArray(explicit) ? (explicit as readonly Values[]) : [explicit as Values];
  const sources = [pendingSource(pending), ...given.map(explicitSource), ...environmentSources(env)];
  const problems = sources.flatMap((source, at) => relevant(source, sources.slice(0, at)));
  const values = merged(sources);
  values.endpoint ??= regionOverride(env, values.region, problems);
  if (problems.length > 0) throw new ConfigurationError(unique(problems));
  const { accessKey: _1, secretKey: _2, securityToken: _3, token: _4, userName: _5, password: _6, ...own } = values;
  const emulator = own.endpoint === "emulator";
  return {
    ...defaults,
    ...own,
    endpoint: own.endpoint === "emulator" ? undefined : own.endpoint,
    emulator,
    profileFirst: sources.some(
      ({ isExplicit, values: { profile, sharedConfigFile } }) =>
        isExplicit && (profile ?? sharedConfigFile) !== undefined,
    ),
    credentialLevels: sources
      .map(credentialLevel)
      .filter((level) => authenticating.some((name) => level.values[name] !== undefined)),
  };
}

/** The settings with what only the machine knows: the profile's region and project, or the address and keys of the emulator. */
export const completeSettings = (settings: Settings, runtime: Pick<Runtime, "files" | "log">): Promise<Settings> =>
  settings.emulator ? withEmulator(settings, runtime) : withProfile(settings, runtime);

/**
 * The region and project of the profile count where neither the program nor the environment says. Only where the credentials
 * come from that profile too: another account's project is of no use.
 */
async function withProfile(settings: Settings, { files }: Pick<Runtime, "files">): Promise<Settings> {
  const hasOther = settings.credentialLevels.some((level) => !level.fromEnvironment || !settings.profileFirst);
  const isWhole = settings.projectId !== undefined && (settings.region ?? settings.endpoint) !== undefined;
  if (hasOther || isWhole) return settings;
  const { profile } = await findProfile(settings, files);
  if (!profile || profile.unusable !== undefined) return settings;
  const projectId = settings.projectId ?? (settings.projectName === undefined ? profile.projectId : undefined);
  return { ...settings, region: settings.region ?? profile.region, projectId };
}

async function withEmulator(settings: Settings, { log }: Pick<Runtime, "log">): Promise<Settings> {
  const { startEmulator } = await import("../../emulator/index.js");
  const emulator = await startEmulator();
  emulator.unref();
  log.warn(
    `hss: endpoint is "emulator": the events are SAMPLE DATA made up by the embedded emulator, not those of any real server`,
  );
  // the emulator knows no agency or profile of the real cloud
  const { assumeRole: _1, profile: _2, authUrl: _3, sharedConfigFile: _4, ...rest } = settings;
  return {
    ...rest,
    endpoint: new URL(emulator.url),
    projectId: settings.projectId ?? "emulated-project",
    credentialLevels: [
      { source: "the emulator", values: { accessKey: emulator.accessKey, secretKey: emulator.secretKey } },
    ],
  };
}

/** What is wrong with settings that are used: an overridden variable of another tool does not matter. */
function relevant(source: Source, before: readonly Source[]): Problem[] {
  const given = (name: string) => before.some((earlier) => earlier.given.has(name));
  const credentialed = authenticating.some(given);
  const emulated = before.some(({ values }) => values.endpoint === "emulator");
  const overridden = new Set<string>([
    ...(credentialed || emulated ? authenticating : []),
    // an OpenStack's place, beside an address and keys of the program's own
    ...(!source.isExplicit && (credentialed || emulated) ? ["authUrl"] : []),
    ...(!source.isExplicit && given("endpoint") ? ["region"] : []),
  ]);
  return source.problems
    .filter(({ setting }) => !given(setting) && !overridden.has(setting))
    .map(({ property, reason }) => ({ property, reason }));
}

/** The first source that has a setting wins; `assumeRole` is taken whole, and a project's name is another's id. */
function merged(sources: readonly Source[]): Partial<Configuration> {
  const values = Object.assign({}, ...sources.map((source) => source.values).reverse()) as Partial<Configuration>;
  const project = sources.find(({ values: { projectId, projectName } }) => (projectId ?? projectName) !== undefined);
  if (project?.values.projectId === undefined) delete values.projectId;
  return values;
}

const credentialLevel = ({ source, isExplicit, values }: Source): CredentialLevel => ({
  source,
  ...(!isExplicit && { fromEnvironment: true }),
  values: Object.fromEntries(
    credentialNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  ),
});

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.property}\n${problem.reason}`, problem])).values()];
}
