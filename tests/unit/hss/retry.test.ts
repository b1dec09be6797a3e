import { setMaxListeners } from "node:events";
import {
  AbortedError,
  ArgumentError,
  ConfigurationError,
  CredentialsError,
  DeadlineError,
  IncompleteReadError,
  ResponseError,
  ServiceError,
  TransportError,
} from "../../../provider/errors.js";
import { ThrottledError, type ThrottleHint } from "../../../provider/hss/refusal.js";
import { classify, createRetryBudget, TryAgain, withRetries, type RetryBudget } from "../../../provider/hss/retry.js";
import { startDeadline } from "../../../provider/runtime/deadline.js";
import type { Log } from "../../../provider/runtime/runtime.js";
import { virtualClock } from "../../support/virtualClock.js";

const work = { what: "reading HSS events", remedy: "narrow the query" };

const refusal = (status: number, errorCode?: string, serviceMessage?: string): ServiceError =>
  new ServiceError("refused", { status, errorCode, serviceMessage });
const throttled = (hint: ThrottleHint = {}, status = 429): ThrottledError =>
  new ThrottledError("too fast", { status }, hint);
const caused = (code: string): TransportError =>
  new TransportError("no answer", {
    cause: Object.assign(new Error("outer"), { cause: Object.assign(new Error(), { code }) }),
  });

