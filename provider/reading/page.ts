import { digestWords } from "../hss/digest.js";
import type { Answer } from "../hss/client.js";
import type { EventRecord } from "../hss/event.js";

/** One answer: a contiguous piece of the service's list, as it was at that moment. */
export class Page {
  readonly length: number;
  /** The service's count (`total_num`). */
  readonly total: number;
  /** Until they are released. */
  readonly events: readonly EventRecord[];
  readonly digests: Uint32Array;
  /** The service's clock when it answered, as well as it is known, in milliseconds since the epoch. */
  readonly answeredAt: number;

  constructor(
    /** As asked. */
    readonly offset: number,
    readonly limit: number,
    answer: Answer,
  ) {
    this.events = answer.events;
    this.length = answer.events.length;
    this.total = answer.totalNum;
    this.digests = answer.digests;
    this.answeredAt = answer.answeredAt;
  }

  /** Where the page ends in the list, if it begins where it was asked to. */
  get end(): number {
    return this.offset + this.length;
  }

  /** Whether a service that rounds offsets down to a multiple of the limit begins the page where it was asked to. */
  get isAligned(): boolean {
    return this.offset % this.limit === 0;
  }

  /** What tells the row from those around it: 53 bits of its digest. */
  keyOf(row: number): number {
    const at = row * digestWords;
    return (this.digests[at] as number) * 0x20_0000 + ((this.digests[at + 1] as number) >>> 11);
  }

  /** What tells the row's event from others, whenever it occurred. */
  twinOf(row: number): number {
    const at = row * digestWords;
    return (this.digests[at + 3] as number) * 0x20_0000 + ((this.digests[at + 4] as number) >>> 11);
  }

  timeOf(row: number): string {
    return this.events[row]?.occurTime ?? "";
  }

  everyRow(holds: (row: number) => boolean): boolean {
    return this.rowsWhere((row) => !holds(row)).length === 0;
  }

  rowsWhere(holds: (row: number) => boolean): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.length; row++) if (holds(row)) rows.push(row);
    return rows;
  }

  /**
   * Gives the events up once they were handed on. The promises through which a page came are older than the page itself:
   * by the time it arrives they belong to the old generation of the heap, and until that is collected they would keep it.
   * So the list is emptied, whoever holds it.
   */
  release(): void {
    (this.events as EventRecord[]).length = 0;
  }
}
