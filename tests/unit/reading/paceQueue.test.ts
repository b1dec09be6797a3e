import { DeadlineError } from "../../../provider/errors.js";
import { createPace, type Pace, type Slot } from "../../../provider/reading/pace.js";
import { hint, kinds, limiter, noDeadline } from "../../support/limiter.js";
import { virtualClock } from "../../support/virtualClock.js";

const tick = (): Promise<void> => new Promise(setImmediate);

interface Bench {
  readonly clock: ReturnType<typeof virtualClock>;
  readonly pace: Pace;
  /** Slots that were given, in order. */
  readonly slots: Slot[];
  ask(n: number, signal?: AbortSignal): void;
}

function bench(maxConcurrency = 12, requestsPerMinute?: number): Bench {
  const clock = virtualClock();
  const pace = createPace({ clock, maxConcurrency, requestsPerMinute });
  const slots: Slot[] = [];
  return {
    clock,
    pace,
    slots,
    ask(n, signal) {
      for (let i = 0; i < n; i++) void pace.enter({ ...noDeadline, signal }).then((slot) => slots.push(slot));
    },
  };
}

describe("a refusal", () => {
  it.each([0, 900, 7_000, 3_600_000])("stops everything for the %d ms that it says, and not longer", async (ms) => {
    const { clock, pace, slots, ask } = bench();
    ask(4);
    await tick();
    expect(slots).toHaveLength(3);
    for (const slot of [...slots]) slot.done({ kind: "throttled", hint: { retryAfterMs: ms } });
    if (ms > 0) {
      expect(pace.state.pausedUntil).toBe(clock.now() + ms);
      await clock.advance(ms - 1);
      expect(slots).toHaveLength(3);
    }
    await clock.advance(Math.min(ms, 1));
    expect(slots).toHaveLength(4);
  });

  it("of a request that was in flight with the first teaches nothing more, but may ask for a longer stop", async () => {
    const { clock, slots, ask } = bench();
    ask(5);
    await tick();
    slots[0]?.done({ kind: "throttled", hint: { retryAfterMs: 1000 } });
    slots[1]?.done({ kind: "throttled", hint: { retryAfterMs: 5000 } });
    slots[2]?.done({ kind: "throttled", hint: { retryAfterMs: 2000 } });
    await clock.advance(4999);
    expect(slots).toHaveLength(3);
    await clock.advance(1);
    expect(slots).toHaveLength(4);
  });

  it("that the own requests do not explain waits for a full window", async () => {
    const { clock, slots, ask } = bench();
    ask(2);
    await tick();
    slots[0]?.done({ kind: "throttled", hint: { limit: { requests: 5, perMs: 60_000 } } });
    slots[1]?.done({ kind: "throttled", hint: { limit: { requests: 5, perMs: 60_000 } } });
    ask(1);
    await clock.advance(59_900);
    expect(slots).toHaveLength(2);
    await clock.advance(200);
    expect(slots).toHaveLength(3);
  });

  it("lets others use the same limit: two programs get on, and nearly all of it is used", async () => {
    const clock = virtualClock();
    const rule = { kind: "sliding" as const, requests: 10, perMs: 1000 };
    const admit = limiter(rule, clock.now());
    let [refused, done] = [0, 0];
    const program = async (): Promise<void> => {
      const pace = createPace({ clock, maxConcurrency: 12 });
      const page = async (): Promise<void> => {
        for (;;) {
          const slot = await pace.enter(noDeadline);
          await clock.sleep(20);
          const waitMs = admit(clock.now());
          await clock.sleep(20);
          if (waitMs > 0) refused++;
          else done++;
          slot.done(waitMs > 0 ? { kind: "throttled", hint: hint("limit", rule, waitMs) } : { kind: "ok" });
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
    const { clock, pace, slots, ask } = bench();
    ask(200);
    const answer = async (): Promise<void> => {
      for (let n = 0; n < 200; n++) {
        while (!slots[n]) await clock.sleep(1);
        await clock.sleep(5);
        slots[n]?.done({ kind: n % 10 === 3 ? "failed" : "ok" });
      }
    };
    await clock.run(answer());
    expect(pace.state).toMatchObject({ inFlight: 0, waiting: 0, accepted: 180, throttled: 0 });
  });

  it("of everything that is sent leave two at a time", async () => {
    const { pace, slots, ask } = bench();
    ask(50);
    for (let n = 0; n < 20; n++) {
      await tick();
      slots[n]?.done({ kind: "failed" });
    }
    await tick();
    expect(pace.state).toMatchObject({ inFlight: 2, width: 2, waiting: 28 });
  });
});

test("what is given up by who asked narrows nothing", async () => {
  const { pace, slots, ask } = bench();
  ask(50);
  await tick();
  const { width } = pace.state;
  slots[0]?.done({ kind: "aborted" });
  await tick();
  expect(pace.state.width).toBe(width);
});

describe("waiting", () => {
  it("is first come, first served", async () => {
    const { clock, pace } = bench(1);
    const order: number[] = [];
    const one = async (n: number): Promise<void> => {
      const slot = await pace.enter(noDeadline);
      order.push(n);
      await clock.sleep(10);
      slot.done({ kind: "ok" });
    };
    await clock.run(Promise.all([0, 1, 2, 3, 4].map(one)));
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  it("ends with the signal's reason, and leaves no timer behind", async () => {
    const { clock, pace, slots, ask } = bench();
    ask(1);
    await tick();
    slots[0]?.done({ kind: "throttled", hint: { retryAfterMs: 60_000 } });
    const controller = new AbortController();
    const waiting = pace.enter({ ...noDeadline, signal: controller.signal });
    await tick();
    expect(clock.sleepers).toBe(1);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(pace.enter({ ...noDeadline, signal: controller.signal })).rejects.toBe(reason);
    await tick();
    expect(clock.sleepers).toBe(0);
    expect(pace.state.waiting).toBe(0);
  });

  it("fails at once where the next slot comes after the deadline, and says why", async () => {
    const { clock, pace, slots, ask } = bench(1);
    ask(1);
    await tick();
    const until = (at: number) => ({
      at,
      require(ms: number, what: string) {
        if (ms >= at - clock.now()) throw new DeadlineError(`${what} takes ${Math.round(ms / 1000)} s`);
      },
    });
    const refused = pace.enter(until(clock.now() + 10_000)).catch((error: unknown) => error);
    const patient = pace.enter(until(clock.now() + 100_000));
    slots[0]?.done({ kind: "throttled", hint: { limit: { requests: 5, perMs: 60_000 } } });
    const error = await refused;
    expect(error).toBeInstanceOf(DeadlineError);
    expect((error as Error).message).toBe("waiting for the next request (5 in 60 s are allowed) takes 60 s");
    expect(await clock.run(patient)).toBeDefined();
  });

  it("is over for the next when one before it gives up", async () => {
    const { pace, slots, ask } = bench(1);
    ask(1);
    await tick();
    const controller = new AbortController();
    const gone = pace.enter({ ...noDeadline, signal: controller.signal }).catch(() => "gone");
    ask(1);
    controller.abort();
    expect(await gone).toBe("gone");
    slots[0]?.done({ kind: "ok" });
    slots[0]?.done({ kind: "ok" });
    await tick();
    expect(slots).toHaveLength(2);
    expect(pace.state.inFlight).toBe(1);
  });
});

describe("estimateMs", () => {
  it("is nothing before anything is known", () => {
    expect(bench().pace.estimateMs(1000)).toBe(0);
    expect(bench().pace.estimateMs(0)).toBe(0);
  });

  it("goes by the answers' time without a limit", async () => {
    const { clock, pace, slots, ask } = bench(3);
    ask(1);
    await clock.advance(100);
    slots[0]?.done({ kind: "ok" });
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
        const pace = createPace({ clock, maxConcurrency: 12 });
        const admit = limiter(rule, clock.now());
        let [left, estimate, estimatedAt] = [60, 0, 0];
        const page = async (): Promise<void> => {
          for (;;) {
            const slot = await pace.enter(noDeadline);
            const waitMs = admit(clock.now());
            await clock.sleep(50);
            if (waitMs === 0) left--;
            slot.done(waitMs > 0 ? { kind: "throttled", hint: hint(says, rule, waitMs) } : { kind: "ok" });
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
