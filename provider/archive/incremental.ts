import type { EventFilter } from "../hss/request.js";
import { consume } from "../reading/pass.js";
import type { ReadQuery, ReadTime } from "../reading/query.js";
import type { EventReader, ReadOutcome } from "../reading/reader.js";
import { dayMs } from "../time.js";
import type { KnownEvents } from "./known.js";
import { Expected, timeOf, type ShownRow } from "./shown.js";

/**
 * What is new since the last whole sync, for a few requests.
 *
 * The archive knows what the service is to show: every event of the last 30 days that was not seen to be gone. A few answers
 * are held against that: the newest page at the beginning and at the end, the newest page of the handled and of the unhandled
 * events, and where nothing is new one page from elsewhere in the list, another with each sync. Each row must be known or is
 * taken in, and afterwards four numbers must be what the archive then expects: the service's total, how many are handled, how
 * many are not, and at which place of the list the rows of that one page stand. Whatever does not agree, or can't be told,
 * ends this, and everything is read again with the proof of a whole read.
 *
 * What it can't see: changes that cancel out in all of these numbers and lie on none of these pages, as one event that the
 * service removes and another, late one with the same handling beside it, or an event that is handled in another way. They are
 * seen when everything is read, which a sync does after a week at the latest; an event that came and went in between is not.
 */
export interface NewEvents {
  rows(): Iterable<ShownRow>;
  /** By the service's clock: when the first answer came. */
  readonly readAt: number;
  readonly counts: { readonly total: number; readonly handled: number; readonly unhandled: number };
}

export interface IncrementalOptions {
  readonly reader: Pick<EventReader, "page" | "stream">;
  readonly query: { readonly projectId?: string; readonly filter: EventFilter };
  readonly known: KnownEvents;
  /** End of the last whole sync, by the service's clock. */
  readonly since: number;
  /** After that everything is to be read again. */
  readonly until: number;
  /** Turns of the page that is looked at from elsewhere. */
  readonly turn: number;
  readonly signal?: AbortSignal;
  /** Each request that was made. */
  readonly spent: (requests: number) => void;
}

export const lookBackDays = 30;
const limit = 200;
/** How exactly the service's window begins, and its clock with each server. */
const edgeMs = 5 * 60_000;
/** What is new may be a little older than the last sync. */
const lateMs = 60 * 60_000;

/** Undefined where something does not agree. */
export async function readNew(options: IncrementalOptions): Promise<NewEvents | undefined> {
  const { known, since, until, turn } = options;
  const expected = new Expected(known);
  const page = (offset: number, handleStatus?: Handled) => pageOf(options, offset, handleStatus);

  const first = await page(0);
  const readAt = Date.parse(first.reading.endTime);
  if (readAt > until) return undefined;
  const reachesKnown = first.events.some((event) => expected.has(event)) || first.events.length < limit;
  expected.add(first.events);
  const isSpread = !reachesKnown && !(await readInto(expected, options, { begin: since - lateMs, end: readAt }));
  if (isSpread) return undefined;

  // events that arrive meanwhile: once more
  for (let round = 0; round < 2; round++) {
    const handled = await page(0, "handled");
    const unhandled = await page(0, "unhandled");
    expected.add(handled.events);
    expected.add(unhandled.events);
    const isQuiet = reachesKnown && round === 0 && expected.size === 0;
    if (isQuiet && !isInPlace(await elsewhere(page, first.totalNum, turn), expected)) return undefined;
    const last = await page(0);
    if (expected.add(last.events)) continue;
    const from = Date.parse(last.reading.endTime) - lookBackDays * dayMs;
    const fits = (counted: number, handling?: Handled) => {
      const { least, most } = expected.count(from, edgeMs, handling);
      return counted >= least && counted <= most;
    };
    if (!fits(last.totalNum)) return undefined;
    const counts = { total: last.totalNum, handled: handled.totalNum, unhandled: unhandled.totalNum };
    if (fits(counts.handled, "handled") && fits(counts.unhandled, "unhandled"))
      return { rows: () => expected.rows(), readAt, counts };
    // only handling differs: who was handled stands in the shorter list
    const shorter = counts.handled <= counts.unhandled ? "handled" : "unhandled";
    if (round > 0 || !(await readInto(expected, options, lookBack, shorter))) return undefined;
  }
  return undefined;
}

type Handled = "handled" | "unhandled";

const lookBack = { lastDays: lookBackDays };

const queryOf = ({ query }: IncrementalOptions, time: ReadTime, handleStatus?: Handled): ReadQuery => ({
  ...query,
  filter: { ...query.filter, ...(handleStatus && { handleStatus }) },
  time,
});

async function pageOf(options: IncrementalOptions, offset: number, handleStatus?: Handled): Promise<ReadOutcome> {
  const { reader, signal, spent } = options;
  const outcome = await reader.page(queryOf(options, lookBack, handleStatus), { offset, limit }, signal);
  spent(outcome.reading.requests);
  return outcome;
}

/** False where it could not be shown to be whole. */
async function readInto(
  expected: Expected,
  options: IncrementalOptions,
  time: ReadTime,
  handleStatus?: Handled,
): Promise<boolean> {
  const { reader, signal, spent } = options;
  const { complete, reading } = await consume(
    reader.stream(queryOf(options, time, handleStatus), signal),
    (events) => void expected.add(events),
  );
  spent(reading.requests);
  return complete;
}

interface Elsewhere {
  readonly offset: number;
  readonly outcome: ReadOutcome;
}

/** One page further down, another with each turn; undefined where there is only one. */
async function elsewhere(
  page: (offset: number) => Promise<ReadOutcome>,
  total: number,
  turn: number,
): Promise<Elsewhere | undefined> {
  const pages = Math.ceil(total / limit);
  if (pages < 2) return undefined;
  const offset = limit * (1 + (turn % (pages - 1)));
  return { offset, outcome: await page(offset) };
}

/** Rows that are known, at the place where they are expected: so nothing was added or removed above them. */
function isInPlace(looked: Elsewhere | undefined, expected: Expected): boolean {
  if (!looked) return true;
  const { offset, outcome } = looked;
  const { events } = outcome;
  if (events.length === 0 || expected.add(events)) return false;
  const [first, last] = [events[0], events.at(-1)].map((event) => (event ? timeOf(event) : NaN)) as [number, number];
  // a list in another order has no places that could be told
  if (!(first >= last)) return false;
  const at = (time: number, place: number) => {
    const { newer, asNew } = expected.rank(time);
    return newer <= place && place < asNew;
  };
  return at(first, offset) && at(last, offset + events.length - 1);
}
