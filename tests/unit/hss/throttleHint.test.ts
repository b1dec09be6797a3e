import { fc } from "../../support/properties.js";
import { isThrottled, throttleHint, ThrottledError } from "../../../provider/hss/refusal.js";
import { ServiceError } from "../../../provider/errors.js";
import { cpuMs } from "../../support/timing.js";

const now = Date.UTC(2026, 5, 1, 12);
const hint = (headers: Record<string, string>, body = "") => throttleHint({ headers, body }, now);
const message = (text: string): string =>
  JSON.stringify({ error_msg: `The throttling threshold has been reached: ${text}`, error_code: "APIGW.0308" });

describe("Retry-After", () => {
  it.each([
    ["1", 1000],
    [" 12 ", 12_000],
    ["0", 0],
    ["1.5", 1500],
    // honoured, however long
    ["864000", 864_000_000],
    ["Mon, 01 Jun 2026 12:00:30 GMT", 30_000],
    ["Monday, 01-Jun-26 12:00:30 GMT", 30_000],
    ["Mon Jun  1 12:00:30 2026", 30_000],
    ["Mon, 01 Jun 2026 11:00:00 GMT", 0],
  ])("%s", (text, ms) => {
    expect(hint({ "retry-after": text })).toEqual({ retryAfterMs: ms });
  });

  it.each([
    "",
    "soon",
    "-5",
    "1e9",
    "Infinity",
    "NaN",
    "0x10",
    "12 s",
    "2026-06-01",
    "Mon, 99 Foo 2026 12:00:00 GMT",
    "9".repeat(40),
  ])("says nothing: %s", (text) => {
    expect(hint({ "retry-after": text })).toEqual({});
  });

  it("counts a date from the server's own clock, where that is known", () => {
    const headers = { "retry-after": "Mon, 01 Jun 2026 15:00:30 GMT", date: "Mon, 01 Jun 2026 15:00:00 GMT" };
    expect(hint(headers)).toEqual({ retryAfterMs: 30_000 });
    // a date out of a cache is no clock
    expect(hint({ ...headers, age: "7" })).toEqual({ retryAfterMs: 3 * 3_600_000 + 30_000 });
  });

  it("in milliseconds is the more exact one", () => {
    expect(hint({ "retry-after-ms": "250", "retry-after": "1" })).toEqual({ retryAfterMs: 250 });
    expect(hint({ "retry-after-ms": "x", "retry-after": "1" })).toEqual({ retryAfterMs: 1000 });
  });
});

describe("headers of other limiters", () => {
  it.each([
    [{ "ratelimit-reset": "30" }, 30_000],
    [{ "x-ratelimit-reset-after": "0.5" }, 500],
    [{ "x-ratelimit-reset": String(now / 1000 + 40) }, 40_000],
    [{ "x-ratelimit-reset": String(now + 40_000) }, 40_000],
  ])("%j", (headers, ms) => {
    expect(hint(headers as Record<string, string>)).toEqual({ retryAfterMs: ms });
  });

  it.each(["30", "60000", String(now / 1000 + 1_000_000), String(now / 1000 - 1000)])(
    "x-ratelimit-reset: %s may mean anything",
    (text) => {
      expect(hint({ "x-ratelimit-reset": text })).toEqual({});
    },
  );

  it("gives Retry-After the last word", () => {
    expect(hint({ "retry-after": "2", "ratelimit-reset": "30" })).toEqual({ retryAfterMs: 2000 });
  });

  it("takes the gateway's own, where nothing remains of it", () => {
    const headers = {
      "x-apig-ratelimit-api": "remain:99,limit:100,time:1 minute",
      "x-apig-ratelimit-user": "remain:0,limit:5,time:1 minute",
    };
    expect(hint(headers)).toEqual({ limit: { requests: 5, perMs: 60_000 } });
  });
});

describe("the limit in the body", () => {
  it.each([
    ["policy user over ratelimit,limit:5,time:1 minute", 5, 60_000],
    ["policy user over ratelimit,limit:200,time:5 minute", 200, 300_000],
    ["policy ip over ratelimit,limit:5,time:1 second", 5, 1000],
    ["policy api over ratelimit,limit:2000,time:1 minutes.", 2000, 60_000],
    ["policy domain over ratelimit, limit: 7, time: 2 hours", 7, 7_200_000],
    ["policy app over ratelimit,limit:1,time:1 day", 1, 86_400_000],
  ])("%s", (text, requests, perMs) => {
    expect(hint({}, message(text))).toEqual({ limit: { requests, perMs } });
  });

  it.each([
    "policy user over ratelimit",
    "policy user over ratelimit,limit:10",
    "policy user over ratelimit,limit:0,time:1 minute",
    "policy user over ratelimit,limit:5,time:0 minute",
    "policy user over ratelimit,limit:5,time:1 fortnight",
    "limit:5,time:1 minute",
  ])("is not there: %s", (text) => {
    expect(hint({}, message(text))).toEqual({});
  });

  it("and Retry-After are both told", () => {
    const both = hint({ "retry-after": "12" }, message("policy user over ratelimit,limit:5,time:1 minute"));
    expect(both).toEqual({ retryAfterMs: 12_000, limit: { requests: 5, perMs: 60_000 } });
  });

  it("is looked for in time linear in the body's length, whatever the body is", async () => {
    expect(await cpuMs(() => hint({}, "over ratelimit,limit:1".repeat(500_000)))).toBeLessThan(1000);
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.string()), (body, headers) => {
        const { retryAfterMs = 0, limit } = hint(headers, body);
        expect(retryAfterMs).toBeGreaterThanOrEqual(0);
        if (limit) expect(limit.requests * limit.perMs).toBeGreaterThan(0);
      }),
    );
  });
});

it("is throttled by status or by code", () => {
  expect(isThrottled(429)).toBe(true);
  expect(isThrottled(400, "APIGW.0308")).toBe(true);
  expect(isThrottled(200, "APIG.0308")).toBe(true);
  expect(isThrottled(503, "APIG.0101")).toBe(false);
});

it("travels with the error", () => {
  const error = new ThrottledError("slow down", { status: 429, errorCode: "APIGW.0308" }, { retryAfterMs: 5 });
  expect(error).toBeInstanceOf(ServiceError);
  expect(error).toMatchObject({ name: "ThrottledError", code: "HSS_SERVICE", status: 429, hint: { retryAfterMs: 5 } });
});
