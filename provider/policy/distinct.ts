/**
 * Distinct texts seen: the smallest `max` of them and how many there were. The same in every order of arrival, and up to
 * `max` texts nothing but the list is held. Most lists of most files have one text or none: that takes no object.
 */
export type Distinct = undefined | string | DistinctTexts;

/** With one more. `keep` gives the form of a text that may be held for long. */
export function withText(known: Distinct, text: string, max: number, keep: (text: string) => string): Distinct {
  if (known === undefined) return keep(text);
  if (known === text) return known;
  const texts = typeof known === "string" ? new DistinctTexts(known, max) : known;
  texts.add(text, keep);
  return texts;
}

/** In ascending order of UTF-16 code units. */
export const listOf = (known: Distinct): string[] =>
  known === undefined ? [] : typeof known === "string" ? [known] : [...known.texts];

export const countOf = (known: Distinct): number =>
  known === undefined ? 0 : typeof known === "string" ? 1 : known.count;

/** Whether `listOf` is not all of them. */
export const isTruncated = (known: Distinct): boolean => known instanceof DistinctTexts && known.truncated;

class DistinctTexts {
  readonly texts: string[];
  private beyond: DistinctCount | undefined;

  constructor(
    first: string,
    private readonly max: number,
  ) {
    this.texts = [first];
  }

  get truncated(): boolean {
    return this.beyond !== undefined;
  }

  get count(): number {
    return this.beyond?.count ?? this.texts.length;
  }

  add(text: string, keep: (text: string) => string): void {
    const { texts } = this;
    let low = 0;
    let high = texts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((texts[middle] as string) < text) low = middle + 1;
      else high = middle;
    }
    if (texts[low] === text) return;
    if (texts.length === this.max) {
      if (this.beyond === undefined) {
        this.beyond = new DistinctCount();
        for (const one of texts) this.beyond.add(one);
      }
      this.beyond.add(text);
      if (low === texts.length) return;
      texts.pop();
    }
    texts.splice(low, 0, keep(text));
  }
}

/**
 * Makes a function that gives a text in a form to hold: a field cut out of a page's JSON text would keep the whole page
 * alive, a copy does not; the texts that come first are copied once only.
 */
export function createKeeper(remembered = 20_000): (text: string) => string {
  const copies = new Map<string, string>();
  return (text) => {
    const known = copies.get(text);
    if (known !== undefined) return known;
    const copy = text.length < 13 ? text : Buffer.from(text, "utf16le").toString("utf16le");
    if (copies.size < remembered) copies.set(copy, copy);
    return copy;
  };
}

/**
 * How many distinct texts were added, in 12 to 24 bytes each: it keeps 64 bits of each text's hash. Two of a million texts
 * share them with a probability of about 1 in 30 million; then the count is one too low.
 */
class DistinctCount {
  private slots = new Uint32Array(128);
  private used = 0;

  get count(): number {
    return this.used;
  }

  add(text: string): void {
    let a = 0xdeadbeef;
    let b = 0x41c6ce57;
    for (let i = 0; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    // a pair of zeros is an empty slot
    this.put(a >>> 0, b >>> 0 || 1);
    if (this.used * 3 > this.slots.length) this.grow();
  }

  private put(a: number, b: number): void {
    const { slots } = this;
    const mask = slots.length / 2 - 1;
    let at = a & mask;
    while (slots[2 * at + 1] !== 0) {
      if (slots[2 * at] === a && slots[2 * at + 1] === b) return;
      at = (at + 1) & mask;
    }
    slots[2 * at] = a;
    slots[2 * at + 1] = b;
    this.used += 1;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    this.used = 0;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] !== 0) this.put(old[i] as number, old[i + 1] as number);
    }
  }
}
