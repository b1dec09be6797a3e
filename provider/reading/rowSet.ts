import { digestWords } from "../hss/digest.js";

/** A table is never fuller than this: longer searches cost more than the memory saves. */
const load = 0.77;
const smallest = 1024;

/**
 * Every row of a read, whatever its length: 17 bytes a row. A digest's first word says where to look, two more are compared,
 * so two rows pass for one with a probability of about 1 in 10^18. Where there are more rows than were expected a further,
 * larger table is added; none is ever copied.
 */
export class RowSet {
  private readonly tables: Table[];

  constructor(expected: number) {
    this.tables = [new Table(Math.ceil(expected / load) + smallest)];
  }

  /** Notes that row `at` was seen in that pass (1 to 255); returns the pass in which it was seen last, 0 for none. */
  mark(digests: Uint32Array, at: number, pass: number): number {
    const base = at * digestWords;
    for (const table of this.tables) {
      const before = table.mark(digests, base, pass);
      if (before !== undefined) return before;
    }
    let table = this.tables.at(-1) as Table;
    if (table.isFull) this.tables.push((table = new Table(2 * table.capacity)));
    table.add(digests, base, pass);
    return 0;
  }

  has(digests: Uint32Array, at: number): boolean {
    return this.tables.some((table) => table.has(digests, at * digestWords));
  }

  /** Whether a row was seen that may be the same event at another time. */
  hasTwin(digests: Uint32Array, at: number): boolean {
    return this.tables.some((table) => table.hasTwin(digests, at * digestWords));
  }
}

/** Open addressing with linear probing, in typed arrays. */
class Table {
  private readonly passes: Uint8Array;
  private readonly rows: Uint32Array;
  private readonly twins: Uint32Array;
  private count = 0;

  constructor(readonly capacity: number) {
    this.passes = new Uint8Array(capacity);
    this.rows = new Uint32Array(2 * capacity);
    this.twins = new Uint32Array(capacity);
  }

  get isFull(): boolean {
    return this.count >= this.capacity * load;
  }

  mark(digests: Uint32Array, base: number, pass: number): number | undefined {
    const slot = this.slotOf(digests, base);
    const before = this.passes[slot] as number;
    if (before === 0) return undefined;
    this.passes[slot] = pass;
    return before;
  }

  has(digests: Uint32Array, base: number): boolean {
    return this.passes[this.slotOf(digests, base)] !== 0;
  }

  add(digests: Uint32Array, base: number, pass: number): void {
    const slot = this.slotOf(digests, base);
    this.passes[slot] = pass;
    this.rows[2 * slot] = digests[base + 1] as number;
    this.rows[2 * slot + 1] = digests[base + 2] as number;
    this.twins[this.twinSlot(digests, base)] = fingerprint(digests, base);
    this.count++;
  }

  hasTwin(digests: Uint32Array, base: number): boolean {
    return this.twins[this.twinSlot(digests, base)] !== 0;
  }

  /** Where the row is, or would be. */
  private slotOf(digests: Uint32Array, base: number): number {
    let slot = (digests[base] as number) % this.capacity;
    while (
      this.passes[slot] !== 0 &&
      (this.rows[2 * slot] !== digests[base + 1] || this.rows[2 * slot + 1] !== digests[base + 2])
    )
      slot = slot + 1 === this.capacity ? 0 : slot + 1;
    return slot;
  }

  private twinSlot(digests: Uint32Array, base: number): number {
    const wanted = fingerprint(digests, base);
    let slot = (digests[base + 3] as number) % this.capacity;
    while (this.twins[slot] !== 0 && this.twins[slot] !== wanted) slot = slot + 1 === this.capacity ? 0 : slot + 1;
    return slot;
  }
}

/** Never 0, which stands for an empty slot. */
const fingerprint = (digests: Uint32Array, base: number): number => (digests[base + 4] as number) || 1;
