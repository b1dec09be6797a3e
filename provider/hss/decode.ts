import { z } from "zod";
import { ResponseError } from "../errors.js";
import { printable } from "../text.js";
import { signatureKey, unknownValue } from "../marks.js";
import { isRecord } from "../values.js";
import { objectWithin, unwrap } from "../zod.js";
import { canonicalJson, digestWords, unknownField, type DigestPart, type RowDigest } from "./digest.js";
import { appWhitelistEvent, type EventRecord } from "./event.js";
import type { FieldMeta } from "./fields.js";
import { Layouts } from "./layouts.js";
import { Repeated } from "./repeated.js";

/**
 * From the wire to an event, by a plan that is derived once from the zod schema. Nothing that the service sends fails a read
 * for its type, range or name: a surprise is carried over as it is. Only what could attack the program is refused.
 */

/** Objects and lists of them add what they say to the row's digest; what holds a single value adds that itself. */
type Decode = (value: unknown, digest?: RowDigest) => unknown;

interface Field {
  readonly key: string;
  readonly name: string;
  /** Another name on the wire, of a list. */
  readonly alias?: string;
  readonly decode: Decode;
  /** Arrives as text and stays as it is. */
  readonly isText: boolean;
  /** For the digest, from 2 in the schema's order. */
  readonly number: number;
  /** Where the digest counts it; absent for what it does not count, and for objects and lists of them. */
  readonly part?: DigestPart;
  readonly isVolatile: boolean;
  /** The field that repeats this one as RFC 3339. */
  readonly timeKey?: string;
}

export const snakeCase = (camel: string): string => camel.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
const camelCase = (snake: string): string =>
  snake.replace(/(?<=^_|[^_])_+([a-z0-9])/g, (_, c: string) => c.toUpperCase());

/** The deepest documented value is at level 3; this leaves room for what may come. */
const maxDepth = 32;
/** A service that knows no limit may list all that it has; more is an attack or a defect. */
const maxRows = 50_000;

const fieldMeta = (schema: z.ZodType): FieldMeta => (schema.meta() ?? {}) as FieldMeta;

function decoder(schema: z.ZodType, number: number): Decode {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return objectDecoder(inner, number);
  if (inner instanceof z.ZodArray) return arrayDecoder(inner.element as z.ZodType, number);
  return inner instanceof z.ZodNumber ? integerValue : textValue;
}

function fieldsOf(schema: z.ZodObject): Field[] {
  const entries = Object.entries(schema.shape) as [string, z.ZodType][];
  const timeKeys = new Map(entries.map(([key, type]) => [fieldMeta(type).timeOf, key]));
  return entries.map(([key, type], index): Field => {
    const meta = fieldMeta(type);
    const number = index + 2;
    const timeKey = timeKeys.get(key);
    const part = meta.identity ? "identity" : timeKey ? "time" : "rest";
    return {
      key,
      name: snakeCase(key),
      alias: meta.alias,
      decode: decoder(type, number),
      isText: unwrap(type) instanceof z.ZodString,
      number,
      part: meta.volatile || objectWithin(type) ? undefined : part,
      isVolatile: meta.volatile === true,
      timeKey,
    };
  });
}

/** How objects with certain names become a result. */
interface Plan {
  readonly steps: readonly Step[];
  /** A result whose values are all null. */
  readonly blank: Readonly<Record<string, unknown>>;
  /** Names whose values have to be times of the calendar for the plan to fit. */
  readonly times: readonly string[];
}

/** A field that the object holds, by the name under which it does. */
interface Step extends Field {
  readonly isUnknown?: boolean;
}

function objectDecoder(schema: z.ZodObject, number: number): Decode {
  const all = fieldsOf(schema);
  const identifying = all.some(({ part }) => part === "identity");
  const planOf = planner(schema, all);
  const layouts = new Layouts((source) => planOf(source, () => true));
  const { repeatedBy } = fieldMeta(schema);
  const repeated = repeatedBy === undefined ? undefined : new Repeated(snakeCase(repeatedBy));
  const decodeRecord = (source: Readonly<Record<string, unknown>>, digest: RowDigest | undefined) => {
    let plan = layouts.planFor(source);
    if (plan.times.some((name) => !isTime(source[name]))) plan = planOf(source, isTime);
    // V8 makes a hash table of an object that gets many names one by one: slower, and several times as large
    const out = { ...plan.blank };
    digest?.open(number, identifying);
    for (const step of plan.steps) {
      const { key, alias, isText, decode, part, timeKey } = step;
      let held = source[step.name];
      if (alias !== undefined) held = merged(held, source[alias], decode);
      if (step.isUnknown) digest?.add(unknownField, key, "rest");
      const asItIs = isText && typeof held === "string" && held !== unknownValue;
      const decoded = asItIs ? held : decode(held, step.isVolatile ? undefined : digest);
      out[key] = decoded;
      if (part !== undefined) digest?.add(step.number, decoded, part);
      if (timeKey !== undefined) out[timeKey] = rfc3339(held);
    }
    digest?.close(identifying);
    return out;
  };
  return (value, digest) => {
    // one sibling of this API wraps single objects into lists
    const source = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
    if (!isRecord(source)) return added(number, foreign(value, 1), digest);
    if (!repeated || !digest) return decodeRecord(source, digest);
    return repeated.decode(source, digest, () => decodeRecord(source, digest));
  };
}

