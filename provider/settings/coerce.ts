import { z } from "zod";
import { unwrapped } from "./meta.js";

/**
 * A value of the type that the schema has, where the text of one arrived: stack configuration and environment have nothing
 * but strings. What is no such text stays as it is, for the schema to refuse.
 */
export function coerce(schema: z.core.$ZodType, value: unknown): unknown {
  const type = unwrapped(schema);
  if (type instanceof z.ZodObject) return coerceObject(type, typeof value === "string" ? parsed(value) : value);
  if (type instanceof z.ZodNumber && typeof value === "string" && /^\s*[+-]?\d{1,15}\s*$/.test(value))
    return Number(value);
  return value;
}

function coerceObject(type: z.ZodObject, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const shape = type.shape as Readonly<Record<string, z.core.$ZodType | undefined>>;
  const fields = Object.entries(value).filter(([, field]) => !isAbsent(field));
  return Object.fromEntries(
    fields.map(([name, field]) => {
      const schema = Object.hasOwn(shape, name) ? shape[name] : undefined;
      return [name, schema ? coerce(schema, field) : (field as unknown)];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Not given: an empty string stands for that in environments and in CI systems. */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === "";
