/** The document's longest span between begin_time and end_time. */
const maxSeconds = 2 * 24 * 60 * 60;

export interface SecondWindow {
  readonly beginSecond: number;
  readonly endSecond: number;
}

/**
 * The span as windows that the service accepts, the oldest first, so that what occurs again meanwhile is found in the last
 * one. Neighbours share a second, since the service may compare milliseconds.
 */
export function planWindows(begin: number, end: number): SecondWindow[] {
  const endSecond = Math.ceil(end / 1000);
  const windows: SecondWindow[] = [];
  for (let lower = Math.floor(begin / 1000); ; lower += maxSeconds) {
    const upper = Math.min(endSecond, lower + maxSeconds);
    windows.push({ beginSecond: lower, endSecond: upper });
    if (upper === endSecond) return windows;
  }
}

/** Both halves, the older first; undefined for a window of one second. */
export function bisect({ beginSecond, endSecond }: SecondWindow): [SecondWindow, SecondWindow] | undefined {
  if (beginSecond === endSecond) return undefined;
  const middle = endSecond - beginSecond === 1 ? beginSecond : Math.floor((beginSecond + endSecond) / 2);
  const upper = endSecond - beginSecond === 1 ? endSecond : middle;
  return [
    { beginSecond, endSecond: middle },
    { beginSecond: upper, endSecond },
  ];
}
