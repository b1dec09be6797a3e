import type { Clock, HttpRequest, HttpResponse, Transport } from "../runtime/runtime.js";
import { isSkewError, type ClockSkew } from "./clockSkew.js";
import type { Credentials } from "./credentials/types.js";
import { TryAgain } from "./retry.js";
import { sign } from "./signing.js";

export interface Exchange {
  readonly response: HttpResponse;
  /** Milliseconds since the epoch, by our clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/**
 * One attempt at a request, signed for the service's clock or with the token; `read` turns the answer into a result. Throws
 * `TryAgain` for a refusal because of the clock where the next signature will bear another time.
 */
export async function exchange<T>(
  { transport, clock, skew }: { readonly transport: Transport; readonly clock: Clock; readonly skew: ClockSkew },
  request: HttpRequest,
  credentials: Credentials | undefined,
  read: (exchange: Exchange) => T | Promise<T>,
): Promise<T> {
  const usedOffset = skew.offsetMs;
  const sentAt = clock.now();
  const headers = { ...request.headers, ...proof(request, credentials, new Date(sentAt + usedOffset)) };
  const response = await transport.send({ ...request, headers });
  const receivedAt = clock.now();
  try {
    return await read({ response, sentAt, receivedAt });
  } catch (error) {
    if (!isSkewError(error)) throw error;
    // or another request has corrected the clock meanwhile
    const corrected = skew.correct({ headers: response.headers, sentAt, receivedAt }) || skew.offsetMs !== usedOffset;
    throw corrected ? new TryAgain("clock", error) : error;
  } finally {
    response.release?.();
  }
}

function proof(request: HttpRequest, credentials: Credentials | undefined, date: Date): Record<string, string> {
  if (credentials === undefined) return {};
  return credentials.kind === "token" ? { "x-auth-token": credentials.token } : sign(request, credentials, date);
}
