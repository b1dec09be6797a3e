import * as pulumi from "@pulumi/pulumi";
import {
  getAppWhitelistEvents,
  getAppWhitelistEventsOutput,
  getWhitelistPolicyDiff,
  getWhitelistPolicyDocument,
  ArgumentError,
  HssError,
} from "../../../sdk/index.js";
import { startFakeService, type FakeServer } from "../../support/fakeService.js";
import { plainItems } from "../../support/pages.js";

const token = "canary-token-11";
let server: FakeServer;

beforeAll(async () => {
  server = await startFakeService({ token, items: plainItems(250) });
  pulumi.runtime.setAllConfig({ "hss:endpoint": server.url, "hss:projectId": "from-stack", "hss:token": token });
});
afterAll(() => server.close());

const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

test("settings come from the stack's hss: configuration", async () => {
  const read = await getAppWhitelistEvents();
  expect(read).toMatchObject({ totalNum: 250, complete: true });
  expect(server.requests.at(-1)?.url).toMatch(/^\/v5\/from-stack\/app\/event\?/);
});

test("opts.config overrides them, an argument overrides both", async () => {
  await getAppWhitelistEvents({ limit: 10 }, { config: { projectId: "from-options" } });
  expect(server.requests.at(-1)?.url).toMatch(/^\/v5\/from-options\//);
  await getAppWhitelistEvents({ limit: 10, projectId: "own" }, { config: { projectId: "from-options" } });
  expect(server.requests.at(-1)?.url).toMatch(/^\/v5\/own\//);
});

test("inputs may be outputs, the result is one", async () => {
  const read = getAppWhitelistEventsOutput({
    limit: pulumi.output(20),
    fields: ["eventId", pulumi.output("processInfo.processHash")] as never,
  });
  expect(await value(read.events.length)).toBe(20);
  const [event] = await value(read.events);
  expect(Object.keys(event ?? {})).toEqual(["eventId", "processInfo"]);
});

test("a secret argument makes the result a secret, a secret setting does not", async () => {
  const secret = getAppWhitelistEventsOutput({ limit: 10, hostName: pulumi.secret("web-1") });
  expect(await pulumi.isSecret(secret)).toBe(true);
  const open = getAppWhitelistEventsOutput({ limit: 10 }, { config: { token: pulumi.secret(token) } });
  expect(await value(open.totalNum)).toBe(250);
  expect(await pulumi.isSecret(open)).toBe(false);
});

test("an unknown argument makes the result unknown, and no call is made", async () => {
  const before = server.requests.length;
  const unknown = new (pulumi.Output as unknown as new (...args: unknown[]) => pulumi.Output<string>)(
    [],
    Promise.resolve(undefined),
    Promise.resolve(false),
    Promise.resolve(false),
    Promise.resolve([]),
  );
  const read = getAppWhitelistEventsOutput({ hostName: unknown });
  const { isKnown } = read as unknown as { isKnown: Promise<boolean> };
  expect(await isKnown).toBe(false);
  expect(server.requests.length).toBe(before);
});

const bad: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ["lastDays 0", { lastDays: 0 }, /lastDays: takes 1 to 30/],
  ["lastDays 31", { lastDays: 31 }, /lastDays: takes 1 to 30/],
  ["lastDays 1.5", { lastDays: 1.5 }, /lastDays: takes a whole number from 1 to 30/],
  ["lastDays as text", { lastDays: "7" }, /lastDays: takes a whole number/],
  ["lastDays and beginTime", { lastDays: 1, beginTime: "0", endTime: "1" }, /lastDays: excludes beginTime and endTime/],
  ["beginTime alone", { beginTime: "0" }, /endTime: is needed beside beginTime/],
  ["endTime alone", { endTime: "0" }, /beginTime: is needed beside endTime/],
  ["endTime before beginTime", { beginTime: "10", endTime: "9" }, /endTime: is before beginTime/],
  [
    "beginTime in milliseconds",
    { beginTime: "1790000000000", endTime: "1790000000001" },
    /beginTime: .* looks like milliseconds/,
  ],
  [
    "beginTime without offset",
    { beginTime: "2026-11-01T00:00:00", endTime: "2026-11-02T00:00:00Z" },
    /beginTime: takes RFC 3339 with an offset/,
  ],
  [
    "30 February",
    { beginTime: "2026-02-30T00:00:00Z", endTime: "2026-03-02T00:00:00Z" },
    /beginTime: names a day or hour that does not exist/,
  ],
  ["beginTime as number", { beginTime: 1790000000, endTime: "1790000001" }, /beginTime: takes a string/],
  ["limit 9", { limit: 9 }, /limit: takes 10 to 200/],
  ["limit 201", { limit: 201 }, /limit: takes 10 to 200/],
  ["offset -1", { offset: -1 }, /offset: takes 0 to 2000000/],
  ["offset 2000001", { offset: 2_000_001 }, /offset: takes 0 to 2000000/],
  ["projectId ../x", { projectId: "../x" }, /projectId: is not a project id/],
  ["projectId ..", { projectId: ".." }, /projectId: is not a project id/],
  ["projectId empty", { projectId: "" }, /projectId: takes 1 to 256 characters/],
  ["hostName too long", { hostName: "x".repeat(257) }, /hostName: takes 1 to 256 characters/],
  ["hostName of half a surrogate", { hostName: "\ud800" }, /hostName: holds half of a surrogate pair/],
  ["privateIp too long", { privateIp: "1".repeat(129) }, /privateIp: takes 1 to 128 characters/],
  ["handleStatus open", { handleStatus: "open" }, /handleStatus: takes `handled` or `unhandled`/],
  ["fields unknown", { fields: ["processInfo.hash"] }, /fields: "processInfo.hash" is not a field/],
  ["fields empty", { fields: [] }, /fields: takes at least one name/],
  ["format xml", { format: "xml" }, /format: takes `typed` or `json`/],
  ["requireComplete maybe", { requireComplete: "maybe" }, /requireComplete: takes true or false/],
  ["projectId projekt-ü", { projectId: "projekt-ü" }, /projectId: is not a project id: expected ASCII/],
  ["hour 24", { beginTime: "2026-11-01T24:00:00Z", endTime: "2026-11-03T00:00:00Z" }, /beginTime: takes RFC 3339/],
  ["no object", 5 as never, /arguments: must be an object; known arguments: projectId, /],
  ["null", null as never, /arguments: must be an object; known arguments: projectId, /],
  ["an argument that is none", { hostname: "a" }, /hostname: is not an argument; expected one of projectId, /],
];

describe("bad arguments", () => {
  test.each(bad)("%s", async (_, args, message) => {
    const before = server.requests.length;
    const failure: unknown = await getAppWhitelistEvents(args as never).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ArgumentError);
    expect(String(failure)).toMatch(message);
    expect(String(failure)).not.toContain("\n");
    expect(server.requests.length).toBe(before);
  });

  test("all at once", async () => {
    const failure = await getAppWhitelistEvents({
      lastDays: 31,
      limit: 9,
      handleStatus: "open",
      strange: 1,
    } as never).catch((error: unknown) => error);
    expect((failure as ArgumentError).problems.map(({ property }) => property)).toEqual([
      "handleStatus",
      "limit",
      "strange",
      "lastDays",
    ]);
  });
});

