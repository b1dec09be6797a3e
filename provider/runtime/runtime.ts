/**
 * All that the core takes from the outside world: it reads no clock, file or environment variable, draws no random number,
 * opens no socket and prints nothing on its own, so a test can run a month of rate limits in a millisecond.
 */
export interface Runtime {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly env: Env;
  readonly files: Files;
  /** Cryptographically secure random bytes. */
  readonly randomBytes: (size: number) => Uint8Array;
  readonly transport: Transport;
  readonly log: Log;
}

export type Env = Readonly<Record<string, string | undefined>>;

export interface Files {
  /** The user's home directory. */
  readonly home: string;
  /** A file's text; undefined where there is none. Throws `ConfigurationError` for one that can't be read. */
  readText(path: string): Promise<string | undefined>;
  privateDirectory(path: string): PrivateDirectory;
}

/** A directory that belongs to this user and is closed to others. Methods reject where it is not, or where a file fails. */
export interface PrivateDirectory {
  /** Rejects for anything but a file that is as private as the directory. */
  read(name: string, maxBytes: number): Promise<string>;
  /** Others see the old text or the new one, never half of one. The directory is created where it is missing. */
  write(name: string, text: string): Promise<void>;
  /** Its files, newest first. */
  list(): Promise<readonly FileEntry[]>;
  remove(name: string): Promise<void>;
}

export interface FileEntry {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** By the file system's own clock, in milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; for 0, once everything else that is ready has run. Rejects with the signal's reason on abort. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  /** A line that replaces the one before it, for work that is still going on. */
  progress(message: string): void;
}

/** One HTTP exchange, without redirects or retries. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** Absolute; path and query are already encoded and are sent as they are. */
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The whole exchange, to the body's last byte, in milliseconds. */
  readonly timeoutMs: number;
  /** A longer body is an error, in bytes. */
  readonly maxBodyBytes: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; of repeated headers the first. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text, decoded on access: without the text an answer that waits takes half the memory. */
  readonly body: string;
  /** The body as it arrived, where the transport has it. */
  readonly bytes?: Buffer;
  /** Frees the body, which is empty afterwards: a promise may hold on to the answer for long. */
  release?(): void;
}
