import { plainReadings, readings } from "./encodings.js";
import { AbortedError } from "./errors.js";
import { printable } from "./text.js";

const mask = "[secret]";
/** So many characters of a secret in a row are a piece of it, and are masked wherever they stand. */
export const shortestPiece = 8;
/** Shorter secrets are words of ordinary text; only where one stands as a value is it masked. */
const shortestWord = 4;

/**
 * Replaces each of the secrets, and every piece of eight characters and more, by `[secret]`: a text may have been cut before.
 * They are found as they are, in the forms that they take on their way (URL-encoded, base64, JSON-escaped, made printable), and
 * in whatever else the text says once its encodings are undone. Shorter secrets are replaced where they stand alone. For every
 * text that leaves: messages, causes, log lines. What it has made stays as it is.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.filter((secret) => secret !== "").flatMap(formsOf))];
  if (forms.length === 0) return (text) => text;
  const pieces = new Pieces(forms.filter(({ length }) => length >= shortestPiece));
  const short = forms.filter(({ length }) => length < shortestPiece).sort((a, b) => b.length - a.length);
  const alone = short.length === 0 ? undefined : new RegExp(short.map(standingAlone).join("|"), "g");
  const masked = (part: string): string => {
    const long = maskedAt(part, pieces.spansWithin(part));
    return alone
      ? long
          .split(mask)
          .map((rest) => rest.replace(alone, mask))
          .join(mask)
      : long;
  };
  return (text) => {
    if (short.includes(text)) return mask;
    let redacted = text;
    for (let before: string | undefined; before !== redacted;) {
      before = redacted;
      // the mask is nobody's secret, whatever the secrets are
      redacted = before.split(mask).map(masked).join(mask);
    }
    return redacted;
  };
}

/** As `redactor`, of secrets that become more as they pass by; made anew only when they have. */
export function growingRedactor(secrets: () => readonly string[]): (text: string) => string {
  let known: readonly string[] = [];
  let redact = redactor(known);
  return (text) => {
    const now = secrets();
    if (now.length !== known.length || now.some((secret, at) => secret !== known[at])) redact = redactor((known = now));
    return redact(text);
  };
}

/** As a word; of a few characters only as a value, `ak=a` or `"a"`. */
function standingAlone(secret: string): string {
  const it = literal(secret);
  return secret.length < shortestWord
    ? `(?<=["'=:])${it}(?=$|["',;)}\\]&\\s])`
    : `(?<![A-Za-z0-9_])${it}(?![A-Za-z0-9_])`;
}

/** Words of our own messages and settings: somebody's password may be one of them, and a piece that is one shows nothing. */
const ordinary = "accessKey secretKey securityToken password credentials emulator certificate configuration";

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The text with one mask for spans that overlap or touch. */
function maskedAt(text: string, spans: readonly Span[]): string {
  let out = "";
  let done = 0;
  let masked = -1;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (start > masked) out += text.slice(done, start) + mask;
    done = masked = Math.max(masked, end);
  }
  return out + text.slice(done);
}

/** Every run of eight characters of the forms, to be found in a text at once. */
class Pieces {
  private readonly all: string;
  /** By the hash of a piece, whether there may be one; most places of a text need no closer look. */
  private readonly hashes = new Uint8Array(2 ** 20);

  constructor(forms: readonly string[]) {
    this.all = forms.join("\0");
    for (let at = 0; at + shortestPiece <= this.all.length; at++) {
      const hash = hashAt(this.all, at);
      this.hashes[first(hash)] = this.hashes[second(hash)] = 1;
    }
  }

  /** Where pieces stand in the text, also where only somebody who undoes an encoding reads them. */
  spansWithin(text: string): Span[] {
    const spans = this.spansIn(text);
    for (const reading of readings(text)) {
      for (const { start, end } of this.spansIn(reading.text))
        spans.push({ start: reading.from(start), end: reading.to(end - 1) });
    }
    return spans;
  }

  private spansIn(text: string): Span[] {
    const spans: Span[] = [];
    for (let at = 0; at + shortestPiece <= text.length; at++) {
      const run = this.runAt(text, at);
      if (run === undefined) continue;
      if (run.isTelling) spans.push({ start: at, end: run.end });
      at = run.end - 1;
    }
    return spans;
  }

