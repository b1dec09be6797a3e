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

/**
 * Whether a value is what the schema takes, and if not, in words that say what it takes: zod's own speak of types, and not to
 * those who write rules. A message that a schema states itself comes first.
 */
export const parsedWith = <Schema extends z.ZodType>(schema: Schema, value: unknown) =>
  schema.safeParse(value, {
    error: ({ inst, input, code, minimum, maximum, origin }) => {
      const most = code === "too_big";
      // a bound is stated by what is checked last, which is no type
      if (code === "too_small" || most) return bound(origin, most, String(most ? maximum : minimum));
      const takes = inst instanceof z.ZodType ? takenBy(inst) : undefined;
      return takes === undefined
        ? "is not what is taken here"
        : `${input === undefined ? "is needed: " : ""}takes ${takes}`;
    },
  });

function bound(origin: unknown, isMost: boolean, limit: string): string {
  const many = isMost ? `at most ${limit}` : `at least ${limit}`;
  if (origin === "string") return `takes ${many} ${limit === "1" ? "character" : "characters"}`;
  if (origin === "array") return `takes a list with ${many} ${limit === "1" ? "item" : "items"}`;
  return `takes a number, ${many}`;
}

/** What a schema takes, as a part of a sentence. */
function takenBy(outer: z.ZodType): string | undefined {
  const type = unwrap(outer);
  if (type instanceof z.ZodString) return "a string";
  if (type instanceof z.ZodNumber) return type.format === "safeint" ? "a whole number" : "a number";
  if (type instanceof z.ZodBoolean) return "true or false";
  if (type instanceof z.ZodEnum) return oneOf(type.options.map((word) => `\`${String(word)}\``));
  if (type instanceof z.ZodLiteral) return oneOf([...type.values].map((word) => JSON.stringify(word)));
  if (type instanceof z.ZodArray) return `a list of ${takenAsItem(type.element as z.ZodType)}`;
  if (type instanceof z.ZodObject) return `an object with ${namesOf(type)}`;
  if (type instanceof z.ZodRecord) return "an object";
  if (type instanceof z.ZodUnion) return (type.options as z.ZodType[]).map((option) => takenBy(option)).join(", or ");
  return undefined;
}

/** The same of a list's items. */
function takenAsItem(outer: z.ZodType): string {
  const type = unwrap(outer);
  if (type instanceof z.ZodString) return "strings";
  if (type instanceof z.ZodNumber) return "numbers";
  if (type instanceof z.ZodEnum) return `words: ${takenBy(type) ?? ""}`;
  if (type instanceof z.ZodObject) return `objects with ${namesOf(type)}`;
  if (type instanceof z.ZodUnion) return (type.options as z.ZodType[]).map(takenAsItem).join(", or ");
  return "values";
}

/** Enough of an object's names to recognize it by. */
function namesOf({ shape }: z.ZodObject): string {
  const names = Object.keys(shape);
  const shown = names.length > 8 ? [...names.slice(0, 6), `${names.length - 6} more`] : names;
  return `${shown.slice(0, -1).join(", ")}${shown.length > 1 ? " and " : ""}${shown.at(-1) ?? ""}`;
}

const oneOf = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}` : (words[0] ?? "");
