import { randomBytes } from "node:crypto";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../emulator/index.js";
import { getAppWhitelistEvents } from "../../provider/functions/getAppWhitelistEvents.js";
import { createTransport } from "../../provider/runtime/transport.js";
import { Session } from "../../provider/session.js";
import type { Clock, Log } from "../../provider/runtime/runtime.js";
import { systemClock } from "../../provider/runtime/clock.js";

type Values = Readonly<Record<string, unknown>>;

export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
}

export interface TestHostOptions {
  readonly settings?: Values;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A host of its own, with real sockets, that keeps every line of its log. */
export class TestHost {
  readonly log: LogLine[] = [];
  private readonly session: Session;
  private readonly transport;
  private readonly settings: Values;

  constructor(
    endpoint: string,
    { settings = {}, clock = systemClock, random = Math.random, env = {} }: TestHostOptions,
  ) {
    this.settings = { endpoint, projectId: "project-1", ...settings };
    const line = (level: keyof Log) => (message: string) => void this.log.push({ level, message });
    const log: Log = { debug: line("debug"), info: line("info"), warn: line("warn"), progress: line("progress") };
    this.transport = createTransport({ env, maxConnections: 12 });
    this.session = new Session({ log, env, runtime: { clock, random, randomBytes, transport: this.transport, log } });
  }

  read(args: Values = {}, signal?: AbortSignal) {
    return this.session.call(getAppWhitelistEvents, args, { config: this.settings, signal });
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}

export type ReadResult = Awaited<ReturnType<TestHost["read"]>>;

/** The emulator's own keys as settings. */
export const keysOf = ({ accessKey, secretKey }: Emulator): Values => ({ accessKey, secretKey });

/** What a test opened, to be closed whatever happened in it. */
export class Opened {
  private readonly closers: (() => Promise<void>)[] = [];

  async emulator(options: EmulatorOptions): Promise<Emulator> {
    const emulator = await startEmulator(options);
    this.closers.push(() => emulator.close());
    return emulator;
  }

  /** Signs with the emulator's keys unless the settings name others. */
  host(emulator: Emulator, options: TestHostOptions = {}): TestHost {
    return this.hostOf(emulator.url, { ...options, settings: options.settings ?? keysOf(emulator) });
  }

  hostOf(endpoint: string, options: TestHostOptions): TestHost {
    const host = new TestHost(endpoint, options);
    this.closers.push(() => host.close());
    return host;
  }

  later(close: () => Promise<void>): void {
    this.closers.push(close);
  }

  async close(): Promise<void> {
    // hosts before the servers that they talk to
    for (const close of this.closers.splice(0).reverse()) await close();
  }
}

/** The machine's time, with waits so many times shorter, deadlines too: back-off costs a test nothing, and timeouts of requests stay what they are. */
export const hurriedClock = (times = 50): Clock => ({
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / times, signal),
});

/** mulberry32: numbers in [0, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The ids that an emulator lists, read plainly: page after page, with fetch and JSON.parse. */
export async function listedIds(emulator: Emulator, query = "last_days=30"): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const url = `${emulator.url}/v5/project-1/app/event?${query}&offset=${ids.length}&limit=200`;
    const response = await fetch(url, { headers: { "x-auth-token": emulator.token } });
    const page = (await response.json()) as { total_num: number; data_list: { event_id: string }[] };
    ids.push(...page.data_list.map((event) => event.event_id));
    if (ids.length >= page.total_num) return ids;
  }
}

/** Every id once, in an order that can be compared. */
export const idsOf = (result: ReadResult): string[] => result.events.map((event) => String(event.eventId)).sort();
