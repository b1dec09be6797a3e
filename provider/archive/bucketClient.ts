import type * as S3 from "@aws-sdk/client-s3";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { onAbort } from "../abort.js";
import { ConfigurationError, CredentialsError, TransportError } from "../errors.js";
import type { Credentials, CredentialSource } from "../hss/credentials/index.js";
import { redactor } from "../redact.js";
import { connectingAgents } from "../runtime/agents.js";
import type { Runtime } from "../runtime/runtime.js";
import { authorities } from "../runtime/trust.js";
import { duration } from "../text.js";
import { isRefusedKey, refusalOf } from "./bucketErrors.js";
import type { BucketPlace, BucketSettings } from "./bucketPlace.js";

/** The client for S3, which not everybody needs: it is an optional dependency. */
export const clientPackage = { name: "@aws-sdk/client-s3", version: "3.1175.0" } as const;

/** What a bucket is reached with. */
export interface BucketAccess {
  readonly settings: BucketSettings & {
    readonly caFile?: string;
    readonly maxRetries: number;
    readonly requestTimeoutSeconds: number;
  };
  /** Of the account that HSS is read with. */
  readonly credentials: Pick<CredentialSource, "get" | "reject">;
  readonly runtime: Pick<Runtime, "clock" | "env" | "files" | "log" | "random">;
  readonly signal?: AbortSignal;
}

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** By the store's clock, in milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** What keeps a write from replacing anything. */
export type Condition = "if-none-match" | "x-obs-forbid-overwrite";

export interface PutOptions {
  readonly condition?: Condition;
  /** With all attempts; else given up. */
  readonly withinMs?: number;
}

/** A request with all its attempts ends after so long, whatever the other side does. */
const longestMs = 15 * 60_000;
/** So fast at least a file must go, in bytes a millisecond: 128 KiB a second. */
const slowest = 128;

/** The operations of a bucket that an archive needs. Rejects with the client's errors, see `bucketErrors`. */
export class BucketClient {
  private opened: Promise<S3.S3Client> | undefined;
  private used: Credentials | undefined;
  private readonly secrets = new Set<string>();

  constructor(
    readonly place: BucketPlace,
    private readonly access: BucketAccess,
    private readonly load: () => typeof S3 = loadClient,
  ) {}

  /** Without the keys that were used. */
  readonly redact = (text: string): string => redactor([...this.secrets])(text);

  /** The host that is asked; without a bucket's name. */
  get origin(): URL {
    return this.place.endpoint ?? new URL("https://s3.amazonaws.com");
  }

  async get(key: string): Promise<Buffer> {
    const { GetObjectCommand } = this.load();
    return this.ask(async (client, signal) => {
      const answer = await client.send(new GetObjectCommand(this.named(key)), { abortSignal: signal });
      const { Body } = fromStore(answer);
      if (!Body) return Buffer.alloc(0);
      const body = Body as typeof Body & { destroy?: (error: Error) => void };
      const forget = onAbort(signal, (reason) => body.destroy?.(reason));
      return Buffer.from(await body.transformToByteArray().finally(forget));
    });
  }

  async has(key: string): Promise<void> {
    const { HeadObjectCommand } = this.load();
    fromStore(await this.send(new HeadObjectCommand(this.named(key))));
  }

  async put(key: string, bytes: Uint8Array, { condition, withinMs }: PutOptions = {}): Promise<void> {
    const { PutObjectCommand } = this.load();
    const command = new PutObjectCommand({
      ...this.named(key),
      Body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      ContentLength: bytes.byteLength,
      ContentType: key.endsWith(".json") ? "application/json" : "application/octet-stream",
      ...(condition === "if-none-match" && { IfNoneMatch: "*" }),
    });
    if (condition === "x-obs-forbid-overwrite")
      command.middlewareStack.add(adapted({ [condition]: "true" }), { step: "build", name: "archiveHeader" });
    fromStore(await this.send(command, bytes.byteLength, withinMs));
  }

