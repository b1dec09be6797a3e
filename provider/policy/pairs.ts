/** Numbers pairs of numbers in the order of their arrival: equal pairs, equal number. About 15 bytes a pair. */
export class Pairs {
  private left = new Uint32Array(1024);
  private right = new Uint32Array(1024);
  private slots = new Int32Array(2048).fill(-1);
  private used = 0;

  get size(): number {
    return this.used;
  }

  /** Both are integers from 0 to 2^32 - 1. */
  idOf(a: number, b: number): number {
    const { left, right, slots } = this;
    const mask = slots.length - 1;
    let at = mix(a, b) & mask;
    for (let id = slots[at] as number; id >= 0; id = slots[at] as number) {
      if (left[id] === a && right[id] === b) return id;
      at = (at + 1) & mask;
    }
    const id = this.used++;
    if (id === left.length) this.grow();
    this.left[id] = a;
    this.right[id] = b;
    slots[at] = id;
    if (this.used * 3 > slots.length * 2) this.rehash();
    return id;
  }

  leftOf(id: number): number {
    return this.left[id] as number;
  }

  rightOf(id: number): number {
    return this.right[id] as number;
  }

  private grow(): void {
    this.left = larger(this.left);
    this.right = larger(this.right);
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.used; id += 1) {
      let at = mix(this.left[id] as number, this.right[id] as number) & mask;
      while (slots[at] !== -1) at = (at + 1) & mask;
      slots[at] = id;
    }
    this.slots = slots;
  }
}

/** The same numbers in an array of twice the length. */
export function larger<Numbers extends Uint32Array | Float64Array | Uint8Array>(numbers: Numbers): Numbers {
  const grown = new (numbers.constructor as new (length: number) => Numbers)(numbers.length * 2);
  grown.set(numbers as never);
  return grown;
}

function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
