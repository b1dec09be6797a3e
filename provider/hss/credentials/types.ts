/** What authenticates a request. `expiresAt` in milliseconds since the epoch; absent where it is not known. */
export type Credentials = AccessKeys | Token;

export interface AccessKeys {
  readonly kind: "aksk";
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
  readonly expiresAt?: number;
}

export interface Token {
  readonly kind: "token";
  readonly token: string;
  readonly expiresAt?: number;
}

export interface CredentialSource {
  /** Where the credentials are from, for messages; known after the first `get`. */
  readonly description: string;
  /** A digest of who they are of, the same in every process, also where the credentials themselves are issued anew. */
  account(signal?: AbortSignal): Promise<string>;
  /** Valid credentials, renewed where they are about to expire. Throws `CredentialsError`. */
  get(signal?: AbortSignal): Promise<Credentials>;
  /** After a 401 on these; true where fresh ones may be tried. */
  reject(credentials: Credentials): boolean;
  /** Every secret known so far, for masking. */
  secrets(): string[];
}

/** Who lends its permissions, and for how long. */
export interface Agency {
  readonly agencyName: string;
  readonly domainName?: string;
  readonly domainId?: string;
  readonly durationSeconds?: number;
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
  /** Why it can't be used. */
  readonly unusable?: string;
}
