import { keysAnswer, tokenAnswer, World } from "../../../support/credentialsWorld.js";

let world: World;
beforeEach(() => {
  world = new World();
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
