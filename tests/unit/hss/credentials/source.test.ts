import { CredentialsError } from "../../../../provider/errors.js";
import { login, tokenAnswer, World } from "../../../support/credentialsWorld.js";

let world: World;
beforeEach(() => {
  world = new World();
});

describe("which credentials", () => {
  test("access keys, with the security token of their own level only", async () => {
    const env = { HW_ACCESS_KEY: "env-ak", HW_SECRET_KEY: "env-sk", HW_SECURITY_TOKEN: "env-st" };
    const own = world.source({ accessKey: "ak", secretKey: "sk" }, env);
    expect(await own.get()).toEqual({
      ...{ kind: "aksk", accessKey: "ak", secretKey: "sk", securityToken: undefined },
      origin: "Pulumi configuration",
    });
    expect(await world.source({}, env).get()).toEqual({
      kind: "aksk",
      accessKey: "env-ak",
      secretKey: "env-sk",
      securityToken: "env-st",
      origin: "environment variables HW_*",
    });
    expect(world.requests).toHaveLength(0);
  });

  test("an explicit token beside access keys of the environment", async () => {
    const env = { HW_ACCESS_KEY: "env-ak", HW_SECRET_KEY: "env-sk" };
    expect(await world.source({ token: "t" }, env).get()).toMatchObject({ kind: "token", token: "t" });
  });

  test("an environment token beside explicit access keys", async () => {
    const source = world.source({ accessKey: "ak", secretKey: "sk" }, { HW_AUTH_TOKEN: "env-t" });
    expect(await source.get()).toMatchObject({ kind: "aksk", accessKey: "ak" });
  });

  test("within a level, as the Terraform provider has it: token, access keys, password", async () => {
    world.answer = () => tokenAnswer(world, "new");
    const keys = { accessKey: "ak", secretKey: "sk" };
    expect(await world.source({ ...login, token: "t", ...keys }).get()).toMatchObject({ token: "t" });
    expect(await world.source({ ...login, ...keys }).get()).toMatchObject({ kind: "aksk" });
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

test("secrets hold the proxy's password too", () => {
  const env = { https_proxy: "http://u:p%40ss@proxy.example:1" };
  expect(world.source({ accessKey: "ak", secretKey: "sk" }, env).secrets()).toEqual(["ak", "sk", "p%40ss", "p@ss"]);
  expect(world.source({ token: "t" }, { HTTPS_PROXY: "u:canary@proxy.example:1" }).secrets()).toContain("canary");
});
