import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  getAppWhitelistEvents,
  getObservedProcesses,
  getWhitelistPolicyDocument,
  getObservedProcessesOutput,
} from "../../../sdk/index.js";
import { startFakeService, type FakeServer } from "../../support/fakeService.js";

const hash = "a".repeat(63) + "1";
const other = "b".repeat(63) + "2";

/** Events of one server: it ran the shared program, and one of its own. */
const eventsOf = (server: string, method = "mark_as_trust") =>
  [hash, other].map((processHash, at) =>
    JSON.stringify({
      event_id: `${server}-${at}`,
      event_name: "white list alert suspicious process",
      host_id: `id-of-${server}`,
      host_name: server,
      private_ip: `10.0.0.${server.length}`,
      occur_time: 1_790_000_000_000 + at,
      handle_status: "handled",
      handle_method: method,
      process_info: [{ process_name: "p", process_path: "/opt/p", process_hash: at === 0 ? hash : other }],
    }),
  );

const token = "canary-token-12";
const servers: FakeServer[] = [];
beforeAll(async () => {
  servers.push(await startFakeService({ token, items: eventsOf("web") }));
  servers.push(await startFakeService({ token, items: eventsOf("database") }));
  servers.push(await startFakeService({ token, items: eventsOf("edge-node", "mark_as_suspicious") }));
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

const account = (at: number, more: object = {}) =>
  new Account({ endpoint: servers[at]?.url, projectId: `p${at}`, token: pulumi.secret(token), ...more } as never);
const select = [{ handleMethods: ["mark_as_trust"], minHosts: 2 }];
const format = "json";

test("one observation of several accounts: servers are counted over all of them", async () => {
  const alone = await getWhitelistPolicyDocument({ format, select }, { account: account(0) });
  expect(alone.included).toEqual([]);
  const together = await getWhitelistPolicyDocument({ format, select }, { accounts: [account(0), account(1)] });
  expect(together.included.map((entry) => entry.hash)).toEqual([hash, other]);
  expect(together).toMatchObject({ complete: true });
  const observed = await getObservedProcesses({}, { accounts: [account(0), account(1)] });
  expect(observed).toMatchObject({ totalNum: 4, complete: true, processes: [{ hostCount: 2 }, { hostCount: 2 }] });
  const source = (JSON.parse(observed.observation) as { source: { project: string; narrowedBy: string[] } }).source;
  expect(source).toMatchObject({ project: "p0, p1", narrowedBy: [] });
  const from = await getWhitelistPolicyDocument({ format, select, observation: observed.observation });
  expect(from.document).toBe(together.document);
});

test("a doubt of one account speaks against the hash in all", async () => {
  const policy = await getWhitelistPolicyDocument(
    { format, select },
    { accounts: [account(0), account(1), account(2)] },
  );
  expect(policy.included).toEqual([]);
});

test("several projects and servers of one account; what the service gives twice counts once", async () => {
  const observed = await getObservedProcesses({ projectIds: ["p1", "p2"] }, { account: account(0) });
  expect(observed).toMatchObject({ totalNum: 4, processes: [{ hostCount: 1, eventCount: 2 }, { eventCount: 2 }] });
  // this service takes every name for every other
  const overlapping = await getObservedProcesses({ hostNames: ["web", "web-1"] }, { account: account(0) });
  expect(overlapping).toMatchObject({ totalNum: 2, processes: [{ eventCount: 1 }, { eventCount: 1 }] });
  expect(overlapping.reading.duplicatesDropped).toBeGreaterThanOrEqual(2);
  const { source } = JSON.parse(overlapping.observation) as { source: unknown };
  expect(source).toMatchObject({ narrowedBy: ["hostNames"], query: { hostNames: "web,web-1" } });
});

test("of a query narrowed to servers, doubts are looked for in each whole project", async () => {
  const before = servers[0]?.requests.length ?? 0;
  await getWhitelistPolicyDocument(
    { format, select, hostNames: ["web"], projectIds: ["p1", "p2"] },
    { account: account(0) },
  );
  const urls = servers[0]?.requests.slice(before).map(({ url }) => url) ?? [];
  for (const project of ["p1", "p2"]) {
    expect(urls.filter((url) => url.startsWith(`/v5/${project}/`) && url.includes("host_name=web"))).not.toEqual([]);
    expect(urls.filter((url) => url.startsWith(`/v5/${project}/`) && !url.includes("host_name"))).not.toEqual([]);
  }
});

test("settings of an account may be outputs, and secrets of it are none of the result", async () => {
  const late = account(1, { projectId: pulumi.output(Promise.resolve("late")) });
  expect(await getObservedProcesses({}, { account: late })).toMatchObject({ totalNum: 2 });
  const output = getObservedProcessesOutput({}, { accounts: [account(0), late] });
  expect(await pulumi.isSecret(output)).toBe(false);
  expect(await new Promise((resolve) => output.totalNum.apply(resolve))).toBe(4);
});

test.each([
  [{ acount: 1 }, /options\.acount: is not an option; did you mean account\?/],
  [{ account: {} }, /options\.account: must be made with new Account/],
  [{ accounts: [] }, /options\.accounts: must be a list of accounts/],
  [{ accounts: [new Account({})], account: new Account({}) }, /options\.accounts: excludes account/],
  [5, /options: must be an object with account, accounts, config, signal/],
])("options that are none: %#", async (options, message) => {
  await expect(getObservedProcesses({}, options as never)).rejects.toThrow(message);
});

test("a function that reads one account says so, and lists exclude what they are lists of", async () => {
  await expect(getAppWhitelistEvents({}, { accounts: [account(0), account(1)] })).rejects.toThrow(
    /options\.accounts: takes one account here/,
  );
  await expect(
    getObservedProcesses({ projectId: "a", projectIds: ["a"], hostName: "b", hostNames: ["b", "b"] }),
  ).rejects.toThrow(/hostNames: names one twice.*projectIds: excludes projectId/);
});
