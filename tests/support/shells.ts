import { startEmulator, type Emulator } from "../../emulator/index.js";
import { getAppWhitelistEvents } from "../../provider/functions/getAppWhitelistEvents.js";
import { TransportError } from "../../provider/errors.js";
import { systemFiles } from "../../provider/runtime/files.js";
import type { HttpRequest, Runtime } from "../../provider/runtime/runtime.js";
import { createTransport, type ClosableTransport } from "../../provider/runtime/transport.js";
import { Session } from "../../provider/session.js";

type EmulatorOptions = NonNullable<Parameters<typeof startEmulator>[0]>;

/** A service behind every host name of a cloud's domain. */
interface Cloud {
  readonly domain: string;
  readonly emulator: Emulator;
}

export interface Outcome {
  /** How many events the account that was read has. */
  readonly events?: number;
  readonly error?: string;
  readonly warnings: readonly string[];
  /** `POST iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens`, each request in order, those that repeat the one before once. */
  readonly asked: readonly string[];
}

/** Clouds under their own host names, machines with files and shells, and a recorder of every request that leaves. */
export class Clouds {
  readonly sent: HttpRequest[] = [];
  /** The cloud whose metadata service the machine has; none: it is not one of its servers. */
  metadata: string | undefined;
  private readonly clouds: Cloud[] = [];
  private readonly transport: ClosableTransport = createTransport();

  async add(domain: string, options: EmulatorOptions): Promise<Emulator> {
    const emulator = await startEmulator(options);
    this.clouds.push({ domain, emulator });
    return emulator;
  }

  async close(): Promise<void> {
    await this.transport.close();
    await Promise.all(this.clouds.map(({ emulator }) => emulator.close()));
  }

  readonly send = (request: HttpRequest) => {
    this.sent.push(request);
    const { hostname, host, pathname, search } = request.url;
    const cloud = this.clouds.find(({ domain }) =>
      hostname === "169.254.169.254" ? domain === this.metadata : hostname.endsWith(`.${domain}`),
    );
    if (!cloud) throw new TransportError(`nobody is at ${host}`);
    const url = new URL(`${pathname}${search}`, cloud.emulator.url);
    return this.transport.send({ ...request, url, headers: { ...request.headers, host } });
  };

  /** One call of a program on a machine with these variables and files. */
  async read(
    env: Record<string, string>,
    config: Record<string, unknown> | readonly Record<string, unknown>[] = {},
    files: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    const warnings: string[] = [];
    const from = this.sent.length;
    const log: Runtime["log"] = {
      debug: () => undefined,
      info: () => undefined,
      progress: () => undefined,
      warn: (line) => void warnings.push(line),
    };
    const home = "/home/me";
    const machine: Partial<Runtime> = {
      files: {
        ...systemFiles,
        home,
        readText: (path) => Promise.resolve(files[path.replace(`${home}/`, "~/")] ?? files[path]),
      },
      transport: { send: (request) => Promise.resolve(this.send(request)) },
    };
    const session = new Session({ log, env, runtime: machine });
    const outcome = await session
      .call(
        getAppWhitelistEvents,
        {},
        { config: Array.isArray(config) ? [{ maxRetries: 0 }, ...config] : { maxRetries: 0, ...config } },
      )
      .then(({ totalNum }) => ({ events: totalNum }))
      .catch((error: unknown) => ({ error: (error as Error).message }));
    const asked = this.sent.slice(from).map(({ method, url }) => `${method} ${url.host}${url.pathname}`);
    return { ...outcome, warnings, asked: asked.filter((line, n) => line !== asked[n - 1]) };
  }
}
