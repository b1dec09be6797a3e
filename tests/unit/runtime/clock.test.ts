import { systemClock } from "../../../provider/runtime/clock.js";

describe("the system's clock", () => {
  test("sleeps, and wakes with the signal's reason", async () => {
    const started = systemClock.now();
    await systemClock.sleep(20);
    expect(systemClock.now() - started).toBeGreaterThanOrEqual(15);
    const caller = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => {
      caller.abort(reason);
    }, 10);
    await expect(systemClock.sleep(60_000, caller.signal)).rejects.toBe(reason);
    await expect(systemClock.sleep(60_000, caller.signal)).rejects.toBe(reason);
    const forever = new AbortController();
    const long = systemClock.sleep(2 ** 40, forever.signal);
    setTimeout(() => {
      forever.abort(reason);
    }, 20);
    await expect(long).rejects.toBe(reason);
  });

  test("a sleep of nothing lets go first what is ready, and ends with the signal's reason too", async () => {
    const order: string[] = [];
    setImmediate(() => {
      order.push("ready");
      setImmediate(() => order.push("made ready by it"));
    });
    await systemClock.sleep(0);
    expect(order).toEqual(["ready", "made ready by it"]);
    const reason = new Error("enough");
    await expect(systemClock.sleep(0, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
