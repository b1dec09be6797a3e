/** The longest list of which every key is remembered. */
export const rememberedTotal = 100_000;

/**
 * Remembers the last keys, between `size` and twice as many, in bounded memory. Repetitions of an event lie near each
 * other in the list, so that is enough to drop them even in a read of millions.
 */
export class RecentKeys {
  /** As many as rows lie between two readings of the same one, where the list is too long to remember all of it. */
  static for(total: number): RecentKeys {
    return new RecentKeys(total <= rememberedTotal ? rememberedTotal : 25_000);
  }

  private young = new Set<string>();
  private old = new Set<string>();

  constructor(private readonly size = rememberedTotal) {}

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
