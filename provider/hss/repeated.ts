import type { RowDigest, Said } from "./digest.js";

type Wire = Readonly<Record<string, unknown>>;

/** An object that many rows repeat, as it was read last. */
interface Known {
  readonly source: Wire;
  readonly size: number;
  readonly decoded: object;
  /** What it adds to a row's digest. */
  readonly said: Said;
}

/** About 2 KB each. */
const maxKnown = 1000;

/**
 * Objects that rows repeat word for word, as the server of an event, by a text in them that tells which one it is. The rows
 * of one reader share the result, which can't be changed any more.
 */
export class Repeated {
  private readonly readers = new WeakMap<RowDigest, Map<string, Known>>();

  constructor(private readonly name: string) {}

  decode(source: Wire, digest: RowDigest, decode: () => object): object {
    const id = source[this.name];
    if (typeof id !== "string") return decode();
    const known = this.knownTo(digest);
    const before = known.get(id);
    if (before && isSame(before, source)) {
      digest.repeat(before.said);
      return before.decoded;
    }
    const { position } = digest;
    const decoded = Object.freeze(decode());
    if (known.size >= maxKnown) known.clear();
    known.set(id, { source, size: Object.keys(source).length, decoded, said: digest.since(position) });
    return decoded;
  }

  private knownTo(digest: RowDigest): Map<string, Known> {
    const known = this.readers.get(digest) ?? new Map<string, Known>();
    this.readers.set(digest, known);
    return known;
  }
}

/** The same names and values; a value that is an object is never the same as another. */
function isSame({ source, size }: Known, other: Wire): boolean {
  let names = 0;
  for (const name in other) {
    if (source[name] !== other[name]) return false;
    names++;
  }
  return names === size;
}