  /** The pieces that overlap or touch from here on. */
  private runAt(text: string, start: number): { readonly end: number; readonly isTelling: boolean } | undefined {
    let end = start;
    let isTelling = false;
    for (let at = start; at <= end && at + shortestPiece <= text.length; at++) {
      const hash = hashAt(text, at);
      if (this.hashes[first(hash)] === 0 || this.hashes[second(hash)] === 0) continue;
      const piece = text.slice(at, at + shortestPiece);
      if (!this.all.includes(piece)) continue;
      isTelling ||= !ordinary.includes(piece);
      end = at + shortestPiece;
    }
    return end === start ? undefined : { end, isTelling };
  }
}

const { imul } = Math;

function hashAt(text: string, at: number): number {
  let hash = 0;
  for (let i = at; i < at + shortestPiece; i++) hash = imul(hash, 0x0100_0193) ^ text.charCodeAt(i);
  return imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
}

/** Two places in the table of a hash, as good as independent: hardly a piece is looked for that is none. */
const first = (hash: number): number => hash >>> 12;
const second = (hash: number): number => imul(hash, 0x297a_2d39) >>> 12;

/** Coded forms shorter than this are as likely to be ordinary text. */
const shortestForm = 6;

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = secret.isWellFormed() ? encodeURIComponent(secret) : secret;
  const strict = url.replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const encoded = [url, strict].flatMap((form) => [
    form,
    form.replaceAll("%20", "+"),
    form.replace(/%../g, (code) => code.toLowerCase()),
  ]);
  const coded = [json, printable(secret, secret.length), ...encoded, ...base64Forms(secret)];
  const other = [
    // its bytes, each a character
    Buffer.from(secret).toString("latin1"),
    // as hosts of addresses, as names of variables
    secret.toLowerCase(),
    secret.toUpperCase(),
    // what is undone in a text may be a part of the secret itself
    ...plainReadings(secret),
  ];
  return [
    secret,
    ...coded.filter((form) => form.length >= shortestForm),
    ...other.filter((form) => form.length >= shortestPiece),
  ];
}

/** What base64 makes of the secret wherever it stands: after 0, 1 or 2 bytes of another triple (`user:secret`). */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const start = Math.ceil((before * 8) / 6);
    const end = Math.floor((whole.length * 8) / 6);
    return (["base64", "base64url"] as const).map((encoding) => whole.toString(encoding).slice(start, end));
  });
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

const maxDepth = 10;

/**
 * The error itself, with every text that it holds made safe, in its causes, in the errors that it is made of, in its lists and
 * plain objects: a service may repeat in its words, its codes or its headers what it was sent. What is too deep is cut off.
 */
export function redactError<T>(error: T, redact: (text: string) => string): T {
  return safe(error, redact, maxDepth, new Map()) as T;
}

/** The same value where nothing in it was to be changed; an error stays the same one. */
function safe(value: unknown, redact: (text: string) => string, depth: number, seen: Map<object, unknown>): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  seen.set(value, value);
  const inner = (it: unknown) => safe(it, redact, depth - 1, seen);
  if (value instanceof Error) {
    if (depth === 0) return undefined;
    const made = safeError(value, inner);
    seen.set(value, made);
    return made;
  }
  if (!Array.isArray(value) && !isPlain(value)) return value;
  if (depth === 0) return undefined;
  const before = Object.entries(value);
  const after = before.map(([name, it]) => [redact(name), inner(it)] as const);
  if (after.every(([name, it], at) => name === before[at]?.[0] && it === before[at][1])) return value;
  const made = Array.isArray(value) ? after.map(([, it]) => it) : Object.fromEntries(after);
  seen.set(value, made);
  return made;
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

function safeError(error: Error, inner: (value: unknown) => unknown): Error {
  const values = error as unknown as Record<string, unknown>;
  let isChanged = true;
  for (const name of Object.getOwnPropertyNames(error)) {
    // the reason of an abort is the caller's own
    if (name === "cause" && error instanceof AbortedError) continue;
    const value = values[name];
    const made = inner(value);
    if (made !== value) isChanged &&= Reflect.set(error, name, made);
  }
  // one that is frozen is somebody else's, and must neither hide the real one nor tell more
  return isChanged ? error : new Error(String(inner(error.message)));
}
