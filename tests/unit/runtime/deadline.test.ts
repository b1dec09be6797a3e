import { getEventListeners } from "node:events";
import { onAbort, unlessAborted } from "../../../provider/abort.js";
import { DeadlineError } from "../../../provider/errors.js";
import { systemClock } from "../../../provider/runtime/clock.js";
import { startDeadline } from "../../../provider/runtime/deadline.js";
import { duration } from "../../../provider/text.js";
import { virtualClock } from "../../support/virtualClock.js";

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;
const timers = (): number => process.getActiveResourcesInfo().filter((type) => type === "Timeout").length;

const work = { what: "reading HSS events", remedy: "narrow the query" };

describe("a deadline", () => {
  it("aborts with a DeadlineError when the time is up, and not before", async () => {
    const clock = virtualClock();
    const started = clock.now();
    const deadline = startDeadline(clock, 300, work);
    expect(deadline.at).toBe(started + 300_000);
    await clock.advance(299_999);
    expect(deadline.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(deadline.signal.reason).toBeInstanceOf(DeadlineError);
    expect((deadline.signal.reason as Error).message).toBe(
      "reading HSS events took longer than deadlineSeconds (5 min): raise it or narrow the query",
    );
  });

  it("says what took so long, and advises nothing that does not help", async () => {
    const clock = virtualClock();
    const deadline = startDeadline(clock, 60, { what: "logging in to IAM" });
    expect(() => {
      deadline.require(61_000, "the wait that the service asks for");
    }).toThrow(
      /^logging in to IAM: the wait that the service asks for would take .* leaves 60 s: raise deadlineSeconds$/,
    );
    await clock.advance(60_000);
    expect((deadline.signal.reason as Error).message).toBe(
      "logging in to IAM took longer than deadlineSeconds (60 s): raise it",
    );
  });

  it("aborts with the caller's reason, also one that was given before it began", () => {
    const caller = new AbortController();
    const reason = new Error("enough");
    const deadline = startDeadline(virtualClock(), 300, work, caller.signal);
    caller.abort(reason);
    expect(deadline.signal.reason).toBe(reason);
    expect(startDeadline(virtualClock(), 300, work, caller.signal).signal.reason).toBe(reason);
  });

  it("refuses what does not fit, and says so in one line", async () => {
    const clock = virtualClock();
    const deadline = startDeadline(clock, 300, work);
    await clock.advance(180_000);
    deadline.require(119_999, "24 more requests");
    const refused = (ms: number, ...more: [string, unknown?]): DeadlineError => {
      try {
        deadline.require(ms, ...more);
      } catch (error) {
        return error as DeadlineError;
      }
      throw new Error("was not refused");
    };
    const error = refused(300_000, "24 more requests at the allowed pace");
    expect(error).toBeInstanceOf(DeadlineError);
    expect(error.message).toBe(
      "reading HSS events: 24 more requests at the allowed pace would take about 5 min, and deadlineSeconds leaves 2 min: raise deadlineSeconds or narrow the query",
    );
    const last = new Error("too\nfast");
    const retry = refused(120_000, "the wait that the service asks for", last);
    expect(retry.message).toMatch(/narrow the query\. Last error: too\\u\{a\}fast$/);
    expect(retry.cause).toBe(last);
    await clock.advance(200_000);
    expect(refused(0, "another request").message).toMatch(/take about 0 s, and deadlineSeconds leaves 0 s/);
  });

  it("keeps nothing alive once it has ended, and never fires", async () => {
    const before = timers();
    const caller = new AbortController();
    const deadline = startDeadline(systemClock, 0.05, work, caller.signal);
    expect([timers() - before, listeners(caller.signal)]).toEqual([1, 1]);
    deadline.end();
    expect([timers() - before, listeners(caller.signal)]).toEqual([0, 0]);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(deadline.signal.aborted).toBe(false);
  });

  it("lets any number of requests wait without a warning of Node's", () => {
    // Node 20's getMaxListeners does not give a 0 back
    const limitOf = (signal: AbortSignal): unknown => {
      const symbols = Object.getOwnPropertySymbols(signal);
      const limit = symbols.find(({ description }) => description === "events.maxEventTargetListeners");
      return (signal as unknown as Record<symbol, unknown>)[limit as symbol];
    };
    // Node 20 warns from the eleventh on, Node 22 never
    expect(limitOf(new AbortController().signal)).toBe(process.versions.node.startsWith("20.") ? 10 : 0);
    expect(limitOf(startDeadline(virtualClock(), 300, work).signal)).toBe(0);
  });

  it("gathers no listeners from 10,000 waits", async () => {
    const caller = new AbortController();
    const deadline = startDeadline(virtualClock(), 300, work, caller.signal);
    for (let n = 0; n < 10_000; n++) await unlessAborted(Promise.resolve(n), deadline.signal);
    await Promise.all(Array.from({ length: 100 }, () => systemClock.sleep(1, deadline.signal)));
    expect([listeners(deadline.signal), listeners(caller.signal)]).toEqual([0, 1]);
    deadline.end();
    expect(listeners(caller.signal)).toBe(0);
  });
});

describe("abort", () => {
  it("ends the wait of one with the signal's reason, and lets the work go on", async () => {
    const [leaving, staying] = [new AbortController(), new AbortController()];
    let land = (_: string): void => undefined;
    const work = new Promise<string>((resolve) => (land = resolve));
    const reason = new Error("enough");
    const left = unlessAborted(work, leaving.signal);
    const stayed = unlessAborted(work, staying.signal);
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    await expect(unlessAborted(work, leaving.signal)).rejects.toBe(reason);
    land("done");
    expect(await stayed).toBe("done");
    expect(listeners(staying.signal)).toBe(0);
  });

  it("hides no failure of work that nobody waits for any more", async () => {
    await expect(
      unlessAborted(Promise.reject(new Error("late")), AbortSignal.abort(new Error("gone"))),
    ).rejects.toThrow("gone");
    await new Promise(setImmediate);
  });

  it("calls back once, or not at all after the end", () => {
    const caller = new AbortController();
    const calls: unknown[] = [];
    onAbort(caller.signal, () => calls.push("forgotten"))();
    onAbort(caller.signal, (reason) => calls.push(reason));
    caller.abort("enough");
    onAbort(caller.signal, (reason) => calls.push(reason));
    expect(calls).toEqual(["enough", "enough"]);
    expect(listeners(caller.signal)).toBe(0);
  });
});

test.each([
  [-5, "0 s"],
  [40, "0 s"],
  [400, "0.4 s"],
  [9_960, "10 s"],
  [12_400, "12 s"],
  [119_000, "119 s"],
  [120_000, "2 min"],
  [3_600_000, "60 min"],
  [9_000_000, "2.5 h"],
  [7_200_000, "2 h"],
])("a duration of %i ms is %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
