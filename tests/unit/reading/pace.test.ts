import { fc } from "../../support/properties.js";
import { createPace } from "../../../provider/reading/pace.js";
import { hint, kinds, limiter, noDeadline, type Rule, type Says } from "../../support/limiter.js";
import { virtualClock } from "../../support/virtualClock.js";

interface Run {
  readonly rule?: Rule;
  readonly says?: Says;
  readonly pages: number;
  readonly width?: number;
  /** One round trip, in milliseconds; half of it each way. */
  readonly latency: (n: number) => number;
  readonly requestsPerMinute?: number;
  readonly firstAlone?: boolean;
}

interface Outcome {
  readonly ms: number;
  readonly refusals: number;
  /** When the first refusal arrived, and how many pages had been read. */
  readonly firstRefusalMs: number;
  readonly pagesBefore: number;
  readonly mostInFlight: number;
  readonly arrivals: readonly number[];
}

async function read({
  rule,
  says = "nothing",
  pages,
  width = 12,
  latency,
  requestsPerMinute,
  firstAlone = true,
}: Run): Promise<Outcome> {
  const clock = virtualClock();
  const start = clock.now();
  const pace = createPace({ clock, maxConcurrency: width, requestsPerMinute });
  const admit = rule && limiter(rule, start);
  const arrivals: number[] = [];
  let [refusals, done, sent, inFlight, mostInFlight, firstRefusalMs, pagesBefore] = [0, 0, 0, 0, 0, Infinity, 0];
  const page = async (): Promise<void> => {
    for (;;) {
      const slot = await pace.enter(noDeadline);
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      const trip = latency(sent++);
      await clock.sleep(trip / 2);
      const waitMs = admit?.(clock.now()) ?? 0;
      if (waitMs === 0) arrivals.push(clock.now() - start);
      await clock.sleep(trip / 2);
      inFlight--;
      if (waitMs === 0) {
        done++;
        slot.done({ kind: "ok" });
        return;
      }
      if (refusals++ === 0) [firstRefusalMs, pagesBefore] = [clock.now() - start, done];
      slot.done({ kind: "throttled", hint: hint(says, rule as Rule, waitMs) });
    }
  };
  const all = async (): Promise<void> => {
    if (firstAlone) await page();
    await Promise.all(Array.from({ length: pages - (firstAlone ? 1 : 0) }, page));
  };
  await clock.run(all());
  return { ms: clock.now() - start, refusals, firstRefusalMs, pagesBefore, mostInFlight, arrivals };
}

/** What was reached after the first refusal, of what is allowed. */
const share = (
  { ms, firstRefusalMs, pagesBefore }: Outcome,
  { requests, perMs }: Pick<Rule, "requests" | "perMs">,
  pages: number,
): number => (pages - pagesBefore) / (ms - firstRefusalMs) / (requests / perMs);

const hints: Says[] = ["retryAfter", "limit", "both", "nothing"];
const cases = kinds.flatMap((kind) => hints.map((says) => ({ kind, says })));

describe("a service without a limit", () => {
  it.each([1, 50, 200])("is soon read at full width, at a latency of %d ms", async (ms) => {
    const short = await read({ pages: 24, latency: () => ms });
    expect(short.ms).toBeLessThan((24 * ms) / 3);
    const long = await read({ pages: 250, latency: () => ms });
    expect(long.ms).toBeLessThan((250 * ms) / 5);
    expect(long.mostInFlight).toBe(12);
  });

  it("is read at full width also where answers take long", async () => {
    const outcome = await read({ pages: 250, latency: () => 2000 });
    expect(outcome.mostInFlight).toBe(12);
    expect(outcome.ms).toBeLessThan((250 * 2000) / 8);
  });

  it("is never asked by more at a time than allowed", async () => {
    const outcome = await read({ pages: 100, width: 4, latency: () => 50 });
    expect(outcome.mostInFlight).toBe(4);
  });

  it("is read by one at a time where that is all that is allowed", async () => {
    const outcome = await read({ pages: 20, width: 1, latency: () => 50 });
    expect(outcome).toMatchObject({ mostInFlight: 1, ms: 1000 });
  });
});

