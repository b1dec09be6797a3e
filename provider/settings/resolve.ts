import { ConfigurationError, type Problem } from "../errors.js";
import {
  findWholeProfile,
  type CredentialLevel,
  type CredentialSettings,
  type CredentialValues,
  type Identity,
} from "../hss/credentials/index.js";
import { isSameCloud, regionOf } from "../hss/cloud.js";
import { hssEndpoint } from "../hss/endpoint.js";
import type { Env, Runtime } from "../runtime/runtime.js";
import { expandHome } from "../runtime/trust.js";
import type { Configuration, SettingName } from "./schema.js";
import { unreadIn } from "./unread.js";
import { environmentSources, explicitSource, pendingSource, regionOverride, type Source } from "./sources.js";

/** Settings that authenticate. They are only ever used together with others of their own level. */
const authenticating = ["accessKey", "secretKey", "securityToken", "token", "password"] as const;
/** Settings that make up credentials: names of a user and an account too, which alone do not authenticate. */
const credentialNames = [
  ...authenticating,
  "userName",
  "userId",
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
  /** What of the environment is not followed, a line each: for warnings. */
  readonly notes: readonly string[];
  /** Which place is the environment's, so that a profile that is named comes before it. */
  readonly shellPlace: { readonly region: boolean; readonly project: boolean };
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
  const notes = [...ownCloud(sources, values), ...notesOf(sources, values, env)];
  const { accessKey: _1, secretKey: _2, securityToken: _3, token: _4, userName: _5, userId: _6, ...rest } = values;
  const { password: _7, ...own } = rest;
  const emulator = own.endpoint === "emulator";
  const isShells = (...names: SettingName[]) =>
    sources.find(({ given }) => names.some((name) => given.has(name)))?.isExplicit === false;
  return {
    ...defaults,
    ...own,
    endpoint: own.endpoint === "emulator" ? undefined : own.endpoint,
    emulator,
    profileFirst: isProfileFirst(sources),
    shellPlace: { region: isShells("region"), project: isShells("projectId", "projectName") },
    credentialLevels: sources.filter(authenticates).map(credentialLevel),
    notes: emulator ? [] : notes,
  };
}

const authenticates = ({ values }: Source): boolean => authenticating.some((name) => values[name] !== undefined);

const namesProfile = ({ values: { profile, sharedConfigFile } }: Source): boolean =>
  (profile ?? sharedConfigFile) !== undefined;

/** The Terraform provider takes the profile of `HW_PROFILE` before the environment's keys, and after a token. */
const isProfileFirst = (sources: readonly Source[]): boolean =>
  sources.some((source) => namesProfile(source) && (source.isExplicit || leadsWithProfile(source)));

const leadsWithProfile = ({ family, values }: Source): boolean => family === "HW_" && values.token === undefined;

/** The address of IAM that goes with a source's credentials, as far as it says. */
function identityOf({ values: { authUrl, cloud }, named }: Source): Identity | undefined {
  if (authUrl !== undefined) return { property: named("authUrl"), url: authUrl };
  return cloud === undefined ? undefined : { property: named("cloud"), url: new URL(`https://iam.${cloud}`) };
}

/**
 * Takes away what a shell says of another cloud than the one that is asked: the `cloud` beside an endpoint that comes before
 * it, and the `OS_AUTH_URL` of an OpenStack whose credentials are not used. What comes with the credentials stays, to be
 * checked before they are sent.
 */
