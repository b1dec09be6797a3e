import type { EventRecord } from "../../provider/hss/event.js";
import type { TimeFilter } from "../../provider/hss/request.js";
import type { PageSource } from "../../provider/reading/pages.js";

export interface Row {
  readonly id: string;
  readonly at: number;
}

/** A change of the list between two requests. Positions are fractions of the list, so that they suit any length. */
export type Change =
  | { readonly kind: "insert"; readonly position: number }
  | { readonly kind: "remove"; readonly position: number; readonly count: number };

/** A service of offset pages whose list changes before requests as scripted. */
export class ScriptedService {
  readonly requests: { time: TimeFilter; offset: number }[] = [];
  readonly removed = new Set<string>();
  private inserted = 0;

  constructor(
    readonly rows: Row[],
    private readonly changes: (request: number) => readonly Change[] = () => [],
    private readonly now: () => number = () => 0,
    private readonly delay: (request: number) => Promise<void> = () => Promise.resolve(),
  ) {}

  readonly pages: PageSource = async (time, offset, limit, signal) => {
    signal?.throwIfAborted();
    const n = this.requests.push({ time, offset });
    const sentAt = this.now();
    await this.delay(n);
    for (const change of this.changes(n)) this.apply(change);
    const matching = this.rows.filter((row) => this.matches(row, time));
    const events = matching
      .slice(offset, offset + limit)
      .map((row): EventRecord => ({ eventId: row.id, occurTime: String(row.at) }) as EventRecord);
    return { offset, total: matching.length, events, sentAt, receivedAt: this.now() };
  };

  private matches(row: Row, time: TimeFilter): boolean {
    if ("lastDays" in time) return row.at >= this.now() - time.lastDays * 86_400_000;
    return row.at >= time.beginSecond * 1000 && row.at <= time.endSecond * 1000;
  }

  private apply(change: Change): void {
    const index = Math.floor(change.position * (this.rows.length + 1));
    if (change.kind === "insert") {
      const at = this.rows[Math.min(index, this.rows.length - 1)]?.at ?? this.now();
      this.rows.splice(index, 0, { id: `new-${++this.inserted}`, at });
    } else {
      for (const row of this.rows.splice(index, change.count)) this.removed.add(row.id);
    }
  }
}

export const rowsOf = (
  count: number,
  end: number,
  order: "newest" | "oldest" = "newest",
  spanMs = 86_400_000,
): Row[] => {
  const rows = Array.from({ length: count }, (_, i) => ({
    id: `row-${i}`,
    at: end - Math.floor(((i + 1) * spanMs) / (count + 1)),
  }));
  return order === "newest" ? rows : rows.reverse();
};
