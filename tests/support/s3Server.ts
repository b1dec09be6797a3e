import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BucketAccess } from "../../provider/archive/bucketClient.js";
import { openStore } from "../../provider/archive/openStore.js";
import type { ArchiveStore } from "../../provider/archive/store.js";
import { systemClock } from "../../provider/runtime/clock.js";
import { systemFiles } from "../../provider/runtime/files.js";

/** The server that `.ci/s3server` installs; undefined where there is none. */
export const s3Program = [join(__dirname, "../../.ci/.s3/versitygw"), "versitygw"].find(
  (program) => spawnSync(program, ["--version"]).status === 0,
);

export const keys = { accessKey: "the-access-key-of-tests", secretKey: "a-secret-key-that-nobody-may-see" } as const;
export const bucket = "evidence";

/** A real S3 server on loopback, which keeps its files in a folder while it is killed and started again. */
export class S3Server {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly folder: string,
    private readonly more: readonly string[],
  ) {}

  /** `more`: of the program's options. */
  static async start(more: readonly string[] = []): Promise<S3Server> {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-hss-s3-"));
    mkdirSync(join(folder, bucket));
    const server = new S3Server(await freePort(), folder, more);
    await server.run();
    return server;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}`);
  }

  async run(): Promise<void> {
    const started = spawn(
      s3Program ?? "",
      ["--port", `127.0.0.1:${this.port}`, "--quiet", "--keep-alive", ...this.more, "posix", this.folder],
      { stdio: "ignore", env: { ...process.env, ROOT_ACCESS_KEY: keys.accessKey, ROOT_SECRET_KEY: keys.secretKey } },
    );
    this.process = started;
    while (!(await isOpen(this.port))) {
      if (started.exitCode !== null) throw new Error(`the S3 server ended with ${started.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** As a power cut would end it, but for what the operating system still writes. */
  async kill(): Promise<void> {
    const { process: running } = this;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGKILL");
    await ended;
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface BucketOptions {
  readonly keys?: { readonly accessKey: string; readonly secretKey: string; readonly securityToken?: string };
  readonly settings?: Partial<BucketAccess["settings"]>;
  readonly credentials?: BucketAccess["credentials"];
  readonly warnings?: string[];
  readonly signal?: AbortSignal;
  readonly env?: Record<string, string>;
}

/** The archive's bucket, as an account whose HSS is on loopback too reaches it. */
export function bucketStore(url: URL, archive: string, options: BucketOptions = {}): ArchiveStore {
  return openStore(archive, "/nowhere", bucketAccess(url, options));
}

export function bucketAccess(url: URL, options: BucketOptions = {}): BucketAccess {
  const { settings, signal, warnings = [] } = options;
  const given = { kind: "aksk" as const, ...(options.keys ?? keys) };
  const ignore = () => undefined;
  const log = { debug: ignore, info: ignore, progress: ignore, warn: (line: string) => void warnings.push(line) };
  return {
    settings: {
      ...{ endpoint: new URL("http://127.0.0.1:1"), region: "cn-north-4", archiveEndpoint: url },
      ...{ maxRetries: 4, requestTimeoutSeconds: 10, ...settings },
    },
    credentials: options.credentials ?? { get: () => Promise.resolve(given), reject: () => false },
    runtime: { clock: systemClock, env: options.env ?? process.env, files: systemFiles, random: Math.random, log },
    ...(signal && { signal }),
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    }).once("error", () => {
      resolve(false);
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address) resolve(address.port);
      });
    });
  });
}
