import { z } from "zod";
import { ResponseError } from "../errors.js";
import { printable } from "../text.js";
import { signatureKey, unknownValue } from "../marks.js";
import { appWhitelistEvent, type EventRecord } from "./event.js";
import type { FieldMeta } from "./fields.js";

/**
 * From the wire to an event, by a plan that is derived once from the zod schema. Nothing that the service sends fails a read
 * for its type, range or name: a surprise is carried over as it is. Only what could attack the program is refused.
 */

type Decode = (value: unknown) => unknown;
/** One name on the wire and the field that it fills; a field with two names has two of these. */
interface WireField {
  readonly name: string;
  readonly key: string;
  readonly decode: Decode;
  readonly secondName: boolean;
  /** The field that repeats this one as RFC 3339. */
  readonly timeKey?: string;
}

export const snakeCase = (camel: string): string => camel.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
export const camelCase = (snake: string): string =>
  snake.replace(/(?<=.)_+([a-z0-9])/g, (_, c: string) => c.toUpperCase());

/** The deepest documented value is at level 3; this leaves room for what may come. */
const maxDepth = 32;

const unwrap = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;

export const fieldMeta = (schema: z.ZodType): FieldMeta => (schema.meta() ?? {}) as FieldMeta;

function decoder(schema: z.ZodType, meta: FieldMeta): Decode {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return objectDecoder(inner);
  if (inner instanceof z.ZodArray) return arrayDecoder(decoder(inner.element as z.ZodType, meta));
  if (meta.wire === "integer") return integerValue;
  return textValue;
}

function objectDecoder(schema: z.ZodObject): Decode {
  const plan: WireField[] = [];
  const decoders = new Map<string, Decode>();
  const fields = Object.entries(schema.shape) as [string, z.ZodType][];
  const timeKeys = new Map(fields.map(([key, field]) => [fieldMeta(field).timeOf, key]));
  for (const [key, field] of fields) {
    const meta = fieldMeta(field);
    const decode = decoder(field, meta);
    decoders.set(key, decode);
    if (meta.timeOf) continue;
    for (const name of [snakeCase(key), ...(meta.alias ?? [])])
      plan.push({ name, key, decode, secondName: name !== snakeCase(key), timeKey: timeKeys.get(key) });
  }
  const known = new Set(plan.map(({ name }) => name));
  return (value) => {
    // one sibling of this API wraps single objects into lists
    const source = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
    if (!isRecord(source)) return foreign(value, 1);
    const out: Record<string, unknown> = {};
    let found = 0;
    for (const { name, key, decode, secondName, timeKey } of plan) {
      const field = source[name];
      if (field === undefined) continue;
      found++;
      if (field === null) continue;
      const decoded = decode(field);
      out[key] = secondName && out[key] !== undefined ? merged(out[key], decoded) : decoded;
      if (timeKey === undefined) continue;
      const time = rfc3339(decoded);
      if (time !== undefined) out[timeKey] = time;
    }
    if (Object.keys(source).length > found) copyUnknown(source, known, decoders, out);
    return out;
  };
}

const arrayDecoder =
  (element: Decode): Decode =>
  (value) =>
    Array.isArray(value) ? value.filter((item) => item !== null).map(element) : [element(value)];

/** Both spellings of one list in the same event: all of the first, then what only the second has. */
function merged(first: unknown, second: unknown): unknown {
  if (!Array.isArray(first) || !Array.isArray(second)) return first;
  const seen = new Set(first.map((item) => JSON.stringify(item)));
  return [...(first as unknown[]), ...(second as unknown[]).filter((item) => !seen.has(JSON.stringify(item)))];
}

/** A name that becomes a known one in camelCase means that field, and has its type. */
function copyUnknown(
  source: Record<string, unknown>,
  known: ReadonlySet<string>,
  decoders: ReadonlyMap<string, Decode>,
  out: Record<string, unknown>,
): void {
  for (const name of Object.keys(source).sort()) {
    if (known.has(name)) continue;
    const key = keyOf(name);
    const value = source[name];
    if (value === null || Object.hasOwn(out, key)) continue;
    define(out, key, decoders.get(key)?.(value) ?? foreign(value, 1));
  }
}

/** A process may be called as Pulumi calls an unknown value. */
const harmless = (text: string): string => {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed === unknownValue ? `${unknownValue} (text of an event)` : wellFormed;
};

/** Neither a name on the wire nor what it becomes may mean something to JavaScript or Pulumi. */
const keyOf = (name: string): string => safeName(camelCase(safeName(name)));

function safeName(name: string): string {
  if (name === "__proto__" || name === signatureKey)
    throw new ResponseError(`the answer holds a field named \`${name}\``);
  return name;
}

const define = (target: object, key: string, value: unknown): void => {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
};

/** A value of a field that the document does not know: its names in camelCase, its texts well-formed. */
function foreign(value: unknown, depth: number): unknown {
  if (typeof value === "string") return harmless(value);
  if (typeof value === "number") return finite(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > maxDepth) throw new ResponseError(`the answer is nested more than ${maxDepth} levels deep`);
  if (Array.isArray(value)) return value.map((item) => foreign(item, depth + 1));
  const out = {};
  for (const [name, item] of Object.entries(value)) {
    if (item !== null) define(out, keyOf(name), foreign(item, depth + 1));
  }
  return out;
}

/** 1e400 is a number of JSON, and none that JSON could be written with. */
const finite = (value: number): unknown => (Number.isFinite(value) ? value : String(value));

const decimal = /^-?\d+$/;

function textValue(value: unknown): unknown {
  if (typeof value === "string") return harmless(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return JSON.stringify(foreign(value, 1));
}

function integerValue(value: unknown): unknown {
  if (typeof value === "number") return finite(value);
  if (typeof value !== "string" || !decimal.test(value)) return foreign(value, 1);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Milliseconds since the epoch as RFC 3339, where the calendar reaches (years 1970 to 9999). */
export function rfc3339(milliseconds: unknown): string | undefined {
  if (typeof milliseconds !== "string" || !/^\d{1,15}$/.test(milliseconds)) return undefined;
  const value = Number(milliseconds);
  return value < 253_402_300_800_000 ? new Date(value).toISOString() : undefined;
}

const decodeFields = objectDecoder(appWhitelistEvent);

/** One item of `data_list`, its fields in the schema's order. Throws `ResponseError` where it is no object. */
export function decodeEvent(item: unknown, index: number): EventRecord {
  if (!isRecord(item)) throw new ResponseError(`data_list[${index}] is no object`);
  return decodeFields(item) as EventRecord;
}

export interface EventPage {
  /** `total_num`: how many events match, by the service's count at that moment. */
  readonly totalNum: number;
  readonly events: readonly EventRecord[];
}

/** The body of a 200 answer. `data_list` may be missing or null; a missing `total_num` is an error, since nothing could be shown without it. */
export function decodePage(body: unknown): EventPage {
  if (!isRecord(body)) throw new ResponseError("the answer is no JSON object");
  const total = integerValue(body["total_num"] ?? undefined);
  if (typeof total !== "number" || !Number.isSafeInteger(total) || total < 0) {
    throw new ResponseError(
      `total_num is ${total === undefined ? "missing" : printable(JSON.stringify(total), 64)}, not a count of events`,
    );
  }
  const list = body["data_list"] ?? [];
  if (!Array.isArray(list)) throw new ResponseError("data_list is no list");
  return { totalNum: total, events: list.map(decodeEvent) };
}
