/**
 * Values as Pulumi's protocol carries them: a `google.protobuf.Struct` in which secrets and unknowns have signatures.
 * Written and read straight from JavaScript: google-protobuf would build an object for each of half a million values.
 *
 * https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/struct.proto
 */

import { signatureKey } from "../marks.js";
import { isRecord } from "../values.js";

const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

type Values = Readonly<Record<string, unknown>>;

/** The value with every secret unwrapped; `secret` says whether there was one. */
export function unwrapSecrets(value: unknown): { value: unknown; secret: boolean } {
  let secret = false;
  const walk = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(walk);
    if (!isRecord(inner)) return inner;
    if (inner[signatureKey] === secretSignature) {
      secret = true;
      return walk(inner["value"]);
    }
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, walk(item)]));
  };
  return { value: walk(value), secret };
}

export const wrapSecret = (value: unknown): Values => ({ [signatureKey]: secretSignature, value });

// field numbers and wire types of Struct, Value and ListValue
const structFields = 0x0a;
const entryKey = 0x0a;
const entryValue = 0x12;
const valueNull = 0x08;
const valueNumber = 0x11;
const valueString = 0x1a;
const valueBool = 0x20;
const valueStruct = 0x2a;
const valueList = 0x32;
const listValues = 0x0a;

const headRoom = 64 * 1024;

/** Writes backwards, so that each length is known when it is written and nothing is measured twice. */
class BackwardWriter {
  private buffer = Buffer.allocUnsafe(headRoom);
  private at = this.buffer.length;

  get length(): number {
    return this.buffer.length - this.at;
  }

  private reserve(bytes: number): void {
    if (this.at >= bytes) return;
    const used = this.length;
    // room for what stands before a long text, so that it is not copied again for the next byte
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, used + bytes + headRoom));
    this.buffer.copy(grown, grown.length - used, this.at);
    this.buffer = grown;
    this.at = grown.length - used;
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[--this.at] = value;
  }

  varint(value: number): void {
    let bytes = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
    this.reserve(bytes);
    this.at -= bytes;
    let rest = value;
    for (let i = 0; i < bytes; i++) {
      this.buffer[this.at + i] = (rest % 0x80) | (i < bytes - 1 ? 0x80 : 0);
      rest = Math.floor(rest / 0x80);
    }
  }

  text(value: string): void {
    const bytes = Buffer.byteLength(value);
    this.reserve(bytes);
    this.at -= bytes;
    this.buffer.write(value, this.at);
    this.varint(bytes);
  }

  double(value: number): void {
    this.reserve(8);
    this.at -= 8;
    this.buffer.writeDoubleLE(value, this.at);
  }

  /** Whatever was written since `length` was `before`, as a message of that field. */
  message(tag: number, before: number): void {
    this.varint(this.length - before);
    this.byte(tag);
  }

  struct(value: Values): void {
    const entries = Object.entries(value);
    for (let i = entries.length - 1; i >= 0; i--) {
      const [key, item] = entries[i] as [string, unknown];
      if (item === undefined) continue;
      const entry = this.length;
      this.value(item);
      this.message(entryValue, entry);
      this.text(key);
      this.byte(entryKey);
      this.message(structFields, entry);
    }
  }

  value(value: unknown): void {
    const before = this.length;
    if (typeof value === "string") {
      this.text(value);
      this.byte(valueString);
    } else if (typeof value === "number") {
      this.double(value);
      this.byte(valueNumber);
    } else if (typeof value === "boolean") {
      this.varint(value ? 1 : 0);
      this.byte(valueBool);
    } else if (Array.isArray(value)) {
      for (let i = value.length - 1; i >= 0; i--) {
        const item = this.length;
        this.value(value[i]);
        this.message(listValues, item);
      }
      this.message(valueList, before);
    } else if (isRecord(value)) {
      this.struct(value);
      this.message(valueStruct, before);
    } else {
      this.varint(0);
      this.byte(valueNull);
    }
  }

  result(): Buffer {
    return this.buffer.subarray(this.at);
  }
}

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

const invokeReturn = 0x0a;
const invokeFailures = 0x12;
const failureProperty = 0x0a;
const failureReason = 0x12;

/** The bytes of a `pulumirpc.InvokeResponse`. */
export function encodeInvokeResponse(response: { values?: Values; failures?: readonly Failure[] }): Buffer {
  const writer = new BackwardWriter();
  for (const { property, reason } of [...(response.failures ?? [])].reverse()) {
    const before = writer.length;
    writer.text(reason);
    writer.byte(failureReason);
    writer.text(property);
    writer.byte(failureProperty);
    writer.message(invokeFailures, before);
  }
  if (response.values) {
    const before = writer.length;
    writer.struct(response.values);
    writer.message(invokeReturn, before);
  }
  return writer.result();
}
