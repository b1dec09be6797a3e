import { fc } from "../../support/properties.js";
import {
  alone,
  behaviourNames,
  mixture,
  onlyArrivals,
  pair,
  quiet,
  sample,
  type ProofCase,
} from "../../support/modelBehaviours.js";
import { readable, unfair, type Behaviours } from "../../support/modelDescription.js";
import { ModelService, modelStart } from "../../support/modelService.js";
import { mostRequests, prove } from "../../support/proof.js";

const { seed, mixtures, arrivals, quietSizes, sizes, widths } = sample();
const exact = new Map([
  [0, 2],
  [150, 3],
  [600, 6],
  [4715, 31],
  [20_000, 123],
]);

describe("a quiet service that counts rightly", () => {
  const cases = quietSizes.flatMap((events) => widths.map((width) => ({ events, width })));
  test.each(cases)("$events events, $width at once: whole, within the bound", async ({ events, width }) => {
    const { complete, wrong, doubts, requests } = await prove(quiet({ seed: 1, events, width }));
    expect({ complete, wrong, doubts }).toEqual({ complete: true, wrong: undefined, doubts: [] });
    expect(requests).toBeLessThanOrEqual(exact.get(events) ?? mostRequests(events));
  });
});

describe("`complete: true` is right", () => {
  test.each(behaviourNames)("%s", async (name) => {
    for (const events of sizes) {
      for (const width of widths) {
        const given = alone(name, { seed: events + width, events, width });
        const { wrong } = await prove(given);
        expect({ wrong, given }).toEqual({ wrong: undefined, given });
      }
    }
  });

  const inTurn = (atSizes: number[], behavioursOf: (request: number) => Behaviours[]): ProofCase[] =>
    atSizes.flatMap((events) =>
      Array.from({ length: 9 }, (_, i) => i + 1).flatMap((request) =>
        behavioursOf(request).flatMap((behaviours) =>
          widths.map((width) => ({ seed: request, events, time: { lastDays: 30 }, width, behaviours })),
        ),
      ),
    );

  test("whichever answer lags", async () => {
    const lags = inTurn([201, 600], (answer) =>
      (["new", "old"] as const).flatMap((at) =>
        [1, 16, 200, 1000].map((rows) => ({ lag: { answer, lost: { rows }, at } })),
      ),
    );
    for (const given of lags) expect({ given, wrong: (await prove(given)).wrong }).toEqual({ given, wrong: undefined });
  });

  test("before whichever request the list moves", async () => {
    const kinds = ["arrivalsOld", "arrivalsMiddle", "deletions", "recurrence", "swaps", "moves"] as const;
    const changes = inTurn([600], (before) =>
      kinds.flatMap((kind) => [1, 3].map((size) => ({ [kind]: { before, size } }))),
    );
    for (const given of changes)
      expect({ given, wrong: (await prove(given)).wrong }).toEqual({ given, wrong: undefined });
  });

  test("of up to four behaviours at once, and nine reads of ten are complete", async () => {
    let reads = 0;
    let complete = 0;
    await fc.assert(
      fc.asyncProperty(mixture, async (given) => {
        const verdict = await prove(given);
        expect(verdict.wrong).toBeUndefined();
        if (!readable(given)) return;
        reads++;
        if (verdict.complete) complete++;
      }),
      { numRuns: mixtures, seed },
    );
    expect(complete / reads).toBeGreaterThanOrEqual(0.9);
  });
});

test("in a stable order arrivals alone leave no doubt", async () => {
  await fc.assert(
    fc.asyncProperty(onlyArrivals, async (given) => {
      const { complete, wrong, doubts } = await prove(given);
      expect({ complete, wrong, doubts }).toEqual({ complete: true, wrong: undefined, doubts: [] });
    }),
    { numRuns: arrivals, seed },
  );
});

test("an incomplete read says why", async () => {
  const given = alone("parts hold less than the whole", { seed: 1, events: 600, width: 1 });
  const { complete, doubts } = await prove(given);
  expect({ complete, told: doubts.length > 0 }).toEqual({ complete: false, told: true });
});

describe("the model", () => {
  const page = (model: ModelService) => model.answer({ lastDays: 30 }, 0, 200).items.map((item) => model.keyOf(item));

  test("gives the same answers to the same requests", () => {
    fc.assert(
      fc.property(mixture, (given) => {
        const [one, other] = [new ModelService(given), new ModelService(given)];
        const time = { beginSecond: Math.floor(modelStart / 1000) - 86_400, endSecond: Math.ceil(modelStart / 1000) };
        for (const offset of [0, 185, 370, 0]) {
          expect(one.answer(time, offset, 200)).toEqual(other.answer(time, offset, 200));
        }
        expect(one.throughout()).toEqual(other.throughout());
      }),
      { numRuns: 30 },
    );
  });

  test("keeps what was there throughout, whatever its id and time are now", () => {
    const model = new ModelService({
      seed: 3,
      events: 150,
      time: { lastDays: 30 },
      behaviours: {
        ids: { kind: "masked", share: 1 },
        recurrence: { each: 1 },
        arrivalsNew: { each: 1 },
        deletions: { each: 1 },
      },
    });
    const first = page(model);
    for (let i = 0; i < 20; i++) page(model);
    const last = page(model);
    const held = model.throughout();
    expect([...held].sort()).toEqual(first.filter((key) => last.includes(key)).sort());
    expect(held.size).toBeGreaterThan(120);
    expect(held.size).toBeLessThan(150);
    expect(first.concat(last).filter((key) => !model.everListed().has(key as string))).toEqual([]);
    expect(last.filter((key) => !first.includes(key)).length).toBeGreaterThan(10);
  });

  test("calls few mixtures unfair", () => {
    const drawn = fc.sample(
      fc.tuple(fc.constantFrom(...behaviourNames), fc.constantFrom(...behaviourNames), fc.nat()),
      2000,
    );
    const moves = { each: 1 };
    expect(unfair({ time: { lastDays: 30 }, behaviours: { moves, deletions: moves } })).toBeUndefined();
    expect(unfair({ time: { lastDays: 30 }, behaviours: { moves, deletions: moves, arrivalsOld: moves } })).toMatch(
      /moves within the list/,
    );
    const unfairPairs = drawn.filter(
      ([a, b, seed]) => unfair(pair(a, b, { seed, events: 600, width: 1 })) !== undefined,
    );
    expect(unfairPairs.length / drawn.length).toBeLessThan(0.01);
    const setting = { seed: 1, events: 600, width: 1 };
    expect(behaviourNames.filter((name) => unfair(alone(name, setting)) !== undefined)).toEqual(["long ties shuffled"]);
    expect(behaviourNames.filter((name) => !readable(alone(name, setting)))).toEqual([
      "long ties in stable order",
      "long ties shuffled",
      "long windows count too many",
      "parts hold less than the whole",
    ]);
  });
});
