import type { z } from "zod";
import { RecentSyncs } from "./archive/recentSyncs.js";
import { sha256 } from "./sha256.js";
import { AbortedError, HssError } from "./errors.js";
import { validateArguments, type FunctionDefinition } from "./functions/definition.js";
import { createPace, type Pace } from "./reading/pace.js";
import type { Finding } from "./reading/diagnosis.js";
import { EventReader } from "./reading/reader.js";
import { growingRedactor, redactError } from "./redact.js";
import { mappedLog } from "./runtime/mappedLog.js";
import { machine } from "./runtime/machine.js";
import type { Env, Log, Runtime, Transport } from "./runtime/runtime.js";
import { trustingTransport } from "./runtime/trust.js";
import { completeSettings, namesArchive, resolveSettings, secretsIn, type Settings } from "./settings/index.js";

type Redact = (text: string) => string;

export interface SessionOptions {
  readonly log: Log;
  readonly env: Env;
  /** What is not to be the machine's own. */
  readonly runtime?: Partial<Runtime>;
}

export interface CallOptions {
  /** The `hss:` settings as they were given; the environment fills in what is missing. Of several the first that has one wins. */
  readonly config: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
  readonly signal?: AbortSignal;
  /** Further accounts, for functions that read fleets. */
  readonly others?: readonly OtherAccount[];
}

export interface OtherAccount {
  readonly session: Session;
  readonly config: CallOptions["config"];
}

/**
 * Where both ways in meet: checks settings and arguments, keeps one reader for equal settings (so that their calls share
 * pace, credentials and reads under way), and lets no secret out in an error.
 */
export class Session {
  private readonly readers = new Map<string, Promise<EventReader>>();
  private readonly paces = new Map<string, Pace>();
  private readonly warned = new Set<string>();
  private readonly archiveSyncs: RecentSyncs;
  private readonly outside: ReturnType<typeof machine> & Partial<Runtime>;

  constructor({ log, env, runtime }: SessionOptions) {
    this.outside = { ...machine(log, env), ...runtime };
    this.archiveSyncs = new RecentSyncs(this.outside.clock);
  }

  async call<Args extends z.ZodObject, Result extends z.ZodObject>(
    definition: FunctionDefinition<Args, Result>,
    args: Readonly<Record<string, unknown>>,
    { config, signal, others = [] }: CallOptions,
  ): Promise<z.output<Result>> {
    const opened = new Set<EventReader>();
    const redact = this.redactor([config, ...others.map((other) => other.config)].flat(), () => [...opened]);
    const keep = (reader: EventReader) => (opened.add(reader), reader);
    // a function that only computes has no use for settings, good or bad
    const openReader = async () => keep(await this.readerFor(config, redact));
    const openReaders = async () => {
      const readers = [await openReader()];
      for (const other of others) readers.push(keep(await other.session.readerFor(other.config, redact)));
      return readers;
    };
    const settings = { archive: namesArchive(config, this.outside.env) };
    const valid = guarded(redact, () => validateArguments(definition, args, settings));
    if (signal?.aborted) throw new AbortedError(`${definition.name} was aborted before it began`);
    try {
      return await definition.run(
        {
          openReader,
          openReaders,
          name: definition.name,
          archiveSyncs: this.archiveSyncs,
          files: this.outside.files,
          unique: () => Buffer.from(this.outside.randomBytes(6)).toString("hex"),
          clock: this.outside.clock,
          env: this.outside.env,
          log: mappedLog(this.outside.log, redact),
          warnOnce: (text) => this.warnOnce(redact(text)),
          signal,
        },
        valid.args,
        valid.checked,
      );
    } catch (error) {
      if (signal?.aborted) throw new AbortedError(`${definition.name} was aborted`, { cause: signal.reason });
      throw redacted(error, redact);
    }
  }

  /** What a call with these settings would use and how far it would come: a line each, without secrets. Throws as a call does. */
  async *diagnose({ config, signal }: CallOptions): AsyncGenerator<Finding, void> {
    let opened: EventReader | undefined;
    const redact = this.redactor(config, () => (opened ? [opened] : []));
    try {
      opened = await this.open(resolveSettings(config, this.outside.env), redact);
      for await (const { about, says } of opened.diagnose(signal)) yield { about, says: redact(says) };
    } catch (error) {
      throw redacted(error, redact);
    }
  }

  private readerFor(config: CallOptions["config"], redact: Redact): Promise<EventReader> {
    return this.open(resolveSettings(config, this.outside.env), redact);
  }

  /** Knows what was given from the start, and what readers learn on their way. */
  private redactor(config: CallOptions["config"], opened: () => readonly EventReader[]): Redact {
    const given = secretsIn([config].flat(), this.outside.env);
    return growingRedactor(() => [...given, ...opened().flatMap((reader) => reader.secrets())]);
  }

  private warnOnce(message: string): void {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    this.outside.log.warn(message);
  }

  private async open(settings: Settings, redact: Redact): Promise<EventReader> {
    const key = sha256(JSON.stringify(settings));
    let opened = this.readers.get(key);
    if (!opened) {
      opened = this.start(settings, redact);
      this.readers.set(key, opened);
      // a failure to start is not remembered: a file may be there the next time
      opened.catch(() => this.readers.delete(key));
    }
    return opened;
  }

  private async start(given: Settings, redactGiven: Redact): Promise<EventReader> {
    const warn = (message: string) => this.warnOnce(redactGiven(message));
    for (const note of given.notes) warn(`hss: ${note}`);
    const settings = await completeSettings(given, {
      ...this.outside,
      log: mappedLog(this.outside.log, redactGiven),
    });
    const transport = this.outside.transport ?? (await this.transport(settings, warn));
    let reader: EventReader | undefined;
    const redact = growingRedactor(() => reader?.secrets() ?? []);
    const log = mappedLog(mappedLog(this.outside.log, redactGiven), redact);
    const runtime = { ...this.outside, transport, log };
    return (reader = new EventReader({ settings, runtime, pace: this.pace(settings, runtime) }));
  }

  /** The service counts calls by account and place, whatever else differs between two of its users here. */
  private pace(settings: Settings, runtime: Runtime): Pace {
    const { endpoint, region, credentialLevels, profile, sharedConfigFile, assumeRole } = settings;
    const { maxConcurrency, requestsPerMinute } = settings;
    const account = [endpoint, region, credentialLevels, profile, sharedConfigFile, assumeRole];
    const key = sha256(JSON.stringify([account, maxConcurrency, requestsPerMinute]));
    const pace = this.paces.get(key) ?? createPace({ ...runtime, maxConcurrency, requestsPerMinute });
    this.paces.set(key, pace);
    return pace;
  }

  private transport({ caFile, maxConcurrency }: Settings, warn: (message: string) => void): Promise<Transport> {
    const { files, env, network } = this.outside;
    return trustingTransport({ caFile, files, env, log: { warn } }, (ca) =>
      network({ ca, maxConnections: maxConcurrency }),
    );
  }
}

function guarded<T>(redact: Redact, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw redacted(error, redact);
  }
}

/** The error and its causes without the secrets: their messages and stacks are the only texts that leave. */
function redacted(error: unknown, redact: (text: string) => string): unknown {
  if (!(error instanceof Error)) return error;
  const safe = redactError(error, redact);
  return HssError.is(safe) ? safe : new Error(`hss: ${safe.message}`, { cause: safe });
}
