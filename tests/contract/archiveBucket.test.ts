import { verifyArchive } from "../../provider/archive/verify.js";
import { added, eventsOf, rowOf } from "../support/archive.js";
import { bucketStore, s3Program, S3Server } from "../support/s3Server.js";

const suite = s3Program === undefined ? describe.skip : describe;

suite(`an archive in a bucket${s3Program === undefined ? " (not installed: versitygw, see .ci/s3server)" : ""}`, () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await S3Server.start();
  });
  afterAll(() => server.end());
  let count = 0;
  const fresh = () => `s3://evidence/archive-${++count}`;

  test("a store", async () => {
    const store = bucketStore(server.url, fresh());
    expect(await store.list("")).toEqual([]);
    expect(await store.read("a/b.json")).toBeUndefined();
    await store.write("a/b.json", Buffer.from("1"));
    await store.write("a/b.json", Buffer.from("22"));
    expect(await store.create("a/b.json", Buffer.from("333"))).toBe(false);
    expect(await store.create("a/b.json", Buffer.from("22"))).toBe(true);
    expect(await store.create("a/region=%41/c.json", Buffer.from("333"))).toBe(true);
    expect(await store.list("a")).toEqual([
      { path: "a/b.json", size: 2 },
      { path: "a/region=%41/c.json", size: 3 },
    ]);
    await store.publish("a/region=%41/c.json", "d/region=%41/c.json");
    await store.publish("a/region=%41/c.json", "d/region=%41/c.json");
    expect((await store.read("d/region=%41/c.json"))?.toString()).toBe("333");
    await store.clear("a");
    expect(await store.list("a/")).toEqual([]);
  });

  test("events", async () => {
    const store = bucketStore(server.url, fresh());
    const events = Array.from({ length: 60 }, (_, n) => ({
      eventId: `e${n}`,
      occurTime: String(1767225600000 + n * 3600000),
    }));
    await added(
      store,
      events.map((event) => rowOf(event)),
    );
    expect(await eventsOf(store)).toEqual(events.reverse());
    expect((await verifyArchive(store)).checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});
