import { ServiceError } from "../../provider/errors.js";
import type { SyncOptions } from "../../provider/archive/sync.js";
import type { TimeFilter } from "../../provider/hss/request.js";
import { runOf, type ModelAnswer } from "./readRun.js";
import { readEvents } from "../../provider/reading/span.js";
import type { ReadQuery } from "../../provider/reading/query.js";

const dayMs = 24 * 60 * 60 * 1000;

/** How an event was handled, from when. */
export interface WorldState {
  readonly from: number;
  readonly status: "handled" | "unhandled";
  readonly method?: string;
}

export interface WorldEvent {
  readonly id: string;
  readonly occurTime: number;
  /** From when the service shows it. */
  readonly shownFrom: number;
  removedAt: number;
  readonly states: WorldState[];
}

/** A service whose events come, change, go, and leave its window after 30 days. Newest first; equal times by id. */
export class HssWorld {
  events: WorldEvent[] = [];
  now: number;
  requests = 0;
  /** What the next answers do. */
  fault: (request: number) => "none" | "refused" | "late" | "killed" = () => "none";

  constructor(start: number) {
    this.now = start;
  }

  add(id: string, occurTime: number, shownFrom = occurTime): WorldEvent {
    const event: WorldEvent = {
      ...{ id, occurTime, shownFrom, removedAt: Infinity, states: [{ from: -Infinity, status: "unhandled" }] },
    };
    this.events.push(event);
    return event;
  }

  handle(event: WorldEvent, status: "handled" | "unhandled", method?: string): void {
    event.states.push({ from: this.now, status, ...(method !== undefined && { method }) });
  }

  shownAt(now: number): WorldEvent[] {
    return this.events.filter(
      ({ occurTime, shownFrom, removedAt }) => shownFrom <= now && now < removedAt && occurTime > now - 30 * dayMs,
    );
  }

  /** Nobody shows it any more. */
  forget(before: number): void {
    this.events = this.events.filter(({ occurTime, removedAt }) => occurTime > before && removedAt > before);
  }

  answer(time: TimeFilter, offset: number, limit: number, handleStatus?: string): ModelAnswer {
    this.now += 12_000;
    const fault = this.fault(++this.requests);
    if (fault === "killed") throw new Error("killed");
    if (fault === "refused") throw new ServiceError("503", { status: 503 });
    const at = fault === "late" ? this.now - 3_600_000 : this.now;
    const [begin, end] =
      "lastDays" in time
        ? [at - time.lastDays * dayMs, Infinity]
        : [time.beginSecond * 1000, time.endSecond * 1000 + 999];
    const rows = this.shownAt(at)
      .filter(({ occurTime }) => occurTime >= begin && occurTime <= end)
      .map((event) => ({ event, state: stateAt(event, at) }))
      .filter(({ state }) => handleStatus === undefined || state.status === handleStatus)
      .sort((a, b) => b.event.occurTime - a.event.occurTime || (a.event.id < b.event.id ? -1 : 1));
    return {
      totalNum: rows.length,
      items: rows.slice(offset, offset + limit).map(({ event, state }) => item(event, state)),
    };
  }

  /** As a sync sees it. */
  get reader(): SyncOptions["reader"] {
    const answering = (query: ReadQuery) => (time: TimeFilter, offset: number, limit: number) =>
      this.answer(time, offset, limit, query.filter.handleStatus);
    const run = (query: ReadQuery) => runOf(answering(query), { width: 1, now: () => this.now });
    const reading = (requests: number, totalNum: number, beginTime: number, endTime: number) => ({
      ...{ requests, retries: 0, throttled: 0, duplicatesDropped: 0, totalAtStart: totalNum, totalAtEnd: totalNum },
      ...{ windows: 1, beginTime: new Date(beginTime).toISOString(), endTime: new Date(endTime).toISOString() },
    });
    return {
      placeOf: () => Promise.resolve({ project: "project-1", region: "r", endpoint: "hss.test", sample: false }),
      page: async (query, range) => {
        const { total, events } = await run(query).fetchPage({ lastDays: 30 }, range);
        return {
          ...{ totalNum: total, events, complete: false, doubts: [] },
          reading: reading(1, total, this.now - 30 * dayMs, this.now),
        };
      },
      stream: (query) => this.stream(query, run(query), reading),
    };
  }

  private async *stream(
    query: ReadQuery,
    run: ReturnType<typeof runOf>,
    reading: (requests: number, totalNum: number, begin: number, end: number) => never | object,
  ): ReturnType<SyncOptions["reader"]["stream"]> {
    const before = this.requests;
    const { doubts, ...report } = yield* readEvents(run, query.time);
    const requests = this.requests - before;
    return {
      ...{ totalNum: report.totalAtStart, complete: doubts.length === 0, doubts },
      reading: reading(requests, report.totalAtStart, report.beginTime, report.endTime) as never,
    };
  }
}

export const stateAt = ({ states }: WorldEvent, now: number): WorldState =>
  states.findLast(({ from }) => from <= now) as WorldState;

const item = ({ id, occurTime }: WorldEvent, { status, method, from }: WorldState): Record<string, unknown> => ({
  event_id: id,
  event_name: "Untrusted process running",
  severity: "Low",
  host_id: `host-${id.length}`,
  occur_time: occurTime,
  handle_status: status,
  ...(method !== undefined && { handle_method: method, handle_time: from }),
  process_info: [{ process_name: "tool", process_path: `/opt/${id}`, process_hash: "ab".repeat(32) }],
});
