import type { EventRecord } from "../hss/event.js";

const digits = /^(-?)0*(\d+)$/;

/** Compares decimal integers of any length; what is no integer comes before all. */
export function compareDecimal(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  const left = digits.exec(a ?? "");
  const right = digits.exec(b ?? "");
  if (!left || !right) return Number(left !== null) - Number(right !== null) || (String(a) < String(b) ? -1 : 1);
  if (left[1] || right[1]) return Number(a) - Number(b);
  const [x, y] = [left[2] ?? "", right[2] ?? ""];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}

/** `occurTime` descending, then `eventId`: an order that no read and no page size changes. */
export function byTimeThenId(a: EventRecord, b: EventRecord): number {
  const time = compareDecimal(b.occurTime, a.occurTime);
  if (time !== 0) return time;
  const [x, y] = [a.eventId ?? "", b.eventId ?? ""];
  return x < y ? -1 : x > y ? 1 : 0;
}
