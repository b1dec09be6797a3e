import fc from "fast-check";
import type { ReadTime } from "../../provider/reading/query.js";
import { longestFairTie, unfair, type Behaviours, type ModelDescription, type Pace } from "./modelDescription.js";
import { modelStart } from "./modelService.js";

/** A read of a model; plain data, so that what failed can be printed and run again. */
export interface ProofCase extends ModelDescription {
  /** How many requests the reader may have under way. */
  readonly width: number;
}

/** Given about how many requests a read takes. */
type How = (requests: number) => fc.Arbitrary<Behaviours>;

const one = fc.constant(1);
const size = fc.oneof({ weight: 3, arbitrary: one }, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 30 }));
const share = fc.constantFrom(1, 0.5, 0.05);

const pace = (requests: number): fc.Arbitrary<Pace> =>
  fc.oneof(
    fc.record({ each: fc.constantFrom(0.1, 0.3, 1) }),
    fc.record({ before: fc.integer({ min: 2, max: requests + 2 }), size }),
    fc.record({ before: fc.constantFrom(2, 3), size }),
    fc.record({ chance: fc.constantFrom(0.1, 0.3), size }),
    fc.record({ when: fc.constantFrom("reachingEnd" as const, "afterEnd" as const, "lookingBack" as const), size }),
  );

const moving =
  (field: keyof Behaviours): How =>
  (requests) =>
    pace(requests).map((value) => ({ [field]: value }));
const always =
  (behaviours: Behaviours): How =>
  () =>
    fc.constant(behaviours);
const masked =
  (kind: "masked" | "starred" | "missing"): How =>
  () =>
    fc.record({ ids: fc.record({ kind: fc.constant(kind), share }) });
const equalIds =
  (min: number, max: number): How =>
  () =>
    fc
      .record({ share: fc.constantFrom(0.02, 0.3), apart: fc.integer({ min, max }) })
      .map((equal) => ({ ids: { kind: "equal", ...equal } }));
const counting =
  (count: fc.Arbitrary<NonNullable<Behaviours["count"]>>): How =>
  () =>
    fc.record({ count });
const lagging =
  (answer: (requests: number) => fc.Arbitrary<NonNullable<Behaviours["lag"]>["answer"]>): How =>
  (requests) =>
    fc.record({ lag: fc.record({ answer: answer(requests), lost, at: fc.constantFrom("new", "old") }) });
const lost = fc.oneof(
  fc.record({ rows: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ rows: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ share: fc.constantFrom(0.01, 0.3, 1) }),
  fc.record({ requests: fc.integer({ min: 1, max: 8 }) }),
);
const tied =
  (order: "request" | "replica"): How =>
  () =>
    fc.record({
      ties: fc.record({
        group: fc.oneof(fc.integer({ min: 2, max: 10 }), fc.integer({ min: 11, max: 100 }), fc.constant(100)),
        order: fc.constant(order),
        replicas: fc.constantFrom(2, 3),
      }),
    });

