import { createHash } from "node:crypto";
import type { EventRecord } from "./event.js";

export const digestWords = 5;

export function digestEvents(events: readonly EventRecord[]): Uint32Array {
  const out = new Uint32Array(digestWords * events.length);
  events.forEach((event, i) => {
    const { handleStatus: _1, handleTime: _2, handledAt: _3, handleMethod: _4, ...row } = event;
    const { occurTime: _5, occurredAt: _6, ...twin } = row;
    const words = (value: unknown) => {
      const hash = createHash("md5").update(JSON.stringify(value)).digest();
      return [hash.readUInt32LE(0), hash.readUInt32LE(4), hash.readUInt32LE(8)];
    };
    out.set([...words(row), ...words(twin).slice(0, 2)], digestWords * i);
  });
  return out;
}