test("a function that asks no service has no use for settings", async () => {
  const after = '{"format":"x"}';
  const failure: unknown = await getWhitelistPolicyDiff({ after }, { config: { region: "?" } }).catch(
    (error: unknown) => error,
  );
  expect((failure as ArgumentError).problems.map(({ property }) => property)).toEqual(["after"]);
});

describe("what is wrong is told once, and all of it", () => {
  const problemsOf = async (call: Promise<unknown>) =>
    ((await call.catch((error: unknown) => error)) as ArgumentError).problems.map(({ property }) => property);
  const process = { hash: "a".repeat(64), hashAlgorithm: "sha256" };

  test("a bad time is not missing, too", async () => {
    const endTime = "2026-11-01T00:00:00Z";
    expect(await problemsOf(getAppWhitelistEvents({ beginTime: "garbage", endTime }))).toEqual(["beginTime"]);
    expect(await problemsOf(getAppWhitelistEvents({ beginTime: endTime, endTime: 1700000000 as never }))).toEqual([
      "endTime",
    ]);
  });

  test("texts that are no documents beside other faults", async () => {
    expect(await problemsOf(getWhitelistPolicyDiff({ before: "x", after: "{}", z: 1 } as never))).toEqual([
      "z",
      "before",
      "after",
    ]);
    expect(await problemsOf(getWhitelistPolicyDiff({ before: "x", after: 5 } as never))).toEqual(["after", "before"]);
  });

  test("processes that are none are told, not judged", async () => {
    const processes = [{ ...process, hash: 7 }];
    const problems = await problemsOf(getWhitelistPolicyDocument({ processes, mode: "enforced" } as never));
    expect(problems).toContain("processes.0.hash");
    expect(problems).toContain("mode");
  });
});

test("a signal aborts the call", async () => {
  const controller = new AbortController();
  const read = getAppWhitelistEvents({}, { signal: controller.signal });
  controller.abort();
  const failure: unknown = await read.catch((error: unknown) => error);
  expect(HssError.is(failure) && failure.code).toBe("HSS_ABORTED");
});

test("equal reads at the same time are one", async () => {
  const start = server.requests.length;
  await getAppWhitelistEvents({ lastDays: 2 });
  const before = server.requests.length;
  const [a, b] = await Promise.all([getAppWhitelistEvents({ lastDays: 2 }), getAppWhitelistEvents({ lastDays: 2 })]);
  expect(a).toEqual(b);
  expect(server.requests.length - before).toBe(before - start);
});

test("a condition that is none is told with those that are", async () => {
  const call = getWhitelistPolicyDocument({ select: [{ hashes: ["aa"], minhosts: 2 } as never], processes: [] });
  await expect(call).rejects.toThrow(
    /select\.0\.minhosts: is not an argument; expected one of hashes, handleMethods, /,
  );
  const inner = getWhitelistPolicyDocument({
    select: [{ hashes: [{ hash: "aa", why: "x" } as never] }],
    processes: [],
  });
  await expect(inner).rejects.toThrow(/select\.0\.hashes\.0/);
});

test("in a project called hss it may be the project's own", async () => {
  const config = pulumi.runtime.allConfig() as Record<string, string>;
  const project = jest.spyOn(pulumi, "getProject").mockReturnValue("hss");
  try {
    pulumi.runtime.setAllConfig({ ...config, "hss:owner": "platform" });
    expect((await getAppWhitelistEvents({ limit: 10 })).totalNum).toBe(250);
  } finally {
    project.mockRestore();
    pulumi.runtime.setAllConfig(config);
  }
});

test("a key of the stack's configuration that is no setting is an error, as for the plugin", async () => {
  const config = pulumi.runtime.allConfig() as Record<string, string>;
  try {
    pulumi.runtime.setAllConfig({ ...config, "hss:projektId": "x", "hss:version": "0.1.0", "other:thing": "y" });
    await expect(getAppWhitelistEvents()).rejects.toThrow(/projektId/);
  } finally {
    pulumi.runtime.setAllConfig(config);
  }
  expect((await getAppWhitelistEvents({ limit: 10 })).totalNum).toBe(250);
});
