import { ConfigurationError } from "./errors.js";
import { createTransport } from "./hss/transport.js";
import { printable } from "./printable.js";
import type { Clock, Log, Runtime } from "./runtime.js";

/** Timers take no longer delay at once. */
const longestTimer = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    const end = Date.now() + ms;
    for (let left = ms; ; left = end - Date.now()) {
      await nap(Math.min(Math.max(0, left), longestTimer), signal);
      if (left <= longestTimer) return;
    }
  },
};

/** The machine's own source of random numbers, in [0, 1). */
export const systemRandom = (): number => Math.random();

function nap(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

export interface SystemOptions {
  readonly log: Log;
  readonly settings: { readonly caFile?: string; readonly maxConcurrency: number };
  /** Proxies are taken from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A file's text; undefined where there is none. */
  readFile(path: string): Promise<string | undefined>;
}

/** The real clock, randomness and network. Throws `ConfigurationError` for a `caFile` that can't be used. */
export async function systemRuntime({ log, settings, env, readFile }: SystemOptions): Promise<Runtime> {
  const { caFile, maxConcurrency } = settings;
  const ca = caFile === undefined ? undefined : await authorities(caFile, readFile);
  const transport = createTransport({ ca, env, maxConnections: maxConcurrency });
  return { clock: systemClock, random: systemRandom, transport, log };
}

async function authorities(path: string, readFile: SystemOptions["readFile"]): Promise<string> {
  const text = await readFile(path);
  const reason =
    text === undefined
      ? "no such file"
      : text.includes("-----BEGIN CERTIFICATE-----")
        ? undefined
        : "holds no PEM certificate";
  if (reason !== undefined) {
    throw new ConfigurationError([{ property: "caFile", reason: `${reason}: ${printable(path)}` }]);
  }
  return text ?? "";
}
