import { randomBytes } from "node:crypto";
import { systemClock, systemRandom } from "./clock.js";
import { systemFiles } from "./files.js";
import type { Env, Log } from "./runtime.js";
import { createTransport } from "./transport.js";

/** What settings say about the network: see `TransportOptions`. */
export interface NetworkOptions {
  readonly ca?: string;
  readonly maxConnections: number;
}

/** The machine that this runs on. How its network is used depends on settings, so that comes last. */
export const machine = (log: Log, env: Env) => ({
  clock: systemClock,
  random: systemRandom,
  randomBytes: (size: number): Uint8Array => randomBytes(size),
  env,
  files: systemFiles,
  log,
  network: (options: NetworkOptions) => createTransport({ ...options, env }),
});
