/**
 * What the core takes from the outside world. Nothing below this line reads a clock, draws a random number, opens a
 * socket or prints on its own, so a test can run a month of rate limits in a millisecond.
 */
export interface Runtime {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** So many bytes that nobody can guess. */
  readonly randomBytes: (size: number) => Uint8Array;
  readonly transport: Transport;
  readonly log: Log;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, for 0 when all else that is ready has had its turn; rejects with the signal's reason as soon as it is aborted. */
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
  /** The body's bytes as text. Made when it is read: an answer that waits for its turn is half as large without. */
  readonly body: string;
  /** The body as it arrived, where the transport has it. */
  readonly bytes?: Buffer;
  /** Length of the body in bytes, where it is known. */
  readonly size?: number;
  /** Gives the body up, which from then on is empty: whoever still holds the answer holds no page. */
  release?(): void;
}
