import { resolveSettings } from "../../../../provider/settings/index.js";
import { AbortedError, CredentialsError, TransportError } from "../../../../provider/errors.js";
import { credentialSource } from "../../../../provider/hss/credentials/index.js";
import { type Answer, login, tokenAnswer, World } from "../../../support/credentialsWorld.js";

let world: World;
beforeEach(() => {
  world = new World();
});

describe("password login", () => {
  test("asks IAM for a token of the project, once, and keeps it", async () => {
    world.answer = () => tokenAnswer(world, "the-token");
    const source = world.source({ ...login, projectId: "p1" });
    const [a, b] = await Promise.all([source.get(), source.get()]);
    expect(a).toBe(b);
    expect(await source.get()).toEqual({ kind: "token", token: "the-token", expiresAt: world.now + 86_400_000 });
    expect(world.urls).toEqual(["POST https://iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens?nocatalog=true"]);
    expect(world.bodyOf(0)).toEqual({
      auth: {
        identity: {
          methods: ["password"],
          password: { user: { name: "user", password: "pw", domain: { name: "account" } } },
        },
        scope: { project: { id: "p1" } },
      },
    });
    expect(source.secrets()).toEqual(expect.arrayContaining(["pw", "the-token"]));
  });

  test.each([
    [{ projectName: "n" }, { project: { name: "n" } }],
    [{}, { project: { name: "cn-north-4" } }],
    [{ region: undefined, authUrl: "https://iam.example/v3" }, { domain: { name: "account" } }],
  ])("scope of %j", async (more, scope) => {
    world.answer = () => tokenAnswer(world, "t");
    await credentialSource(resolveSettings({ region: "cn-north-4", ...login, ...more }, {}), world.runtime).get();
    expect(world.bodyOf(0)).toMatchObject({ auth: { scope } });
  });

  test("the account may be named elsewhere", async () => {
    world.answer = () => tokenAnswer(world, "t");
    await world.source({ userName: "user", password: "pw" }, { HW_DOMAIN_ID: "did" }).get();
    expect(world.bodyOf(0)).toMatchObject({ auth: { identity: { password: { user: { domain: { id: "did" } } } } } });
  });

  test("a wrong password: IAM's words, once, no password", async () => {
    const body = JSON.stringify({
      error: { code: "IAM.0001", message: "The username or password is wrong.", title: "Unauthorized" },
    });
    world.answer = () => ({ status: 401, headers: { "x-request-id": "r1" }, body });
    const error = (await world
      .source(login)
      .get()
      .catch((it: unknown) => it)) as Error;
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error.message).toMatch(
      /^logging in to IAM: IAM\.0001 The username or password is wrong\. \(HTTP 401, request id r1\)/,
    );
    expect(world.requests).toHaveLength(1);
  });

  test("a passing failure is repeated, a lasting one is not repeated for ever", async () => {
    world.answer = (_, n) => [new TransportError("cut"), { status: 503 }, tokenAnswer(world, "t")][n - 1] ?? {};
    expect(await world.source(login).get()).toMatchObject({ token: "t" });
    expect(world.requests).toHaveLength(3);
    world.answer = () => new TransportError("https://iam.example: cut");
    await expect(world.source(login).get()).rejects.toThrow(/^logging in to IAM: https:\/\/iam\.example: cut$/);
    expect(world.requests).toHaveLength(6);
  });

  test("a failed login is tried again by the next caller", async () => {
    world.answer = (_, n) => (n === 1 ? { status: 400, body: "{}" } : tokenAnswer(world, "t"));
    const source = world.source(login);
    await expect(source.get()).rejects.toBeInstanceOf(CredentialsError);
    expect(await source.get()).toMatchObject({ token: "t" });
  });

  test("an answer without a token", async () => {
    world.answer = () => ({ status: 201, body: "<html>" });
    await expect(world.source(login).get()).rejects.toThrow(/no X-Subject-Token/);
  });
});

describe("renewal", () => {
  test("before expiry, once for all who wait", async () => {
    world.answer = (_, n) => tokenAnswer(world, `t${n}`, 3600);
    const source = world.source(login);
    expect(await source.get()).toMatchObject({ token: "t1" });
    world.now += 54 * 60_000;
    expect(await source.get()).toMatchObject({ token: "t1" });
    world.now += 2 * 60_000;
    const all = await Promise.all(Array.from({ length: 20 }, () => source.get()));
    expect(new Set(all.map((it) => (it.kind === "token" ? it.token : "")))).toEqual(new Set(["t2"]));
    expect(world.requests).toHaveLength(2);
  });

  test("where it fails, what is still valid is used", async () => {
    world.answer = (_, n) => (n === 1 ? tokenAnswer(world, "t1", 3600) : { status: 400, body: "{}" });
    const source = world.source(login);
    await source.get();
    world.now += 57 * 60_000;
    expect(await source.get()).toMatchObject({ token: "t1" });
    expect(await source.get()).toMatchObject({ token: "t1" });
    expect(world.requests).toHaveLength(2);
    world.now += 4 * 60_000;
    await expect(source.get()).rejects.toBeInstanceOf(CredentialsError);
  });

  test("a caller that gives up does not take it from the others", async () => {
    let release: (answer: Answer) => void = () => undefined;
    world.answer = () => new Promise((resolve) => (release = resolve));
    const source = world.source(login);
    const caller = new AbortController();
    const given = source.get(caller.signal);
    const waiting = source.get();
    await new Promise((resolve) => setImmediate(resolve));
    caller.abort();
    await expect(given).rejects.toBeInstanceOf(AbortedError);
    release(tokenAnswer(world, "t"));
    expect(await waiting).toMatchObject({ token: "t" });
    expect(world.requests).toHaveLength(1);
  });

  test("after a 401: one fresh try, and none for what can't be renewed", async () => {
    const fixed = world.source({ token: "t" });
    expect(fixed.reject(await fixed.get())).toBe(false);
    world.answer = (_, n) => tokenAnswer(world, `t${n}`);
    const source = world.source(login);
    const first = await source.get();
    expect(source.reject(first)).toBe(true);
    // others that were refused with the same ones
    expect(source.reject(first)).toBe(true);
    const second = await source.get();
    expect(second).toMatchObject({ token: "t2" });
    expect(source.reject(first)).toBe(true);
    expect(source.reject(second)).toBe(false);
    // revoked much later: again one try
    world.now += 3_600_000;
    expect(source.reject(second)).toBe(true);
    expect(await source.get()).toMatchObject({ token: "t3" });
  });
});
