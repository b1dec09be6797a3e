import { randomBytes } from "node:crypto";
import { getAppWhitelistEvents } from "../../../provider/functions/getAppWhitelistEvents.js";
import { Session } from "../../../provider/session.js";
import type { Transport } from "../../../provider/runtime/runtime.js";
import { fakeService } from "../../support/fakeService.js";
import { limiter } from "../../support/limiter.js";
import { plainItems } from "../../support/pages.js";
import { virtualClock } from "../../support/virtualClock.js";

const minute = 60_000;
const token = "canary-token";

/** The document's flow control: five calls in any minute, and a 429 that says so. */
function limited(now: () => number, items: readonly string[]) {
  const admit = limiter({ kind: "sliding", requests: 5, perMs: minute }, now());
  const refusal =
    '{"error_msg":"The throttling threshold has been reached: policy user over ratelimit,limit:5,time:1 minute","error_code":"APIGW.0308"}';
  const { transport, requests } = fakeService({ items, accepted: { token }, limit: { admit, now, refusal } });
  const answeredWith = (status: number) => requests.filter((request) => request.status === status).length;
  return { transport, answeredWith, admit };
}

function setUp(count: number) {
  const clock = virtualClock(Date.parse("2026-11-24T12:00:00Z"));
  const server = limited(() => clock.now(), plainItems(count));
  const told: string[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    progress: (line: string) => void told.push(line),
  };
  const session = new Session({
    log,
    env: {},
    runtime: { clock, random: () => 0.5, randomBytes, transport: server.transport, log },
  });
  const config = { endpoint: "https://hss.example.com", projectId: "p", token };
  return { clock, server, session, config, told };
}

test("100 pages at five calls a minute: the least possible time, one 429, and progress that says how long", async () => {
  const { clock, server, session, config, told } = setUp(20_000);
  const startedAt = clock.now();
  const read = await clock.run(session.call(getAppWhitelistEvents, { format: "json" }, { config }));
  expect(read).toMatchObject({ totalNum: 20_000, complete: true, reading: { throttled: 1 } });
  const requests = server.answeredWith(200);
  expect(requests).toBeLessThanOrEqual(122);
  // five at once, then five a minute
  const least = Math.ceil((requests - 5) / 5) * minute;
  expect(clock.now() - startedAt).toBeLessThanOrEqual(least * 1.01 + minute);
  expect(server.answeredWith(429)).toBe(1);
  expect(told.some((line) => /requests to go, about \d+ min left/.test(line))).toBe(true);
});

test("five calls a minute, as a setting: what is read, how much is left, how long, and when it goes on", async () => {
  const { clock, session, config, told } = setUp(4715);
  const heard: string[][] = [];
  const read = clock.run(
    session.call(
      getAppWhitelistEvents,
      { format: "json" },
      { config: { ...config, requestsPerMinute: 5, maxConcurrency: 1 } },
    ),
  );
  void clock.sleep(minute - 1000, new AbortController().signal).then(() => heard.push([...told]));
  await read;
  // the first five go at once; what they brought, and that it waits now, is told before the minute is over
  expect(heard).toEqual([
    [
      expect.stringMatching(
        /^reading HSS events: \d+ of 4715, \d+ requests to go, about [56] min left at 5 requests a minute, the next request in \d+ s$/,
      ),
    ],
  ]);
  // the least that a line a minute costs: nobody reads more
  expect(told.length).toBeLessThanOrEqual(12);
});

test("a first call that is refused: when it is tried again", async () => {
  const { clock, server, session, config, told } = setUp(200);
  for (let calls = 0; calls < 5; calls++) server.admit(clock.now());
  await clock.run(session.call(getAppWhitelistEvents, { format: "json" }, { config }));
  expect(told[0]).toMatch(/^reading HSS events: the next request in \d+ s$/);
});

test("a read that is over at once shows no progress", async () => {
  // three pages and two looks: as many requests as are allowed at once
  const { clock, session, config, told } = setUp(500);
  await clock.run(
    session.call(getAppWhitelistEvents, { format: "json" }, { config: { ...config, maxConcurrency: 1 } }),
  );
  expect(told).toEqual([]);
});

test("a deadline that can't be met fails as soon as the pace is known, and says how long it would take", async () => {
  const { clock, server, session, config } = setUp(20_000);
  const startedAt = clock.now();
  const failure: unknown = await clock
    .run(session.call(getAppWhitelistEvents, {}, { config: { ...config, deadlineSeconds: 600 } }))
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: "HSS_DEADLINE",
    message: expect.stringMatching(
      /more requests at the allowed pace would take about \d+ min, and deadlineSeconds leaves \d+ (s|min)/,
    ),
  });
  expect(clock.now() - startedAt).toBeLessThan(minute);
  expect(server.answeredWith(200)).toBeLessThanOrEqual(5);
});

test("a silent service is left when the deadline is over", async () => {
  const { clock, config, session: _ } = setUp(0);
  const transport: Transport = {
    send: ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      }),
  };
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, progress: () => undefined };
  const session = new Session({ log, env: {}, runtime: { clock, random: () => 0.5, randomBytes, transport, log } });
  const startedAt = clock.now();
  for (const args of [{}, { limit: 10 }]) {
    const failure: unknown = await clock
      .run(session.call(getAppWhitelistEvents, args, { config: { ...config, deadlineSeconds: 2 } }))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "HSS_DEADLINE",
      message: expect.stringMatching(/longer than deadlineSeconds \(2 s\)/),
    });
  }
  expect(clock.now() - startedAt).toBe(4000);
});
