/** What can stand on the wire. A bigint is written as a JSON number, digit for digit: JSON.stringify can't do that. */
export type WireValue =
  string | number | bigint | boolean | null | WireValue[] | { [name: string]: WireValue | undefined };
export type WireObject = Record<string, WireValue | undefined>;

export function toJson(value: WireValue): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "object":
      return value === null ? "null" : Array.isArray(value) ? `[${value.map(toJson).join(",")}]` : objectToJson(value);
    default:
      return String(value);
  }
}

function objectToJson(value: WireObject): string {
  let text = "";
  for (const name in value) {
    const member = value[name];
    if (member !== undefined) text += `${text ? "," : ""}${JSON.stringify(name)}:${toJson(member)}`;
  }
  return `{${text}}`;
}
