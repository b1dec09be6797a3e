import { hash } from "node:crypto";

/**
 * Words 3 and 4 of a row are 64 bits of n = SHA-256(key, what names the row), words 0 to 2 are 96 bits of SHA-256(n, the rest
 * that stays). Each input can be read back: a list of fields, types and lengths, then the values. So two rows collide only as
 * two random numbers do, among m rows with probability m^2 / 2^97 at most (2.5e-17 for 2,000,000), and nobody can look for a
 * collision without the key, which is secret, and whose 256 bits as hexadecimal digits fill the first block of the hash.
 */
export const digestWords = 5;

/** `identity` is the same when the event comes back, `time` is when it came. */
export type DigestPart = "identity" | "time" | "rest";

/** The number of a token that ends an object. */
const end = 0;
/** The number of a field that the document does not know: its name, then its value. */
export const unknownField = 1;

interface Position {
  readonly characters: number;
  readonly tokens: number;
}

/** A part of what a row says. */
export interface Said {
  readonly text: string;
  readonly tokens: Uint32Array;
}

/** Takes one row after the other: what it says, in an order that does not depend on the wire, then its `write`. */
export class RowDigest {
  private readonly identity = new Values();
  private readonly rest = new Values();
  private readonly key: string;
  private time = "";

  /** 32 random bytes that whoever writes events can't know. */
  constructor(key: Uint8Array) {
    this.key = Buffer.from(key).toString("hex");
  }

  /** A value of a field, by the field's number among those of its object, 2 to 255. Text must be well-formed. */
  add(field: number, value: unknown, part: DigestPart): void {
    if (part === "rest") this.rest.add(field, value);
    else if (part === "identity") this.identity.add(field, value);
    else this.time = `:${String(value)}`;
  }

  /** What is added until it closes belongs to an object of that field. */
  open(field: number, identifying: boolean): void {
    this.rest.mark(field);
    if (identifying) this.identity.mark(field);
  }

  close(identifying: boolean): void {
    this.rest.mark(end);
    if (identifying) this.identity.mark(end);
  }

  /** Where what is added next begins, for `since`. */
  get position(): Position {
    return this.rest.position;
  }

  /** What was added from there on, to be added to other rows as well; nothing of it may identify them. */
  since(position: Position): Said {
    return this.rest.since(position);
  }

  repeat(said: Said): void {
    this.rest.repeat(said);
  }

  /** The words of the row, which ends with this. One that is not `named` is named by all that it says, but not when. */
  write(target: Uint32Array, row: number, named: boolean): void {
    const { identity, rest, key } = this;
    const name = sha256(`${key}${identity.list()}:${identity.text}`);
    const whole = `${name}${rest.list()}:${rest.text}`;
    setWords(target, row * digestWords, sha256(whole + this.time), 3);
    setWords(target, row * digestWords + 3, named ? name : sha256(whole), 2);
    this.clear();
  }

  /** Discards what was added to an unfinished row. */
  clear(): void {
    this.identity.clear();
    this.rest.clear();
    this.time = "";
  }
}

const sha256 = (input: string): string => hash("sha256", input);

function setWords(target: Uint32Array, at: number, hex: string, count: number): void {
  for (let i = 0; i < count; i++) target[at + i] = parseInt(hex.slice(8 * i, 8 * i + 8), 16);
}

const maxLength = 2 ** 22 - 1;
const types = { text: 0, json: 1, object: 2 } as const;

/** Values one after the other, and of each its field, type and length. */
class Values {
  text = "";
  private tokens = new Uint32Array(128);
  private bytes = Buffer.from(this.tokens.buffer);
  private count = 0;

  add(field: number, value: unknown): void {
    const isText = typeof value === "string";
    const text = isText ? value : canonicalJson(value);
    this.token(field * 4 + (isText ? types.text : types.json), text.length);
    this.text += text;
  }

  mark(field: number): void {
    this.token(field * 4 + types.object, 0);
  }

  private token(kind: number, length: number): void {
    this.makeRoomFor(2);
    this.tokens[this.count++] = kind * 2 ** 22 + Math.min(length, maxLength);
    if (length >= maxLength) this.tokens[this.count++] = length;
  }

  private makeRoomFor(tokens: number): void {
    const needed = this.count + tokens;
    if (needed <= this.tokens.length) return;
    const grown = new Uint32Array(2 * needed);
    grown.set(this.tokens);
    this.tokens = grown;
    this.bytes = Buffer.from(grown.buffer);
  }

  get position(): Position {
    return { characters: this.text.length, tokens: this.count };
  }

  since({ characters, tokens }: Position): Said {
    return { text: this.text.slice(characters), tokens: this.tokens.slice(tokens, this.count) };
  }

  repeat({ text, tokens }: Said): void {
    this.makeRoomFor(tokens.length);
    this.tokens.set(tokens, this.count);
    this.count += tokens.length;
    this.text += text;
  }

  list(): string {
    return this.bytes.toString("base64", 0, 4 * this.count);
  }

  clear(): void {
    this.text = "";
    this.count = 0;
  }
}

/** The names of its objects in one order. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object") return String(value);
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner !== "object" || inner === null || Array.isArray(inner)
      ? inner
      : Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}
