import { completeSettings, resolveSettings } from "../../../../provider/settings/index.js";
import { CredentialsError } from "../../../../provider/errors.js";
import { type HttpResponse } from "../../../../provider/runtime/runtime.js";
import { cliFile, keysAnswer, sdkFile, World } from "../../../support/credentialsWorld.js";

let world: World;
beforeEach(() => {
  world = new World();
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

  test("the environment's keys win, unless the program or HW_PROFILE names the profile", async () => {
    world.files.set(sdkFile, ini);
    const env = { HW_ACCESS_KEY: "env-ak", HW_SECRET_KEY: "env-sk" };
    expect(await world.source({}, env).get()).toMatchObject({ accessKey: "env-ak" });
    expect(await world.source({}, { ...env, HW_PROFILE: "other" }).get()).toMatchObject({ accessKey: "o" });
    expect(await world.source({ profile: "other" }, env).get()).toMatchObject({ accessKey: "o" });
  });

  test("one without credentials does not hide the next file's, once it had time to be written", async () => {
    world.files.set(sdkFile, "[basic]\nproject_id = p\n");
    world.files.set(cliFile, cli([{ name: "default", mode: "AKSK", ...cliKeys }]));
    const { now } = world;
    expect(await world.source().get()).toMatchObject({ accessKey: "CLIAK0000" });
    expect(world.now - now).toBeGreaterThanOrEqual(2000);
    world.files.delete(cliFile);
    await expect(world.source().get()).rejects.toThrow(/\[basic\] of .* \(it holds no credentials\)/);
  });

  test.each([
    ['ak = "quoted"\nsk = \'it"s\'', "quoted", 'it"s'],
    ["ak: colon\nsk : a=b", "colon", "a=b"],
    ["ak = a ; mine\nsk = b # mine", "a", "b"],
    ['ak = "a" # mine\nsk = b#c;d', "a", "b#c;d"],
    ["ak = \"open\nsk = '", '"open', "'"],
  ])("an INI file as the vendor's Go SDK reads it: %j", async (lines, accessKey, secretKey) => {
    world.files.set(sdkFile, `[basic]\n${lines}\n`);
    expect(await world.source().get()).toMatchObject({ accessKey, secretKey });
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
    expect(await world.source({ profile: "token" }).get()).toMatchObject({ kind: "token", token: "the-token" });
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
    const of = (explicit: Record<string, unknown>) => completeSettings(resolveSettings(explicit, {}), world.runtime);
    expect(await of({})).toMatchObject({ region: "cn-east-3", projectId: "cp" });
    expect(await of({ region: "cn-north-1", projectId: "p" })).toMatchObject({ region: "cn-north-1", projectId: "p" });
    expect((await of({ projectName: "n" })).projectId).toBeUndefined();
    expect((await of({ token: "t" })).region).toBeUndefined();
  });
});
