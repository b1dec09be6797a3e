import type { EventQuery, WireEvent } from "./wire.js";

/** Events addressed by position, which never have to be in memory together. */
export interface IndexedEvents {
  readonly count: number;
  /** True where time never grows with the index; windows are then found by bisection. */
  readonly ordered: boolean;
  /** Epoch milliseconds of the event; only its place in time, not necessarily what is on the wire. */
  time(index: number): number;
  id(index: number): string | undefined;
  handled(index: number): boolean;
  /** Whether the event fits every filter but time and handle status. */
  belongs(index: number, query: EventQuery): boolean;
  /** True where `belongs` would be true for every index: counting is then a subtraction. */
  everyoneBelongs(query: EventQuery): boolean;
  at(index: number): WireEvent;
}
