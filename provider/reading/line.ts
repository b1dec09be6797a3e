import type { Page } from "./page.js";

/** Where a page lies on a line. */
export interface Fit {
  /** The line's position of the page's first row. */
  readonly start: number;
  /** The shared rows are the same in the same order, but for the order of equal times. */
  readonly exact: boolean;
  /** Rows of the page that the line lacks: between its own rows, and after its last one. */
  readonly between: readonly number[];
  readonly after: readonly number[];
}

/** How far from its end a line is remembered. */
const remembered = 16_384;
/** Rows remembered from its beginning: two pages. */
const headRows = 400;

/** What pages that overlap have shown of a list, from its first row on. Position 0 is the first row that was read. */
export class Line {
  private readonly tail = new Segment(0);
  private readonly head = new Segment(0);

  /** The position after the last row. */
  get end(): number {
    return this.tail.end;
  }

  /** Where the last group of equal times begins. */
  get lastGroup(): number {
    return this.tail.lastGroup();
  }

  /**
   * Where the page lies, tried first where it is expected. Undefined where it can't be said, or where a row between the line
   * and the page could be missed: the page has to show a row before the last group of equal times, whose order may change.
   */
  fit(page: Page, expected: number): Fit | undefined {
    if (this.end === 0) return { start: 0, exact: true, between: [], after: page.rowsWhere(() => true) };
    const start = this.tail.matches(page, expected)
      ? expected
      : this.tail.candidates(page).find((candidate) => this.tail.matches(page, candidate));
    if (start === undefined) return this.looseFit(page);
    if (page.offset > 0 && start >= this.lastGroup) return undefined;
    return { start, exact: true, between: [], after: this.tail.rowsAfter(page, start) };
  }

  /** Where the page lies at the line's beginning: its start is minus the number of rows above it. */
  fitHead(page: Page): number | undefined {
    return this.head.candidates(page).find((candidate) => this.head.matches(page, candidate));
  }

  append(page: Page, rows: readonly number[]): void {
    for (const row of rows) {
      if (this.head.end < headRows) this.head.push(page, row);
      this.tail.push(page, row);
    }
    this.tail.trim(remembered);
  }

  /** Takes over what has come in above, where the page begins at that position; returns those rows. */
  prepend(page: Page, start: number): number[] {
    const known = this.head.positions();
    const rows = page.rowsWhere((row) => start + row < this.head.firstGroupEnd() && !known.has(page.keyOf(row)));
    for (const row of [...rows].reverse()) this.head.unshift(page, row);
    return rows;
  }

  knows(page: Page, row: number): boolean {
    return this.tail.positions().has(page.keyOf(row));
  }

  /** How many of the last rows occurred before that time, in milliseconds since the epoch. */
  endsBefore(time: number): number {
    return this.tail.runAtEnd((at) => Number(at) < time);
  }

  /** How many of the first rows did. */
  beginsBefore(time: number): number {
    return this.head.runAtStart((at) => Number(at) < time);
  }

  /** Rows came, went or moved within what is shared. Most of it has to be the same, in the same order. */
  private looseFit(page: Page): Fit | undefined {
    const known = this.tail.positions();
    const positionOf = (row: number) => known.get(page.keyOf(row));
    const shared = page.rowsWhere((row) => known.has(page.keyOf(row)));
    const starts = shared.map((row) => (positionOf(row) as number) - row).sort((a, b) => a - b);
    const middle = starts[starts.length >> 1] as number;
    // one that is far from where the others are was moved, or is a copy
    const near = shared.filter((row) => Math.abs((positionOf(row) as number) - row - middle) <= page.length);
    const ordered = longestRise(near.map((row) => positionOf(row) as number)).map((i) => near[i] as number);
    const [first, last] = [ordered[0], ordered.at(-1)];
    if (first === undefined || last === undefined || ordered.length < 2) return undefined;
    const start = (positionOf(last) as number) - last;
    const expected = Math.min(page.length, this.end - start);
    if ((positionOf(first) as number) >= this.tail.lastGroup()) return undefined;
    if (2 * ordered.length < Math.max(expected, 1.5 * shared.length)) return undefined;
    const lacking = page.rowsWhere((row) => !known.has(page.keyOf(row)));
    const between = lacking.filter((row) => row < last);
    return { start, exact: false, between, after: lacking.filter((row) => row > last) };
  }
}

/** Rows of a line that follow one another. */
class Segment {
  private readonly keys: number[] = [];
  private readonly times: string[] = [];
  private known: Map<number, number> | undefined;

  constructor(private base: number) {}

  get end(): number {
    return this.base + this.keys.length;
  }

