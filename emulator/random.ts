import { createHash } from "node:crypto";

/** A bijection on 32-bit integers (the finalizer of MurmurHash3): different inputs never collide. */
export function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * Random numbers addressed by position rather than drawn in sequence, so that event 2,000,000 costs as much as event 0.
 * `salt` separates the decisions made about one position.
 */
export class Dice {
  private readonly root: number;

  constructor(readonly seed: string) {
    this.root = createHash("sha256").update(seed).digest().readUInt32LE(0);
  }

  /** 0 to 2^32 - 1. */
  integer(position: number, salt: number): number {
    return mix(mix(position ^ this.root) ^ Math.imul(salt + 1, 0x9e3779b9));
  }

  /** 0 <= x < 1. */
  fraction(position: number, salt: number): number {
    return this.integer(position, salt) / 0x1_0000_0000;
  }

  below(limit: number, position: number, salt: number): number {
    return Math.floor(this.fraction(position, salt) * limit);
  }

  pick<T>(list: readonly [T, ...T[]], position: number, salt: number): T {
    return list[this.below(list.length, position, salt)] ?? list[0];
  }

  /** A 32-bit number that no other position below 2^32 has. */
  unique(position: number): number {
    return mix(position ^ this.root);
  }

  /** Lower-case hex that depends on the seed and the name alone. */
  digest(algorithm: "sha256" | "sha1" | "md5", name: string): string {
    return createHash(algorithm).update(`${this.seed}\n${name}`).digest("hex");
  }
}

export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0").slice(-digits);
}
