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
  /** Valid credentials, renewed where they are about to expire. Throws `CredentialsError`. */
  get(signal?: AbortSignal): Promise<Credentials>;
  /** After a 401 on these; true where fresh ones may be tried. */
  reject(credentials: Credentials): boolean;
  /** Every secret known so far, for masking. */
  secrets(): string[];
}
