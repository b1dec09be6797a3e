/** The indices that a query selects, in their order. */
export interface View {
  readonly total: number;
  slice(offset: number, limit: number): number[];
  /** How many selected indices are below `index`. */
  rank(index: number): number;
}

/** Every index of a range. */
export class RangeView implements View {
  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  get total(): number {
    return Math.max(this.to - this.from, 0);
  }

  slice(offset: number, limit: number): number[] {
    const length = Math.max(Math.min(limit, this.total - offset), 0);
    return Array.from({ length }, (_, step) => this.from + offset + step);
  }

  rank(index: number): number {
    return Math.min(Math.max(index - this.from, 0), this.total);
  }
}

const STRIDE = 512;

/** The indices of a range that a predicate accepts. Remembers every 512th of them, so a page costs one short scan. */
export class FilteredView implements View {
  readonly total: number;
  private readonly marks: number[] = [];

  constructor(
    private readonly from: number,
    private readonly to: number,
    private readonly accepts: (index: number) => boolean,
  ) {
    let total = 0;
    for (let index = from; index < to; index++) {
      if (!accepts(index)) continue;
      if (total % STRIDE === 0) this.marks.push(index);
      total++;
    }
    this.total = total;
  }

  slice(offset: number, limit: number): number[] {
    const found: number[] = [];
    const mark = Math.floor(offset / STRIDE);
    let skip = offset - mark * STRIDE;
    for (let index = this.marks[mark] ?? this.to; index < this.to && found.length < limit; index++) {
      if (!this.accepts(index)) continue;
      if (skip > 0) skip--;
      else found.push(index);
    }
    return found;
  }

  rank(index: number): number {
    let mark = this.marks.length - 1;
    while (mark >= 0 && (this.marks[mark] ?? 0) >= index) mark--;
    if (mark < 0) return 0;
    let rank = mark * STRIDE;
    for (let each = this.marks[mark] ?? this.from; each < Math.min(index, this.to); each++)
      if (this.accepts(each)) rank++;
    return rank;
  }
}
