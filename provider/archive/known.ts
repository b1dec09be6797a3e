/** What the archive knows of an event, in its latest state. */
export interface KnownEvent {
  /** Milliseconds since the epoch; NaN where the event has no usable time. */
  readonly occurTime: number;
  readonly handling: Handling;
  /** The service showed it no longer in the last read of everything. */
  readonly gone: boolean;
}

export type Handling = "handled" | "unhandled" | "other";

const handlings: readonly Handling[] = ["other", "unhandled", "handled"];
const empty = -1;
/** Beside the handling, in the same byte. */
const [goneMark, shownMark] = [4, 8];

/**
 * The events of the last weeks by key, in typed arrays: 48 bytes an event. Of keys and states (SHA-256) 128 and 64 bits are
 * kept: among a million events two meet with a probability of 10^-27.
 */
export class KnownEvents {
  private keys = new Uint32Array(4 * 1024);
  private states = new Uint32Array(2 * 1024);
  private times = new Float64Array(1024);
  private marks = new Uint8Array(1024);
  private slots = new Int32Array(2048).fill(empty);
  private length = 0;

  get size(): number {
    return this.length;
  }

  /** Notes the latest state of an event; later calls for the same key replace earlier ones. It is not gone any more. */
  set(key: Uint8Array, state: Uint8Array, occurTime: number, handling: Handling): void {
    const slot = this.slotOf(key);
    let at = this.slots[slot] as number;
    if (at === empty) {
      if (2 * (this.length + 1) > this.slots.length) {
        this.grow();
        return this.set(key, state, occurTime, handling);
      }
      at = this.slots[slot] = this.length++;
      words(this.keys, 4 * at, key, 4);
    }
    words(this.states, 2 * at, state, 2);
    this.times[at] = occurTime;
    this.marks[at] = handlings.indexOf(handling);
  }

  has(key: Uint8Array): boolean {
    return this.slots[this.slotOf(key)] !== empty;
  }

  get(key: Uint8Array): KnownEvent | undefined {
    const at = this.slots[this.slotOf(key)] as number;
    return at === empty ? undefined : this.at(at);
  }

  isInState(key: Uint8Array, state: Uint8Array): boolean {
    const at = this.slots[this.slotOf(key)] as number;
    const view = Buffer.from(state.buffer, state.byteOffset, state.byteLength);
    return (
      at !== empty && this.states[2 * at] === view.readUInt32BE(0) && this.states[2 * at + 1] === view.readUInt32BE(4)
    );
  }

  setGone(key: Uint8Array, gone: boolean): void {
    const at = this.slots[this.slotOf(key)] as number;
    if (at === empty) return;
    const mark = this.marks[at] as number;
    this.marks[at] = gone ? mark | goneMark : mark & ~goneMark;
  }

  /** A read showed it, until it is set again. */
  setShown(key: Uint8Array): void {
    const at = this.slots[this.slotOf(key)] as number;
    if (at !== empty) this.marks[at] = (this.marks[at] as number) | shownMark;
  }

  /** How many events are as asked for. */
  count(isCounted: (occurTime: number, handling: Handling, gone: boolean) => boolean): number {
    let counted = 0;
    for (let at = 0; at < this.length; at++) {
      const mark = this.marks[at] as number;
      if (isCounted(this.times[at] as number, handlings[mark & 3] as Handling, (mark & goneMark) !== 0)) counted++;
    }
    return counted;
  }

  /** Every event with the first 128 bits of its key, in no order that means anything. */
  *entries(): Generator<{ key: Buffer; event: KnownEvent; shown: boolean }> {
    for (let at = 0; at < this.length; at++) {
      const key = Buffer.alloc(16);
      for (let i = 0; i < 4; i++) key.writeUInt32BE(this.keys[4 * at + i] as number, 4 * i);
      yield { key, event: this.at(at), shown: ((this.marks[at] as number) & shownMark) !== 0 };
    }
  }

  private at(at: number): KnownEvent {
    const mark = this.marks[at] as number;
    return {
      occurTime: this.times[at] as number,
      handling: handlings[mark & 3] as Handling,
      gone: (mark & goneMark) !== 0,
    };
  }

  private slotOf(key: Uint8Array): number {
    const view = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
    let slot = view.readUInt32BE(0) & (this.slots.length - 1);
    for (;;) {
      const at = this.slots[slot] as number;
      if (at === empty || this.isKey(at, view)) return slot;
      slot = (slot + 1) & (this.slots.length - 1);
    }
  }

  private isKey(at: number, view: Buffer): boolean {
    for (let i = 0; i < 4; i++) if (this.keys[4 * at + i] !== view.readUInt32BE(4 * i)) return false;
    return true;
  }

  private grow(): void {
    const size = this.slots.length;
    const longer = <T extends Uint32Array | Float64Array | Uint8Array>(array: T, length: number): T => {
      const grown = new (array.constructor as new (length: number) => T)(length);
      grown.set(array);
      return grown;
    };
    this.keys = longer(this.keys, 4 * size);
    this.states = longer(this.states, 2 * size);
    this.times = longer(this.times, size);
    this.marks = longer(this.marks, size);
    this.slots = new Int32Array(2 * size).fill(empty);
    for (let at = 0; at < this.length; at++) {
      let slot = (this.keys[4 * at] as number) & (this.slots.length - 1);
      while (this.slots[slot] !== empty) slot = (slot + 1) & (this.slots.length - 1);
      this.slots[slot] = at;
    }
  }
}

function words(target: Uint32Array, at: number, bytes: Uint8Array, count: number): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i++) target[at + i] = view.readUInt32BE(4 * i);
}
