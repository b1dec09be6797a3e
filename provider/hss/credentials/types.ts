import type { Problem } from "../../errors.js";
import type { CloudClaim } from "../cloudClaim.js";
import type { EndpointSettings } from "../endpoint.js";

/** What authenticates a request. `expiresAt` in milliseconds since the epoch; absent where it is not known. */
export type Credentials = AccessKeys | Token;

export interface AccessKeys {
  readonly kind: "aksk";
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
  readonly expiresAt?: number;
  /** Where they were found, for messages; absent where they were issued. */
  readonly origin?: string;
}

export interface Token {
  readonly kind: "token";
  readonly token: string;
  readonly expiresAt?: number;
  readonly origin?: string;
}

export interface CredentialSource {
  /** A digest of whose they are, the same in every process, also where the credentials themselves are issued anew. */
  account(signal?: AbortSignal): Promise<string>;
  /** Valid credentials, renewed where they are about to expire. Throws `CredentialsError`. */
  get(signal?: AbortSignal): Promise<Credentials>;
  /** After a 401 on these; true where fresh ones may be tried. */
  reject(credentials: Credentials): boolean;
  /** Every secret known so far, for masking. */
  secrets(): string[];
}

/** Credentials of one origin, obtained anew on each call. */
export interface Issuer {
  /** Whose they are, the same in every process; may hold a secret, so only a digest of it may leave. */
  readonly account: readonly unknown[];
  /** True where `issue` may bring others than the last time. */
  readonly renewable: boolean;
  issue(signal: AbortSignal): Promise<Credentials>;
}

/** Who lends its permissions, and for how long. */
export interface Agency {
  readonly agencyName: string;
  readonly domainName?: string;
  readonly domainId?: string;
  readonly durationSeconds?: number;
}

/** The settings that make up credentials, of one place. */
export interface CredentialValues {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly securityToken?: string;
  readonly token?: string;
  readonly password?: string;
  readonly userName?: string;
  readonly userId?: string;
  readonly domainName?: string;
  readonly domainId?: string;
}

/** An OIDC id token and who vouches for it. */
export interface IdToken {
  readonly idpId: string;
  /** Instead of the text; read for every exchange. */
  readonly file?: string;
  readonly text?: string;
}

/** Credentials as one place gives them, whole or not. */
export interface CredentialLevel {
  /** Where they are from, for messages. */
  readonly source: string;
  /** Absent for what the program itself gives. */
  readonly fromEnvironment?: boolean;
  readonly values: CredentialValues;
  /** Comes before access keys, as the vendor's SDKs have it. */
  readonly idToken?: IdToken;
  /** Which cloud the same place is about: nothing of it may go to another one. */
  readonly claims?: readonly CloudClaim[];
  /** What of a user and an account comes before the password of this place and contradicts it. */
  readonly contradictions?: readonly Problem[];
}

export interface ProfileSettings {
  readonly profile?: string;
  readonly sharedConfigFile?: string;
}

export interface IamSettings extends EndpointSettings {
  readonly projectId?: string;
  readonly projectName?: string;
  readonly maxRetries: number;
  readonly requestTimeoutSeconds: number;
  readonly deadlineSeconds: number;
  readonly assumeRole?: Agency;
}

export interface CredentialSettings extends IamSettings, ProfileSettings {
  /** In order of precedence; only levels that hold any credentials. */
  readonly credentialLevels: readonly CredentialLevel[];
  /** True where the program or `HW_PROFILE` names a profile or its file: that then comes before the environment's credentials. */
  readonly profileFirst: boolean;
  readonly domainName?: string;
  readonly domainId?: string;
  /** What the program says of a user or an account: names of settings. */
  readonly programAccount?: readonly string[];
  /** The variable that names the agency; absent where the program does. */
  readonly roleVariable?: string;
  /** Of the environment: where nothing else is found. */
  readonly lastIdToken?: IdToken & { readonly claims: readonly CloudClaim[] };
}

/** What a profile says; any of it may be absent. */
export interface Profile {
  /** For messages. */
  readonly source: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly securityToken?: string;
  readonly token?: string;
  readonly agency?: Agency;
  readonly idpId?: string;
  readonly idTokenFile?: string;
  readonly region?: string;
  readonly projectId?: string;
  /** True where the profile says to ask the server's metadata service. */
  readonly metadata?: boolean;
  /** Where IAM is for these credentials. */
  readonly authUrl?: URL;
  /** What it says and is not followed: for a warning. */
  readonly ignored?: string;
  /** Why it can't be used. */
  readonly unusable?: string;
  /** That it ends too early, as while it is written. */
  readonly isHalf?: boolean;
}