function ownCloud(sources: readonly Source[], values: Partial<Configuration>): string[] {
  const giving = (name: SettingName) => sources.findIndex(({ values: own }) => own[name] !== undefined);
  const [byEndpoint, byCloud, byAuthUrl] = [giving("endpoint"), giving("cloud"), giving("authUrl")];
  if (byEndpoint >= 0 && byCloud > byEndpoint) delete values.cloud;
  const endpoint = values.endpoint === "emulator" ? undefined : values.endpoint;
  // the program's endpoint knows its region better than the shell
  const region = endpoint && regionOf(endpoint);
  if (region !== undefined && byEndpoint >= 0 && giving("region") > byEndpoint) values.region = region;
  const source = sources[byAuthUrl];
  const { authUrl } = values;
  if (
    source === undefined ||
    source.isExplicit ||
    authUrl === undefined ||
    sources.findIndex(authenticates) === byAuthUrl
  )
    return [];
  if (endpoint === undefined && values.region === undefined) return [];
  const target = hssEndpoint({ endpoint, region: values.region, cloud: values.cloud });
  if (isSameCloud(authUrl, target)) return [];
  delete values.authUrl;
  const variable = source.named("authUrl");
  return [`${variable} is of another cloud (${authUrl.host}) than ${target.host} and is not followed`];
}

function notesOf(sources: readonly Source[], values: Partial<Configuration>, env: Env): string[] {
  const first = sources.find(authenticates);
  const shell = sources.find(({ family }) => family === "HW_");
  const beside =
    first === shell && shell?.values.token !== undefined && namesProfile(shell)
      ? [
          `${shell.named(shell.values.profile === undefined ? "sharedConfigFile" : "profile")} is not followed beside HW_AUTH_TOKEN`,
        ]
      : [];
  const unread = unreadIn(env, {
    credentials: first && (first.family ?? "the program"),
    isEndpointGiven: values.endpoint !== undefined,
    isRegionGiven: values.region !== undefined,
  });
  return [...sources.flatMap(({ notes }) => notes), ...beside, ...unread];
}

/** The settings with what only the machine knows: the profile's region and project, or the address and keys of the emulator. */
export async function completeSettings(
  settings: Settings,
  runtime: Pick<Runtime, "files" | "clock" | "log">,
): Promise<Settings> {
  if (settings.emulator) return withEmulator(settings, runtime);
  if (settings.endpoint === undefined) await tellOfRegions(runtime);
  return withProfile(settings, runtime);
}

/** The vendor's SDKs take the addresses of regions from a file too. */
async function tellOfRegions({ files, log }: Pick<Runtime, "files" | "log">): Promise<void> {
  const text = await files.readText(expandHome("~/.huaweicloud/regions.yaml", files.home)).catch(() => undefined);
  if (text !== undefined && /^\s*["']?hss["']?\s*:/im.test(text))
    log.warn(
      "hss: ~/.huaweicloud/regions.yaml names addresses of HSS and is not followed: set endpoint, or HW_HSS_ENDPOINT",
    );
}

/**
 * The region and project of the profile count where neither the program nor the environment says, and before the environment
 * where the profile itself does. Only where the credentials come from that profile too: another account's project is of no use.
 */
async function withProfile(settings: Settings, runtime: Pick<Runtime, "files" | "clock">): Promise<Settings> {
  const { profileFirst, shellPlace, credentialLevels, projectName } = settings;
  if (credentialLevels.some((level) => !level.fromEnvironment || !profileFirst)) return settings;
  const { profile } = await findWholeProfile(settings, runtime);
  if (!profile || profile.unusable !== undefined) return settings;
  const before = {
    region: profileFirst && shellPlace.region ? profile.region : undefined,
    projectId: profileFirst && shellPlace.project ? profile.projectId : undefined,
  };
  const after = projectName === undefined ? profile.projectId : undefined;
  return {
    ...settings,
    region: before.region ?? settings.region ?? profile.region,
    projectId: before.projectId ?? settings.projectId ?? after,
    authUrl: settings.authUrl ?? profile.authUrl,
  };
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

function credentialLevel(given: Source): CredentialLevel {
  const { source, isExplicit, values } = given;
  const identity = identityOf(given);
  return {
    source,
    ...(!isExplicit && { fromEnvironment: true }),
    values: Object.fromEntries(
      credentialNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
    ),
    ...(identity && { identity }),
  };
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.property}\n${problem.reason}`, problem])).values()];
}
