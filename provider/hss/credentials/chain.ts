import { ConfigurationError, CredentialsError } from "../../errors.js";
import type { Runtime } from "../../runtime/runtime.js";
import { repeatedPath } from "../../repeated.js";
import { requireSameCloud, type CloudClaim } from "../cloudClaim.js";
import type { Iam } from "./iam.js";
import { MetadataIssuer, NoMetadata } from "./metadata.js";
import { findSettledProfile, findWholeProfile } from "./profile.js";
import type {
  Agency,
  CredentialLevel,
  Credentials,
  CredentialSettings,
  CredentialValues,
  IdToken,
  Issuer,
  Profile,
} from "./types.js";

export interface ChainContext {
  readonly settings: CredentialSettings;
  readonly runtime: Runtime;
  readonly iam: Iam;
  readonly signal: AbortSignal;
}

export interface Chosen {
  readonly issuer: Issuer;
  /** Of the profile, where that gave the credentials. */
  readonly agency?: Agency;
  /** That the choice itself had to ask for. */
  readonly issued?: Credentials;
}

/** What a place gives, or where it was looked for, for the message when there is nothing anywhere. */
type Place = Chosen | readonly string[];

/**
 * The first place that gives credentials: the program, the environment, profile files, an OIDC id token, the metadata
 * service. A place that gives half of them is an error rather than passed over. Throws `CredentialsError`.
 */
export async function chooseIssuer(context: ChainContext): Promise<Chosen> {
  const { settings } = context;
  const explicit = settings.credentialLevels.filter((level) => !level.fromEnvironment);
  const environment = settings.credentialLevels.filter((level) => level.fromEnvironment);
  const levels =
    ([level]: readonly CredentialLevel[]) =>
    (): Place =>
      level ? { issuer: issuerOf(context, level) } : [];
  const profile = () => fromProfile(context);
  const places = [
    levels(explicit),
    ...(settings.profileFirst ? [profile, levels(environment)] : [levels(environment), profile]),
    () => fromIdToken(context),
    () => fromMetadata(context),
  ];
  const looked: string[] = [];
  for (const place of places) {
    const found = await place();
    if ("issuer" in found) {
      if (explicit.length === 0) tellOfUnusedAccount(context, found);
      return found;
    }
    looked.push(...found);
  }
  throw new CredentialsError(
    `no credentials: looked in the Pulumi configuration, the environment (HW_*, HUAWEICLOUD_SDK_*, CLOUD_SDK_*, OS_*), ${looked.join(", ")}; ` +
      "set accessKey and secretKey (HW_ACCESS_KEY, HW_SECRET_KEY), token (HW_AUTH_TOKEN), or userName, password and domainName",
  );
}

/** Whoever names a user or an account expects to be that one. */
function tellOfUnusedAccount({ settings, runtime }: ChainContext, { issuer }: Chosen): void {
  const { programAccount = [] } = settings;
  if (programAccount.length > 0 && issuer.account[0] !== "password")
    runtime.log.warn(
      `hss: ${programAccount.join(", ")}: not used, since the credentials that were found are no password`,
    );
}

/** Within a level, as the Terraform provider has it: a token, then access keys, then a password. */
function issuerOf(context: ChainContext, level: CredentialLevel): Issuer {
  const { settings, iam } = context;
  const { source, values, idToken, claims = [], contradictions = [] } = level;
  requireSameCloud(claims, settings);
  const { accessKey, secretKey, securityToken, token, userName, userId, password } = values;
  if (token !== undefined) return constant({ kind: "token", token, origin: source });
  if (idToken !== undefined) return idTokenIssuer(context, idToken);
  if (accessKey !== undefined || secretKey !== undefined) {
    return constant(keyPair(source, { accessKey, secretKey, securityToken }));
  }
  if (password === undefined) throw half(source, "securityToken", "accessKey and secretKey");
  if (contradictions.length > 0) throw new ConfigurationError(contradictions);
  if (userName === undefined && userId === undefined) throw half(source, "password", "userName or userId");
  const named = values.domainId ?? values.domainName;
  const { domainName, domainId } = named === undefined ? settings : values;
  if (userId === undefined && domainName === undefined && domainId === undefined)
    throw half(source, "userName and password", "domainName or domainId");
  const login = { userName, userId, password, domainName, domainId };
  return {
    account: ["password", settings.authUrl?.origin, userId ?? userName, domainName, domainId],
    renewable: true,
    issue: (signal) => iam.passwordToken(login, signal),
  };
}

function keyPair(source: string, { accessKey, secretKey, securityToken }: CredentialValues): Credentials {
  if (accessKey === undefined) throw half(source, "secretKey", "accessKey");
  if (secretKey === undefined) throw half(source, "accessKey", "secretKey");
  return { kind: "aksk", accessKey, secretKey, securityToken, origin: source };
}

