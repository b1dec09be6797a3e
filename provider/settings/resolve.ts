import { ConfigurationError, type Problem } from "../errors.js";
import {
  findWholeProfile,
  type CredentialLevel,
  type CredentialSettings,
  type CredentialValues,
  type Profile,
} from "../hss/credentials/index.js";
import type { CloudClaim } from "../hss/cloudClaim.js";
import type { Env, Runtime } from "../runtime/runtime.js";
import { expandHome } from "../runtime/trust.js";
import { configuration, settingMeta, type Configuration, type SettingName } from "./schema.js";
import { unreadIn } from "./unread.js";
import { contradictionsOf } from "./account.js";
import { placed, type Origin, type PlaceSetting } from "./place.js";
import {
  environmentSources,
  explicitSource,
  idTokenOf,
  pendingSource,
  regionOverride,
  type Source,
} from "./sources.js";

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
  /** Where those are from that a profile or an address may come before. */
  readonly origins: Readonly<Partial<Record<PlaceSetting | "project" | "profile", Origin>>>;
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
  if (problems.length > 0) throw new ConfigurationError(unique(problems));
  const notes = notesOf(sources, values, env);
  const { accessKey: _1, secretKey: _2, securityToken: _3, token: _4, userName: _5, userId: _6, ...rest } = values;
  const { password: _7, ...own } = rest;
  const emulator = own.endpoint === "emulator";
  const role = sources.find(({ given }) => given.has("assumeRole"));
  const roleVariable = role?.isExplicit === false ? role.named("assumeRole.agencyName") : undefined;
  const lastIdToken = idTokenOf(env);
  return {
    ...defaults,
    ...own,
    endpoint: own.endpoint === "emulator" ? undefined : own.endpoint,
    emulator,
    profileFirst: isProfileFirst(sources),
    origins: originsIn(sources),
    credentialLevels: levelsOf(sources, values),
    ...accountOf(sources),
    ...(roleVariable !== undefined && { roleVariable }),
    ...(lastIdToken && { lastIdToken: { ...lastIdToken, claims: sources.filter(givesIdToken).flatMap(claimsOf) } }),
    notes: emulator ? [] : notes,
  };
}

const authenticates = ({ values, idToken }: Source): boolean =>
  idToken !== undefined || authenticating.some((name) => values[name] !== undefined);

const givesIdToken = ({ family }: Source): boolean => family === "HW_" || family === "HUAWEICLOUD_SDK_";

const namesProfile = ({ values: { profile, sharedConfigFile } }: Source): boolean =>
  (profile ?? sharedConfigFile) !== undefined;

/** The Terraform provider takes the profile of `HW_PROFILE` before the environment's keys, and after a token. */
const isProfileFirst = (sources: readonly Source[]): boolean =>
  sources.some((source) => namesProfile(source) && (source.isExplicit || leadsWithProfile(source)));

const leadsWithProfile = ({ family, values }: Source): boolean => family === "HW_" && values.token === undefined;

/** Which cloud a source is about, by what it says of it; by its region where it says nothing else. */
function claimsOf({ values, given, problems, named }: Source): CloudClaim[] {
  const claim = (name: PlaceSetting): CloudClaim[] => {
    const property = named(name);
    const { [name]: value } = values;
    if (value === "emulator") return [];
    if (value === undefined)
      return [{ property, problem: problems.find(({ setting }) => setting === name)?.reason ?? "is not valid" }];
    if (value instanceof URL) return [{ property, url: value }];
    return [name === "cloud" ? { property, cloud: value } : { property, region: value }];
  };
  const said = (["authUrl", "cloud", "endpoint"] as const).filter((name) => given.has(name));
  return (said.length > 0 ? said : (["region"] as const).filter((name) => given.has(name))).flatMap(claim);
}

function originsIn(sources: readonly Source[]): Settings["origins"] {
  const origin = (name: SettingName, ...more: SettingName[]): Origin | undefined => {
    const at = sources.findIndex(({ given }) => [name, ...more].some((one) => given.has(one)));
    const source = sources[at];
    const { isExplicit = false } = source ?? {};
    // after all that the program says, or the same shell
    const rank = name === "profile" ? (isExplicit ? sources.findLastIndex((it) => it.isExplicit) : at) + 0.5 : at;
    const property = source && source.named([name, ...more].find((one) => source.given.has(one)) ?? name);
    const own = source?.values.region;
    return property === undefined
      ? undefined
      : { property, rank, isExplicit, ...(own !== undefined && { region: own }) };
  };
  const [endpoint, cloud, region] = [origin("endpoint"), origin("cloud"), origin("region")];
  const [authUrl, project, profile] = [
    origin("authUrl"),
    origin("projectId", "projectName"),
    origin("profile", "sharedConfigFile"),
  ];
  return {
    ...(endpoint && { endpoint }),
    ...(cloud && { cloud }),
    ...(region && { region }),
    ...(authUrl && { authUrl }),
    ...(project && { project }),
    ...(profile && { profile }),
  };
}

/** One level per source, in order. A profile that a source names comes before the credentials of all after it. */
function levelsOf(sources: readonly Source[], { projectId }: Partial<Configuration>): CredentialLevel[] {
  const last = sources.findIndex(namesProfile);
  return sources.flatMap((source, at) => {
    if (!authenticates(source) || (last >= 0 && at > last)) return [];
    const byName = projectId === undefined && source.twoAccounts ? [source.twoAccounts] : [];
    return [credentialLevel(source, [...contradictionsOf(source, sources.slice(0, at)), ...byName])];
  });
}