  async copy(from: string, to: string): Promise<void> {
    const { CopyObjectCommand } = this.load();
    const source = [this.place.bucket, ...`${this.place.prefix}${from}`.split("/")].map(encodeURIComponent).join("/");
    const command = new CopyObjectCommand({ ...this.named(to), CopySource: source });
    const { CopyObjectResult } = await this.send(command, 64 * 2 ** 20);
    fromStore(CopyObjectResult ?? {});
  }

  async remove(key: string): Promise<void> {
    const { DeleteObjectCommand } = this.load();
    await this.send(new DeleteObjectCommand(this.named(key)));
  }

  /** By pages, of which OBS knows those by a marker only. Names without the archive's prefix. */
  async list(prefix: string): Promise<StoredObject[]> {
    const { ListObjectsCommand } = this.load();
    const { bucket, prefix: own } = this.place;
    const found: StoredObject[] = [];
    for (let marker: string | undefined; ;) {
      const page = await this.send(
        new ListObjectsCommand({
          Bucket: bucket,
          Prefix: `${own}${prefix}`,
          ...(marker !== undefined && { Marker: marker }),
        }),
      );
      if (page.IsTruncated === undefined && page.Contents === undefined) throw strange("this is no list");
      const contents = (page.Contents ?? []).filter(({ Key }) => Key?.startsWith(own) === true);
      for (const { Key = "", Size = 0, LastModified } of contents)
        found.push({ key: Key.slice(own.length), size: Size, modifiedAt: LastModified?.getTime() ?? NaN });
      if (page.IsTruncated !== true) return found;
      const next = page.NextMarker ?? page.Contents?.at(-1)?.Key;
      if (next === undefined || (marker !== undefined && next <= marker)) throw strange("the list does not go on");
      marker = next;
    }
  }

  private named(key: string) {
    return { Bucket: this.place.bucket, Key: `${this.place.prefix}${key}` };
  }

  /** `bytes`: how much is sent, which takes its time. */
  private send<I extends S3.ServiceInputTypes, O extends S3.ServiceOutputTypes>(
    command: Parameters<typeof S3.S3Client.prototype.send<I, O>>[0],
    bytes = 0,
    withinMs = longestMs,
  ): Promise<O> {
    const requestTimeout = Math.ceil(this.timeoutMs + bytes / slowest);
    return this.ask((client, signal) => client.send(command, { abortSignal: signal, requestTimeout }), withinMs);
  }

  private async ask<T>(
    work: (client: S3.S3Client, signal: AbortSignal) => Promise<T>,
    withinMs = longestMs,
  ): Promise<T> {
    const { credentials, runtime, signal } = this.access;
    const stop = new AbortController();
    const done = new AbortController();
    const forget = onAbort(signal, (reason) => {
      stop.abort(reason);
    });
    runtime.clock.sleep(withinMs, done.signal).then(
      () => {
        stop.abort(new TransportError(`${this.origin.origin}: timed out after ${duration(withinMs)}`));
      },
      () => undefined,
    );
    const attempt = async () => work(await this.client(), stop.signal);
    try {
      return await attempt();
    } catch (error) {
      if (stop.signal.aborted) throw stop.signal.reason;
      const { used } = this;
      const mayRenew = this.place.keys === "account" && used !== undefined && isRefusedKey(refusalOf(error));
      if (!mayRenew || !credentials.reject(used)) throw error;
      this.opened = undefined;
      return await attempt();
    } finally {
      forget();
      done.abort();
    }
  }

  private client(): Promise<S3.S3Client> {
    if (!this.opened) {
      this.opened = this.open();
      // a file of authorities may be there the next time
      this.opened.catch(() => (this.opened = undefined));
    }
    return this.opened;
  }

  private get timeoutMs(): number {
    return this.access.settings.requestTimeoutSeconds * 1000;
  }

