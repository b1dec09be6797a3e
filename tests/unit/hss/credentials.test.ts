import { resolveSettings, type Settings } from "../../../provider/configuration.js";
import { AbortedError, CredentialsError, TransportError } from "../../../provider/errors.js";
import { credentialSource, projectIdByName, withProfile } from "../../../provider/hss/credentials/index.js";
import type { HttpRequest, HttpResponse, Runtime } from "../../../provider/runtime.js";

type Answer = Partial<HttpResponse> | Error;

/** A world of one machine: its clock, its files, and servers that answer what they are told. */
class World {
  now = Date.parse("2026-01-01T00:00:00Z");
  readonly requests: HttpRequest[] = [];
  readonly files = new Map<string, string>();
  answer: (request: HttpRequest, n: number) => Answer | Promise<Answer> = () => new TransportError("nobody answers");

  readonly runtime: Runtime = {
    clock: {
      now: () => this.now,
      sleep: (ms) => {
        this.now += ms;
        return Promise.resolve();
      },
    },
    random: () => 0.5,
    transport: {
      send: async (request) => {
        this.requests.push(request);
        const answer = await this.answer(request, this.requests.length);
        if (answer instanceof Error) throw answer;
        return { status: 200, headers: {}, body: "", ...answer };
      },
    },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, progress: () => undefined },
  };

  settings(explicit: Record<string, unknown> = {}, env: Record<string, string> = {}): Settings {
    return resolveSettings({ region: "cn-north-4", ...explicit }, env);
  }

  deps(env: Record<string, string> = {}) {
    const readFile = (path: string) => Promise.resolve(this.files.get(path));
    return { runtime: this.runtime, readFile, homeDirectory: "/home/me", env };
  }

  source(explicit: Record<string, unknown> = {}, env: Record<string, string> = {}) {
    return credentialSource(this.settings(explicit, env), this.deps(env));
  }

  iso(seconds: number): string {
    return new Date(this.now + seconds * 1000).toISOString().replace("Z", "000Z");
  }

  bodyOf(n: number): unknown {
    return JSON.parse(this.requests[n]?.body ?? "null") as unknown;
  }

  get urls(): string[] {
    return this.requests.map(({ method, url }) => `${method} ${url.href}`);
  }
}

const sdkFile = "/home/me/.huaweicloud/credentials";
const cliFile = "/home/me/.hcloud/config.json";
const tokenAnswer = (world: World, token: string, seconds = 86_400): Answer => ({
  status: 201,
  headers: { "x-subject-token": token },
  body: JSON.stringify({ token: { expires_at: world.iso(seconds) } }),
});
const keysAnswer = (world: World, name: string, seconds = 3600): Answer => ({
  status: 201,
  body: JSON.stringify({
    credential: {
      access: `${name}-ak`,
      secret: `${name}-sk`,
      securitytoken: `${name}-st`,
      expires_at: world.iso(seconds),
    },
  }),
});
const login = { userName: "user", password: "pw", domainName: "account" };

let world: World;
beforeEach(() => {
  world = new World();
});

