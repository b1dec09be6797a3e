import type { TimeFilter } from "../hss/request.js";
import type { Ledger } from "./ledger.js";
import { firstPage } from "./offsets.js";
import type { Page } from "./page.js";
import { Pass, type EventBatches } from "./pass.js";
import type { ReadRun } from "./run.js";

/**
 * The read of one list (a look-back of days, or one window of a span) while events arrive, are handled, come back or vanish.
 *
 * `complete: true` is right for every service of which this holds:
 *
 * 1. Each answer shows a contiguous piece of the list as it was at one moment. At most one answer of a read is older than
 *    the others (a replica that lags).
 * 2. Two events that stay, and do not occur again, keep their order, whichever order that is. Only events of equal time may
 *    change places, as long as such a group fits in half a page.
 * 3. Every event has a time. One that comes back has the same id and process and a new time.
 * 4. Between two looks it does not happen that one event moves within the list and another vanishes or arrives so that no
 *    position tells.
 * 5. A page has at least ten rows where the list has them.
 *
 * What breaks one of these shows in the answers, but for 4, and the read is then not complete. Counts (`total_num`) are only
 * taken to plan by: they may be capped, stale, or approximate.
 *
 * The proof. Neighbouring pages overlap. If two pages share a row, then every event that stayed and lies between the start
 * of the one and the end of the other is in one of them. So a chain of pages from the list's first row to its last misses
 * nothing that kept its place, no matter when each page was read. That leaves events that moved. After the last page the
 * first one and the end are looked at again: if `above` rows have come in at the top, each page of the chain must have been
 * shifted by 0 to `above` rows, and the end by exactly `above`. Then nothing vanished from the chain, so nothing can have
 * moved into what was read already, and one pass is enough. Otherwise there is a second pass: what moved during the
 * first is where it belongs in the second, and both together are whole.
 */

export interface WindowReport {
  /** Why the list could not be shown to be whole. */
  readonly doubt?: string;
  readonly totalAtStart: number;
  readonly totalAtEnd: number;
  /** Events that a window before this one held, too. */
  readonly shared: number;
  /** The list goes on beyond what an offset can reach. */
  readonly isOutOfReach?: boolean;
}

const maxPasses = 3;

export async function* readWindow(
  run: ReadRun,
  ledger: Ledger,
  time: TimeFilter,
  first: Page,
): EventBatches<WindowReport> {
  const { known } = ledger;
  let chains = 0;
  /** How long the list is known to have been when the last pass ended. */
  let length = 0;
  let shared = 0;
  for (let n = 1; ; n++) {
    const pass = new Pass(run, ledger, time);
    const { isStill, doubt } = yield* pass.read(n === 1 ? first : await run.fetchPage(time, firstPage));
    if (n === 1) shared = ledger.known - known;
    const report = { totalAtStart: first.total, totalAtEnd: pass.total, shared };
    if (pass.isOutOfReach) return { ...report, isOutOfReach: true };
    const longest = Math.max(length, pass.length, pass.highestTotal);
    // in the pass itself: what came before the fall was listed, and nobody knows of the rest
    const hasFallen = isMuchLess(pass.total, pass.highestTotal);
    const hasShrunk = hasFallen || isFarShorter(pass.length, longest);
    const isChain = doubt === undefined && !hasShrunk;
    length = hasShrunk && (doubt === undefined || 2 * pass.total < longest) ? longest : pass.total;
    if (isChain) chains++;
    if (isChain && (isStill || chains === 2)) {
      const { events, unclear } = ledger.settle({ passes: n, isStill });
      if (events.length > 0) yield events;
      if (unclear === 0) return report;
      return { ...report, doubt: `${unclear} events may be others that occurred again, and their ids can't tell` };
    }
    if (n < maxPasses) continue;
    ledger.settle({ passes: n, isStill: false });
    const reasons = [
      doubt,
      hasShrunk ? `the list had ${longest} events, and then ${hasFallen ? pass.total : pass.length}` : undefined,
    ];
    const reason = reasons.filter((one) => one !== undefined).join(", and ") || "the list changed while it was read";
    return { ...report, doubt: `${reason} (read ${maxPasses} times)` };
  }
}

/** More than counts that are approximate explain, or events that are handled meanwhile: a service that has lost its list. */
const isFarShorter = (length: number, longest: number): boolean =>
  length === 0 ? longest > 0 : isMuchLess(length, longest);

const isMuchLess = (count: number, before: number): boolean => count < before / 2 && before - count > 20;