const table = {
  "count capped": counting(fc.record({ kind: fc.constant("capped" as const), at: fc.constantFrom(200, 1000, 10_000) })),
  "count approximate": counting(
    fc.record({
      kind: fc.constant("approximate" as const),
      error: fc.constantFrom(0.01, 0.1, 0.5),
      steady: fc.boolean(),
    }),
  ),
  "count cached": counting(
    fc.record({
      kind: fc.constant("cached" as const),
      refresh: fc.constantFrom(0, 2, 5),
      off: fc.constantFrom(0, -1, 1, -7, -300, 20),
    }),
  ),
  "count of distinct events": () =>
    fc.record({
      count: fc.constant({ kind: "distinct" as const }),
      copies: fc.record({ share: fc.constantFrom(0.01, 0.2), far: fc.boolean() }),
    }),
  "first answer lags": lagging(() => one),
  "an answer lags": lagging((requests) => fc.integer({ min: 1, max: requests + 2 })),
  "answer at the end lags": lagging(() => fc.constant("end")),
  "a closing look lags": lagging(() => fc.record({ after: fc.integer({ min: 1, max: 4 }) })),
  "oldest first": always({ order: "oldest" }),
  "order unknown": always({ order: "arbitrary" }),
  "ties shuffled per request": tied("request"),
  "ties by replica": tied("replica"),
  "ties in stable order": () =>
    fc.record({
      ties: fc.record({ group: fc.constantFrom(2, 20, 100), order: fc.constant("stable" as const) }),
    }),
  "long ties in stable order": () =>
    fc.record({
      ties: fc.record({ group: fc.constantFrom(150, 199, 200, 201, 500), order: fc.constant("stable" as const) }),
    }),
  "long ties shuffled": () =>
    fc.record({
      ties: fc.record({
        group: fc.constantFrom(150, 200, 201, 500),
        order: fc.constantFrom("request" as const, "replica" as const),
      }),
    }),
  "arrivals at the new end": moving("arrivalsNew"),
  "arrivals at the old end": moving("arrivalsOld"),
  "arrivals in the middle": moving("arrivalsMiddle"),
  deletions: moving("deletions"),
  "deletions that arrivals make up for": (requests) =>
    fc
      .tuple(pace(requests), fc.constantFrom("arrivalsNew" as const, "arrivalsOld" as const, "arrivalsMiddle" as const))
      .map(([deletions, arrivals]) => ({ deletions, [arrivals]: deletions })),
  "status changes": moving("status"),
  recurrence: moving("recurrence"),
  "recurrence after the first page": () =>
    fc.record({ recurrence: fc.record({ before: fc.constant(2), size: fc.integer({ min: 1, max: 3 }) }) }),
  "two events swap": moving("swaps"),
  "one event moves": moving("moves"),
  "ids masked": masked("masked"),
  "ids masked in part": masked("starred"),
  "ids missing": masked("missing"),
  "equal ids on one page": equalIds(1, 20),
  "equal ids on two pages": equalIds(150, 450),
  "equal ids far apart": equalIds(300, 1000),
  "arrivals that look like recurrence": (requests) =>
    fc.record({
      arrivalsNew: pace(requests),
      sharedProcesses: fc.constant(0.9),
      ids: fc
        .record({ share: fc.constant(0.9), apart: fc.integer({ min: 1, max: 450 }) })
        .map((equal) => ({ kind: "equal" as const, ...equal })),
    }),
  "processes in common": () => fc.record({ sharedProcesses: fc.constantFrom(0.1, 0.9) }),
  "copies adjacent": () =>
    fc.record({ copies: fc.record({ share: fc.constantFrom(0.01, 0.5), far: fc.constant(false) }) }),
  "copies far apart": () =>
    fc.record({ copies: fc.record({ share: fc.constantFrom(0.01, 0.2), far: fc.constant(true) }) }),
  "pages capped": () => fc.record({ pages: fc.record({ most: fc.constantFrom(10, 50, 100, 150) }) }),
  "pages of random length": always({ pages: { random: true } }),
  "offset rounded down": always({ roundedOffset: true }),
  "last page beyond the end": () => fc.record({ beyondEnd: fc.constantFrom("page" as const, "rows" as const) }),
  "a page repeated": (requests) => fc.record({ repeatedAnswer: fc.integer({ min: 2, max: requests + 2 }) }),
  "window slides": () => fc.record({ sliding: fc.constantFrom(2_000, 20_000, 60_000) }),
  "end of a window holds its second": always({ endSecond: "whole" }),
  "long windows count too many": always({
    windows: { longerThan: 50_000, count: 2_000_201, list: "all", parts: "all" },
  }),
  "parts hold less than the whole": () =>
    fc.record({
      windows: fc.record({
        longerThan: fc.constantFrom(50_000, 172_799, 500_000),
        count: fc.constant(2_000_201),
        list: fc.constantFrom("all" as const, "none" as const),
        parts: fc.constantFrom("none" as const, "some" as const),
      }),
    }),
} satisfies Record<string, How>;

export type BehaviourName = keyof typeof table;
export const behaviourNames = Object.keys(table) as BehaviourName[];
/** Together, the later ones win; groups of equal times are no longer than half a page. */
function together(parts: readonly Behaviours[]): Behaviours {
  const all: Behaviours = Object.assign({}, ...parts) as Behaviours;
  if (!all.ties || all.ties.order === "stable") return all;
  return { ...all, ties: { ...all.ties, group: Math.min(all.ties.group, longestFairTie(all.pages)) } };
}

export interface Setting {
  readonly seed: number;
  readonly events: number;
  readonly width: number;
  readonly time?: ReadTime;
}

const requestsFor = (events: number): number => Math.ceil(1.1 * Math.max(1, Math.ceil(events / 200)));