describe("which credentials", () => {
  test("access keys, with the security token of their own level only", async () => {
    const env = { HW_ACCESS_KEY: "env-ak", HW_SECRET_KEY: "env-sk", HW_SECURITY_TOKEN: "env-st" };
    const own = world.source({ accessKey: "ak", secretKey: "sk" }, env);
    expect(await own.get()).toEqual({ kind: "aksk", accessKey: "ak", secretKey: "sk", securityToken: undefined });
    expect(own.description).toBe("access keys of Pulumi configuration");
    expect(await world.source({}, env).get()).toEqual({
      kind: "aksk",
      accessKey: "env-ak",
      secretKey: "env-sk",
      securityToken: "env-st",
    });
    expect(world.requests).toHaveLength(0);
  });

  test("an explicit token beside access keys of the environment", async () => {
    const env = { HW_ACCESS_KEY: "env-ak", HW_SECRET_KEY: "env-sk" };
    expect(await world.source({ token: "t" }, env).get()).toEqual({ kind: "token", token: "t" });
  });

  test("an environment token beside explicit access keys", async () => {
    const source = world.source({ accessKey: "ak", secretKey: "sk" }, { HW_AUTH_TOKEN: "env-t" });
    expect(await source.get()).toMatchObject({ kind: "aksk", accessKey: "ak" });
  });

  test("within a level: access keys, token, password", async () => {
    world.answer = () => tokenAnswer(world, "new");
    const keys = { accessKey: "ak", secretKey: "sk" };
    expect(await world.source({ ...login, token: "t", ...keys }).get()).toMatchObject({ kind: "aksk" });
    expect(await world.source({ ...login, token: "t" }).get()).toMatchObject({ token: "t" });
    expect(await world.source(login).get()).toMatchObject({ token: "new" });
  });

  test("families of variables in their order", async () => {
    const cloud = { CLOUD_SDK_AK: "c", CLOUD_SDK_SK: "c" };
    const sdk = { HUAWEICLOUD_SDK_AK: "s", HUAWEICLOUD_SDK_SK: "s" };
    expect(await world.source({}, { ...cloud, OS_AUTH_TOKEN: "t" }).get()).toMatchObject({ accessKey: "c" });
    expect(await world.source({}, { ...cloud, ...sdk }).get()).toMatchObject({ accessKey: "s" });
  });

  test.each<[string, Record<string, string>, Record<string, string>, RegExp]>([
    [
      "no secretKey",
      { accessKey: "CANARY" },
      { HW_SECRET_KEY: "CANARY" },
      /^Pulumi configuration: accessKey without secretKey/,
    ],
    ["no accessKey", { secretKey: "CANARY" }, {}, /secretKey without accessKey/],
    ["only a security token", { securityToken: "CANARY" }, {}, /securityToken without accessKey and secretKey/],
    ["no userName", { password: "CANARY" }, {}, /password without userName/],
    ["no account", { password: "CANARY", userName: "u" }, {}, /without domainName or domainId/],
    [
      "half a pair in the environment",
      {},
      { HW_ACCESS_KEY: "CANARY" },
      /^environment variables HW_\*: accessKey without/,
    ],
  ])("half of them: %s", async (_, explicit, env, message) => {
    const error = await world
      .source(explicit, env)
      .get()
      .catch((it: unknown) => it);
    expect(error).toBeInstanceOf(CredentialsError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toMatch(/CANARY/);
  });

  test("none: one error with every place and what to set", async () => {
    const error = (await world
      .source()
      .get()
      .catch((it: unknown) => it)) as Error;
    expect(error).toBeInstanceOf(CredentialsError);
    for (const part of [
      "HW_*",
      "~/.huaweicloud/credentials",
      "~/.hcloud/config.json",
      "OIDC",
      "metadata",
      "HW_ACCESS_KEY",
      "userName",
    ]) {
      expect(error.message).toContain(part);
    }
    expect(error.message).not.toMatch(/\n|\/home\/me/);
    expect(world.urls).toEqual(["PUT http://169.254.169.254/meta-data/latest/api/token"]);
    expect(world.requests[0]?.timeoutMs).toBeLessThanOrEqual(3000);
  });
});

describe("profiles", () => {
  const ini =
    "\ufeff; comment\r\n[ basic ]\r\nak = file-ak\r\nSK=file=sk\r\n\r\n[other]\nak=o\nsk=o\nproject_id=op\n[half]\nak=CANARY\n[empty]\n";
  const cli = (profiles: unknown[], current = "default") => JSON.stringify({ current, profiles });
  const cliKeys = { accessKeyId: "CLIAK0000", secretAccessKey: "CLISK0000", region: "cn-east-3", projectId: "cp" };

  test("the SDK's file, then KooCLI's", async () => {
    world.files.set(cliFile, cli([{ name: "default", mode: "AKSK", ...cliKeys }]));
    expect(await world.source().get()).toMatchObject({ accessKey: "CLIAK0000", secretKey: "CLISK0000" });
    world.files.set(sdkFile, ini);
    const source = world.source();
    expect(await source.get()).toMatchObject({ accessKey: "file-ak", secretKey: "file=sk" });
    expect(source.description).toBe("access keys of profile [basic] of ~/.huaweicloud/credentials");
    expect(source.secrets()).toEqual(["file-ak", "file=sk"]);
    expect(world.requests).toHaveLength(0);
  });

  test("a named one, in whichever file", async () => {
    world.files.set(sdkFile, ini);
    world.files.set(cliFile, cli([{ name: "mine", mode: "AKSK", ...cliKeys }]));
    expect(await world.source({ profile: "other" }).get()).toMatchObject({ accessKey: "o" });
    expect(await world.source({ profile: "mine" }).get()).toMatchObject({ accessKey: "CLIAK0000" });
    await expect(world.source({ profile: "nobody" }).get()).rejects.toThrow(/no profile nobody in ~\/\.huaweicloud/);
    await expect(world.source({ profile: "half" }).get()).rejects.toThrow(/accessKey without secretKey/);
    await expect(world.source({ profile: "empty" }).get()).rejects.toThrow(/\[empty\] of .* holds no credentials/);
  });

  test("the environment's keys win, unless the program names the profile", async () => {
    world.files.set(sdkFile, ini);
    const env = { HW_ACCESS_KEY: "env-ak", HW_SECRET_KEY: "env-sk" };
    expect(await world.source({}, env).get()).toMatchObject({ accessKey: "env-ak" });
    expect(await world.source({}, { ...env, HW_PROFILE: "other" }).get()).toMatchObject({ accessKey: "env-ak" });
    expect(await world.source({ profile: "other" }, env).get()).toMatchObject({ accessKey: "o" });
  });

  test("an own file, of either form, from the home directory too", async () => {
    world.files.set("/x/keys", ini);
    world.files.set("/home/me/keys.json", cli([{ name: "default", ...cliKeys }]));
    expect(await world.source({ sharedConfigFile: "/x/keys" }).get()).toMatchObject({ accessKey: "file-ak" });
    expect(await world.source({ sharedConfigFile: "~/keys.json" }).get()).toMatchObject({ accessKey: "CLIAK0000" });
    await expect(world.source({ sharedConfigFile: "/x/none" }).get()).rejects.toThrow(/no profile in \/x\/none/);
  });

  test("KooCLI's other modes", async () => {
    const entries = [
      {
        name: "sso",
        mode: "SSO",
        ssoAuth: { stsToken: { accessKeyId: "SSOAK", secretAccessKey: "SSOSK", securityToken: "st/+=" } },
      },
      { name: "token", mode: "token", token: "the-token" },
      { name: "agency", mode: "agency", ...cliKeys, agencyName: "a", agencyDomainName: "d" },
      { name: "ecs", mode: "ecsAgency" },
      { name: "new", mode: "quantum" },
    ];
    world.files.set(cliFile, cli(entries));
    expect(await world.source({ profile: "sso" }).get()).toMatchObject({ accessKey: "SSOAK", securityToken: "st/+=" });
    expect(await world.source({ profile: "token" }).get()).toEqual({ kind: "token", token: "the-token" });
    await expect(world.source({ profile: "new" }).get()).rejects.toThrow(/mode quantum/);
    world.answer = ({ method }) => (method === "PUT" ? { body: "session" } : keysAnswer(world, "x"));
    const keys = { ...(keysAnswer(world, "x") as HttpResponse), status: 200 };
    world.answer = ({ method }) => (method === "PUT" ? { body: "session" } : keys);
    expect(await world.source({ profile: "ecs" }).get()).toMatchObject({ accessKey: "x-ak" });
    expect(await world.source({ profile: "agency" }).get()).toMatchObject({ accessKey: "x-ak" });
    expect(world.bodyOf(2)).toMatchObject({
      auth: { identity: { assume_role: { agency_name: "a", domain_name: "d" } } },
    });
  });

  test("an encrypted one says how to decrypt it; where nobody asked for it, others are still looked for", async () => {
    const encrypted = {
      name: "default",
      mode: "AKSK",
      accessKeyId: "x".repeat(96),
      secretAccessKey: "bm90IGEgc2VjcmV0IGtleQ==",
    };
    world.files.set(cliFile, cli([encrypted]));
    const command = /is encrypted: run `hcloud configure set --cli-auth-encrypt=false`/;
    await expect(world.source({ profile: "default" }).get()).rejects.toThrow(command);
    await expect(world.source().get()).rejects.toThrow(command);
    expect(world.urls).toHaveLength(1);
  });

  test.each(["{", "[]", "{}", '{"profiles":{}}', '{"profiles":[null,5]}', '{"current":5}'])(
    "junk: %s",
    async (text) => {
      world.files.set(cliFile, text);
      await expect(world.source().get()).rejects.toBeInstanceOf(CredentialsError);
    },
  );

  test("region and project of the profile that gives the credentials", async () => {
    world.files.set(cliFile, cli([{ name: "default", ...cliKeys }]));
    const of = (explicit: Record<string, unknown>) => withProfile(resolveSettings(explicit, {}), world.deps());
    expect(await of({})).toMatchObject({ region: "cn-east-3", projectId: "cp" });
    expect(await of({ region: "cn-north-1", projectId: "p" })).toMatchObject({ region: "cn-north-1", projectId: "p" });
    expect((await of({ projectName: "n" })).projectId).toBeUndefined();
    expect((await of({ token: "t" })).region).toBeUndefined();
  });
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
    await credentialSource(resolveSettings({ region: "cn-north-4", ...login, ...more }, {}), world.deps()).get();
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

describe("agencies", () => {
  const keys = { accessKey: "ak", secretKey: "sk" };

  test("IAM (v3) by the account's name, signed, renewed", async () => {
    world.answer = (_, n) => keysAnswer(world, `k${n}`, 900);
    const assumeRole = { agencyName: "agency", domainName: "account", durationSeconds: 900 };
    const source = world.source({ ...keys, assumeRole });
    expect(await source.get()).toEqual({
      kind: "aksk",
      accessKey: "k1-ak",
      secretKey: "k1-sk",
      securityToken: "k1-st",
      expiresAt: world.now + 900_000,
    });
    expect(world.urls).toEqual(["POST https://iam.cn-north-4.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens"]);
    expect(world.requests[0]?.headers.authorization).toMatch(
      /^SDK-HMAC-SHA256 Access=ak, SignedHeaders=host;x-sdk-date, /,
    );
    expect(world.bodyOf(0)).toEqual({
      auth: {
        identity: {
          methods: ["assume_role"],
          assume_role: { agency_name: "agency", domain_name: "account", duration_seconds: 900 },
        },
      },
    });
    world.now += 14 * 60_000;
    expect(await source.get()).toMatchObject({ accessKey: "k2-ak" });
    expect(source.description).toBe("the agency agency, assumed with access keys of Pulumi configuration");
    expect(source.secrets()).toEqual(expect.arrayContaining(["sk", "k1-sk", "k2-st"]));
    expect(JSON.stringify(world.requests)).not.toMatch(/"sk"/);
  });

  test("with a token", async () => {
    world.answer = () => keysAnswer(world, "k");
    await world.source({ token: "t", assumeRole: { agencyName: "a", domainId: "did" } }).get();
    expect(world.requests[0]?.headers).toMatchObject({ "x-auth-token": "t" });
    expect(world.bodyOf(0)).toMatchObject({
      auth: { identity: { assume_role: { domain_id: "did", duration_seconds: 3600 } } },
    });
  });

  test("STS (v5) by the account's id; temporary keys get an hour at most", async () => {
    const credentials = {
      access_key_id: "a",
      secret_access_key: "s",
      security_token: "t",
      expiration: world.iso(3600),
    };
    world.answer = () => ({ body: JSON.stringify({ credentials }) });
    const assumeRole = { agencyName: "a", domainId: "did", durationSeconds: 7200 };
    expect(await world.source({ ...keys, assumeRole }).get()).toMatchObject({ accessKey: "a", securityToken: "t" });
    await world.source({ ...keys, securityToken: "own-st", assumeRole }).get();
    expect(world.urls[0]).toBe("POST https://sts.cn-north-4.myhuaweicloud.com/v5/agencies/assume");
    expect(world.bodyOf(0)).toMatchObject({ agency_urn: "iam::did:agency:a", duration_seconds: 7200 });
    expect(world.bodyOf(1)).toMatchObject({ duration_seconds: 3600 });
    expect(world.requests[1]?.headers["x-security-token"]).toBe("own-st");
  });

  test("a clock that is off is corrected once", async () => {
    const body = JSON.stringify({ error_code: "APIGW.0301", error_msg: "signature expired" });
    const server = world.now + 20 * 60_000;
    world.answer = (_, n) =>
      n === 1 ? { status: 401, headers: { date: new Date(server).toUTCString() }, body } : keysAnswer(world, "k");
    const source = world.source({ ...keys, assumeRole: { agencyName: "a", domainName: "d" } });
    expect(await source.get()).toMatchObject({ accessKey: "k-ak" });
    expect(world.requests.map((it) => it.headers["x-sdk-date"])).toEqual(["20260101T000000Z", "20260101T002000Z"]);
    world.answer = () => ({ status: 401, headers: { date: new Date(server).toUTCString() }, body });
    await expect(world.source({ ...keys, assumeRole: { agencyName: "a", domainName: "d" } }).get()).rejects.toThrow(
      /APIGW\.0301/,
    );
    expect(world.requests).toHaveLength(4);
  });
});

describe("OIDC", () => {
  const env = { HUAWEICLOUD_SDK_IDP_ID: "idp", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/run/id-token" };

  test("the file is read for each exchange, then temporary keys", async () => {
    world.files.set("/run/id-token", "id-token-1\n");
    world.answer = ({ url }, n) =>
      url.pathname.endsWith("id-token/tokens") ? tokenAnswer(world, "sub") : keysAnswer(world, `k${n}`);
    const source = world.source({}, env);
    expect(await source.get()).toMatchObject({ accessKey: "k2-ak" });
    expect(world.requests[0]?.headers["x-idp-id"]).toBe("idp");
    expect(world.bodyOf(0)).toEqual({
      auth: { id_token: { id: "id-token-1" }, scope: { project: { name: "cn-north-4" } } },
    });
    expect(world.bodyOf(1)).toMatchObject({ auth: { identity: { methods: ["token"], token: { id: "sub" } } } });
    expect(source.secrets()).toEqual(expect.arrayContaining(["id-token-1", "sub"]));
    world.files.set("/run/id-token", "id-token-2");
    world.now += 3_500_000;
    expect(await source.get()).toMatchObject({ accessKey: "k4-ak" });
    expect(world.bodyOf(2)).toMatchObject({ auth: { id_token: { id: "id-token-2" } } });
  });

  test("no file", async () => {
    await expect(world.source({}, env).get()).rejects.toThrow(/id token is missing or empty: \/run\/id-token/);
    expect(world.requests).toHaveLength(0);
  });

  test("of a profile", async () => {
    world.files.set("/home/me/.huaweicloud/credentials", "[basic]\nidp_id=p\nid_token_file=/run/t\n");
    world.files.set("/run/t", "id");
    world.answer = ({ url }) =>
      url.pathname.endsWith("id-token/tokens") ? tokenAnswer(world, "sub") : keysAnswer(world, "k");
    expect(await world.source().get()).toMatchObject({ accessKey: "k-ak" });
  });
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
    expect(source.description).toBe("the metadata service of this cloud server");
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
});

describe("the project's id by its name", () => {
  const projects = (...ids: string[]): Answer => ({ body: JSON.stringify({ projects: ids.map((id) => ({ id })) }) });
  const look = (explicit: Record<string, unknown>) => {
    const settings = world.settings({ accessKey: "ak", secretKey: "sk", ...explicit });
    return projectIdByName(settings, world.deps(), credentialSource(settings, world.deps()));
  };

  test("exactly one", async () => {
    world.answer = () => projects("p1");
    expect(await look({ projectName: "cn-north-4_中 文" })).toBe("p1");
    expect(await look({})).toBe("p1");
    expect(world.urls).toEqual([
      "GET https://iam.cn-north-4.myhuaweicloud.com/v3/projects?name=cn-north-4_%E4%B8%AD%20%E6%96%87",
      "GET https://iam.cn-north-4.myhuaweicloud.com/v3/projects?name=cn-north-4",
    ]);
  });

  test.each([
    [[], /projectName: IAM knows no project named n/],
    [["a", "b"], /projectName: IAM knows 2 projects named n .*set projectId/],
  ])("%j: an error, and nothing is created", async (ids, message) => {
    world.answer = () => projects(...ids);
    await expect(look({ projectName: "n" })).rejects.toThrow(message);
    expect(world.requests.every(({ method }) => method === "GET")).toBe(true);
  });
});

test("secrets hold the proxy's password too", () => {
  const env = { https_proxy: "http://u:p%40ss@proxy.example:1" };
  expect(world.source({ accessKey: "ak", secretKey: "sk" }, env).secrets()).toEqual(["ak", "sk", "p%40ss", "p@ss"]);
});
