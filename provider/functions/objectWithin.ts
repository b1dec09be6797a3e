import { z } from "zod";

/** The object that a field holds, itself or as the items of a list. */
export function objectWithin(field: z.ZodType): z.ZodObject | undefined {
  if (field instanceof z.ZodOptional) return objectWithin(field.unwrap() as z.ZodType);
  if (field instanceof z.ZodArray) return objectWithin(field.element as z.ZodType);
  return field instanceof z.ZodObject ? field : undefined;
}