  push(page: Page, row: number): void {
    this.known?.set(page.keyOf(row), this.end);
    this.keys.push(page.keyOf(row));
    this.times.push(page.timeOf(row));
  }

  unshift(page: Page, row: number): void {
    this.known = undefined;
    this.keys.unshift(page.keyOf(row));
    this.times.unshift(page.timeOf(row));
    this.base--;
  }

  /** Drops all but the last rows, now and then. */
  trim(keep: number): void {
    if (this.keys.length < 2 * keep) return;
    this.known = undefined;
    this.base += this.keys.length - keep;
    this.keys.splice(0, this.keys.length - keep);
    this.times.splice(0, this.times.length - keep);
  }

  positions(): ReadonlyMap<number, number> {
    return (this.known ??= new Map(this.keys.map((key, i) => [key, this.base + i])));
  }

  /** Where the page could begin, by where its rows are known to be; what most of them say first. */
  candidates(page: Page): number[] {
    const known = this.positions();
    const votes = new Map<number, number>();
    for (let row = 0; row < page.length; row++) {
      const position = known.get(page.keyOf(row));
      if (position !== undefined) votes.set(position - row, (votes.get(position - row) ?? 0) + 1);
    }
    return [...votes]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 4)
      .map(([start]) => start);
  }

  /** Whether all that the page and the segment share is the same, if the page begins at that position. */
  matches(page: Page, start: number): boolean {
    const from = Math.max(0, this.base - start);
    const to = Math.min(page.length, this.end - start);
    if (from >= to) return false;
    let ordered = true;
    for (let row = from; row < to; row++) {
      const i = start + row - this.base;
      if (this.times[i] !== page.timeOf(row)) return false;
      if (this.keys[i] !== page.keyOf(row)) ordered = false;
    }
    return ordered || this.sameGroups(page, start, from, to);
  }

  /** Rows of a page that begins at that position and matches which the segment lacks: some of its last group, and all after it. */
  rowsAfter(page: Page, start: number): number[] {
    const from = this.lastGroup();
    const time = this.lastTime();
    const group = new Set(this.keys.slice(from - this.base));
    const rows: number[] = [];
    for (let row = Math.max(0, from - start); row < page.length; row++) {
      if (page.timeOf(row) !== time || !group.has(page.keyOf(row))) rows.push(row);
    }
    return rows;
  }

  /** Whether groups of equal times hold the same rows; at an end, where one is cut, the one has to hold all of the other. */
  private sameGroups(page: Page, start: number, from: number, to: number): boolean {
    for (let row = from; row < to;) {
      const time = page.timeOf(row);
      const ours = new Set<number>();
      const theirs = new Set<number>();
      for (let i = start + row - this.base; i >= 0 && this.times[i] === time; i--) ours.add(this.keys[i] as number);
      for (let i = start + row - this.base; this.times[i] === time; i++) ours.add(this.keys[i] as number);
      for (let r = row; r >= 0 && page.timeOf(r) === time; r--) theirs.add(page.keyOf(r));
      while (row < page.length && page.timeOf(row) === time) theirs.add(page.keyOf(row++));
      if (!isWithin(ours, theirs) && !isWithin(theirs, ours)) return false;
    }
    return true;
  }

  /** Where the last group of equal times begins. */
  lastGroup(): number {
    const time = this.lastTime();
    return this.end - this.runAtEnd((at) => at === time);
  }

  firstGroupEnd(): number {
    const [time] = this.times;
    return this.base + this.runAtStart((at) => at === time);
  }

  lastTime(): string | undefined {
    return this.times.at(-1);
  }

  runAtEnd(holds: (time: string) => boolean): number {
    let count = 0;
    while (count < this.times.length && holds(this.times[this.times.length - 1 - count] as string)) count++;
    return count;
  }

  runAtStart(holds: (time: string) => boolean): number {
    let count = 0;
    while (count < this.times.length && holds(this.times[count] as string)) count++;
    return count;
  }
}

const isWithin = (some: ReadonlySet<number>, all: ReadonlySet<number>): boolean => {
  for (const one of some) if (!all.has(one)) return false;
  return true;
};

/** Indices of the longest subsequence that rises. */
function longestRise(numbers: readonly number[]): number[] {
  /** Index of the smallest last number of a rise of each length. */
  const ends: number[] = [];
  const before: (number | undefined)[] = [];
  numbers.forEach((number, i) => {
    let length = ends.findIndex((end) => (numbers[end] as number) >= number);
    if (length < 0) length = ends.length;
    before[i] = ends[length - 1];
    ends[length] = i;
  });
  const rise: number[] = [];
  for (let i = ends.at(-1); i !== undefined; i = before[i]) rise.unshift(i);
  return rise;
}
