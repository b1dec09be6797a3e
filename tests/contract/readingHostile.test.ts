import { gzipSync } from "node:zlib";
import type { Fault } from "../../emulator/index.js";
import { hurriedClock, idsOf, keysOf, listedIds, Opened, type TestHost } from "../support/session.js";
import { serving } from "../support/sockets.js";
import { cpuMs } from "../support/timing.js";

const opened = new Opened();
afterAll(() => opened.close());

const startedAt = Date.now();
const settings = { maxRetries: 0 };

const page = (item: string) => `{"total_num":1,"data_list":[${item}]}`;
const event = (more: string) => page(`{"event_id":"hostile","occur_time":${startedAt - 1000},${more}}`);
const deep = (open: string, close: string, levels = 200_000) => `${open.repeat(levels)}1${close.repeat(levels)}`;

const bad: Readonly<Record<string, { fault: Fault; says: RegExp }>> = {
  "200,000 lists within each other": { fault: { kind: "body", body: deep("[", "]") }, says: /./ },
  "200,000 lists within each other, never closed": { fault: { kind: "body", body: "[".repeat(200_000) }, says: /./ },
  "200,000 objects as a page": { fault: { kind: "body", body: deep('{"a":', "}") }, says: /./ },
  "200,000 levels within data_list": { fault: { kind: "body", body: page(deep("[", "]")) }, says: /./ },
  "a total of two million digits": {
    fault: { kind: "body", body: `{"total_num":${"9".repeat(2_000_000)},"data_list":[]}` },
    says: /./,
  },
  "gzip that was not asked for": {
    fault: { kind: "body", body: gzipSync(Buffer.alloc(50_000_000)), headers: { "Content-Encoding": "gzip" } },
    says: /encoded \(content-encoding\)/,
  },
  "gzip that does not say so": { fault: { kind: "body", body: gzipSync(Buffer.alloc(50_000_000)) }, says: /UTF-8/ },
  "more bytes than any page has": {
    fault: { kind: "body", body: Buffer.alloc(64 * 1024 * 1024 + 1, 32) },
    says: /longer than 67108864 bytes/,
  },
  "a list where a page was expected": { fault: { kind: "body", body: "[]" }, says: /./ },
  "null where a page was expected": { fault: { kind: "body", body: "null" }, says: /./ },
  "a page whose list is a number": { fault: { kind: "body", body: '{"total_num":1,"data_list":7}' }, says: /./ },
  "a negative total": { fault: { kind: "body", body: '{"total_num":-1,"data_list":[]}' }, says: /./ },
  "bytes that are no UTF-8": { fault: { kind: "body", body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) }, says: /UTF-8/ },
};

describe("an answer that means harm gives one clear error, and the next read works", () => {
  let host: TestHost;
  let fault: Fault | undefined;
  let ids: readonly string[];
  const read = () => host.read();

  beforeAll(async () => {
    const emulator = await opened.emulator({ events: 450, now: () => startedAt, faults: () => fault });
    ids = (await listedIds(emulator)).sort();
    host = opened.host(emulator, { settings: { ...keysOf(emulator), ...settings } });
  });
  afterEach(async () => {
    fault = undefined;
    expect(idsOf(await read())).toEqual(ids);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test.each(Object.entries(bad))("%s", async (_name, { fault: given, says }) => {
    fault = given;
    const error = (await read().catch((caught: unknown) => caught)) as Error & { code?: string };
    expect(error).toBeInstanceOf(Error);
    expect(error.code).toBe("HSS_RESPONSE");
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/^[^\p{Cc}]{1,900}$/u);
  });

  test.each([
    ["__proto__ in an event", '"__proto__":{"polluted":true}'],
    ["__proto__ in a nested object", '"resource_info":{"__proto__":{"polluted":true}}'],
    ["constructor.prototype in an event", '"constructor":{"prototype":{"polluted":true}}'],
  ])("%s reaches no other object", async (_name, more) => {
    fault = { kind: "body", body: event(more) };
    const outcome = await read().catch((caught: unknown) => caught);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "HSS_RESPONSE" });
    else expect((outcome as { events: Record<string, unknown>[] }).events[0]?.["polluted"]).toBeUndefined();
  });

  test.each([
    ["a number of two million digits", `"host_name":"h","process_info":[{"process_pid":${"7".repeat(2_000_000)}}]`],
    ["a text of two million characters", `"host_name":"${"h".repeat(2_000_000)}"`],
    ["200,000 levels in a field that nobody knows", `"other":${deep("[", "]")}`],
  ])("%s in an event takes no long time", async (_name, more) => {
    fault = { kind: "body", body: event(more) };
    let outcome: unknown;
    expect(await cpuMs(async () => (outcome = await read().catch((caught: unknown) => caught)))).toBeLessThan(5000);
    if (outcome instanceof Error) {
      expect(outcome).toMatchObject({ code: "HSS_RESPONSE" });
      expect(outcome.message.length).toBeLessThan(900);
    }
  });
});

test("an endless body is given up at the cap", async () => {
  let sent = 0;
  const url = await serving((_request, response) => {
    const piece = Buffer.alloc(1024 * 1024, 32);
    const more = () => {
      while (!response.destroyed && response.write(piece)) sent += piece.length;
      sent += piece.length;
      response.once("drain", more);
    };
    response.writeHead(200, { "content-type": "application/json" });
    more();
  });
  const host = opened.hostOf(url, { settings: { ...settings, token: "some-token" } });
  await expect(host.read()).rejects.toMatchObject({
    code: "HSS_RESPONSE",
    message: expect.stringMatching(/longer than 67108864 bytes/) as string,
  });
  expect(sent).toBeLessThan(100 * 1024 * 1024);
});

test.each([301, 302, 303, 307, 308])("a redirect (%d) to another origin is not followed", async (status) => {
  const reached: unknown[] = [];
  const other = await serving((request, response) => {
    reached.push(request.headers);
    response.end(page(""));
  });
  let requests = 0;
  const url = await serving((request, response) => {
    requests++;
    response.writeHead(status, { location: `${other}${request.url ?? ""}` }).end();
  });
  for (const keys of [{ token: "some-token" }, { accessKey: "AK", secretKey: "SK" }]) {
    const host = opened.hostOf(url, { settings: keys, clock: hurriedClock() });
    const error = (await host.read().catch((caught: unknown) => caught)) as Error;
    expect(error).toMatchObject({ code: "HSS_SERVICE", status });
    expect(error.message).toMatch(new RegExp(`HTTP ${status}`));
  }
  expect(requests).toBe(2);
  expect(reached).toEqual([]);
});
