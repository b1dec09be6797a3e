import fc from "fast-check";
import { DeadlineError } from "../../../provider/errors.js";
import type { ThrottleHint } from "../../../provider/hss/throttle-hint.js";
import { createPace, type Pace, type Turn } from "../../../provider/reading/pace.js";
import { virtualClock } from "../../support/virtual-clock.js";

type Limiter = "sliding" | "fixed" | "bucket";
type Says = "retryAfter" | "limit" | "both" | "nothing";

interface Rule {
  readonly kind: Limiter;
  readonly requests: number;
  readonly perMs: number;
  /** How far into its window a fixed window is when the read begins, as a part of it. */
  readonly phase?: number;
}

/** Milliseconds until the request would be accepted; 0 where it is. */
type Admit = (now: number) => number;

function limiter({ kind, requests, perMs, phase = 0 }: Rule, start: number): Admit {
  let accepted: number[] = [];
  let tokens = requests;
  let at = start;
  return (now) => {
    if (kind === "bucket") {
      tokens = Math.min(requests, tokens + ((now - at) * requests) / perMs);
      at = now;
      if (tokens < 1 - 1e-9) return ((1 - tokens) * perMs) / requests;
      tokens--;
      return 0;
    }
    const offset = now - start + phase * perMs;
    const from = kind === "sliding" ? now - perMs : now - (offset % perMs);
    accepted = accepted.filter((time) => (kind === "sliding" ? time > from : time >= from));
    if (accepted.length >= requests) return (kind === "sliding" ? (accepted[0] ?? now) : from) + perMs - now;
    accepted.push(now);
    return 0;
  };
}

