import type { Fault, RequestInfo } from "./faults.js";
import type { IdentityOptions } from "./identity.js";
import type { FlowControl } from "./throttle.js";
import type { EventSource, WireEvent } from "./wire.js";

export interface EmulatorOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** How many events the last 30 days have; default 4715, at most 2,147,483,647. */
  events?: number;
  /** Same seed, same events. Default `hss`. */
  seed?: string;
  accessKey?: string;
  secretKey?: string;
  token?: string;
  /** The only project id that is accepted; default: any. */
  projectId?: string;
  /** Wait before each answer. */
  latencyMs?: number;
  /** The emulator's clock, epoch milliseconds; everything that depends on time asks it. */
  now?: () => number;
  /** Off by default. The document's own figures: `{ limit: 5, perSeconds: 60 }`. */
  flowControl?: FlowControl;
  /** Longest accepted span from begin_time to end_time; default two days. */
  maxWindowSeconds?: number;
  /** Default `newest` first; a list of events as dataset stays in its own order unless this is set. */
  order?: "newest" | "oldest";
  /** The document's table and its example disagree about this name; default `mixed`. */
  processListName?: "process_info" | "process_info_list" | "mixed";
  /** Enterprise projects of the generated fleet beside `0`: every fifth host belongs to one of these. Default none. */
  enterpriseProjects?: readonly string[];
  /** Lets process_uid be 4294967295 in a few events, past its documented int32; the vendor's typed clients refuse that. */
  integersPastDocumentedRange?: boolean;
  /**
   * Called for each request before anything else; what it returns happens to the request.
   * `n` counts the requests of one area (`request.area`), from 1.
   */
  faults?: (request: RequestInfo, n: number) => Fault | undefined;
  /** Events instead of the generated ones. */
  dataset?: readonly WireEvent[] | EventSource;
  /** How long issued tokens and temporary keys live; default what the request asks for, else 24 hours. */
  credentialLifetimeSeconds?: number;
  identity?: IdentityOptions;
  /** Default `both`: keys with and without a session token. `v2` demands one, `v1` doesn't know it. */
  metadataVersion?: "v1" | "v2" | "both";
  /** PEM texts: the emulator then speaks https. */
  tls?: { key: string; cert: string };
}

export const SAMPLE_ACCESS_KEY = "SAMPLEACCESSKEY00001";
export const SAMPLE_SECRET_KEY = "sample-secret-key-for-the-emulator-only";
export const SAMPLE_TOKEN = "sample-token-for-the-emulator-only";
export const DEFAULT_EVENTS = 4715;
export const MAX_EVENTS = 2_147_483_647;
