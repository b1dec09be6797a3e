import type { Clock } from "../../runtime/runtime.js";
import { SharedWork } from "../../sharedWork.js";
import { isRefusedCredential } from "../refusal.js";
import { printable } from "../../text.js";
import { TryAgain } from "../retry.js";
import type { Credentials, CredentialSource, Issuer } from "./types.js";

/** Renewed when no more than this is left, or a third of a shorter life. */
const margin = 5 * 60_000;
/** How long after a failed renewal the old, still valid ones are used before the next try. */
const patience = 30_000;
/** Fresh credentials that are refused within this time will not get any further than the ones before. */
const probation = 60_000;

interface Held {
  readonly credentials: Credentials;
  readonly issuedAt: number;
  /** Whether they were issued because others had been refused. */
  readonly afterRefusal: boolean;
  renewAt: number;
}

/** Keeps an issuer's credentials until they are about to expire or are refused. However many wait, one renewal is made. */
export class Renewing {
  private held: Held | undefined;
  private refused = false;
  private readonly renewal = new SharedWork((signal) => this.renew(signal), "getting credentials");

  constructor(
    private readonly issuer: Issuer,
    private readonly clock: Clock,
    private readonly onIssued: (credentials: Credentials) => void,
  ) {}

  get(signal?: AbortSignal): Promise<Credentials> {
    if (this.held && this.clock.now() < this.held.renewAt) return Promise.resolve(this.held.credentials);
    return this.renewal.wait(signal);
  }

  reject(credentials: Credentials): boolean {
    const { held } = this;
    if (held?.credentials !== credentials) return held !== undefined || this.renewal.isUnderWay || this.refused;
    const fresh = held.afterRefusal && this.clock.now() - held.issuedAt < probation;
    if (!this.issuer.renewable || fresh) return false;
    this.held = undefined;
    this.refused = true;
    return true;
  }

  private async renew(signal: AbortSignal): Promise<Credentials> {
    try {
      const credentials = await this.issuer.issue(signal);
      const issuedAt = this.clock.now();
      this.held = { credentials, issuedAt, afterRefusal: this.refused, renewAt: renewalTime(credentials, issuedAt) };
      this.refused = false;
      this.onIssued(credentials);
      return credentials;
    } catch (error) {
      const { held } = this;
      const now = this.clock.now();
      if (held === undefined || now >= (held.credentials.expiresAt ?? Infinity)) throw error;
      held.renewAt = now + patience;
      return held.credentials;
    }
  }
}

function renewalTime({ expiresAt }: Credentials, now: number): number {
  return expiresAt === undefined ? Infinity : expiresAt - Math.min(margin, Math.max(0, expiresAt - now) / 3);
}

/** One attempt with valid credentials. Throws `TryAgain` where they were refused and fresh ones can be had. */
export async function withCredentials<T>(
  source: CredentialSource,
  signal: AbortSignal | undefined,
  attempt: (credentials: Credentials) => Promise<T>,
): Promise<T> {
  const credentials = await source.get(signal);
  try {
    return await withOrigin(credentials, attempt);
  } catch (error) {
    throw isRefusedCredential(error) && source.reject(credentials) ? new TryAgain("credentials", error) : error;
  }
}

/** Work that retries by itself, and is done again with fresh credentials where those that it had were refused. */
export async function withRenewal<T>(
  source: Pick<CredentialSource, "get" | "reject">,
  signal: AbortSignal,
  work: (credentials: Credentials) => Promise<T>,
): Promise<T> {
  const credentials = await source.get(signal);
  try {
    return await withOrigin(credentials, work);
  } catch (error) {
    if (!isRefusedCredential(error) || !source.reject(credentials)) throw error;
    return withOrigin(await source.get(signal), work);
  }
}

/** So many last characters tell a person which key it was, and nobody else what it is. */
const shown = 4;
const shortestShown = 12;

/** For messages, which key it is and where it was found; undefined for what was issued. */
export function whichCredentials(credentials: Credentials): string | undefined {
  const { kind, origin } = credentials;
  if (origin === undefined) return undefined;
  const isShown = kind === "aksk" && credentials.accessKey.length >= shortestShown;
  const end = isShown ? ` that ends in ${printable(credentials.accessKey.slice(-shown))}` : "";
  return `the ${kind === "aksk" ? "access key" : "token"}${end} is from ${origin}`;
}

/** The work, whose refusal says which key it was and where that was found. */
async function withOrigin<T>(credentials: Credentials, work: (credentials: Credentials) => Promise<T>): Promise<T> {
  try {
    return await work(credentials);
  } catch (error) {
    const which = whichCredentials(credentials);
    if (which !== undefined && isRefusedCredential(error) && error instanceof Error && !error.message.endsWith(which))
      error.message += `; ${which}`;
    throw error;
  }
}
