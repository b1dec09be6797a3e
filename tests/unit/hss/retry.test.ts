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
import { ThrottledError, type ThrottleHint } from "../../../provider/hss/throttleHint.js";
import {
  classify,
  createRetryBudget,
  withRetries,
  type Retry,
  type RetryBudget,
  type RetryOptions,
} from "../../../provider/hss/retry.js";
import { virtualClock } from "../../support/virtualClock.js";

const refusal = (status: number, errorCode?: string, serviceMessage?: string): ServiceError =>
  new ServiceError("refused", { status, errorCode, serviceMessage });
const throttled = (hint: ThrottleHint = {}, status = 429): ThrottledError =>
  new ThrottledError("too fast", { status }, hint);
const caused = (code: string): TransportError =>
  new TransportError("no answer", {
    cause: Object.assign(new Error("outer"), { cause: Object.assign(new Error(), { code }) }),
  });

describe("classify", () => {
  const final = Object.assign(new ResponseError("hopeless"), { final: true });
  it.each<[string, unknown, object]>([
    ["a reset", caused("ECONNRESET"), { retry: true, kind: "transient" }],
    ["a refused connection", caused("ECONNREFUSED"), { retry: true, kind: "transient" }],
    ["a timeout", caused("UND_ERR_HEADERS_TIMEOUT"), { retry: true, kind: "transient", timedOut: true }],
    ["a certificate", caused("CERT_HAS_EXPIRED"), { retry: false }],
    ["a certificate's issuer", caused("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), { retry: false }],
    ["half a JSON text", new ResponseError("not JSON"), { retry: true, kind: "transient" }],
    ["what is marked final", final, { retry: false }],
    ["throttled", throttled({ retryAfterMs: 12 }), { retry: true, kind: "throttled", afterMs: 12 }],
    ["throttled without a hint", refusal(429), { retry: true, kind: "throttled" }],
    ["throttled by code", refusal(400, "APIG.0308"), { retry: true, kind: "throttled" }],
    ["503 with Retry-After", throttled({ retryAfterMs: 9 }, 503), { retry: true, kind: "transient", afterMs: 9 }],
    ["skew", refusal(401, "APIGW.0301", "x, signature expired, y"), { retry: true, kind: "skew" }],
    [
      "an expired token",
      refusal(401, "APIGW.0301", "Incorrect IAM authentication information: token expires, expires_at: 1"),
      { retry: true, kind: "auth" },
    ],
    ["an old token", refusal(401, "APIG.0307", "The token must be updated."), { retry: true, kind: "auth" }],
    ["a token of another region", refusal(401, "APIG.0301", "decrypt token fail"), { retry: true, kind: "auth" }],
    ["a wrong key", refusal(401, "APIGW.0301", "verify aksk signature fail"), { retry: false }],
    ["an unknown code under 200", refusal(200, "HSS.9999"), { retry: true, kind: "transient" }],
    ["a known code under 200", refusal(200, "HSS.0013"), { retry: false }],
    ["the old form of a code", refusal(200, "00000010"), { retry: false }],
    ["an unknown code under 400", refusal(400, "HSS.9999"), { retry: false }],
    ["an argument", new ArgumentError("x", []), { retry: false }],
    ["a setting", new ConfigurationError([]), { retry: false }],
    ["credentials", new CredentialsError("none"), { retry: false }],
    ["a deadline", new DeadlineError("over"), { retry: false }],
    ["an abort", new AbortedError("enough"), { retry: false }],
    ["an incomplete read", new IncompleteReadError("gap"), { retry: false }],
    ["a bug", new TypeError("undefined is not a function"), { retry: false }],
    ["nothing", undefined, { retry: false }],
  ])("%s", (_, error, verdict) => {
    expect(classify(error)).toEqual(verdict);
  });

  it.each([408, 500, 502, 503, 504])("%d may pass", (status) => {
    expect(classify(refusal(status))).toEqual({ retry: true, kind: "transient" });
    // HSS's own reason counts for more
    expect(classify(refusal(status, "HSS.0001"))).toEqual({ retry: false });
  });

  it.each([301, 400, 401, 403, 404, 405, 413, 422, 501, 505])("%d stays", (status) => {
    expect(classify(refusal(status))).toEqual({ retry: false });
  });

  it.each(["HSS.0041", "HSS.1004", "HSS.1006"])("%s may pass, under any status", (code) => {
    for (const status of [200, 400, 500]) expect(classify(refusal(status, code)).retry).toBe(true);
  });

  it.each(["HSS.0001", "HSS.0002", "HSS.0010", "HSS.0011", "HSS.0013", "HSS.1005", "HSS.1019", "APIGW.0101"])(
    "%s stays, under any status",
    (code) => {
      for (const status of [200, 400, 500]) expect(classify(refusal(status, code)).retry).toBe(false);
    },
  );
});

interface Course {
  readonly clock: ReturnType<typeof virtualClock>;
  readonly retries: Retry[];
  readonly attempts: number[];
  /** Fails with each of the errors in turn, then succeeds. */
  run(errors: readonly unknown[], options?: Partial<RetryOptions>): Promise<string>;
}

function course(): Course {
  const clock = virtualClock();
  const retries: Retry[] = [];
  const attempts: number[] = [];
  return {
    clock,
    retries,
    attempts,
    run(errors, options) {
      const attempt = async (n: number): Promise<string> => {
        attempts.push(clock.now());
        await Promise.resolve();
        if (n <= errors.length) throw errors[n - 1];
        return "done";
      };
      const all: RetryOptions = {
        clock,
        random: () => 0.5,
        maxRetries: 5,
        budget: createRetryBudget(),
        onRetry: (retry) => void retries.push(retry),
        ...options,
      };
      return clock.run(withRetries(attempt, all));
    },
  };
}

const reset = caused("ECONNRESET");

describe("withRetries", () => {
  it("needs no second attempt where the first succeeds", async () => {
    const { run, attempts } = course();
    expect(await run([])).toBe("done");
    expect(attempts).toHaveLength(1);
  });

  it("backs off exponentially, with full jitter, up to 20 s", async () => {
    const { run, retries } = course();
    expect(await run(Array(9).fill(reset), { maxRetries: 9, random: () => 0.999999 })).toBe("done");
    expect(retries.map(({ waitMs }) => Math.round(waitMs))).toEqual([
      200, 400, 800, 1600, 3200, 6400, 12800, 20000, 20000,
    ]);
    const lucky = course();
    await lucky.run(Array(3).fill(reset), { random: () => 0 });
    expect(lucky.retries.map(({ waitMs }) => waitMs)).toEqual([0, 0, 0]);
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
    const { run, retries } = course();
    await run([throttled({ retryAfterMs })]);
    expect(retries[0]?.waitMs).toBe(retryAfterMs);
  });

  it("does not live by `at once` for long", async () => {
    const { run, retries } = course();
    await run(Array(4).fill(throttled({ retryAfterMs: 0 })));
    expect(retries.map(({ waitMs }) => waitMs)).toEqual([0, 500, 1000, 2000]);
  });

  it("takes being throttled for no fault", async () => {
    const { run } = course();
    const budget = createRetryBudget();
    expect(await run(Array(20).fill(throttled({ retryAfterMs: 1000 })), { maxRetries: 1, budget })).toBe("done");
    expect(budget.left).toBe(500);
    const none = course();
    await expect(none.run([throttled()], { maxRetries: 0 })).rejects.toThrow("too fast");
  });

  it("ends at last where the service throttles for ever and there is no deadline", async () => {
    await expect(course().run(Array(1000).fill(throttled({ retryAfterMs: 60_000 })))).rejects.toThrow("too fast");
  });

  it.each([
    ["skew", refusal(401, "APIGW.0301", "signature expired")],
    ["auth", refusal(401, "APIGW.0307", "The token must be updated.")],
  ])("tries once more, at once, after %s", async (kind, error) => {
    const { run, retries } = course();
    expect(await run([error])).toBe("done");
    expect(retries).toMatchObject([{ kind, waitMs: 0, attempts: 1, error }]);
    const again = course();
    await expect(again.run([error, error])).rejects.toBe(error);
    expect(again.attempts).toHaveLength(2);
  });

  it("waits for what onRetry does, and fails with what it throws", async () => {
    const { run, clock } = course();
    const startedAt = clock.now();
    await run([refusal(401, "APIGW.0307")], { onRetry: () => clock.sleep(700) });
    expect(clock.now() - startedAt).toBe(700);
    const failing = run([reset], {
      onRetry: () => {
        throw new CredentialsError("no other token");
      },
    });
    await expect(failing).rejects.toThrow("no other token");
  });

  it("asks the caller's own verdict", async () => {
    const error = new Error("mine");
    const { run } = course();
    expect(
      await run([error], { classify: (e) => (e === error ? { retry: true, kind: "transient" } : { retry: false }) }),
    ).toBe("done");
  });
});

describe("the deadline", () => {
  it("fails at once where the wait is longer, and says all of it", async () => {
    const { run, clock } = course();
    const startedAt = clock.now();
    const last = throttled({ retryAfterMs: 3_600_000 });
    const failing = run([last], { deadlineAt: startedAt + 60_000, what: "listing events" });
    await expect(failing).rejects.toMatchObject({
      code: "HSS_DEADLINE",
      cause: last,
      message:
        "listing events: the service is asked too fast, and waiting 3600 s, as the service asks, does not fit into the 60 s that deadlineSeconds leaves; raise deadlineSeconds or narrow the query. Last: too fast",
    });
    expect(clock.now()).toBe(startedAt);
  });

  it("is the caller's, not the last error's, where an attempt has used it up", async () => {
    const { run, clock } = course();
    await expect(run([reset], { deadlineAt: clock.now() })).rejects.toBeInstanceOf(DeadlineError);
  });

  it("changes nothing where the wait fits", async () => {
    const { run, clock } = course();
    expect(await run([throttled({ retryAfterMs: 59_000 })], { deadlineAt: clock.now() + 60_000 })).toBe("done");
  });

  it("does not hide an error that no retry could heal", async () => {
    const { run, clock } = course();
    const error = refusal(403);
    await expect(run([error], { deadlineAt: clock.now() })).rejects.toBe(error);
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

async function readPages(pages: number, fails: (at: number) => boolean, budget: RetryBudget) {
  const clock = virtualClock();
  const startedAt = clock.now();
  const random = lcg(42);
  let attempts = 0;
  const page = async (): Promise<void> => {
    await withRetries(
      async () => {
        attempts++;
        await clock.sleep(50);
        if (fails(clock.now() - startedAt)) throw refusal(503);
      },
      { clock, random, maxRetries: 5, budget },
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
    const one = () => withRetries(dead, { clock, random: lcg(attempts + 1), maxRetries: 100, budget });
    const startedAt = clock.now();
    const outcome = await clock.run(Promise.allSettled(Array.from({ length: 50 }, one)));
    expect(outcome.every(({ status }) => status === "rejected")).toBe(true);
    expect(attempts).toBe(50 + 100);
    expect(clock.now() - startedAt).toBeLessThan(10_000);
    expect(budget.left).toBe(0);
  });

  it("pays more for what timed out, and is paid back by what helped", () => {
    const budget = createRetryBudget({ capacity: 20 });
    expect(budget.spend()).toBe(true);
    expect(budget.spend(true)).toBe(true);
    expect(budget.left).toBe(5);
    expect(budget.spend(true)).toBe(false);
    budget.earn(0);
    expect(budget.left).toBe(6);
    budget.earn(2);
    expect(budget.left).toBe(16);
    budget.earn(2);
    expect(budget.left).toBe(20);
  });
});
