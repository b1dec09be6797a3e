import { resolveSettings } from "../../../../provider/settings/index.js";
import { AbortedError, CredentialsError, ServiceError, TransportError } from "../../../../provider/errors.js";
import { credentialSource, withCredentials } from "../../../../provider/hss/credentials/index.js";
import { virtualClock } from "../../../support/virtualClock.js";
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

  test("a passing failure is repeated, as often as maxRetries says", async () => {
    world.answer = (_, n) => [new TransportError("cut"), { status: 503 }, tokenAnswer(world, "t")][n - 1] ?? {};
    expect(await world.source(login).get()).toMatchObject({ token: "t" });
    expect(world.requests).toHaveLength(3);
    world.answer = () => new TransportError("https://iam.example: cut");
    for (const [maxRetries, attempts] of [
      [2, 3],
      [0, 1],
    ]) {
      world.requests.length = 0;
      const failing = world.source({ ...login, maxRetries }).get();
      await expect(failing).rejects.toThrow(/^logging in to IAM: https:\/\/iam\.example: cut$/);
      expect(world.requests).toHaveLength(attempts!);
    }
  });

  test("who is throttled waits as long as IAM says", async () => {
    const throttled = { status: 429, headers: { "retry-after": "4" }, body: '{"error":{"code":"IAM.0011"}}' };
    world.answer = (_, n) => (n <= 3 ? throttled : tokenAnswer(world, "t"));
    const startedAt = world.now;
    const source = world.source({ ...login, maxRetries: 1, deadlineSeconds: 700 });
    expect(await source.get()).toMatchObject({ token: "t" });
    expect(world.now - startedAt).toBe(12_000);
  });

  test("and not beyond deadlineSeconds", async () => {
    const clock = virtualClock(world.now);
    const startedAt = clock.now();
    world.answer = () => ({ status: 429, headers: { "retry-after": "50" }, body: '{"error":{"code":"IAM.0011"}}' });
    const settings = world.settings({ ...login, deadlineSeconds: 120 });
    const failing = credentialSource(settings, { ...world.runtime, clock }).get();
    await expect(clock.run(failing)).rejects.toMatchObject({
      code: "HSS_DEADLINE",
      message: expect.stringMatching(
        /wait that the service asks for before logging in to IAM again .*Last error: .*IAM\.0011/,
      ),
    });
    expect(world.requests).toHaveLength(3);
    expect(clock.now() - startedAt).toBe(100_000);
    expect(clock.sleepers).toBe(0);
  });

  test("no secret that IAM repeats is in the log or the error", async () => {
    world.answer = () => ({ status: 503, body: JSON.stringify({ error: { code: "X", message: "pw for CANARY" } }) });
    const failing = world.source({ ...login, password: "CANARY", maxRetries: 1 }).get();
    await expect(failing).rejects.toThrow(/^logging in to IAM: X pw for \[secret\] \(HTTP 503\)$/);
    expect(world.debug).toEqual([
      expect.stringMatching(/attempt 1 at logging in to IAM failed, .*X pw for \[secret\]/),
    ]);
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

  test("who is alone and gives up leaves nothing behind, and the next one begins anew", async () => {
    const clock = virtualClock(world.now);
    world.answer = () => ({ status: 429, headers: { "retry-after": "3000" } });
    const source = credentialSource(world.settings(login), { ...world.runtime, clock });
    const callers = [new AbortController(), new AbortController()];
    const given = callers.map((caller) => source.get(caller.signal).catch((error: unknown) => error));
    await clock.advance(0);
    callers[0]?.abort();
    await clock.advance(0);
    expect(await given[0]).toBeInstanceOf(AbortedError);
    expect(clock.sleepers).toBeGreaterThan(0);
    callers[1]?.abort();
    await clock.advance(0);
    expect(await given[1]).toBeInstanceOf(AbortedError);
    expect(clock.sleepers).toBe(0);
    world.answer = () => tokenAnswer(world, "t");
    expect(await source.get()).toMatchObject({ token: "t" });
    expect(clock.sleepers).toBe(0);
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

  test("an attempt whose token has expired may be made again with another", async () => {
    world.answer = (_, n) => tokenAnswer(world, `t${n}`);
    const source = world.source(login);
    const expired = new ServiceError("expired", { status: 401, errorCode: "APIGW.0307" });
    const failing = (error: Error) => withCredentials(source, undefined, () => Promise.reject(error));
    await expect(failing(expired)).rejects.toMatchObject({ reason: "credentials", cause: expired });
    expect(await withCredentials(source, undefined, (it) => Promise.resolve(it))).toMatchObject({ token: "t2" });
    // the new one is refused too: a third would not help
    await expect(failing(expired)).rejects.toBe(expired);
    const denied = new ServiceError("denied", { status: 403 });
    await expect(failing(denied)).rejects.toBe(denied);
    expect(world.requests).toHaveLength(2);
  });
});
