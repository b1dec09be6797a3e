type Wire = Readonly<Record<string, unknown>>;

/** How many names are remembered, over all layouts; objects that bring further ones are worked out one by one. */
const maxNames = 50_000;
const maxNameLength = 64;

/**
 * What follows from an object's names alone, worked out once for all objects with these names in this order. Names whose
 * value is null count as absent. A service writes few layouts and many objects.
 */
export class Layouts<Plan> {
  private readonly root = new Names<Plan>();
  private names = 0;

  constructor(private readonly workOut: (source: Wire) => Plan) {}

  planFor(source: Wire): Plan {
    let node: Names<Plan> | undefined = this.root;
    let count = 0;
    for (const name in source) {
      if (source[name] === null) continue;
      node = node.next.get(name) ?? this.grow(node, name);
      if (!node) return this.workOut(source);
      count++;
    }
    return node.plan ?? this.remember(node, count, this.workOut(source));
  }

  private grow(node: Names<Plan>, name: string): Names<Plan> | undefined {
    if (this.names >= maxNames || name.length > maxNameLength) return undefined;
    this.names++;
    const grown = new Names<Plan>();
    node.next.set(name, grown);
    return grown;
  }

  /** A plan of so many names. */
  private remember(node: Names<Plan>, count: number, plan: Plan): Plan {
    if (this.names + count > maxNames) return plan;
    this.names += count;
    return (node.plan = plan);
  }
}

/** The names so far, and those that can come next. */
class Names<Plan> {
  readonly next = new Map<string, Names<Plan>>();
  plan: Plan | undefined;
}
