import { z } from "zod";

/** The schema and what it wraps (`optional`, `default`, a transformed text), outermost first. */
function layers(schema: z.ZodType): z.ZodType[] {
  const { innerType } = schema.def as { innerType?: z.ZodType };
  const inner = innerType ?? (schema instanceof z.ZodPipe ? (schema.in as z.ZodType) : undefined);
  return inner ? [schema, ...layers(inner)] : [schema];
}

/** The type itself, without what wraps it. */
export const unwrap = (schema: z.ZodType): z.ZodType => layers(schema).at(-1) ?? schema;

/** One entry of the metadata, whichever layer carries it. */
export const metaOf = <T>(schema: z.ZodType, key: string): T | undefined =>
  layers(schema)
    .map((layer) => layer.meta()?.[key] as T | undefined)
    .find((value) => value !== undefined);

/** The object that a field holds, itself or as the items of a list. */
export function objectWithin(field: z.ZodType): z.ZodObject | undefined {
  const type = unwrap(field);
  if (type instanceof z.ZodArray) return objectWithin(type.element as z.ZodType);
  return type instanceof z.ZodObject ? type : undefined;
}
