import { randomBytes } from "node:crypto";
import { systemClock } from "./clock.js";
import { systemFiles } from "./files.js";
import type { Env, Log } from "./runtime.js";
import { createTransport, type TransportOptions } from "./transport.js";

/** The real machine. The transport depends on settings, so it is made later, by `network`. */
export const machine = (log: Log, env: Env) => ({
  clock: systemClock,
  random: () => Math.random(),
  randomBytes: (size: number): Uint8Array => randomBytes(size),
  env,
  files: systemFiles,
  log,
  network: (options: Omit<TransportOptions, "env">) => createTransport({ ...options, env }),
});
