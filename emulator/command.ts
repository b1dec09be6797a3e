#!/usr/bin/env node
import { parseArgs } from "node:util";
import { startEmulator } from "./server.js";
import type { EmulatorOptions } from "./options.js";
import { DEFAULT_EVENTS, MAX_EVENTS, SAMPLE_ACCESS_KEY, SAMPLE_SECRET_KEY, SAMPLE_TOKEN } from "./options.js";

const HELP = `Usage: hss-emulator [flags]

Runs an HSS on this machine for trying and testing. Its events are samples. The first line on stdout is its URL.

  --port <0-65535>           default 0: any free port
  --events <n>               events of the last 30 days, default ${DEFAULT_EVENTS}
  --seed <text>              same seed, same events; default hss
  --access-key <text>        accepted access key, default ${SAMPLE_ACCESS_KEY}
  --secret-key <text>        its secret key, default ${SAMPLE_SECRET_KEY}
  --token <text>             accepted X-Auth-Token, default ${SAMPLE_TOKEN}
  --latency-ms <n>           wait before each answer, default 0
  --calls-per-minute <n>     refuse more calls with 429; default: no limit (the service documents 5)
  --help                     this text
`;

class UsageError extends Error {}

function readFlags(args: string[]): EmulatorOptions | "help" {
  const text = { type: "string" } as const;
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        port: text,
        events: text,
        seed: text,
        "access-key": text,
        "secret-key": text,
        token: text,
        "latency-ms": text,
        "calls-per-minute": text,
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    const message = error instanceof Error ? error.message.replaceAll("\n", " ") : String(error);
    // a key that somebody typed without its flag is not repeated
    throw new UsageError(message.replace(/argument '.*'/, "argument"));
  }
  if (values.help) return "help";
  const calls = integer("--calls-per-minute", values["calls-per-minute"], 1, 1_000_000);
  return {
    port: integer("--port", values.port, 0, 65_535),
    events: integer("--events", values.events, 0, MAX_EVENTS),
    seed: values.seed,
    accessKey: filled("--access-key", values["access-key"]),
    secretKey: filled("--secret-key", values["secret-key"]),
    token: filled("--token", values.token),
    latencyMs: integer("--latency-ms", values["latency-ms"], 0, 3_600_000),
    flowControl: calls === undefined ? undefined : { limit: calls, perSeconds: 60 },
  };
}

function integer(flag: string, value: string | undefined, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d{1,10}$/.test(value) ? Number(value) : NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`${flag} must be an integer from ${min} to ${max}`);
}

function filled(flag: string, value: string | undefined): string | undefined {
  if (value === "") throw new UsageError(`${flag} must not be empty`);
  return value;
}

async function main(): Promise<void> {
  const options = readFlags(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(HELP);
    return;
  }
  const emulator = await startEmulator(options);
  // Secrets that somebody chose are not repeated; the samples are no secrets.
  const shown = (value: string | undefined, sample: string, flag: string): string =>
    value === undefined ? sample : `(the one given with ${flag})`;
  process.stdout.write(
    [
      emulator.url,
      "THIS IS AN EMULATOR WITH SAMPLE DATA, for trying and testing. Nothing here comes from a real Huawei Cloud account.",
      `It has ${options.events ?? DEFAULT_EVENTS} events and accepts any project id, with one of:`,
      `  access key ${emulator.accessKey}  secret key ${shown(options.secretKey, SAMPLE_SECRET_KEY, "--secret-key")}`,
      `  X-Auth-Token ${shown(options.token, SAMPLE_TOKEN, "--token")}`,
      "Ctrl+C ends it.",
      "",
    ].join("\n"),
  );
  const stop = (): void => void emulator.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

main().catch((error: unknown) => {
  const usage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`hss-emulator: ${message}${usage ? " (--help lists the flags)" : ""}\n`);
  process.exitCode = usage ? 2 : 1;
});
