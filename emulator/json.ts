/** What can stand on the wire. A bigint is written as a JSON number, digit for digit: JSON.stringify can't do that. */
export type WireValue =
  string | number | bigint | boolean | null | WireValue[] | { [name: string]: WireValue | undefined };
export type WireObject = Record<string, WireValue | undefined>;

/** Texts of objects that never change; empty until it is needed. */
const texts = new WeakMap<object, string>();

/** Promises that the object never changes: its text is made once. */
export function unchanging<Value extends WireObject>(value: Value): Value {
  texts.set(value, "");
  return value;
}

export function toJson(value: WireValue): string {
  const known = typeof value === "object" && value !== null ? texts.get(value) : undefined;
  if (known) return known;
  const text = written(value);
  if (known === "") texts.set(value as object, text);
  return text;
}

function written(value: WireValue): string {
  // Member by member: so one bigint in a page makes only its own event take the slow way.
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  try {
    return JSON.stringify(value);
  } catch (error) {
    // That is how JSON.stringify meets a bigint.
    if (!(error instanceof TypeError)) throw error;
    return exactJson(value);
  }
}

function exactJson(value: WireValue): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(exactJson).join(",")}]`;
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [`${JSON.stringify(name)}:${exactJson(member)}`],
  );
  return `{${members.join(",")}}`;
}
