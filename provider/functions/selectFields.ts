import type { z } from "zod";
import { appWhitelistEvent, type EventRecord } from "../hss/event.js";
import { objectWithin } from "../zod.js";

/** Every name that `fields` takes: the event's fields, dotted for nested ones. */
export const eventFieldNames: ReadonlySet<string> = new Set(namesOf(appWhitelistEvent));

function namesOf(schema: z.ZodObject): string[] {
  return (Object.entries(schema.shape) as [string, z.ZodType][]).flatMap(([name, field]) => {
    const inner = objectWithin(field);
    return inner ? [name, ...namesOf(inner).map((nested) => `${name}.${nested}`)] : [name];
  });
}

/** Which parts of an object to keep: a whole field, or some fields of it. */
type Selection = ReadonlyMap<string, "whole" | Selection>;

function selectionOf(fields: readonly string[]): Selection {
  const selection = new Map<string, "whole" | Selection>();
  for (const name of new Set(fields.map((field) => field.split(".")[0] ?? ""))) {
    const nested = fields.filter((field) => field.startsWith(`${name}.`)).map((field) => field.slice(name.length + 1));
    selection.set(name, fields.includes(name) ? "whole" : selectionOf(nested));
  }
  return selection;
}

function keep(value: unknown, selection: Selection): unknown {
  if (Array.isArray(value)) return value.map((item) => keep(item, selection));
  if (typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const kept = selection.get(name);
    if (kept !== undefined) out[name] = kept === "whole" ? item : keep(item, kept);
  }
  return out;
}

/** Keeps the fields named, of each event; an event's own order of fields stays. */
export function fieldSelector(fields: readonly string[] | undefined): (event: EventRecord) => EventRecord {
  if (fields === undefined) return (event) => event;
  const selection = selectionOf(fields);
  return (event) => keep(event, selection) as EventRecord;
}
