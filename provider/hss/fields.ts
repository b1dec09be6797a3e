import { z } from "zod";

/** What a documented field is beside its zod type, which says what a program gets. */
export interface FieldMeta {
  /** Not sent by the API: the RFC 3339 form of this field of milliseconds. */
  readonly timeOf?: string;
  /** The Pulumi schema's type where zod's own is too narrow for the service's values. */
  readonly pulumiType?: "number";
  /** Another name under which the service sends the list. */
  readonly alias?: string;
  /** Handling, or the server's state, changes it between two pages of one read: a row is the same without. */
  readonly volatile?: boolean;
  /** The same when the event comes back. */
  readonly identity?: boolean;
  /** Of an object that many events repeat word for word: its field that tells which one it is. */
  readonly repeatedBy?: string;
}

const sentence = (description: string, range?: string): string => (range ? `${description} ${range}.` : description);

const string = (description: string, more: FieldMeta = {}) =>
  z
    .string()
    .optional()
    .meta({ description, ...more });

/** Text of up to `max` characters by the document. The range is stated, not enforced: the service's own example breaks it. */
export const text = (description: string, max?: number) =>
  string(sentence(description, max ? `1 to ${max} characters` : undefined));

/** One of a documented list of words; the list is open, since the service sends others too. */
export const word = (description: string, values: readonly string[]) =>
  string(`${description} Known values: ${values.map((v) => `\`${v}\``).join(", ")}.`);

/** A 32-bit integer by the document, from `min`. A larger one arrives exact: as a number, or beyond 2^53 as a decimal string. */
export const integer = (description: string, min = 0) =>
  z
    .int()
    .optional()
    .meta({ description: sentence(description, `${min} to 2147483647`) });

/** A Unix user or group id: 32-bit signed by the document, unsigned on real hosts (4294967295), so a number for every language. */
export const unixId = (description: string) =>
  z
    .number()
    .optional()
    .meta({
      description: sentence(description, "0 to 2147483647; real hosts send up to 4294967295"),
      pulumiType: "number",
    });

/** A 64-bit integer as an exact decimal string. */
export const int64 = (description: string) =>
  string(sentence(description, "An exact decimal string, 0 to 9223372036854775807"));

/** The RFC 3339 form of a field of milliseconds. */
export const timeOf = (field: string) =>
  string(`\`${field}\` as RFC 3339 in UTC with milliseconds; absent where no calendar reaches.`, { timeOf: field });

export const volatile = <T extends z.ZodType>(field: T): T => field.meta({ volatile: true });

export const identity = <T extends z.ZodType>(field: T): T => field.meta({ identity: true });
