import { ServiceError } from "../errors.js";

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const fixdate = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/i;
const rfc850 = /^\w{6,9}, (\d{2})-(\w{3})-(\d{2}) (\d{2}:\d{2}:\d{2}) GMT$/i;
const asctime = /^\w{3} (\w{3}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})$/i;

/**
 * The three forms of RFC 9110 section 5.6.7, in milliseconds since the epoch; undefined for anything else, since
 * `Date.parse` takes nearly every text for some date.
 */
export function parseHttpDate(text: string): number | undefined {
  const trimmed = text.trim();
  const fix = fixdate.exec(trimmed);
  if (fix) return instant(fix[3], fix[2], fix[1], fix[4]);
  const old = rfc850.exec(trimmed);
  if (old) return instant(Number(old[3]) < 70 ? `20${old[3] ?? ""}` : `19${old[3] ?? ""}`, old[2], old[1], old[4]);
  const c = asctime.exec(trimmed);
  return c ? instant(c[4], c[1], c[2], c[3]) : undefined;
}

function instant(year = "", month = "", day = "", time = ""): number | undefined {
  const index = months.findIndex((name) => name.toLowerCase() === month.toLowerCase());
  const [hours = 99, minutes = 99, seconds = 99] = time.split(":").map(Number);
  if (index < 0 || Number(day) < 1 || Number(day) > 31 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  return Date.UTC(Number(year), index, Number(day), hours, minutes, seconds);
}

/** What an answer says about the server's time. */
export interface TimedAnswer {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch by our clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** What the answer's `Date` says; undefined where its age shows that it comes from a cache. Names of headers in lower case. */
export function serverTime(headers: TimedAnswer["headers"]): number | undefined {
  const date = headers["date"];
  return date === undefined || headers["age"] !== undefined ? undefined : parseHttpDate(date);
}

const maxRoundTripMs = 15 * 60 * 1000;

/**
 * How far the server's clock is ahead of ours, in milliseconds: its `Date` against the middle of the exchange.
 * Undefined where that says nothing: no time of the server, or a round trip as long as the difference that the gateway
 * tolerates.
 */
export function clockOffset({ headers, sentAt, receivedAt }: TimedAnswer): number | undefined {
  const roundTrip = receivedAt - sentAt;
  if (!(roundTrip >= 0 && roundTrip <= maxRoundTripMs)) return undefined;
  const server = serverTime(headers);
  return server === undefined ? undefined : server - (sentAt + roundTrip / 2);
}

/** HTTP dates have whole seconds, so a smaller difference between two clocks means nothing. */
export const dateTolerance = 2000;

/** The service's clock when it answered, as well as it is known, in milliseconds since the epoch. */
export function serviceTime(answer: TimedAnswer): number {
  const offset = clockOffset(answer) ?? 0;
  return answer.receivedAt + (Math.abs(offset) > dateTolerance ? offset : 0);
}

/** Whether the gateway refused since the clocks differ: it words that as a signature that has expired. */
export function isSkewError(error: unknown): boolean {
  return (
    error instanceof ServiceError &&
    error.status === 401 &&
    (error.errorCode === undefined || /^API(GW|G)\.0301$/.test(error.errorCode)) &&
    /signature (?:has )?expired/i.test(error.serviceMessage ?? "")
  );
}

/** A smaller difference is not the cause of such a refusal: the gateway tolerates 15 minutes. */
const notableMs = 60 * 1000;

/** The correction that requests are signed with. */
export class ClockSkew {
  private offset = 0;

  /** To be added to our clock, in milliseconds. */
  get offsetMs(): number {
    return this.offset;
  }

  /**
   * Takes the server's time from an answer that refused for skew. True where that changes what the next attempt will be
   * signed with; false where it says nothing new, so that another attempt would fail like the last one.
   */
  correct(answer: TimedAnswer): boolean {
    const measured = clockOffset(answer);
    if (measured === undefined || Math.abs(measured - this.offset) < notableMs) return false;
    this.offset = Math.round(measured);
    return true;
  }
}