const hint = (says: Says, { requests, perMs }: Rule, waitMs: number): ThrottleHint => ({
  ...((says === "retryAfter" || says === "both") && { retryAfterMs: Math.ceil(waitMs / 1000) * 1000 }),
  ...((says === "limit" || says === "both") && { limit: { requests, perMs } }),
});

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
  const pace = createPace({ clock, random: () => 0.5, maxConcurrency: width, requestsPerMinute });
  const admit = rule && limiter(rule, start);
  const arrivals: number[] = [];
  let [refusals, done, sent, inFlight, mostInFlight, firstRefusalMs, pagesBefore] = [0, 0, 0, 0, 0, Infinity, 0];
  const page = async (): Promise<void> => {
    for (;;) {
      const turn = await pace.enter();
      mostInFlight = Math.max(mostInFlight, ++inFlight);
      const trip = latency(sent++);
      await clock.sleep(trip / 2);
      const waitMs = admit?.(clock.now()) ?? 0;
      if (waitMs === 0) arrivals.push(clock.now() - start);
      await clock.sleep(trip / 2);
      inFlight--;
      if (waitMs === 0) {
        done++;
        turn.done({ kind: "ok" });
        return;
      }
      if (refusals++ === 0) [firstRefusalMs, pagesBefore] = [clock.now() - start, done];
      turn.done({ kind: "throttled", hint: hint(says, rule as Rule, waitMs) });
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

const kinds: Limiter[] = ["sliding", "fixed", "bucket"];
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
      { numRuns: 6 },
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

const tick = (): Promise<void> => new Promise(setImmediate);

interface Bench {
  readonly clock: ReturnType<typeof virtualClock>;
  readonly pace: Pace;
  /** Turns that were given, in order. */
  readonly turns: Turn[];
  ask(n: number, signal?: AbortSignal): void;
}

function bench(maxConcurrency = 12, requestsPerMinute?: number): Bench {
  const clock = virtualClock();
  const pace = createPace({ clock, random: () => 0.5, maxConcurrency, requestsPerMinute });
  const turns: Turn[] = [];
  return {
    clock,
    pace,
    turns,
    ask(n, signal) {
      for (let i = 0; i < n; i++) void pace.enter(signal).then((turn) => turns.push(turn));
    },
  };
}

describe("a refusal", () => {
  it.each([0, 900, 7_000, 3_600_000])("stops everything for the %d ms that it says, and not longer", async (ms) => {
    const { clock, pace, turns, ask } = bench();
    ask(4);
    await tick();
    expect(turns).toHaveLength(3);
    for (const turn of [...turns]) turn.done({ kind: "throttled", hint: { retryAfterMs: ms } });
    if (ms > 0) {
      expect(pace.state.pausedUntil).toBe(clock.now() + ms);
      await clock.advance(ms - 1);
      expect(turns).toHaveLength(3);
    }
    await clock.advance(Math.min(ms, 1));
    expect(turns).toHaveLength(4);
  });

  it("of a request that was in flight with the first teaches nothing more, but may ask for a longer stop", async () => {
    const { clock, turns, ask } = bench();
    ask(5);
    await tick();
    turns[0]?.done({ kind: "throttled", hint: { retryAfterMs: 1000 } });
    turns[1]?.done({ kind: "throttled", hint: { retryAfterMs: 5000 } });
    turns[2]?.done({ kind: "throttled", hint: { retryAfterMs: 2000 } });
    await clock.advance(4999);
    expect(turns).toHaveLength(3);
    await clock.advance(1);
    expect(turns).toHaveLength(4);
  });

  it("that the own requests do not explain waits for a full window", async () => {
    const { clock, turns, ask } = bench();
    ask(2);
    await tick();
    turns[0]?.done({ kind: "throttled", hint: { limit: { requests: 5, perMs: 60_000 } } });
    turns[1]?.done({ kind: "throttled", hint: { limit: { requests: 5, perMs: 60_000 } } });
    ask(1);
    await clock.advance(59_900);
    expect(turns).toHaveLength(2);
    await clock.advance(200);
    expect(turns).toHaveLength(3);
  });

  it("lets others use the same limit: two programs get on, and nearly all of it is used", async () => {
    const clock = virtualClock();
    const rule = { kind: "sliding" as const, requests: 10, perMs: 1000 };
    const admit = limiter(rule, clock.now());
    let [refused, done] = [0, 0];
    const program = async (): Promise<void> => {
      const pace = createPace({ clock, random: () => 0.5, maxConcurrency: 12 });
      const page = async (): Promise<void> => {
        for (;;) {
          const turn = await pace.enter();
          await clock.sleep(20);
          const waitMs = admit(clock.now());
          await clock.sleep(20);
          if (waitMs > 0) refused++;
          else done++;
          turn.done(waitMs > 0 ? { kind: "throttled", hint: hint("limit", rule, waitMs) } : { kind: "ok" });
          if (waitMs === 0) return;
        }
      };
      await Promise.all(Array.from({ length: 300 }, page));
    };
    const start = clock.now();
    await clock.run(Promise.all([program(), program()]));
    expect(done).toBe(600);
    expect(clock.now() - start).toBeLessThan(600 * 100 * 1.6);
    expect(refused / done).toBeLessThan(0.1);
  });
});

describe("faults", () => {
  it("narrow the flow and do not stop it", async () => {
    const { clock, pace, turns, ask } = bench();
    ask(200);
    const answer = async (): Promise<void> => {
      for (let n = 0; n < 200; n++) {
        while (!turns[n]) await clock.sleep(1);
        await clock.sleep(5);
        turns[n]?.done({ kind: n % 10 === 3 ? "failed" : "ok" });
      }
    };
    await clock.run(answer());
    expect(pace.state).toMatchObject({ inFlight: 0, waiting: 0, accepted: 180, throttled: 0 });
  });

  it("of everything that is sent leave two at a time", async () => {
    const { pace, turns, ask } = bench();
    ask(50);
    for (let n = 0; n < 20; n++) {
      await tick();
      turns[n]?.done({ kind: "failed" });
    }
    await tick();
    expect(pace.state).toMatchObject({ inFlight: 2, width: 2, waiting: 28 });
  });
});

describe("waiting", () => {
  it("is first come, first served", async () => {
    const { clock, pace } = bench(1);
    const order: number[] = [];
    const one = async (n: number): Promise<void> => {
      const turn = await pace.enter();
      order.push(n);
      await clock.sleep(10);
      turn.done({ kind: "ok" });
    };
    await clock.run(Promise.all([0, 1, 2, 3, 4].map(one)));
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it("ends with the signal's reason, and leaves no timer behind", async () => {
    const { clock, pace, turns, ask } = bench();
    ask(1);
    await tick();
    turns[0]?.done({ kind: "throttled", hint: { retryAfterMs: 60_000 } });
    const controller = new AbortController();
    const waiting = pace.enter(controller.signal);
    await tick();
    expect(clock.sleepers).toBe(1);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(pace.enter(controller.signal)).rejects.toBe(reason);
    await tick();
    expect(clock.sleepers).toBe(0);
    expect(pace.state.waiting).toBe(0);
  });

  it("fails at once where the next turn comes after the deadline, and says why", async () => {
    const { clock, pace, turns, ask } = bench(1);
    ask(1);
    await tick();
    const refused = pace.enter(undefined, clock.now() + 10_000).catch((error: unknown) => error);
    const patient = pace.enter(undefined, clock.now() + 100_000);
    turns[0]?.done({ kind: "throttled", hint: { limit: { requests: 5, perMs: 60_000 } } });
    const error = await refused;
    expect(error).toBeInstanceOf(DeadlineError);
    expect((error as Error).message).toBe(
      "the next request is allowed in 60 s (5 requests in 60 s), and deadlineSeconds leaves 10 s: raise deadlineSeconds or narrow the query",
    );
    expect(await clock.run(patient)).toBeDefined();
  });

  it("is over for the next when one before it gives up", async () => {
    const { pace, turns, ask } = bench(1);
    ask(1);
    await tick();
    const controller = new AbortController();
    const gone = pace.enter(controller.signal).catch(() => "gone");
    ask(1);
    controller.abort();
    expect(await gone).toBe("gone");
    turns[0]?.done({ kind: "ok" });
    turns[0]?.done({ kind: "ok" });
    await tick();
    expect(turns).toHaveLength(2);
    expect(pace.state.inFlight).toBe(1);
  });
});

describe("estimateMs", () => {
  it("is nothing before anything is known", () => {
    expect(bench().pace.estimateMs(1000)).toBe(0);
    expect(bench().pace.estimateMs(0)).toBe(0);
  });

  it("goes by the answers' time without a limit", async () => {
    const { clock, pace, turns, ask } = bench(3);
    ask(1);
    await clock.advance(100);
    turns[0]?.done({ kind: "ok" });
    expect(pace.estimateMs(9)).toBe(300);
  });

  it("goes by the configured limit from the start", () => {
    const { pace } = bench(12, 5);
    expect(pace.estimateMs(5)).toBe(0);
    expect(pace.estimateMs(6)).toBeGreaterThanOrEqual(60_000);
    expect(pace.estimateMs(100) / (19 * 60_000)).toBeCloseTo(1, 2);
  });

  it("is what it takes, once the limit is known", async () => {
    for (const says of ["limit", "both", "retryAfter"] as const) {
      for (const kind of kinds) {
        const rule = { kind, requests: 5, perMs: 60_000 };
        const clock = virtualClock();
        const pace = createPace({ clock, random: () => 0.5, maxConcurrency: 12 });
        const admit = limiter(rule, clock.now());
        let [left, estimate, estimatedAt] = [60, 0, 0];
        const page = async (): Promise<void> => {
          for (;;) {
            const turn = await pace.enter();
            const waitMs = admit(clock.now());
            await clock.sleep(50);
            if (waitMs === 0) left--;
            turn.done(waitMs > 0 ? { kind: "throttled", hint: hint(says, rule, waitMs) } : { kind: "ok" });
            if (waitMs > 0) [estimate, estimatedAt] = [pace.estimateMs(left), clock.now()];
            else return;
          }
        };
        await clock.run(Promise.all(Array.from({ length: 60 }, page)));
        expect(estimate / (clock.now() - estimatedAt)).toBeGreaterThan(0.97);
        expect(estimate / (clock.now() - estimatedAt)).toBeLessThan(1.03);
      }
    }
  });
});
