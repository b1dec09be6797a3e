import { CredentialsError } from "../../errors.js";
import type { Runtime } from "../../runtime/runtime.js";
import { printable } from "../../text.js";
import type { Iam } from "./iam.js";
import { MetadataIssuer, NoMetadata } from "./metadata.js";
import { findProfile } from "./profile.js";
import type { Agency, CredentialLevel, Credentials, CredentialSettings, Issuer, Profile } from "./types.js";

export interface ChainContext {
  readonly settings: CredentialSettings;
  readonly runtime: Runtime;
  readonly iam: Iam;
}

export interface Chosen {
  readonly issuer: Issuer;
  /** Of the profile, where that gave the credentials. */
  readonly agency?: Agency;
  /** That the choice itself had to ask for. */
  readonly issued?: Credentials;
}

interface Place {
  /** For the message when there is nothing anywhere. */
  readonly looked: readonly string[];
  readonly found?: Chosen;
}

/**
 * The first place that gives credentials: the program, the environment, profile files, an OIDC id token, the metadata
 * service. A place that gives half of them is an error rather than passed over. Throws `CredentialsError`.
 */
export async function chooseIssuer(context: ChainContext): Promise<Chosen> {
  const { settings } = context;
  const explicit = settings.credentialLevels.filter((level) => !level.fromEnvironment);
  const environment = settings.credentialLevels.filter((level) => level.fromEnvironment);
  const levels = (given: readonly CredentialLevel[]) => () => fromLevels(context, given);
  const profile = () => fromProfile(context);
  const places = [
    levels(explicit),
    ...(settings.profileFirst ? [profile, levels(environment)] : [levels(environment), profile]),
    () => fromIdToken(context),
    () => fromMetadata(context),
  ];
  const looked: string[] = [];
  for (const place of places) {
    const { found, looked: more } = await place();
    if (found) return found;
    looked.push(...more);
  }
  throw new CredentialsError(
    `no credentials: looked in the Pulumi configuration, the environment (HW_*, HUAWEICLOUD_SDK_*, CLOUD_SDK_*, OS_*), ${looked.join(", ")}; ` +
      "set accessKey and secretKey (HW_ACCESS_KEY, HW_SECRET_KEY), token (HW_AUTH_TOKEN), or userName, password and domainName",
  );
}

function fromLevels(context: ChainContext, [level]: readonly CredentialLevel[]): Place {
  return level ? { looked: [], found: { issuer: issuerOf(context, level) } } : { looked: [] };
}

/** Within a level: access keys, then a token, then a password. */
function issuerOf({ settings, iam }: ChainContext, { source, values }: CredentialLevel): Issuer {
  const { accessKey, secretKey, securityToken, token, userName, password } = values;
  if (accessKey !== undefined || secretKey !== undefined) {
    return constant(keyPair(source, { accessKey, secretKey, securityToken }));
  }
  if (token !== undefined) return constant({ kind: "token", token });
  if (password === undefined) throw half(source, "securityToken", "accessKey and secretKey");
  if (userName === undefined) throw half(source, "password", "userName");
  const named = values.domainId ?? values.domainName;
  const { domainName, domainId } = named === undefined ? settings : values;
  if (domainName === undefined && domainId === undefined)
    throw half(source, "userName and password", "domainName or domainId");
  const login = { userName, password, domainName, domainId };
  return {
    account: ["password", settings.authUrl?.origin, userName, domainName, domainId],
    renewable: true,
    issue: () => iam.passwordToken(login),
  };
}

interface Keys {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly securityToken?: string;
}

function keyPair(source: string, { accessKey, secretKey, securityToken }: Keys): Credentials {
  if (accessKey === undefined) throw half(source, "secretKey", "accessKey");
  if (secretKey === undefined) throw half(source, "accessKey", "secretKey");
  return { kind: "aksk", accessKey, secretKey, securityToken };
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
  const { profile, places } = await findProfile(context.settings, context.runtime.files);
  if (!profile) return { looked: places };
  if (profile.unusable === undefined) {
    const found = fromFoundProfile(context, profile);
    if (found) return { looked: [], found };
  }
  const reason = `${profile.source} ${profile.unusable ?? "holds no credentials"}`;
  const { settings } = context;
  if (settings.profile !== undefined || settings.sharedConfigFile !== undefined) throw new CredentialsError(reason);
  return {
    looked: [
      ...places.filter((place) => !profile.source.includes(place)),
      `${profile.source} (it ${profile.unusable ?? "holds no credentials"})`,
    ],
  };
}

function fromFoundProfile({ settings, runtime, iam }: ChainContext, profile: Profile): Chosen | undefined {
  const { source, token, agency, idpId, idTokenFile } = profile;
  if (profile.metadata) return { issuer: new MetadataIssuer(settings, runtime) };
  if (token !== undefined) return { issuer: constant({ kind: "token", token }) };
  if (profile.accessKey !== undefined || profile.secretKey !== undefined) {
    return { issuer: constant(keyPair(source, profile)), agency };
  }
  if (idpId === undefined || idTokenFile === undefined) return undefined;
  return { issuer: idTokenIssuer(iam, { idpId, from: idTokenFile, read: tokenReader(runtime, idTokenFile) }), agency };
}

const idpVariables = ["HUAWEICLOUD_SDK_IDP_ID", "HW_ASSUME_ROLE_IDP_ID"];
const idTokenVariables = ["HW_ASSUME_ROLE_ID_TOKEN"];
const idTokenFileVariables = ["HUAWEICLOUD_SDK_ID_TOKEN_FILE", "HW_ASSUME_ROLE_ID_TOKEN_FILE"];

/** The vendor's SDKs and Terraform provider take these from the environment only. */
function fromIdToken({ runtime, iam }: ChainContext): Place {
  const first = (names: readonly string[]) => names.map((name) => runtime.env[name]).find((value) => value);
  const idpId = first(idpVariables);
  const idToken = first(idTokenVariables);
  const file = first(idTokenFileVariables);
  const looked = ["an OIDC id token (HUAWEICLOUD_SDK_IDP_ID, HUAWEICLOUD_SDK_ID_TOKEN_FILE)"];
  const from = file ?? idToken;
  if (idpId === undefined || from === undefined) return { looked };
  const read = file === undefined ? () => Promise.resolve(from) : tokenReader(runtime, file);
  return { looked, found: { issuer: idTokenIssuer(iam, { idpId, from, read }) } };
}

/** The file is read for every exchange: whoever writes it renews it. */
const tokenReader =
  ({ files }: Runtime, path: string) =>
  async (): Promise<string> => {
    const text = (await files.readText(path))?.trim();
    if (!text) throw new CredentialsError(`the file of the OIDC id token is missing or empty: ${printable(path)}`);
    return text;
  };

interface IdToken {
  readonly idpId: string;
  /** Its file, which stays the same while the token is renewed, or itself. */
  readonly from: string;
  read(): Promise<string>;
}

const idTokenIssuer = (iam: Iam, { idpId, from, read }: IdToken): Issuer => ({
  account: ["oidc", idpId, from],
  renewable: true,
  issue: async () => iam.idTokenKeys(idpId, await read()),
});

async function fromMetadata({ settings, runtime }: ChainContext): Promise<Place> {
  const issuer = new MetadataIssuer(settings, runtime);
  try {
    return { looked: [], found: { issuer, issued: await issuer.issue() } };
  } catch (error) {
    if (error instanceof NoMetadata) return { looked: [error.message] };
    throw error;
  }
}
