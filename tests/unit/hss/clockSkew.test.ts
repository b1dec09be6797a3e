import { ServiceError } from "../../../provider/errors.js";
import { clockOffset, ClockSkew, isSkewError, parseHttpDate } from "../../../provider/hss/clockSkew.js";

const server = Date.UTC(1994, 10, 6, 8, 49, 37);
const date = "Sun, 06 Nov 1994 08:49:37 GMT";
const minutes = 60_000;

describe("parseHttpDate", () => {
  it.each([date, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", ` ${date} `])("%s", (text) => {
    expect(parseHttpDate(text)).toBe(server);
  });

  it.each([
    "",
    "12",
    "2026-01-01T00:00:00Z",
    "Sun, 06 Nov 1994 25:00:00 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nox 1994 08:49:37 GMT",
    `${date} x`,
  ])("is none: %s", (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  it("takes two digits for the nearer century", () => {
    expect(parseHttpDate("Monday, 01-Jun-26 12:00:00 GMT")).toBe(Date.UTC(2026, 5, 1, 12));
  });
});

describe("clockOffset", () => {
  it.each([
    [0, 0, 0],
    [-20 * minutes, 2000, 20 * minutes - 1000],
    [20 * minutes, 2000, -20 * minutes - 1000],
  ])("sent at %d, under way for %d ms: %d", (at, roundTrip, offset) => {
    const sentAt = server + at;
    expect(clockOffset({ headers: { date }, sentAt, receivedAt: sentAt + roundTrip })).toBe(offset);
  });

  it.each([
    ["no date", {}, 100],
    ["a date that is none", { date: "yesterday" }, 100],
    ["a date out of a cache", { date, age: "0" }, 100],
    ["a long way", { date }, 15 * minutes + 1],
    ["a clock that was set back meanwhile", { date }, -1],
  ])("is unknown for %s", (_, headers, roundTrip) => {
    const sentAt = server;
    expect(
      clockOffset({ headers: headers as Record<string, string>, sentAt, receivedAt: sentAt + roundTrip }),
    ).toBeUndefined();
  });
});

describe("isSkewError", () => {
  const refusal = (status: number, errorCode: string | undefined, serviceMessage: string) =>
    new ServiceError("refused", { status, errorCode, serviceMessage });
  const said =
    "Incorrect IAM authentication information: verify aksk signature fail, signature expired, signature time:1,server time:2";

  it.each(["APIGW.0301", "APIG.0301", undefined])("knows the gateway's words under %s", (code) => {
    expect(isSkewError(refusal(401, code, said))).toBe(true);
  });

  it("takes nothing else for it", () => {
    expect(isSkewError(refusal(403, "APIGW.0301", said))).toBe(false);
    expect(isSkewError(refusal(401, "APIGW.0305", said))).toBe(false);
    expect(isSkewError(refusal(401, "APIGW.0301", "verify aksk signature fail"))).toBe(false);
    expect(isSkewError(new Error(said))).toBe(false);
  });
});

describe("ClockSkew", () => {
  it("corrects once, and tells where another attempt would be the same", () => {
    const skew = new ClockSkew();
    const answer = { headers: { date }, sentAt: server - 20 * minutes, receivedAt: server - 20 * minutes };
    expect(skew.offsetMs).toBe(0);
    expect(skew.correct(answer)).toBe(true);
    expect(skew.offsetMs).toBe(20 * minutes);
    expect(skew.correct(answer)).toBe(false);
    expect(skew.correct({ ...answer, headers: {} })).toBe(false);
    // the own clock was set right: the correction is what is wrong now
    expect(skew.correct({ headers: { date }, sentAt: server, receivedAt: server })).toBe(true);
    expect(skew.offsetMs).toBe(0);
  });
});
