import { ResponseError } from "../errors.js";
import type { Clock, HttpResponse, Transport } from "../runtime/runtime.js";
import { at, parseJson } from "../values.js";
import { ClockSkew, serviceTime } from "./clockSkew.js";
import type { Credentials } from "./credentials/index.js";
import { decodePage, type EventPage } from "./decode.js";
import { RowDigest } from "./digest.js";
import { exchange } from "./exchange.js";
import { parsePage } from "./json.js";
import { queryParameters, type PageRequest } from "./request.js";
import { parseRefusal, requestIdOf, serviceError } from "./refusal.js";
import { encode, encodeQuery } from "./signing.js";

interface ClientOptions {
  readonly endpoint: URL;
  readonly transport: Transport;
  readonly clock: Clock;
  /** One attempt, to the last byte, in milliseconds. */
  readonly timeoutMs: number;
  readonly version: string;
  /** 32 random bytes: rows are told apart by digests under this key. */
  readonly digestKey: Uint8Array;
}

export interface Answer extends EventPage {
  /** The service's clock when it answered, as well as it is known, in milliseconds since the epoch. */
  readonly answeredAt: number;
}

/** A page of 200 events with command lines of many kilobytes fits; a flood does not. */
const maxBodyBytes = 64 * 1024 * 1024;
/** A longer answer is not a refusal in disguise (an `error_code` under 200). */
const refusalSize = 4096;
const operation = "listing HSS whitelist events";

/** The API on the wire: one call is one attempt. */
export class HssClient {
  private readonly skew = new ClockSkew();
  private readonly digest: RowDigest;

  constructor(private readonly options: ClientOptions) {
    this.digest = new RowDigest(options.digestKey);
  }

  /**
   * `GET /v5/{project_id}/app/event`, signed or with the token. Throws `ServiceError` for a refusal, `TransportError` and
   * `ResponseError` for anything but a complete answer, `TryAgain` where the clock was corrected. `arrived` is called, and awaited,
   * when there is a page and it has not been taken apart yet, which takes milliseconds: what waits for the line rather than
   * for the events can go on.
   */
  async listAppWhitelistEvents(
    projectId: string,
    request: PageRequest,
    credentials: Credentials,
    { signal, arrived }: { readonly signal?: AbortSignal; arrived?(): Promise<void> } = {},
  ): Promise<Answer> {
    const { endpoint, timeoutMs, version } = this.options;
    const query = encodeQuery(queryParameters(request));
    const url = new URL(`/v5/${encode(projectId)}/app/event?${query}`, endpoint);
    const headers = {
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": `pulumi-hss/${version}`,
      // without it the service's messages are in Chinese
      "x-language": "en-us",
      "x-project-id": projectId,
    };
    return exchange(
      { ...this.options, skew: this.skew },
      { method: "GET", url, headers, timeoutMs, maxBodyBytes, signal },
      credentials,
      async ({ response, sentAt, receivedAt }) => {
        if (response.status === 200 && (response.bytes?.length ?? 0) > refusalSize) await arrived?.();
        const answeredAt = serviceTime({ headers: response.headers, sentAt, receivedAt });
        return { ...this.decode(response, receivedAt), answeredAt };
      },
    );
  }

  private decode(response: HttpResponse, receivedAt: number): EventPage {
    if (response.status !== 200) throw serviceError(operation, response, parseJson(response.body), receivedAt);
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
}

/** A code beside events is not a refusal; beside an empty list it must not pass for "there are none". */
const holdsEvents = (body: unknown): boolean => at(body, "data_list", 0) !== undefined;
