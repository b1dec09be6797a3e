import { maxOffset, maxPageSize } from "../hss/request.js";

/** Rows that neighbouring pages share at least. One would do for the proof; a second survives a row that leaves in between. */
const minOverlap = 2;

/** The largest total whose last row can still be reached. */
export const maxReachable = maxOffset + maxPageSize;

/**
 * Offsets of the pages that cover the rows from `covered` to `total`, each sharing rows with the one before. As few as
 * possible: slack in the last page is spread over all overlaps, and only where there is none does the overlap cost a page.
 */
export function planOffsets(covered: number, total: number, pageSize = maxPageSize): number[] {
  const start = Math.max(0, covered - pageSize);
  const rest = Math.min(total, maxReachable) - start - pageSize;
  if (rest <= 0) return covered < total ? [Math.min(Math.max(0, total - pageSize), maxOffset)] : [];
  const pages = Math.ceil(rest / Math.max(1, pageSize - minOverlap));
  return Array.from({ length: pages }, (_, i) => start + Math.ceil(((i + 1) * rest) / pages));
}

/**
 * Offsets of further pages where the list has grown beyond what was planned. They reach as far past the known end as they
 * can, so that a list which goes on growing is caught up with.
 */
export function planFurther(covered: number, total: number, pageSize = maxPageSize): number[] {
  const overlap = Math.floor(pageSize / 4);
  const step = Math.max(1, pageSize - overlap);
  const start = Math.max(0, covered - overlap);
  const pages = Math.ceil((Math.min(total, maxReachable) - start) / step);
  return Array.from({ length: pages }, (_, i) => Math.min(start + i * step, maxOffset));
}

/** The document's longest span between begin_time and end_time. */
export const maxWindowSeconds = 2 * 24 * 60 * 60;

export interface SecondWindow {
  readonly beginSecond: number;
  readonly endSecond: number;
}

/** The span as windows that the service accepts, newest first. Neighbours share their boundary second. */
export function planWindows(begin: number, end: number): SecondWindow[] {
  const beginSecond = Math.floor(begin / 1000);
  const windows: SecondWindow[] = [];
  for (let upper = Math.ceil(end / 1000); ;) {
    const lower = Math.max(beginSecond, upper - maxWindowSeconds);
    windows.push({ beginSecond: lower, endSecond: upper });
    if (lower === beginSecond) return windows;
    upper = lower;
  }
}

/** Both halves, newest first; undefined for a window of one second, which can't be halved. */
export function bisect({ beginSecond, endSecond }: SecondWindow): [SecondWindow, SecondWindow] | undefined {
  if (endSecond - beginSecond < 2) {
    return endSecond === beginSecond
      ? undefined
      : [
          { beginSecond: endSecond, endSecond },
          { beginSecond, endSecond: beginSecond },
        ];
  }
  const middle = beginSecond + Math.floor((endSecond - beginSecond) / 2);
  return [
    { beginSecond: middle, endSecond },
    { beginSecond, endSecond: middle },
  ];
}
