import { createHash } from "node:crypto";
import { KnownEvents, type Handling } from "../../../provider/archive/known.js";
import { fc } from "../../support/properties.js";

const digest = (text: string) => createHash("sha256").update(text).digest();
const handling = fc.constantFrom<Handling>("handled", "unhandled", "other");

test("knows each event's latest state, as a map would", () => {
  const step = fc.tuple(fc.nat(3000), fc.nat(3), fc.integer({ min: 0, max: 1e13 }), handling, fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4000, size: "max" }), (steps) => {
      const known = new KnownEvents();
      const map = new Map<number, { state: number; occurTime: number; handling: Handling; gone: boolean }>();
      for (const [event, state, occurTime, handled, isGone] of steps) {
        const key = digest(`event ${event}`);
        const { state: before, ...rest } = map.get(event) ?? {};
        expect(known.has(key)).toBe(map.has(event));
        expect(known.get(key)).toEqual(map.has(event) ? rest : undefined);
        expect(known.isInState(key, digest(`state ${state}`))).toBe(before === state);
        if (isGone) known.setGone(key, true);
        else known.set(key, digest(`state ${state}`), occurTime, handled);
        const now = map.get(event);
        if (!isGone) map.set(event, { state, occurTime, handling: handled, gone: false });
        else if (now) map.set(event, { ...now, gone: true });
      }
      expect(known.size).toBe(map.size);
      const goneKeys = [...known.entries()].filter(({ event }) => event.gone).map(({ key }) => key.toString("hex"));
      const expected = [...map]
        .filter(([, { gone }]) => gone)
        .map(([event]) => digest(`event ${event}`).toString("hex", 0, 16));
      expect(goneKeys.sort()).toEqual(expected.sort());
    }),
    { numRuns: 20 },
  );
});
