import { z } from "zod";
import { snakeCase } from "../hss/decode.js";
import { isRecord } from "../values.js";
import { unwrap } from "../zod.js";

/**
 * The value with the names of its schema. Python's dictionaries and outputs say `handle_methods`: their SDK translates the
 * outermost names only.
 */
export function camelNames(schema: z.ZodType, value: unknown): unknown {
  const type = unwrap(schema);
  if (Array.isArray(value)) {
    return type instanceof z.ZodArray ? value.map((item) => camelNames(type.element as z.ZodType, item)) : value;
  }
  if (!isRecord(value)) return value;
  if (type instanceof z.ZodUnion) {
    const object = (type.options as z.ZodType[]).find((option) => unwrap(option) instanceof z.ZodObject);
    return object ? camelNames(object, value) : value;
  }
  if (!(type instanceof z.ZodObject)) return value;
  const fields = type.shape as Record<string, z.ZodType | undefined>;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const known = nameIn(fields, name, value);
      const field = Object.hasOwn(fields, known) ? fields[known] : undefined;
      return [known, field ? camelNames(field, inner) : inner];
    }),
  );
}

/** As it is, where it is a name, or where both spellings are given. */
function nameIn(fields: object, name: string, given: object): string {
  if (Object.hasOwn(fields, name)) return name;
  const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(fields, camel) && !Object.hasOwn(given, camel) ? camel : name;
}

/**
 * Messages in the names that the caller uses: where one was sent in snake_case, every name of the schema is said so. The names
 * of the arguments themselves were translated before by the caller's SDK, so that the nested ones tell.
 */
export function speakerFor(schema: z.ZodObject, given: unknown): (text: string) => string {
  if (JSON.stringify(camelNames(schema, given)) === JSON.stringify(given)) return (text) => text;
  const names = new Set(namesIn(schema));
  return (text) =>
    text.replace(/\b[a-z]+(?:[A-Z0-9][a-z0-9]*)+\b/g, (name) => (names.has(name) ? snakeCase(name) : name));
}

function namesIn(schema: z.ZodType): string[] {
  const type = unwrap(schema);
  if (type instanceof z.ZodArray) return namesIn(type.element as z.ZodType);
  if (type instanceof z.ZodUnion) return (type.options as z.ZodType[]).flatMap(namesIn);
  if (!(type instanceof z.ZodObject)) return [];
  return Object.entries(type.shape as Record<string, z.ZodType>).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}