  private async open(): Promise<S3.S3Client> {
    const { S3Client } = this.load();
    const { endpoint, region, pathStyle, keys } = this.place;
    const { settings, runtime } = this.access;
    const { env, files, log } = runtime;
    const { timeoutMs } = this;
    const ca = await authorities({
      files,
      env,
      log,
      ...(settings.caFile !== undefined && { caFile: settings.caFile }),
    });
    // nobody can follow its advice: its version is this package's choice
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
    const client = new S3Client({
      ...(endpoint && {
        endpoint: endpoint.origin,
        region: region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1",
        // of another store nothing else is to be believed
        useDualstackEndpoint: false,
        useFipsEndpoint: false,
      }),
      forcePathStyle: pathStyle,
      followRegionRedirects: endpoint === undefined,
      // stores that are not AWS's don't know the newer checksums; the signature covers a digest of what is sent
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      maxAttempts: settings.maxRetries + 1,
      retryMode: "standard",
      requestHandler: {
        ...connectingAgents({ env, timeoutMs, ...(ca !== undefined && { ca }) }),
        socketTimeout: timeoutMs,
        requestTimeout: timeoutMs,
        throwOnRequestTimeout: true,
      },
      ...(keys === "account" && { credentials: () => this.accountKeys() }),
    });
    if (keys === "environment") this.remember(client);
    client.middlewareStack.add(adapted({}), { step: "build", name: "archivePlainAddress" });
    return client;
  }

  /** What the client finds by itself is masked in messages too. */
  private remember(client: S3.S3Client): void {
    const find = client.config.credentials;
    client.config.credentials = Object.assign(async (...args: Parameters<typeof find>) => {
      const found = await find(...args);
      for (const secret of [found.secretAccessKey, found.sessionToken])
        if (secret !== undefined) this.secrets.add(secret);
      return found;
    }, find);
  }

  private async accountKeys() {
    const used = await this.access.credentials.get(this.access.signal);
    this.used = used;
    if (used.kind !== "aksk") {
      this.secrets.add(used.token);
      throw new CredentialsError(
        `archive s3://${this.place.bucket}: object storage takes access keys, and the account's credentials are a token or a password: give accessKey and secretKey, or an agency (assumeRole)`,
      );
    }
    const { accessKey, secretKey, securityToken, expiresAt } = used;
    for (const secret of [secretKey, securityToken]) if (secret !== undefined) this.secrets.add(secret);
    return {
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      ...(securityToken !== undefined && { sessionToken: securityToken }),
      ...(expiresAt !== undefined && { expiration: new Date(expiresAt) }),
    };
  }
}

/** A page of a network that wants a login is no answer of a store, which names what it has or was given. */
function fromStore<T extends { readonly ETag?: string }>(answer: T): T {
  if (answer.ETag === undefined) throw strange("an object without a tag");
  return answer;
}

const strange = (message: string) => Object.assign(new Error(message), { $metadata: { httpStatusCode: 200 } });

/** The request with more headers, and without the parameter `x-id`, which names the operation for AWS's logs and OBS refuses. */
const adapted =
  (headers: Readonly<Record<string, string>>) =>
  <A extends { request: unknown }, R>(next: (args: A) => Promise<R>) =>
  (args: A): Promise<R> => {
    const request = args.request as { query?: Record<string, unknown>; headers: Record<string, string> };
    delete request.query?.["x-id"];
    Object.assign(request.headers, headers);
    return next(args);
  };

/** Throws a `ConfigurationError` where the package is not installed. */
function loadClient(): typeof S3 {
  try {
    // not `import`: the code cache has no module loader
    return createRequire(__filename)(clientPackage.name) as typeof S3;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    const install = `npm install ${clientPackage.name}@${clientPackage.version}`;
    const reason = `in s3:// needs the package ${clientPackage.name}, which is not installed: ${install} (for an installed plugin with --prefix ${dirname(__filename)})`;
    throw new ConfigurationError([{ property: "archive", reason }]);
  }
}