function planner(schema: z.ZodObject, all: readonly Field[]) {
  const sent = all.filter(({ key }) => fieldMeta(schema.shape[key] as z.ZodType).timeOf === undefined);
  const known = new Set(sent.flatMap(({ name, alias = name }) => [name, alias]));
  const byKey = new Map(all.map((field) => [field.key, field]));
  return (source: Readonly<Record<string, unknown>>, isTimely: (value: unknown) => boolean): Plan => {
    const holds = (name: string | undefined) => name !== undefined && (source[name] ?? null) !== null;
    const steps: Step[] = [];
    for (const field of sent) {
      const [name, alias] = [field.name, field.alias].filter(holds);
      if (name === undefined) continue;
      const timeKey = isTimely(source[name]) ? field.timeKey : undefined;
      steps.push({ ...field, name, alias, timeKey });
    }
    const keysOf = ({ key, timeKey = key }: Step) => [key, timeKey];
    const taken = new Set(steps.flatMap(keysOf));
    for (const name of Object.keys(source).sort()) {
      if (known.has(name)) continue;
      const key = keyOf(name);
      if (!holds(name) || taken.has(key)) continue;
      taken.add(key);
      const field = byKey.get(key);
      // a name that becomes a known one in camelCase means that field, and has its type
      steps.push({ ...(field ?? unknown(key)), name, alias: undefined, timeKey: undefined });
    }
    const times = steps.filter(({ timeKey }) => timeKey !== undefined).map(({ name }) => name);
    const blank = Object.fromEntries(steps.flatMap(keysOf).map((key) => [key, null]));
    // as JSON.parse makes it: one piece of memory that is just large enough
    return { steps, times, blank: JSON.parse(JSON.stringify(blank)) as Record<string, unknown> };
  };
}

const unknown = (key: string): Step => ({
  key,
  name: key,
  decode: (value) => foreign(value, 1),
  isText: true,
  number: unknownField,
  part: "rest",
  isVolatile: false,
  isUnknown: true,
});

function added(field: number, value: unknown, digest: RowDigest | undefined): unknown {
  digest?.add(field, value, "rest");
  return value;
}

function arrayDecoder(element: z.ZodType, number: number): Decode {
  const decode = decoder(element, number);
  const countApart = objectWithin(element) !== undefined;
  return (value, digest) => {
    const items = listOf(value);
    if (countApart) digest?.add(number, items.length, "rest");
    return items.map((item) => decode(item, digest));
  };
}

const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value.filter((item) => item !== null) : value === null ? [] : [value];

/** Both spellings of one list in the same event: all of the first, then what only the second has. */
function merged(first: unknown, second: unknown, decode: Decode): unknown {
  if (first === undefined || first === null || second === null) return first ?? second;
  const says = (item: unknown) => canonicalJson(decode([item]));
  const seen = new Set(listOf(first).map(says));
  return [...listOf(first), ...listOf(second).filter((item) => !seen.has(says(item)))];
}

/** A process may be called as Pulumi calls an unknown value. */
const harmless = (text: string): string => (text === unknownValue ? `${unknownValue} (text of an event)` : text);

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

/** A value of a field that the document does not know: its names in camelCase. */
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
  return canonicalJson(foreign(value, 1));
}

function integerValue(value: unknown): unknown {
  if (typeof value === "number") return finite(value);
  if (typeof value !== "string" || !decimal.test(value)) return foreign(value, 1);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Milliseconds since the epoch, a number or digits, as RFC 3339. */
const rfc3339 = (milliseconds: unknown): string => new Date(Number(milliseconds)).toISOString();

/** Whether the calendar reaches there (years 1970 to 9999). */
function isTime(milliseconds: unknown): boolean {
  const digits = typeof milliseconds === "string" && /^\d{1,15}$/.test(milliseconds);
  const value = digits ? Number(milliseconds) : milliseconds;
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 253_402_300_800_000;
}

const decodeEvent = objectDecoder(appWhitelistEvent, 2);

export interface EventPage {
  /** `total_num`: how many events match, by the service's count at that moment. */
  readonly totalNum: number;
  readonly events: readonly EventRecord[];
  /** Of each event so many words as `digestWords` says. */
  readonly digests: Uint32Array;
}

/** The body of a 200 answer. `data_list` may be missing or null; a missing `total_num` is an error, since nothing could be shown without it. */
export function decodePage(body: unknown, digest: RowDigest): EventPage {
  if (!isRecord(body)) throw new ResponseError("the answer is not a JSON object");
  const total = integerValue(body["total_num"] ?? undefined);
  if (typeof total !== "number" || !Number.isSafeInteger(total) || total < 0) {
    throw new ResponseError(
      `total_num is ${total === undefined ? "missing" : printable(JSON.stringify(total), 64)}, not a count of events`,
    );
  }
  const list: unknown = body["data_list"] ?? [];
  if (!Array.isArray(list)) throw new ResponseError("data_list is not a list");
  if (list.length > maxRows)
    throw new ResponseError(`data_list holds ${list.length} events; one answer lists at most ${maxRows}`);
  const digests = new Uint32Array(list.length * digestWords);
  digest.clear();
  const events = list.map((item: unknown, row) => {
    if (!isRecord(item)) throw new ResponseError(`data_list[${row}] is not an object`);
    const event = decodeEvent(item, digest) as EventRecord;
    const { eventId = "" } = event;
    digest.write(digests, row, eventId !== "" && !eventId.includes("*"));
    return event;
  });
  return { totalNum: total, events, digests };
}
