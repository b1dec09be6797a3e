import type { Settings } from "../../settings/index.js";
import { CredentialsError, ResponseError, TransportError } from "../../errors.js";
import type { HttpRequest, HttpResponse, Runtime } from "../../runtime/runtime.js";
import { identityEndpoint } from "../endpoint.js";
import { parseRefusal, requestIdOf, serviceErrorMessage } from "../refusal.js";
import { sign } from "../signing.js";
import type { Credentials } from "./types.js";

/** IAM and STS as far as credentials need them. They are only asked and never told to create anything. */
export interface IdentityContext {
  readonly settings: Settings;
  readonly runtime: Runtime;
  /** Told every secret that passes by and is not part of the credentials themselves. */
  remember?(secret: string): void;
}

export interface IdentityCall {
  /** For messages: `logging in to IAM`. */
  readonly operation: string;
  readonly service: "iam" | "sts";
  readonly method: "GET" | "POST";
  /** With the query, encoded. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Signs the request, or is sent as `X-Auth-Token`; absent where the body authenticates. */
  readonly credentials?: Credentials;
}

export interface IdentityAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const maxBodyBytes = 4 * 1024 * 1024;
/** Attempts after the first, for failures that pass. */
const retries = 2;
/** A clock that is further off than this makes a signature invalid, or soon will. */
const clockTolerance = 60_000;

/** The answer of a 2xx. Throws `CredentialsError` for a refusal or where no whole answer came after three attempts. */
export async function askIdentity(
  context: IdentityContext,
  call: IdentityCall,
  signal?: AbortSignal,
): Promise<IdentityAnswer> {
  const { clock, random } = context.runtime;
  let clockOffset = 0;
  let corrected = false;
  for (let attempt = 0; ; attempt++) {
    const outcome = await send(context, call, clockOffset, signal);
    if (outcome instanceof TransportError || outcome instanceof ResponseError) {
      if (attempt >= retries) throw new CredentialsError(`${call.operation}: ${outcome.message}`, { cause: outcome });
    } else {
      const body = parsed(outcome.body);
      if (outcome.status >= 200 && outcome.status < 300) return { headers: outcome.headers, body };
      const passing = outcome.status === 429 || outcome.status >= 500;
      const offset = clockDifference(outcome, clock.now());
      if (outcome.status === 401 && !corrected && call.credentials?.kind === "aksk" && offset !== undefined) {
        corrected = true;
        clockOffset = offset;
        continue;
      }
      if (!passing || attempt >= retries) throw refusal(call.operation, outcome, body);
    }
    await clock.sleep(1000 * 2 ** attempt * (0.5 + random() / 2), signal);
  }
}

async function send(
  { settings, runtime }: IdentityContext,
  { service, method, path, body, headers = {}, credentials }: IdentityCall,
  clockOffset: number,
  signal?: AbortSignal,
): Promise<HttpResponse | TransportError | ResponseError> {
  const url = new URL(path, identityEndpoint(service, settings));
  const common = { accept: "application/json", "content-type": "application/json;charset=utf8", ...headers };
  const text = body === undefined ? undefined : JSON.stringify(body);
  const date = new Date(runtime.clock.now() + clockOffset);
  const proof: Record<string, string> =
    credentials === undefined
      ? {}
      : credentials.kind === "token"
        ? { "x-auth-token": credentials.token }
        : sign({ method, url, headers: common, body: text }, credentials, date);
  const request: HttpRequest = {
    method,
    url,
    headers: { ...common, ...proof },
    body: text,
    timeoutMs: settings.requestTimeoutSeconds * 1000,
    maxBodyBytes,
    signal,
  };
  try {
    return await runtime.transport.send(request);
  } catch (error) {
    if (error instanceof TransportError || error instanceof ResponseError) return error;
    throw error;
  }
}

function refusal(operation: string, response: HttpResponse, body: unknown): CredentialsError {
  const said = { ...parseRefusal(body) };
  const requestId = requestIdOf(response, said);
  return new CredentialsError(serviceErrorMessage(operation, response.status, { ...said, requestId }));
}

/** How far the service's clock is ahead, in milliseconds; undefined where it does not tell or is close enough. */
function clockDifference({ headers }: HttpResponse, now: number): number | undefined {
  const date = headers.age === undefined ? Date.parse(headers.date ?? "") : NaN;
  const difference = date - now;
  return Math.abs(difference) > clockTolerance ? difference : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A nested value of an answer; undefined where it isn't there. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

/** What an answer must hold. Throws `CredentialsError` where it is no text. */
export function textAt(operation: string, value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found === "string" && found !== "") return found;
  throw new CredentialsError(`${operation}: the answer holds no ${path.join(".")}`);
}

/** Milliseconds since the epoch; undefined for what is no time. IAM writes microseconds. */
export function timeAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  const time = typeof found === "string" ? Date.parse(found.replace(/(\.\d{3})\d+/, "$1")) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
