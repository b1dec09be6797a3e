/**
 * Remembers the last keys, between `size` and twice as many, in bounded memory. Repetitions of an event lie near each
 * other in the list, so that is enough to drop them even in a read of millions.
 */
export class RecentKeys {
  private young = new Set<string>();
  private old = new Set<string>();

  constructor(private readonly size = 100_000) {}

  has(key: string): boolean {
    return this.young.has(key) || this.old.has(key);
  }

  /** True when the key was not known. */
  add(key: string): boolean {
    if (this.has(key)) return false;
    this.young.add(key);
    if (this.young.size >= this.size) {
      this.old = this.young;
      this.young = new Set();
    }
    return true;
  }
}