const draw = (name: BehaviourName, { seed, events }: Setting): Behaviours =>
  fc.sample(table[name](requestsFor(events)), { seed, numRuns: 1 })[0] as Behaviours;

const made = ({ seed, events, width, time = { lastDays: 30 } }: Setting, behaviours: Behaviours): ProofCase => ({
  seed,
  events,
  time,
  width,
  behaviours,
});

export const quiet = (setting: Setting): ProofCase => made(setting, {});

/** One behaviour by itself; the seed picks its details. */
export const alone = (name: BehaviourName, setting: Setting): ProofCase => made(setting, draw(name, setting));

/** Two behaviours at once; the same field of both is the second's. */
export const pair = (a: BehaviourName, b: BehaviourName, setting: Setting): ProofCase =>
  made(setting, together([draw(a, setting), draw(b, { ...setting, seed: setting.seed + 1 })]));

const changes = [
  "arrivalsNew",
  "arrivalsOld",
  "arrivalsMiddle",
  "deletions",
  "status",
  "recurrence",
  "swaps",
  "moves",
] as const;

/** Every two changes before one request, and every change beside a lagging answer, in turn over a read's requests. */
export function* moments(events: number, firstSeed: number): Generator<ProofCase> {
  const counts: Behaviours[] = [{}, { count: { kind: "capped", at: 200 } }];
  let seed = firstSeed;
  for (let before = 2; before <= requestsFor(events) + 4; before++) {
    for (const [i, change] of changes.entries()) {
      const other = changes.slice(i).map((also): Behaviours => ({ [also]: { before, size: 1 } }));
      const lags = [-1, 0, 1].flatMap((off) =>
        (["new", "old"] as const).map((at): Behaviours => ({
          lag: { answer: before + off, lost: { rows: seed % 2 ? 1 : 16 }, at },
        })),
      );
      for (const also of [...other, ...lags]) {
        for (const count of counts) {
          const behaviours = { ...count, [change]: { before, size: 1 }, ...also };
          yield made({ seed: seed++, events, width: seed % 2 ? 1 : 12 }, behaviours);
        }
      }
    }
  }
}

const dayMs = 86_400_000;
const anyTime: fc.Arbitrary<ReadTime> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ lastDays: 30 }) },
  { weight: 1, arbitrary: fc.constantFrom({ lastDays: 1 }, { lastDays: 7 }) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        // to the present, to a day ago, and to an hour from now; odd milliseconds at both ends
        endedAgo: fc.constantFrom(0, dayMs, -3_600_000),
        length: fc.oneof(fc.constantFrom(1, 2, 3, 10), fc.double({ min: 0.01, max: 8, noNaN: true })),
        odd: fc.constantFrom(0, 123, 999),
      })
      .map(({ endedAgo, length, odd }) => {
        const end = modelStart - endedAgo + odd;
        return { begin: end - Math.floor(length * dayMs), end };
      }),
  },
);

const anySize = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 1200 }) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: -3, max: 3 })).map(([n, d]) => n * 200 + d),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1200, max: 4000 }) },
);

/** Up to four behaviours at once, of which a reader can be right. */
export const mixture: fc.Arbitrary<ProofCase> = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    events: anySize,
    time: anyTime,
    width: fc.constantFrom(1, 12),
    behaviours: fc
      .array(fc.oneof(...behaviourNames.map((name) => table[name](12))), { minLength: 1, maxLength: 4, size: "max" })
      .map(together),
  })
  .filter((given) => unfair(given) === undefined);

/** Only arrivals, in an order that is stable. */
export const onlyArrivals: fc.Arbitrary<ProofCase> = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  events: anySize,
  time: fc.constant({ lastDays: 30 }),
  width: fc.constantFrom(1, 12),
  behaviours: fc
    .tuple(
      fc
        .constantFrom<BehaviourName[]>("arrivals at the new end", "arrivals at the old end", "arrivals in the middle")
        .chain((name) => table[name](12)),
      fc.constantFrom("newest" as const, "oldest" as const),
    )
    .map(([arrivals, order]) => ({ ...arrivals, order })),
});

/** How much `npm test` looks at; a benchmark looks at more. */
export const sample = () => ({
  seed: 20_261_125,
  mixtures: 300,
  arrivals: 60,
  quietSizes: [0, 1, 9, 10, 150, 199, 200, 201, 600, 1190, 4715, 12_000, 20_000],
  sizes: [0, 1, 199, 200, 201, 1190],
  widths: [1, 12],
});
