import { TransportError } from "../../../../provider/errors.js";
import { type HttpResponse } from "../../../../provider/runtime/runtime.js";
import { type Answer, keysAnswer, World } from "../../../support/credentialsWorld.js";

let world: World;
beforeEach(() => {
  world = new World();
});

describe("metadata of the server", () => {
  const keyUrl = "GET http://169.254.169.254/openstack/latest/securitykey";
  const keys = (name: string, seconds = 3600): Answer => ({
    ...(keysAnswer(world, name, seconds) as HttpResponse),
    status: 200,
  });

  test("version 2, its session token kept", async () => {
    world.answer = ({ method }, n) => (method === "PUT" ? { body: "session" } : keys(`k${n}`));
    const source = world.source();
    expect(await source.get()).toMatchObject({ accessKey: "k2-ak" });
    expect(world.requests[1]?.headers).toEqual({ "x-metadata-token": "session" });
    world.now += 3_400_000;
    expect(await source.get()).toMatchObject({ accessKey: "k3-ak" });
    expect(world.urls).toEqual(["PUT http://169.254.169.254/meta-data/latest/api/token", keyUrl, keyUrl]);
  });

  test.each([404, 405, 503])("version 1 where the token is answered with %s", async (status) => {
    world.answer = ({ method }) => (method === "PUT" ? { status } : keys("k"));
    expect(await world.source().get()).toMatchObject({ accessKey: "k-ak" });
    expect(world.requests[1]?.headers).toEqual({});
  });

  test("a session that ended is renewed once", async () => {
    world.answer = ({ method }, n) =>
      method === "PUT" ? { body: `s${n}` } : n === 2 ? { status: 401, body: "{}" } : keys("k");
    expect(await world.source().get()).toMatchObject({ accessKey: "k-ak" });
    expect(world.requests.map((it) => it.headers["x-metadata-token"])).toEqual([undefined, "s1", undefined, "s3"]);
  });

  test("a server without an agency", async () => {
    world.answer = ({ method }) =>
      method === "PUT" ? { body: "s" } : { status: 401, body: "Please configure Cloud Service Agency first" };
    await expect(world.source().get()).rejects.toThrow(/no credentials: .*agency has to be set for the server/);
    expect(world.requests).toHaveLength(2);
  });

  test("one that stumbles is asked again", async () => {
    world.answer = ({ method }, n) =>
      method === "PUT" ? { body: "s" } : n === 2 ? { status: 503 } : n === 3 ? { status: 429 } : keys("k");
    expect(await world.source().get()).toMatchObject({ accessKey: "k-ak" });
    expect(world.requests).toHaveLength(4);
  });

  test("one that has answered before is asked again where it does not answer", async () => {
    world.answer = ({ method }, n) =>
      method === "PUT" ? { body: "s" } : n === 3 ? new TransportError("timed out") : keys(`k${n}`);
    const source = world.source();
    expect(await source.get()).toMatchObject({ accessKey: "k2-ak" });
    world.now += 3_590_000;
    expect(await source.get()).toMatchObject({ accessKey: "k4-ak" });
  });

  test("one that goes on failing is no place that gives credentials", async () => {
    world.answer = () => ({ status: 500 });
    await expect(world.source({ maxRetries: 1 }).get()).rejects.toThrow(/no credentials: .*no keys \(HTTP 500\)/);
  });
});