/** The first that names an account names it alone: another one's id would come before its name. */
function accountOf(sources: readonly Source[]) {
  const { domainName, domainId } =
    sources.find(({ values }) => (values.domainName ?? values.domainId) !== undefined)?.values ?? {};
  const names = ["userName", "userId", "domainName", "domainId"] as const;
  const program = sources.filter(({ isExplicit }) => isExplicit);
  const programAccount = names.filter((name) => program.some(({ given }) => given.has(name)));
  return {
    domainName,
    domainId,
    ...(programAccount.length > 0 && { programAccount }),
  };
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
  const ownProfile = sources.flatMap((source) => {
    if (!source.isExplicit || !namesProfile(source) || !authenticates(source)) return [];
    const keys = authenticating.filter((name) => source.values[name] !== undefined);
    const name = source.values.profile === undefined ? "sharedConfigFile" : "profile";
    return [`${name} is not followed beside ${keys.join(" and ")}`];
  });
  const isAddressGiven =
    values.endpoint !== undefined || (values.region !== undefined && regionOverride(env, values.region, []));
  const unread = unreadIn(env, {
    credentials: first && (first.family ?? "the program"),
    isEndpointGiven: Boolean(isAddressGiven),
    isRegionGiven: values.region !== undefined,
  });
  return [...sources.flatMap(({ notes }) => notes), ...beside, ...ownProfile, ...unread];
}

/** The settings with what only the machine knows: the profile's region and project, or the address and keys of the emulator. */
export async function completeSettings(
  given: Settings,
  runtime: Pick<Runtime, "files" | "clock" | "log" | "env">,
): Promise<Settings> {
  if (given.emulator) return withEmulator(given, runtime);
  const profile = await usedProfile(given, runtime);
  const { settings, notes } = placed(profile ? withRegionOf(profile, given) : given, runtime.env);
  for (const note of notes) runtime.log.warn(`hss: ${note}`);
  if (settings.endpoint === undefined) await tellOfRegions(runtime);
  const complete = { ...settings, notes: [...settings.notes, ...notes] };
  return profile ? withProjectOf(profile, complete) : complete;
}

/** The vendor's SDKs take the addresses of regions from a file too. */
async function tellOfRegions({ files, log }: Pick<Runtime, "files" | "log">): Promise<void> {
  const text = await files.readText(expandHome("~/.huaweicloud/regions.yaml", files.home)).catch(() => undefined);
  if (text !== undefined && /^\s*["']?hss["']?\s*:/im.test(text))
    log.warn(
      "hss: ~/.huaweicloud/regions.yaml names addresses of HSS and is not followed: set endpoint, or HW_HSS_ENDPOINT",
    );
}

/** The profile, where the credentials come from it: another account's region and project are of no use. */
async function usedProfile(
  settings: Settings,
  runtime: Pick<Runtime, "files" | "clock">,
): Promise<Profile | undefined> {
  const { profileFirst, credentialLevels } = settings;
  if (credentialLevels.some((level) => level.fromEnvironment !== true || !profileFirst)) return undefined;
  const { profile } = await findWholeProfile(settings, runtime);
  return profile?.unusable === undefined ? profile : undefined;
}

/** The profile's region counts where nobody else says, and before the environment where the profile is named. */
function withRegionOf(profile: Profile, settings: Settings): Settings {
  const { profileFirst, origins } = settings;
  const authUrl = settings.authUrl ?? profile.authUrl;
  const isBefore = profileFirst && origins.region?.isExplicit !== true;
  if (profile.region === undefined || (settings.region !== undefined && !isBefore)) return { ...settings, authUrl };
  const property = `region of ${profile.source}`;
  const rank = profileFirst ? (origins.profile?.rank ?? 0) : Infinity;
  return {
    ...settings,
    authUrl,
    region: profile.region,
    origins: { ...origins, region: { property, rank, isExplicit: false } },
  };
}

/** The same of its project, which is of its region only. */
function withProjectOf(profile: Profile, settings: Settings): Settings {
  const { profileFirst, origins, projectId, projectName, region } = settings;
  if (profile.projectId === undefined || (profile.region !== undefined && profile.region !== region)) return settings;
  const isBefore = profileFirst && origins.project?.isExplicit === false;
  const after = projectName === undefined ? profile.projectId : undefined;
  return { ...settings, projectId: isBefore ? profile.projectId : (projectId ?? after) };
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
  const credentialed = authenticating.some(given) || before.some(authenticates) || isProfileFirst(before);
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

function credentialLevel(given: Source, contradictions: readonly Problem[]): CredentialLevel {
  const { source, isExplicit, values, idToken } = given;
  const claims = claimsOf(given);
  return {
    source,
    ...(!isExplicit && { fromEnvironment: true }),
    values: Object.fromEntries(
      credentialNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
    ),
    ...(idToken && { idToken }),
    ...(claims.length > 0 && { claims }),
    ...(contradictions.length > 0 && { contradictions }),
  };
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.property}\n${problem.reason}`, problem])).values()];
}

/** Whether the settings name an archive, before anything of them is known to be right. */
export function namesArchive(given: Given | readonly Given[], env: Env): boolean {
  const { environment } = settingMeta(configuration.shape.archive);
  const isGiven = [given].flat().some(({ archive }) => (archive ?? "") !== "");
  return isGiven || environment.some((name) => (env[name] ?? "") !== "");
}

type Given = Readonly<Record<string, unknown>>;
