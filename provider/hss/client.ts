import { HssError, ResponseError } from "../errors.js";
import type { Clock, HttpResponse, Transport } from "../runtime/runtime.js";
import { createClockSkew, isSkewError, serverTime, type TimedAnswer } from "./clockSkew.js";
import type { Credentials } from "./credentials/index.js";
import { decodePage, type EventPage } from "./decode.js";
import { RowDigest } from "./digest.js";
import { parsePage } from "./json.js";
import { queryParameters, type PageRequest, type TimestampUnit } from "./request.js";
import { parseRefusal, requestIdOf, serviceError } from "./refusal.js";
import { encode, encodeQuery, sign } from "./signing.js";

export interface ClientOptions {
  readonly endpoint: URL;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly timestampUnit: TimestampUnit;
  /** One attempt, to the last byte, in milliseconds. */
  readonly timeoutMs: number;
  readonly version: string;
  /** 32 random bytes: rows are told apart by digests under this key. */
  readonly digestKey: Uint8Array;
}

export interface Answer extends EventPage {
  readonly sentAt: number;
  readonly receivedAt: number;
  /** Of the `Date` header, in milliseconds since the epoch. */
  readonly serverTime?: number;
}

/** A page of 200 events with command lines of many kilobytes fits; a flood does not. */
const maxBodyBytes = 64 * 1024 * 1024;
/** What is longer is no refusal in disguise (an `error_code` under 200). */
const refusalSize = 4096;
const operation = "listing HSS whitelist events";

/** The API on the wire: one call is one attempt. */
export class HssClient {
  private readonly skew = createClockSkew();
  private readonly digest: RowDigest;

  constructor(private readonly options: ClientOptions) {
    this.digest = new RowDigest(options.digestKey);
  }

  /**
   * `GET /v5/{project_id}/app/event`, signed or with the token. Throws `ServiceError` for a refusal, `TransportError` and
   * `ResponseError` for what is no whole answer. `arrived` is called, and awaited, when there is a page and it has not been
   * taken apart yet, which takes milliseconds: what waits for the line rather than for the events can go on.
   */
  async listAppWhitelistEvents(
    projectId: string,
    request: PageRequest,
    credentials: Credentials,
    { signal, arrived }: { readonly signal?: AbortSignal; arrived?(): Promise<void> } = {},
  ): Promise<Answer> {
    const { endpoint, transport, clock, timestampUnit, timeoutMs } = this.options;
    const clockOffset = this.skew.offsetMs;
    const query = encodeQuery(queryParameters(request, timestampUnit));
    const url = new URL(`/v5/${encode(projectId)}/app/event?${query}`, endpoint);
    const sentAt = clock.now();
    const headers = this.headers(projectId, url, credentials, new Date(sentAt + clockOffset));
    const response = await transport.send({ method: "GET", url, headers, timeoutMs, maxBodyBytes, signal });
    const receivedAt = clock.now();
    if (response.status === 200 && (response.size ?? 0) > refusalSize) await arrived?.();
    try {
      return { ...this.decode(response, receivedAt), sentAt, receivedAt, serverTime: serverTime(response.headers) };
    } catch (error) {
      if (isSkewError(error))
        this.correctClock(error as object, { headers: response.headers, sentAt, receivedAt }, clockOffset);
      throw error;
    } finally {
      response.release?.();
    }
  }

  /** A refusal for the clock is worth another attempt only where the next signature will bear another time. */
  private correctClock(error: object, answer: TimedAnswer, usedOffset: number): void {
    const corrected = this.skew.correct(answer) || this.skew.offsetMs !== usedOffset;
    if (!corrected) Object.assign(error, { final: true });
  }

  private headers(projectId: string, url: URL, credentials: Credentials, date: Date): Record<string, string> {
    const headers = {
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": `pulumi-hss/${this.options.version}`,
      // without it the service's messages are in Chinese
      "x-language": "en-us",
      "x-project-id": projectId,
    };
    if (credentials.kind === "token") return { ...headers, "x-auth-token": credentials.token };
    return { ...headers, ...sign({ method: "GET", url, headers }, credentials, date) };
  }

  private decode(response: HttpResponse, receivedAt: number): EventPage {
    if (response.status !== 200) throw this.refusal(response, receivedAt);
    const requestId = requestIdOf(response);
    try {
      const body = parsePage(response);
      const refusal = parseRefusal(body);
      if (refusal?.errorCode !== undefined && !holdsEvents(body))
        throw serviceError(operation, response, body, receivedAt);
      return decodePage(body, this.digest);
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      const id = requestId === undefined ? "" : `, request id ${requestId}`;
      throw new ResponseError(`${operation}: ${error.message} (HTTP 200${id})`, {
        cause: error.cause ?? error,
        requestId,
      });
    }
  }

  private refusal(response: HttpResponse, receivedAt: number): HssError {
    let body: unknown;
    try {
      body = JSON.parse(response.body) as unknown;
    } catch {
      body = undefined;
    }
    return serviceError(operation, response, body, receivedAt);
  }
}

/** A code beside events is no refusal; beside an empty list it must not pass for "there are none". */
function holdsEvents(body: unknown): boolean {
  const list = (body as { data_list?: unknown }).data_list;
  return Array.isArray(list) && list.length > 0;
}
