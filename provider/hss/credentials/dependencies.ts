import type { Runtime } from "../../runtime/runtime.js";
import type { Credentials } from "./types.js";

/** What the credential chain takes from outside. */
export interface CredentialDependencies {
  readonly runtime: Runtime;
  /** A file's text; undefined where there is none. */
  readFile(path: string): Promise<string | undefined>;
  readonly homeDirectory: string;
  /** For the OIDC variables, which are no settings. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Of the machine's metadata service, without a path; only tests have another than the default. */
  readonly metadataOrigin?: string;
  /** Told every secret that passes by and is not part of the credentials themselves. */
  remember?(secret: string): void;
}

/** Credentials of one origin, obtained anew on each call. */
export interface Issuer {
  /** For messages: `access keys of Pulumi configuration`. */
  readonly description: string;
  /** Who they are of, the same in every process; may hold a secret, so only a digest of it may leave. */
  readonly account: readonly unknown[];
  /** True where `issue` may bring others than the last time. */
  readonly renewable: boolean;
  issue(signal?: AbortSignal): Promise<Credentials>;
}
