import { decodePage } from "../../../provider/hss/decode.js";
import { RowDigest } from "../../../provider/hss/digest.js";

const key = new Uint8Array(32).fill(7);
const read = (digest: RowDigest, ...servers: unknown[]) =>
  decodePage(
    { total_num: servers.length, data_list: servers.map((server) => ({ event_id: "a", resource_info: server })) },
    digest,
  );
const alone = (server: unknown) => read(new RowDigest(key), server);
const server = { host_id: "h1", host_name: "web-1", os_type: "Linux" };

test("events of one server share it, and it can't be changed", () => {
  const [first, second] = read(new RowDigest(key), { ...server }, { ...server }).events;
  expect(first!.resourceInfo).toEqual({ hostName: "web-1", hostId: "h1", osType: "Linux" });
  expect(second!.resourceInfo).toBe(first!.resourceInfo);
  expect(Object.isFrozen(first!.resourceInfo)).toBe(true);
});

test.each<[string, unknown]>([
  ["the same", { ...server }],
  ["in another order", { os_type: "Linux", host_name: "web-1", host_id: "h1" }],
  ["as a list", [{ ...server }]],
  ["another value", { ...server, host_name: "web-2" }],
  ["a number as text", { ...server, host_name: "7", x: "7" }],
  ["a name more", { ...server, x: "y" }],
  ["a name more, of null", { ...server, x: null }],
  ["a name less", { host_id: "h1", host_name: "web-1" }],
  ["a name for another", { host_id: "h1", host_name: "web-1", os_name: "Linux" }],
  ["with an object", { ...server, x: { b: 1, a: [2] } }],
  ["of another id", { ...server, host_id: "h2" }],
  ["without an id", { host_name: "web-1" }],
  ["with an id that is no text", { ...server, host_id: 5 }],
  ["nothing", {}],
  ["none", null],
  ["text", "server"],
])("after a server, %s is read and digested as if it came alone", (_, other) => {
  const digest = new RowDigest(key);
  const { events, digests } = read(digest, server, other, server, other, other);
  const [one, two] = [alone(server), alone(other)];
  expect(events).toEqual([one, two, one, two, two].map((page) => page.events[0]));
  expect([...digests]).toEqual([one, two, one, two, two].flatMap((page) => [...page.digests]));
  // and on the next page
  const next = read(digest, other, server);
  expect([...next.digests]).toEqual([two, one].flatMap((page) => [...page.digests]));
});

test("ever new servers cost no more memory, and stay right", () => {
  const digest = new RowDigest(key);
  for (let n = 0; n < 5000; n++) {
    const one = { host_id: `h${n % 2500}`, host_name: `web-${n}` };
    expect([...read(digest, one).digests]).toEqual([...alone(one).digests]);
  }
});
