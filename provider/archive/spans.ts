/** Times of which everything is known, in milliseconds since the epoch, both ends included: in order, apart from each other. */
export type Spans = readonly (readonly [from: number, until: number])[];

export function withSpan(spans: Spans, [from, until]: readonly [number, number]): [number, number][] {
  const apart = spans.filter(([start, end]) => end < from || start > until);
  const touching = spans.filter(([start, end]) => end >= from && start <= until).flat();
  const merged: [number, number] = [Math.min(from, ...touching), Math.max(until, ...touching)];
  return [...apart.map(([start, end]): [number, number] => [start, end]), merged].sort(([a], [b]) => a - b);
}

export const withoutSpan = (spans: Spans, [from, until]: readonly [number, number]): [number, number][] =>
  spans.flatMap(([start, end]): [number, number][] => {
    if (end < from || start > until) return [[start, end]];
    return [
      ...(start < from ? [[start, from - 1] satisfies [number, number]] : []),
      ...(end > until ? [[until + 1, end] satisfies [number, number]] : []),
    ];
  });

/** What lies between. */
export const gapsIn = (spans: Spans): [number, number][] =>
  spans.slice(1).map(([start], at): [number, number] => [(spans[at]?.[1] ?? start) + 1, start - 1]);

export const isCovered = (spans: Spans, [from, until]: readonly [number, number]): boolean =>
  spans.some(([start, end]) => start <= from && end >= until);
