import { minPageSize, type TimeFilter, type TimestampUnit } from "../hss/request.js";
import type { Log } from "../runtime/runtime.js";
import type { ReadRun } from "./run.js";

/** Whether a time span that was asked for was understood. */
export type UnitVerdict =
  /** An event that is asked for by its time is shown. */
  | "kept"
  /** It is shown in the other unit only, which is used from now on. */
  | "changed"
  /** It is not shown in either. */
  | "unanswered"
  /** There is no event to ask for. */
  | "unknown";

const lookBack: TimeFilter = { lastDays: 30 };
const fewest = { offset: 0, limit: minPageSize };

/**
 * The unit of `begin_time` and `end_time`. The document says neither seconds nor milliseconds; a service that takes the other
 * one shows nothing, or other events, and says so with a straight face. So a span that reads that way is checked, once.
 */
export class TimeUnit {
  private isKnown = false;

  constructor(
    private unit: TimestampUnit,
    private readonly log: Pick<Log, "warn">,
  ) {}

  get current(): TimestampUnit {
    return this.unit;
  }

  /** Asks for an event that the look-back shows by its time: two or three requests, or one where there is no event. */
  async check(run: ReadRun): Promise<UnitVerdict> {
    if (this.isKnown) return "kept";
    const shown = await run.fetchPage(lookBack, fewest);
    const time = shown.events.map(({ occurTime }) => Number(occurTime)).find((it) => it > 0);
    if (time === undefined) return "unknown";
    const used = this.unit;
    const other = used === "seconds" ? "milliseconds" : "seconds";
    if (await shows(run, time, used)) {
      this.isKnown = true;
      return "kept";
    }
    if (!(await shows(run, time, other))) return "unanswered";
    this.isKnown = true;
    this.unit = other;
    this.log.warn(
      `hss: the service takes begin_time and end_time in ${other}, not in ${used}, and is asked that way from now on: set timestampUnit to ${other} to save the check`,
    );
    return "changed";
  }
}

async function shows(run: ReadRun, time: number, unit: TimestampUnit): Promise<boolean> {
  const second = Math.floor(time / 1000);
  const page = await run.fetchPage({ beginSecond: second - 1, endSecond: second + 1 }, fewest, { unit });
  return page.events.some(({ occurTime }) => Math.abs(Number(occurTime) - time) <= 2000);
}
