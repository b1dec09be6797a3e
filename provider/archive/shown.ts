import type { EventRecord } from "../hss/event.js";
import { handlingOf } from "./archive.js";
import { contentKey, eventKey, eventState } from "./identity.js";
import { KnownEvents, type Handling } from "./known.js";

export interface ShownRow {
  readonly event: EventRecord;
  readonly json: string;
  readonly key: Buffer;
  readonly state: Buffer;
}

/** Keys of the rows of one read. A second event with the key of another is known by all that it says. */
export class ShownKeys {
  readonly events = new KnownEvents();

  /** Undefined for a row that is there already. */
  rowOf(event: EventRecord, json: string): ShownRow | undefined {
    const own = eventKey(event);
    const key = this.events.has(own) ? contentKey(event) : own;
    if (this.events.has(key)) return undefined;
    const state = eventState(event);
    this.events.set(key, state, timeOf(event), handlingOf(event.handleStatus));
    return { event, json, key, state };
  }
}

export const timeOf = ({ occurTime }: EventRecord): number => (occurTime === undefined ? NaN : Number(occurTime));

/** The object of an event takes several times the room of its text. */
interface SeenRow {
  readonly json: string;
  readonly key: Buffer;
  readonly state: Buffer;
  readonly time: number;
  readonly handling: Handling;
}

/** What the archive knows, and what a sync saw since. */
export class Expected {
  private readonly seen = new Map<string, SeenRow>();

  constructor(private readonly known: KnownEvents) {}

  /** How many rows are new. */
  get size(): number {
    return this.seen.size;
  }

  *rows(): Generator<ShownRow> {
    for (const { json, key, state } of this.seen.values())
      yield { event: JSON.parse(json) as EventRecord, json, key, state };
  }

  /** Takes rows of a page; true where one of them was not known, or in another state. */
  add(events: readonly EventRecord[]): boolean {
    let isNews = false;
    for (const event of events) {
      const key = eventKey(event);
      const state = eventState(event);
      if (this.isAsKnown(key, state)) continue;
      isNews = true;
      const [time, handling] = [timeOf(event), handlingOf(event.handleStatus)];
      this.seen.set(key.toString("base64"), { json: JSON.stringify(event), key, state, time, handling });
    }
    return isNews;
  }

  has(event: EventRecord): boolean {
    const key = eventKey(event);
    return this.seen.has(key.toString("base64")) || this.known.get(key)?.gone === false;
  }

  /** How many the service is to show: from `least`, surely in its window, to `most`. */
  count(from: number, toleranceMs: number, handling?: Handling): { least: number; most: number } {
    const isAsked = (how: Handling) => handling === undefined || how === handling;
    return {
      least: this.counted((time, how) => isAsked(how) && time > from + toleranceMs),
      // without a time it may be shown or not
      most: this.counted((time, how) => isAsked(how) && !(time <= from - toleranceMs)),
    };
  }

  /** How many are newer than that time, and how many at least as new. */
  rank(than: number): { newer: number; asNew: number } {
    return { newer: this.counted((time) => time > than), asNew: this.counted((time) => time >= than) };
  }

  /** What was seen since stands for what was known before. */
  private counted(isCounted: (time: number, handling: Handling) => boolean): number {
    const before = this.known.count((time, handling, gone) => !gone && isCounted(time, handling));
    return [...this.seen.values()].reduce((sum, { key, time, handling }) => {
      const known = this.known.get(key);
      const wasCounted = known !== undefined && !known.gone && isCounted(known.occurTime, known.handling);
      return sum + Number(isCounted(time, handling)) - Number(wasCounted);
    }, before);
  }

  private isAsKnown(key: Buffer, state: Buffer): boolean {
    const seen = this.seen.get(key.toString("base64"));
    if (seen) return seen.state.equals(state);
    return this.known.isInState(key, state) && this.known.get(key)?.gone === false;
  }
}
