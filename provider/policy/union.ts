/** Sets of texts that grow together: what was joined, directly or by others, has one root. */
export class Union {
  private readonly parents = new Map<string, string>();

  join(one: string, other: string): void {
    const [a, b] = [this.rootOf(one), this.rootOf(other)];
    if (a !== b) this.parents.set(a < b ? b : a, a < b ? a : b);
  }

  /** Itself where nothing was joined to it. */
  rootOf(text: string): string {
    let root = text;
    for (let parent = this.parents.get(root); parent !== undefined; parent = this.parents.get(root)) root = parent;
    // the way is short the next time
    for (let at = text; at !== root;) {
      const parent = this.parents.get(at) as string;
      this.parents.set(at, root);
      at = parent;
    }
    return root;
  }

  /** Every text that was joined to another, with its root. */
  *members(): Iterable<readonly [text: string, root: string]> {
    for (const text of this.parents.keys()) yield [text, this.rootOf(text)];
  }
}
