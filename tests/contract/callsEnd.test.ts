import { AbortedError, DeadlineError, TransportError } from "../../provider/errors.js";
import { counting } from "../support/sockets.js";
import { hurriedClock, Opened, type TestHostOptions } from "../support/session.js";
import { endsWithin } from "../support/timing.js";

const opened = new Opened();
afterEach(() => opened.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A host whose only way to HSS is the proxy. */
const behind = (proxy: { address: string }, settings: Record<string, unknown>, more: Partial<TestHostOptions> = {}) =>
  opened.hostOf("https://hss.cn-north-4.myhuaweicloud.com", {
    settings: { token: "a-token-of-the-test", ...settings },
    env: { HTTPS_PROXY: `http://${proxy.address}` },
    ...more,
  });

const failureOf = (read: Promise<unknown>): Promise<Error> =>
  read.then(
    () => new Error("was answered"),
    (error: unknown) => error as Error,
  );

test("a proxy that closes every connection at once: one attempt and maxRetries more, then one error", async () => {
  const proxy = await counting((socket) => socket.end());
  const host = behind(proxy, { maxRetries: 3 }, { clock: hurriedClock() });
  const error = await failureOf(host.read());
  expect(error).toBeInstanceOf(TransportError);
  expect(error.message).toMatch(
    /^https:\/\/hss\.cn-north-4\.myhuaweicloud\.com: proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\): .*ECONNRESET/,
  );
  await pause(1000);
  expect([proxy.connections, proxy.open]).toEqual([4, 0]);
  expect(host.log.filter(({ message }) => /attempt \d+ .* failed, next in/.test(message))).toHaveLength(3);
});

test("a silent proxy: deadlineSeconds ends the call in every attempt", async () => {
  const proxy = await counting();
  const started = performance.now();
  const error = await endsWithin(
    2700,
    failureOf(behind(proxy, { deadlineSeconds: 2, requestTimeoutSeconds: 30 }).read()),
  );
  const took = performance.now() - started;
  expect(error).toBeInstanceOf(DeadlineError);
  expect(error.message).toMatch(/deadlineSeconds \(2 s\)/);
  expect(took).toBeGreaterThan(1900);
  await pause(1000);
  expect([proxy.connections, proxy.open]).toEqual([1, 0]);
});

test("a silent proxy: requestTimeoutSeconds ends each attempt", async () => {
  const proxy = await counting();
  const started = performance.now();
  const error = await endsWithin(
    2700,
    failureOf(behind(proxy, { maxRetries: 1, requestTimeoutSeconds: 1 }, { clock: hurriedClock() }).read()),
  );
  const took = performance.now() - started;
  expect(error).toBeInstanceOf(TransportError);
  expect(error.message).toMatch(
    /timed out after 1 s while waiting for the proxy's answer \(proxy 127\.0\.0\.1:\d+ of HTTPS_PROXY\)$/,
  );
  expect(took).toBeGreaterThan(1900);
  await pause(500);
  expect([proxy.connections, proxy.open]).toEqual([2, 0]);
});

test("an abort ends the call at once, whatever it waits for, and nothing goes on", async () => {
  const silent = await counting();
  const closing = await counting((socket) => socket.end());
  for (const proxy of [silent, closing]) {
    const caller = new AbortController();
    const reading = failureOf(behind(proxy, { maxRetries: 10 }).read({}, caller.signal));
    await pause(1000);
    caller.abort();
    expect(await endsWithin(150, reading)).toBeInstanceOf(AbortedError);
    await pause(50);
    const { connections } = proxy;
    await pause(2000);
    expect([proxy.connections, proxy.open]).toEqual([connections, 0]);
  }
});