const half = (source: string, present: string, missing: string): CredentialsError =>
  new CredentialsError(
    `${source}: ${present} without ${missing}; credentials of different places are never mixed, give both in one place`,
  );

const constant = (credentials: Credentials): Issuer => ({
  account: credentials.kind === "token" ? ["token", credentials.token] : ["aksk", credentials.accessKey],
  renewable: false,
  issue: () => Promise.resolve(credentials),
});

async function fromProfile(context: ChainContext): Promise<Place> {
  const { settings, runtime } = context;
  const { profile, places } = await findWholeProfile(settings, runtime, context.signal);
  if (!profile) {
    if ((settings.profile ?? settings.sharedConfigFile) !== undefined)
      throw new CredentialsError(`no profile in ${places.join(" or ")}: the file is empty`);
    return places;
  }
  const found = profile.unusable === undefined ? fromFoundProfile(context, profile) : undefined;
  if (found) return found;
  const { source, unusable = "holds no credentials" } = profile;
  if ((settings.profile ?? settings.sharedConfigFile) !== undefined)
    throw new CredentialsError(`${source} ${unusable}`);
  return [...places.filter((place) => !source.includes(place)), `${source} (it ${unusable})`];
}

function fromFoundProfile(context: ChainContext, profile: Profile): Chosen | undefined {
  const { source, agency, idpId, idTokenFile, ignored } = profile;
  requireSameCloud(claimsOfProfile(profile), context.settings);
  if (ignored !== undefined) context.runtime.log.warn(`hss: ${source} ${ignored}`);
  if (profile.metadata) return { issuer: new MetadataIssuer(context.settings, context.runtime) };
  // the vendor's SDKs take an id token before access keys
  if (idpId !== undefined && idTokenFile !== undefined)
    return { issuer: idTokenIssuer(context, { idpId, file: idTokenFile }), agency };
  const issued = ownCredentials(profile);
  return issued && { issuer: profileIssuer(context, constant(issued).account), issued, agency };
}

function claimsOfProfile({ source, authUrl, region }: Profile): CloudClaim[] {
  if (authUrl !== undefined) return [{ property: `iam_endpoint of ${source}`, url: authUrl }];
  return region === undefined ? [] : [{ property: `region of ${source}`, region }];
}

function ownCredentials(profile: Profile): Credentials | undefined {
  const { source, token, accessKey, secretKey } = profile;
  if (token !== undefined) return { kind: "token", token, origin: source };
  return accessKey === undefined && secretKey === undefined ? undefined : keyPair(source, profile);
}

/** The file is read again once what it held is refused: whoever rotates keys writes the new ones there. */
function profileIssuer({ settings, runtime }: ChainContext, account: readonly unknown[]): Issuer {
  return {
    account,
    renewable: true,
    async issue(signal) {
      const { profile, places } = await findSettledProfile(settings, runtime, signal);
      const credentials = profile?.unusable === undefined && profile ? ownCredentials(profile) : undefined;
      if (credentials) return credentials;
      const why = profile ? `${profile.source} ${profile.unusable ?? "holds no credentials"}` : places.join(" or ");
      throw new CredentialsError(`the credentials were refused, and no others are in their file: ${why}`);
    },
  };
}

function fromIdToken(context: ChainContext): Place {
  const { lastIdToken } = context.settings;
  if (lastIdToken === undefined) return ["an OIDC id token (HUAWEICLOUD_SDK_IDP_ID, HUAWEICLOUD_SDK_ID_TOKEN_FILE)"];
  requireSameCloud(lastIdToken.claims, context.settings);
  return { issuer: idTokenIssuer(context, lastIdToken) };
}

/** A file is read for every exchange: whoever writes it renews it. */
function idTokenIssuer({ iam, runtime }: ChainContext, { idpId, file, text }: IdToken): Issuer {
  return {
    account: ["oidc", idpId, file ?? text],
    renewable: true,
    async issue(signal) {
      const idToken = file === undefined ? text : (await runtime.files.readText(file))?.trim();
      if (idToken) return iam.idTokenKeys(idpId, idToken, signal);
      throw new CredentialsError(`the file of the OIDC id token is missing or empty: ${repeatedPath(file ?? "")}`);
    },
  };
}

async function fromMetadata({ settings, runtime, signal }: ChainContext): Promise<Place> {
  const issuer = new MetadataIssuer(settings, runtime);
  try {
    return { issuer, issued: await issuer.issue(signal) };
  } catch (error) {
    if (error instanceof NoMetadata) return [error.message];
    throw error;
  }
}
