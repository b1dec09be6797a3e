import { systemClock } from "../../provider/runtime/clock.js";
import { hurriedClock, idsOf, keysOf, listedIds, Opened } from "../support/session.js";
import { serving } from "../support/sockets.js";

const opened = new Opened();
afterEach(() => opened.close());

const hour = 3_600_000;

describe.each([3, -3, 14])("a clock that is %d hours off", (hours) => {
  const startedAt = Date.now();
  const theirs = () => startedAt + hours * hour;

  test("is corrected once, from the Date of the refusal", async () => {
    const emulator = await opened.emulator({ events: 4715, now: theirs });
    const ids = (await listedIds(emulator)).sort();
    emulator.requests.length = 0;
    const host = opened.host(emulator);
    const result = await host.read();
    expect(idsOf(result)).toEqual(ids);
    expect(result).toMatchObject({ complete: true, reading: { retries: 1 } });
    // the first alone was refused, and repeated at once
    expect(emulator.requests.map(({ status }) => status)).toEqual([401, ...emulator.requests.slice(1).map(() => 200)]);
    // the days are those before the read by the service's clock
    expect(Math.abs(Date.parse(result.reading.endTime) - theirs())).toBeLessThan(60_000);

    const again = await host.read({ lastDays: 29 });
    expect(again).toMatchObject({ complete: true, reading: { retries: 0 } });
    expect(emulator.stats.byStatus[401]).toBe(1);
  });

  test("is corrected once for each of many requests at the same time", async () => {
    const emulator = await opened.emulator({ events: 1000, now: theirs, latencyMs: 50 });
    const host = opened.host(emulator);
    const results = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((lastDays) => host.read({ lastDays })));
    for (const result of results) {
      expect(result.complete).toBe(true);
      expect(result.reading.retries).toBeLessThanOrEqual(1);
    }
    // what was in flight before the first refusal came, and nothing after it
    expect(emulator.stats.byStatus[401]).toBeLessThanOrEqual(8);
    const statuses = emulator.requests.map(({ status }) => status);
    expect(statuses.lastIndexOf(401)).toBeLessThanOrEqual(8);
  });
});

test("a clock that jumps while the program runs is corrected again", async () => {
  let off = 0;
  const emulator = await opened.emulator({ events: 500, now: () => Date.now() + off });
  const host = opened.host(emulator);
  expect((await host.read({ lastDays: 29 })).reading.retries).toBe(0);
  off = 5 * hour;
  expect(await host.read({ lastDays: 28 })).toMatchObject({ complete: true, reading: { retries: 1 } });
  off = -2 * hour;
  expect(await host.read({ lastDays: 27 })).toMatchObject({ complete: true, reading: { retries: 1 } });
  expect(emulator.stats.byStatus[401]).toBe(2);
});

test("the own clock is off instead: the same", async () => {
  const emulator = await opened.emulator({ events: 500 });
  const clock = { now: () => systemClock.now() - 7 * hour, sleep: systemClock.sleep };
  const host = opened.host(emulator, { clock });
  const result = await host.read();
  expect(result).toMatchObject({ complete: true, reading: { retries: 1 } });
  expect(Math.abs(Date.parse(result.reading.endTime) - Date.now())).toBeLessThan(60_000);
});

describe("what no correction of the clock can help is not asked again", () => {
  test("wrong keys, whatever the clocks say", async () => {
    const emulator = await opened.emulator({ events: 500 });
    const host = opened.host(emulator, { settings: { ...keysOf(emulator), secretKey: "wrong" } });
    await expect(host.read()).rejects.toMatchObject({ status: 401 });
    expect(emulator.requests).toHaveLength(1);
  });

  test("wrong keys and a clock that is off: one correction, then the refusal", async () => {
    const emulator = await opened.emulator({ events: 500, now: () => Date.now() + 3 * hour });
    const host = opened.host(emulator, { settings: { ...keysOf(emulator), secretKey: "wrong" } });
    await expect(host.read()).rejects.toMatchObject({
      status: 401,
      message: expect.stringMatching(/check accessKey and secretKey/) as string,
    });
    expect(emulator.requests.length).toBeLessThanOrEqual(2);
  });

  test("a wrong token", async () => {
    const emulator = await opened.emulator({ events: 500, now: () => Date.now() + 3 * hour });
    const host = opened.host(emulator, { settings: { token: "wrong" } });
    await expect(host.read()).rejects.toMatchObject({ status: 401 });
    expect(emulator.requests).toHaveLength(1);
  });

  const expired = {
    error_code: "APIGW.0301",
    error_msg: "Incorrect IAM authentication information: signature expired",
  };
  test.each([
    ["the service's clock is the own one", {}],
    ["the date comes out of a cache", { date: new Date(Date.now() + 3 * hour).toUTCString(), age: "7200" }],
    ["the date is none", { date: "soon" }],
  ])("a signature that has expired, but %s", async (_name, headers) => {
    let requests = 0;
    const url = await serving((_request, response) => {
      requests++;
      response.writeHead(401, { "content-type": "application/json", ...headers }).end(JSON.stringify(expired));
    });
    const settings = { accessKey: "AK", secretKey: "SK" };
    const host = opened.hostOf(url, { settings, clock: hurriedClock() });
    await expect(host.read()).rejects.toMatchObject({ code: "HSS_SERVICE", status: 401 });
    expect(requests).toBe(1);
  });
});
