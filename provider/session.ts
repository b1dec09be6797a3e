import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { resolveSettings, type Settings } from "./settings/index.js";
import { AbortedError, ConfigurationError, HssError } from "./errors.js";
import { validateArguments, type FunctionDefinition } from "./functions/definition.js";
import { withProfile } from "./hss/credentials/index.js";
import { redactor } from "./redact.js";
import { createPace, type Pace } from "./reading/pace.js";
import { redactError } from "./redactError.js";
import { createService, type HssService } from "./reading/reader.js";
import { printable } from "./text.js";
import type { Log, Runtime } from "./runtime/runtime.js";
import { createTransport } from "./runtime/transport.js";
import { systemClock, systemRandom } from "./runtime/clock.js";
import type { z } from "zod";

export interface SessionOptions {
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Instead of the machine's own clock, randomness and network. */
  readonly runtime?: Runtime;
}

export interface CallOptions {
  /** The `hss:` settings as they were given; the environment fills in what is missing. Of several the first that has one wins. */
  readonly config: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
  readonly signal?: AbortSignal;
}

/**
 * Where both ways in meet: checks settings and arguments, keeps one service for equal settings (so that their calls share
 * pace, credentials and reads under way), and lets no secret out in an error.
 */
export class Session {
  private readonly services = new Map<string, Promise<HssService>>();
  private readonly paces = new Map<string, Pace>();

  constructor(private readonly options: SessionOptions) {}

  async call<Args extends z.ZodObject, Result extends z.ZodObject>(
    definition: FunctionDefinition<Args, Result>,
    args: Readonly<Record<string, unknown>>,
    { config, signal }: CallOptions,
  ): Promise<z.output<Result>> {
    const valid = validateArguments(definition, args);
    if (signal?.aborted) throw new AbortedError(`${definition.name} was aborted before it began`);
    let opened: HssService | undefined;
    // who asks no service has no use for settings, good or bad
    const service = async () => (opened = await this.open(resolveSettings(config, this.options.env)));
    const { clock } = this.options.runtime ?? { clock: systemClock };
    try {
      return await definition.run({ service, clock, signal }, valid);
    } catch (error) {
      if (signal?.aborted) throw new AbortedError(`${definition.name} was aborted`, { cause: signal.reason });
      throw redacted(error, redactor(opened?.secrets() ?? []));
    }
  }

  private async open(settings: Settings): Promise<HssService> {
    const key = digest(settings);
    let opened = this.services.get(key);
    if (!opened) {
      opened = this.start(settings);
      this.services.set(key, opened);
      // a failure to start is not remembered: a file may be there the next time
      opened.catch(() => this.services.delete(key));
    }
    return opened;
  }

  private async start(settings: Settings): Promise<HssService> {
    const places = { readFile: readText, homeDirectory: homedir() };
    const effective =
      settings.endpoint === "emulator" ? await this.emulated(settings) : await withProfile(settings, places);
    const runtime = this.options.runtime ?? (await this.machine(effective));
    return createService({
      settings: effective,
      runtime,
      pace: this.pace(effective, runtime),
      cacheDirectory: join(this.options.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "pulumi-hss", "reads"),
      ...places,
      env: this.options.env,
    });
  }

  /** The service counts calls by account and place, whatever else differs between two of its users here. */
  private pace(settings: Settings, runtime: Runtime): Pace {
    const { endpoint, region, credentialLevels, profile, sharedConfigFile, assumeRole } = settings;
    const { maxConcurrency, requestsPerMinute } = settings;
    const account = [endpoint, region, credentialLevels, profile, sharedConfigFile, assumeRole];
    const key = digest([account, maxConcurrency, requestsPerMinute]);
    const pace = this.paces.get(key) ?? createPace({ ...runtime, maxConcurrency, requestsPerMinute });
    this.paces.set(key, pace);
    return pace;
  }

  /** The machine's own clock, randomness and network. */
  private async machine({ caFile, maxConcurrency }: Settings): Promise<Runtime> {
    const { env, log } = this.options;
    const ca = caFile === undefined ? undefined : await readText(caFile);
    if (caFile !== undefined && ca === undefined) {
      throw new ConfigurationError([{ property: "caFile", reason: `there is no file ${printable(caFile)}` }]);
    }
    return {
      clock: systemClock,
      random: systemRandom,
      randomBytes,
      transport: createTransport({ ca, env, maxConnections: maxConcurrency }),
      log,
    };
  }

  /** The settings of an emulator inside this process, with the keys that it accepts. */
  private async emulated(settings: Settings): Promise<Settings> {
    const { startEmulator } = await import("../emulator/index.js");
    const emulator = await startEmulator();
    emulator.unref();
    this.options.log.warn(
      `hss: endpoint is "emulator": the events are SAMPLE DATA made up by the embedded emulator, not those of any real server`,
    );
    // an agency or a profile of the real cloud has no business here
    const { assumeRole: _1, profile: _2, authUrl: _3, sharedConfigFile: _4, ...rest } = settings;
    return {
      ...rest,
      endpoint: new URL(emulator.url),
      projectId: settings.projectId ?? "emulated-project",
      credentialLevels: [
        { source: "the emulator", values: { accessKey: emulator.accessKey, secretKey: emulator.secretKey } },
      ],
    };
  }
}

const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

const readText = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ConfigurationError([{ property: path, reason: `can't be read (${code ?? String(cause)})` }]);
  }
};

/** The error and its causes without the secrets: their messages and stacks are the only texts that leave. */
function redacted(error: unknown, redact: (text: string) => string): unknown {
  if (!(error instanceof Error)) return error;
  redactError(error, redact);
  return HssError.is(error) ? error : new Error(`hss: ${error.message}`, { cause: error });
}