describe("ten a second", () => {
  const rule = { requests: 10, perMs: 1000 };

  it.each(cases)(
    "$kind, says $says: 95 % of it after the first refusal, and hardly a refusal",
    async ({ kind, says }) => {
      for (const ms of [0, 50]) {
        for (const phase of [0, 0.3, 0.8]) {
          for (const firstAlone of [true, false]) {
            const outcome = await read({
              rule: { ...rule, kind, phase },
              says,
              pages: 200,
              latency: () => ms,
              firstAlone,
            });
            // a fixed window that ends during the start lets through twice as much as it will
            expect(outcome.refusals).toBeLessThanOrEqual(kind === "fixed" && phase > 0 ? 12 : 3);
            expect(share(outcome, rule, 200)).toBeGreaterThanOrEqual(kind === "fixed" && phase > 0 ? 0.9 : 0.95);
          }
        }
      }
    },
  );

  it.each(cases)("$kind, says $says: at any latency, and few refusals", async ({ kind, says }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 200 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        async (ms, phase) => {
          const outcome = await read({ rule: { ...rule, kind, phase }, says, pages: 200, latency: () => ms });
          // those in flight when a window that ended meanwhile made the limit look twice as high, and again when it did not hold
          expect(outcome.refusals).toBeLessThanOrEqual(kind === "fixed" ? 18 : 12);
          expect(share(outcome, rule, 200)).toBeGreaterThanOrEqual(0.8);
        },
      ),
      { numRuns: 6 },
    );
  });

  it.each(cases)("$kind, says $says: with uneven latencies", async ({ kind, says }) => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 0, max: 200 })), async (latencies) => {
        const latency = (): number => 5 + (latencies.next().value as number);
        const outcome = await read({ rule: { ...rule, kind }, says, pages: 200, latency });
        // those in flight when a window that ended meanwhile made the limit look twice as high, and again when it did not hold
        expect(outcome.refusals).toBeLessThanOrEqual(kind === "fixed" ? 18 : 12);
        expect(share(outcome, rule, 200)).toBeGreaterThanOrEqual(0.6);
      }),
      { numRuns: 6, seed: 20261125 },
    );
  });
});

describe("five a minute", () => {
  const rule = { requests: 5, perMs: 60_000 };
  // twenty bursts of five, or the last 95 of a bucket
  const leastMs = 19 * 60_000;

  it.each(cases)("$kind, says $says: a hundred in the least time", async ({ kind, says }) => {
    for (const ms of [0, 5, 50, 200]) {
      for (const phase of [0, 0.3, 0.8]) {
        const outcome = await read({ rule: { ...rule, kind, phase }, says, pages: 100, latency: () => ms });
        // without a word about the window two more refusals find out how long it is
        expect(outcome.refusals).toBeLessThanOrEqual(says === "nothing" ? 3 : 1);
        expect(outcome.ms).toBeLessThan(leastMs * 1.003 + 30 * ms);
      }
    }
  });

  it("comes back when a bucket has its next one, not only when a window is over", async () => {
    const outcome = await read({ rule: { ...rule, kind: "bucket" }, says: "both", pages: 7, latency: () => 50 });
    expect(outcome.refusals).toBe(1);
    expect(outcome.ms).toBeLessThan(25_000);
  });
});

describe("any limit that the service says", () => {
  it("is kept after the first time it is reached, and used", async () => {
    const units = fc.constantFrom(1000, 10_000, 60_000, 300_000);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.constantFrom<Says>("limit", "both"),
        fc.integer({ min: 1, max: 60 }),
        units,
        fc.integer({ min: 0, max: 200 }),
        async (kind, says, requests, perMs, ms) => {
          const rule = { kind, requests, perMs, phase: 0.4 };
          const pages = requests * 10;
          const outcome = await read({ rule, says, pages, latency: () => ms });
          // those that were in flight when it was reached
          expect(outcome.refusals).toBeLessThanOrEqual(13);
          const allowed = Math.max(perMs / requests, ms / 12) * (pages - requests) + perMs + 20 * ms;
          expect(outcome.ms).toBeLessThan(allowed * 1.03 + 500);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("a bucket whose limit is never said", () => {
  it.each([
    { requests: 7, perMs: 1000 },
    { requests: 13, perMs: 1000 },
    { requests: 20, perMs: 10_000 },
    { requests: 60, perMs: 60_000 },
    { requests: 200, perMs: 300_000 },
  ])("$requests in $perMs ms is found by measuring", async (limit) => {
    const rule = { ...limit, kind: "bucket" as const };
    for (const says of ["nothing", "retryAfter"] as const) {
      const outcome = await read({ rule, says, pages: 400, latency: () => 50 });
      expect(share(outcome, rule, 400)).toBeGreaterThan(0.85);
      expect(outcome.refusals).toBeLessThan(45);
    }
  });
});

describe("requestsPerMinute", () => {
  it.each([1, 5, 7.5, 60, 0.5])("%d: no minute has more, and no time is wasted", async (requestsPerMinute) => {
    const outcome = await read({ pages: 40, latency: () => 50, requestsPerMinute });
    const window = Math.max(1, Math.floor(requestsPerMinute));
    const spanMs = (60_000 * window) / requestsPerMinute;
    for (const [index, at] of outcome.arrivals.entries()) {
      const later = outcome.arrivals[index + window];
      if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(spanMs);
    }
    expect(outcome.ms).toBeLessThan((Math.ceil(40 / window) - 1) * spanMs * 1.003 + 2500);
  });

  it("spares a service that allows as much every refusal", async () => {
    for (const kind of kinds) {
      const rule = { kind, requests: 5, perMs: 60_000, phase: 0.5 };
      expect((await read({ rule, pages: 60, latency: () => 50, requestsPerMinute: 5 })).refusals).toBe(0);
    }
  });

  it("holds beside what the service says", async () => {
    const rule = { kind: "sliding" as const, requests: 2, perMs: 1000 };
    const outcome = await read({ rule, says: "limit", pages: 30, latency: () => 50, requestsPerMinute: 10 });
    expect(outcome.ms).toBeGreaterThan(120_000);
    // no more than were in flight at the first
    expect(outcome.refusals).toBeLessThanOrEqual(4);
  });
});