describe("classify", () => {
  it.each<[string, unknown, object | undefined]>([
    ["a reset", caused("ECONNRESET"), { kind: "transient" }],
    ["a refused connection", caused("ECONNREFUSED"), { kind: "transient" }],
    ["a timeout", caused("UND_ERR_HEADERS_TIMEOUT"), { kind: "transient", timedOut: true }],
    ["a certificate", caused("CERT_HAS_EXPIRED"), undefined],
    ["a certificate's issuer", caused("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), undefined],
    ["half a JSON text", new ResponseError("not JSON"), { kind: "transient" }],
    ["throttled", throttled({ retryAfterMs: 12 }), { kind: "throttled", afterMs: 12 }],
    ["throttled without a hint", refusal(429), { kind: "throttled" }],
    ["throttled by code", refusal(400, "APIG.0308"), { kind: "throttled" }],
    ["503 with Retry-After", throttled({ retryAfterMs: 9 }, 503), { kind: "transient", afterMs: 9 }],
    // put right by who attempts, or not at all
    ["skew", refusal(401, "APIGW.0301", "x, signature expired, y"), undefined],
    ["an expired token", refusal(401, "APIG.0307", "The token must be updated."), undefined],
    ["a wrong key", refusal(401, "APIGW.0301", "verify aksk signature fail"), undefined],
    ["an unknown code under 200", refusal(200, "HSS.9999"), { kind: "transient" }],
    ["a known code under 200", refusal(200, "HSS.0013"), undefined],
    ["the old form of a code", refusal(200, "00000010"), undefined],
    ["an unknown code under 400", refusal(400, "HSS.9999"), undefined],
    ["an argument", new ArgumentError("x", []), undefined],
    ["a setting", new ConfigurationError([]), undefined],
    ["credentials", new CredentialsError("none"), undefined],
    ["a deadline", new DeadlineError("over"), undefined],
    ["an abort", new AbortedError("enough"), undefined],
    ["an incomplete read", new IncompleteReadError("gap"), undefined],
    ["a bug", new TypeError("undefined is not a function"), undefined],
    ["nothing", undefined, undefined],
  ])("%s", (_, error, verdict) => {
    expect(classify(error)).toEqual(verdict);
  });

  it.each([408, 500, 502, 503, 504])("%d may pass", (status) => {
    expect(classify(refusal(status))).toEqual({ kind: "transient" });
    // HSS's own reason counts for more
    expect(classify(refusal(status, "HSS.0001"))).toBeUndefined();
  });

  it.each([301, 400, 401, 403, 404, 405, 413, 422, 501, 505])("%d stays", (status) => {
    expect(classify(refusal(status))).toBeUndefined();
  });

  it.each(["HSS.0041", "HSS.1004", "HSS.1006"])("%s may pass, under any status", (code) => {
    for (const status of [200, 400, 500]) expect(classify(refusal(status, code))).toEqual({ kind: "transient" });
  });

  it.each(["HSS.0001", "HSS.0002", "HSS.0010", "HSS.0011", "HSS.0013", "HSS.1005", "HSS.1019", "APIGW.0101"])(
    "%s stays, under any status",
    (code) => {
      for (const status of [200, 400, 500]) expect(classify(refusal(status, code))).toBeUndefined();
    },
  );
});

const what = "listing events";

interface Patience {
  readonly maxRetries?: number;
  readonly random?: () => number;
  readonly budget?: RetryBudget;
  readonly deadlineSeconds?: number;
  readonly signal?: AbortSignal;
}

function course() {
  const clock = virtualClock();
  const attempts: number[] = [];
  const debug: string[] = [];
  const log: Log = { debug: (line) => void debug.push(line), info: fail, warn: fail, progress: fail };
  return {
    clock,
    attempts,
    debug,
    /** Between the attempts, in milliseconds. */
    waits: () => attempts.slice(1).map((at, n) => Math.round(at - (attempts[n] as number))),
    /** Fails with each of the errors in turn, then succeeds. */
    run(errors: readonly unknown[], patience: Patience = {}): Promise<string> {
      const { maxRetries = 5, random = () => 0.5, budget = createRetryBudget(), signal } = patience;
      const attempt = async (n: number): Promise<string> => {
        attempts.push(clock.now());
        await Promise.resolve();
        if (n <= errors.length) throw errors[n - 1];
        return "done";
      };
      const deadline = startDeadline(clock, patience.deadlineSeconds ?? 1_000_000, work, signal);
      const all = { clock, random, log, deadline, maxRetries, budget, what };
      return clock.run(
        withRetries(attempt, all).finally(() => {
          deadline.end();
        }),
      );
    },
  };
}

const fail = (line: string): never => {
  throw new Error(line);
};

const reset = caused("ECONNRESET");

describe("withRetries", () => {
  it("needs no second attempt where the first succeeds", async () => {
    const { run, attempts } = course();
    expect(await run([])).toBe("done");
    expect(attempts).toHaveLength(1);
  });

  it("backs off exponentially, with full jitter, up to 20 s", async () => {
    const { run, waits } = course();
    expect(await run(Array(9).fill(reset), { maxRetries: 9, random: () => 0.999999 })).toBe("done");
    expect(waits()).toEqual([200, 400, 800, 1600, 3200, 6400, 12800, 20000, 20000]);
    const lucky = course();
    await lucky.run(Array(3).fill(reset), { random: () => 0 });
    expect(lucky.waits()).toEqual([0, 0, 0]);
  });

  it("ends after maxRetries with the last error itself", async () => {
    const { run, attempts } = course();
    const last = refusal(502);
    await expect(run([reset, reset, last, reset], { maxRetries: 2 })).rejects.toBe(last);
    expect(attempts).toHaveLength(3);
  });

  it("does not repeat what can't get better", async () => {
    const { run, attempts } = course();
    const error = refusal(400, "HSS.0001");
    await expect(run([error])).rejects.toBe(error);
    expect(attempts).toHaveLength(1);
  });

  it.each([0, 1, 3000, 3_600_000])("waits %d ms where the service says so", async (retryAfterMs) => {
    const { run, waits } = course();
    await run([throttled({ retryAfterMs })]);
    expect(waits()).toEqual([retryAfterMs]);
  });

  it("does not live by `at once` for long", async () => {
    const { run, waits } = course();
    await run(Array(4).fill(throttled({ retryAfterMs: 0 })));
    expect(waits()).toEqual([0, 500, 1000, 2000]);
  });

  it("takes being throttled for no fault", async () => {
    const { run } = course();
    const budget = createRetryBudget();
    expect(await run(Array(20).fill(throttled({ retryAfterMs: 1000 })), { maxRetries: 1, budget })).toBe("done");
    expect(budget.left).toBe(500);
    const none = course();
    await expect(none.run([throttled()], { maxRetries: 0 })).rejects.toThrow("too fast");
  });

  it("ends with the deadline where the service throttles for ever", async () => {
    const { run, clock } = course();
    const startedAt = clock.now();
    const last = throttled({ retryAfterMs: 60_000 });
    await expect(run(Array(1000).fill(last), { deadlineSeconds: 3600 })).rejects.toMatchObject({
      code: "HSS_DEADLINE",
      cause: last,
    });
    expect(clock.now() - startedAt).toBe(59 * 60_000);
  });

  it.each(["clock", "credentials"] as const)("tries once more, at once, where the %s was renewed", async (renewed) => {
    const { run, waits } = course();
    const error = refusal(401);
    const again = new TryAgain(renewed, error);
    expect(await run([again], { maxRetries: 0 })).toBe("done");
    expect(waits()).toEqual([0]);
    const second = course();
    await expect(second.run([again, again])).rejects.toBe(error);
    expect(second.attempts).toHaveLength(2);
  });

  it("does so once for each of the two", async () => {
    const { run, attempts } = course();
    expect(await run([new TryAgain("clock", refusal(401)), new TryAgain("credentials", refusal(401))])).toBe("done");
    expect(attempts).toHaveLength(3);
  });

  it("logs what failed and when it goes on", async () => {
    const { run, debug } = course();
    await run([refusal(503), new TryAgain("clock", new ServiceError("expired\n::error", { status: 401 }))]);
    expect(debug).toEqual([
      "hss: attempt 1 at listing events failed, next in 100 ms: refused",
      "hss: attempt 2 at listing events failed, next in 0 ms: expired\\u{a}:\\u{3a}error",
    ]);
  });
});

describe("the deadline", () => {
  it("fails at once where the wait is longer, and says all of it", async () => {
    const { run, clock } = course();
    const startedAt = clock.now();
    const last = throttled({ retryAfterMs: 3_600_000 });
    const failing = run([last], { deadlineSeconds: 60 });
    await expect(failing).rejects.toMatchObject({
      code: "HSS_DEADLINE",
      cause: last,
      message:
        "reading HSS events: the wait that the service asks for before listing events again would take about 60 min, and deadlineSeconds leaves 60 s: raise deadlineSeconds or narrow the query. Last error: too fast",
    });
    expect(clock.now()).toBe(startedAt);
  });

  it("is the caller's, not the last error's, where an attempt has used it up", async () => {
    const { run } = course();
    await expect(run([reset], { deadlineSeconds: 0.05 })).rejects.toBeInstanceOf(DeadlineError);
  });

  it("changes nothing where the wait fits", async () => {
    const { run } = course();
    expect(await run([throttled({ retryAfterMs: 59_000 })], { deadlineSeconds: 60 })).toBe("done");
  });

  it("does not hide an error that no retry could heal", async () => {
    const { run } = course();
    const error = refusal(403);
    await expect(run([error], { deadlineSeconds: 0.05 })).rejects.toBe(error);
  });
});

describe("the signal", () => {
  it("ends a wait at once with its reason", async () => {
    const { run, clock } = course();
    const controller = new AbortController();
    const startedAt = clock.now();
    const failing = run([throttled({ retryAfterMs: 60_000 })], { signal: controller.signal });
    const reason = new Error("enough");
    void clock.sleep(1000).then(() => {
      controller.abort(reason);
    });
    await expect(failing).rejects.toBe(reason);
    expect(clock.now() - startedAt).toBe(1000);
    expect(clock.sleepers).toBe(0);
  });

  it("allows no attempt once it is aborted", async () => {
    const { run, attempts } = course();
    const reason = new Error("enough");
    await expect(run([], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(attempts).toHaveLength(0);
  });
});

/** A small generator of our own: the same course each time. */
function lcg(seed: number): () => number {
  let x = seed;
  return () => (x = (x * 16807) % 2147483647) / 2147483647;
}

const quiet: Log = { debug: () => undefined, info: fail, warn: fail, progress: fail };

async function readPages(pages: number, fails: (at: number) => boolean, budget: RetryBudget) {
  const clock = virtualClock();
  const startedAt = clock.now();
  const random = lcg(42);
  const deadline = startDeadline(clock, 3600, work);
  setMaxListeners(0, deadline.signal);
  let attempts = 0;
  const page = async (): Promise<void> => {
    await withRetries(
      async () => {
        attempts++;
        await clock.sleep(50);
        if (fails(clock.now() - startedAt)) throw refusal(503);
      },
      { clock, random, log: quiet, deadline, maxRetries: 5, budget, what },
    );
  };
  const queue = Array.from({ length: pages }, () => page);
  const lane = async (): Promise<void> => {
    for (let next = queue.pop(); next; next = queue.pop()) await next();
  };
  const outcome = await clock.run(Promise.allSettled(Array.from({ length: 12 }, lane)));
  const failed = outcome.filter(({ status }) => status === "rejected").length;
  return { failed, attempts, ms: clock.now() - startedAt };
}

describe("the budget of a read", () => {
  it("bears a tenth of failures over many pages", async () => {
    const budget = createRetryBudget();
    const random = lcg(7);
    const { failed } = await readPages(2500, () => random() < 0.1, budget);
    expect(failed).toBe(0);
    expect(budget.left).toBeGreaterThan(400);
  });

  it("bears a service that is gone for a second", async () => {
    const { failed } = await readPages(250, (ms) => ms > 500 && ms < 1500, createRetryBudget());
    expect(failed).toBe(0);
  });

  it("is used up soon by one that stays gone", async () => {
    const budget = createRetryBudget();
    const clock = virtualClock();
    let attempts = 0;
    const dead = async (): Promise<void> => {
      attempts++;
      await Promise.resolve();
      throw refusal(503);
    };
    const deadline = startDeadline(clock, 3600, work);
    setMaxListeners(0, deadline.signal);
    const patience = { clock, log: quiet, deadline, maxRetries: 100, budget, what };
    const one = () => withRetries(dead, { ...patience, random: lcg(attempts + 1) });
    const startedAt = clock.now();
    const outcome = await clock.run(Promise.allSettled(Array.from({ length: 50 }, one)));
    expect(outcome.every(({ status }) => status === "rejected")).toBe(true);
    expect(attempts).toBe(50 + 100);
    expect(clock.now() - startedAt).toBeLessThan(10_000);
    expect(budget.left).toBe(0);
  });

  it("pays more for what timed out, and is paid back by what helped", () => {
    const budget = createRetryBudget();
    expect(budget.spend()).toBe(true);
    expect(budget.left).toBe(495);
    expect(budget.spend(true)).toBe(true);
    expect(budget.left).toBe(485);
    budget.earn(0);
    expect(budget.left).toBe(486);
    budget.earn(2);
    expect(budget.left).toBe(496);
    budget.earn(2);
    expect(budget.left).toBe(500);
    for (let n = 0; n < 50; n++) expect(budget.spend(true)).toBe(true);
    expect(budget.spend()).toBe(false);
    budget.earn(0);
    expect(budget.left).toBe(1);
    expect(budget.spend()).toBe(false);
  });
});
