import { fc } from "../../support/properties.js";
import { z } from "zod";
import {
  completeSettings,
  configuration,
  pulumiKeys,
  resolveSettings,
  settingMeta,
  type SettingName,
} from "../../../provider/settings/index.js";
import { closest } from "../../../provider/suggest.js";
import { ConfigurationError } from "../../../provider/errors.js";
import { World } from "../../support/credentialsWorld.js";

const problemsOf = (act: () => unknown): Record<string, string> => {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return Object.fromEntries(error.problems.map(({ property, reason }) => [property, reason]));
    }
    throw error;
  }
  return {};
};

const secretNames = ["accessKey", "secretKey", "securityToken", "token", "password"];

describe("the schema", () => {
  const settings = Object.entries(configuration.shape) as [SettingName, z.ZodType][];

  test.each(settings)("%s is described and optional", (_, schema) => {
    expect(settingMeta(schema).description.length).toBeGreaterThan(20);
    expect(schema.safeParse(undefined).success).toBe(true);
  });

  test("the secrets are the contract's", () => {
    expect(settings.filter(([, schema]) => settingMeta(schema).secret).map(([name]) => name)).toEqual(secretNames);
  });

  test("no environment variable stands for two settings", () => {
    const variables = settings.flatMap(([, schema]) => [...settingMeta(schema).environment]);
    expect(new Set(variables).size).toBe(variables.length);
  });

  test("variables are in the contract's order of families", () => {
    const families = ["HW_", "HUAWEICLOUD_SDK_", "CLOUD_SDK_", "OS_"];
    for (const [, schema] of settings) {
      const ranks = settingMeta(schema).environment.map((it) => families.findIndex((family) => it.startsWith(family)));
      expect(ranks).toEqual([...ranks].sort());
      expect(ranks).not.toContain(-1);
    }
  });
});

describe("values", () => {
  test("nothing given: the defaults", () => {
    expect(resolveSettings({}, {})).toEqual({
      endpoint: undefined,
      emulator: false,
      maxConcurrency: 12,
      maxRetries: 6,
      requestTimeoutSeconds: 30,
      deadlineSeconds: 3600,
      cacheSeconds: 0,
      timestampUnit: "seconds",
      profileFirst: false,
      origins: {},
      credentialLevels: [],
      notes: [],
    });
  });

  test("texts become what the schema has", () => {
    const role = { agencyName: "a", domainName: "d", durationSeconds: "900" };
    const settings = resolveSettings(
      { maxConcurrency: "5", cacheSeconds: " 60 ", maxRetries: 0, assumeRole: JSON.stringify(role) },
      {},
    );
    expect(settings).toMatchObject({ maxConcurrency: 5, cacheSeconds: 60, maxRetries: 0 });
    expect(settings.assumeRole).toEqual({ ...role, durationSeconds: 900 });
  });

  test("addresses are parsed", () => {
    const settings = resolveSettings(
      { endpoint: "http://127.0.0.1:1234", authUrl: "https://iam.cn-north-4.myhuaweicloud.com/v3" },
      {},
    );
    expect(settings.endpoint).toEqual(new URL("http://127.0.0.1:1234"));
    expect(settings.authUrl?.href).toBe("https://iam.cn-north-4.myhuaweicloud.com/");
    expect(resolveSettings({ endpoint: "emulator" }, {})).toMatchObject({ endpoint: undefined, emulator: true });
  });

  test("empty, null and undefined are absent", () => {
    const settings = resolveSettings(
      { region: "", projectId: null, maxRetries: undefined },
      { HW_REGION_NAME: "", OS_REGION_NAME: "cn-north-1" },
    );
    expect(settings).toMatchObject({ region: "cn-north-1", maxRetries: 6 });
    expect(settings.projectId).toBeUndefined();
  });

  test.each(["version", "pluginDownloadURL", "__internal", "__defaults", "pulumi"])(
    "%s is Pulumi's own: left out where Pulumi adds it, refused as a setting",
    (name) => {
      expect(pulumiKeys.has(name)).toBe(true);
      expect(problemsOf(() => resolveSettings({ [name]: "x" }, {}))).toEqual({
        [name]: expect.stringMatching(/is not a setting/),
      });
    },
  );

  test("a project's name comes before another place's project id, and after one of its own", () => {
    const env = { HW_PROJECT_ID: "shell", OS_TENANT_ID: "tenant" };
    expect(resolveSettings({ projectName: "prod" }, env)).not.toHaveProperty("projectId");
    expect(resolveSettings([{}, { projectName: "prod" }], env)).not.toHaveProperty("projectId");
    expect(resolveSettings({ projectName: "prod", projectId: "own" }, env).projectId).toBe("own");
    expect(resolveSettings([{ projectId: "call" }, { projectName: "prod" }], env).projectId).toBe("call");
    expect(resolveSettings({}, { HW_PROJECT_NAME: "prod", ...env }).projectId).toBe("shell");
    expect(resolveSettings({}, { HW_PROJECT_NAME: "prod", OS_TENANT_ID: "tenant" })).not.toHaveProperty("projectId");
  });

  test("precedence: call, stack, then the families of variables", () => {
    const env = { HW_PROJECT_ID: "hw", HUAWEICLOUD_SDK_PROJECT_ID: "sdk", OS_PROJECT_ID: "os", OS_TENANT_ID: "tenant" };
    expect(resolveSettings([{ projectId: "call" }, { projectId: "stack" }], env).projectId).toBe("call");
    expect(resolveSettings({ projectId: "stack" }, env).projectId).toBe("stack");
    const order = ["hw", "sdk", "os", "tenant"];
    const variables = Object.entries(env);
    order.forEach((expected, i) => {
      expect(resolveSettings({}, Object.fromEntries(variables.slice(i))).projectId).toBe(expected);
    });
  });

  test("a role from the environment", () => {
    const env = { HW_ASSUME_ROLE_AGENCY_NAME: "a", HW_ASSUME_ROLE_DOMAIN_ID: "d", HW_ASSUME_ROLE_DURATION: "7200" };
    expect(resolveSettings({}, env).assumeRole).toEqual({ agencyName: "a", domainId: "d", durationSeconds: 7200 });
  });

  test("the SDK's address of a region", async () => {
    const env = { HUAWEICLOUD_SDK_REGION_HSS_CN_NORTH_4: "https://hss.internal.example,https://other.example" };
    const of = (given: Record<string, unknown>, variables: Record<string, string> = env) =>
      completeSettings(resolveSettings(given, variables), { ...new World().runtime, env: variables });
    const shell = { ...env, HW_REGION_NAME: "cn-north-4" };
    const url = "https://hss.internal.myhuaweicloud.com";
    expect(await of({}, { ...shell, HUAWEICLOUD_SDK_REGION_HSS_CN_NORTH_4: url })).toMatchObject({
      endpoint: new URL(url),
      notes: [],
    });
    expect((await of({}, shell)).notes).toEqual([
      "HW_REGION_NAME (cn-north-4) is of myhuaweicloud.com by itself, and HUAWEICLOUD_SDK_REGION_HSS_CN_NORTH_4 leads to hss.internal.example",
    ]);
    expect((await of({ region: "cn-north-1" })).endpoint).toBeUndefined();
    expect(await of({ region: "cn-north-4" })).toMatchObject({
      endpoint: new URL("https://hss.internal.example"),
      notes: [expect.stringMatching(/leads to hss\.internal\.example/)],
    });
    const endpoint = "https://a.example";
    expect(await of({ region: "cn-north-4", endpoint })).toMatchObject({ endpoint: new URL(endpoint), notes: [] });
    const bad = { HUAWEICLOUD_SDK_REGION_HSS_CN_NORTH_4: "http://hss.example" };
    await expect(of({ region: "cn-north-4" }, bad)).rejects.toThrow(/HUAWEICLOUD_SDK_REGION_HSS_CN_NORTH_4: .*https/);
  });
});

describe("problems", () => {
  test("every bad setting is named at once, by the name under which it was given", () => {
    const given = {
      endpoint: "http://hss.example.com",
      region: "CN North",
      projectId: "..",
      maxConcurrency: 65,
      requestsPerMinute: "0",
      maxRetries: 1.5,
      requestTimeoutSeconds: "5s",
      deadlineSeconds: true,
      timestampUnit: "hours",
      assumeRole: { agencyName: "", durationSeconds: 899, agency: "x" },
      acessKey: "x",
      strange: 1,
    };
    const problems = problemsOf(() => resolveSettings(given, { HW_HSS_ENDPOINT: "x", OS_CACERT: "\n" }));
    expect(Object.keys(problems).sort()).toEqual(
      [
        ...["endpoint", "region", "projectId", "maxConcurrency", "requestsPerMinute", "maxRetries"],
        ...["requestTimeoutSeconds", "deadlineSeconds", "timestampUnit", "acessKey", "strange", "OS_CACERT"],
        ...["assumeRole.agencyName", "assumeRole.durationSeconds", "assumeRole.agency"],
      ].sort(),
    );
    expect(problems.maxConcurrency).toBe("takes a whole number from 1 to 64");
    expect(problems.acessKey).toMatch(/did you mean accessKey\?/);
    expect(problems["assumeRole.agency"]).toMatch(/agencyName/);
    expect(problems["assumeRole.agencyName"]).toMatch(/is needed/);
  });

  test.each([
    ["not JSON", "agency"],
    ["a list", "[]"],
    ["a number", 5],
  ])("assumeRole: %s", (_, assumeRole) => {
    expect(problemsOf(() => resolveSettings({ assumeRole }, {}))).toEqual({
      assumeRole: "takes an object, or its JSON text",
    });
  });

  test("a role needs an account", () => {
    expect(problemsOf(() => resolveSettings({ assumeRole: { agencyName: "a" } }, {})).assumeRole).toMatch(
      /domainName or domainId/,
    );
  });

  test("a bad variable that is overridden does not matter", () => {
    const bad = {
      OS_AUTH_URL: "http://openstack.example:5000/v3",
      OS_PASSWORD: "line\nbreak",
      OS_REGION_NAME: "RegionOne",
    };
    expect(Object.keys(problemsOf(() => resolveSettings({}, bad))).sort()).toEqual(Object.keys(bad).sort());
    const good = { HW_AUTH_URL: "https://iam.example/v3", HW_AUTH_TOKEN: "t", HW_REGION_NAME: "cn-north-4" };
    expect(problemsOf(() => resolveSettings({}, { ...bad, ...good }))).toEqual({});
  });

  test("nor do the variables of an OpenStack beside an address and keys of the program's own", () => {
    const bad = { OS_AUTH_URL: "http://openstack.example:5000/v3", OS_REGION_NAME: "RegionOne" };
    const keys = { accessKey: "ak", secretKey: "sk" };
    const endpoint = "https://hss.example.com";
    const named = (settings: Record<string, unknown>, pending?: string[]) =>
      Object.keys(problemsOf(() => resolveSettings(settings, bad, pending))).sort();
    expect(named({ endpoint, ...keys })).toEqual([]);
    expect(named({ endpoint: "emulator" })).toEqual([]);
    expect(named({ ...keys })).toEqual(["OS_REGION_NAME"]);
    expect(named({ endpoint })).toEqual(["OS_AUTH_URL"]);
    // what is not known yet is given all the same
    expect(named({}, ["region", "accessKey", "secretKey"])).toEqual([]);
    // the program's own are judged
    expect(Object.keys(problemsOf(() => resolveSettings({ endpoint, region: "?" }, {})))).toEqual(["region"]);
  });

  test("no secret is in a message", () => {
    const canary = "CANARY SECRET\n";
    for (const name of secretNames) {
      const act = () => resolveSettings({ [name]: canary }, {});
      expect(problemsOf(act)).toHaveProperty(name);
      expect(act).not.toThrow(/CANARY/);
    }
    expect(() => resolveSettings({ endpoint: "https://user:CANARY@hss.example.com" }, {})).not.toThrow(/CANARY/);
    expect(() => resolveSettings({ assumeRole: '{"agencyName": "CANARY' }, {})).not.toThrow(/CANARY/);
  });

  test("what is wrong with a value, and how to write it by the way it was given", () => {
    const role = { agencyName: "a", domainName: 12345 };
    expect(problemsOf(() => resolveSettings({ assumeRole: role, projectName: 7 }, {}))).toEqual({
      "assumeRole.domainName": expect.stringMatching(
        /is a number, and a text is needed: put it in quotes, or with `pulumi config set --path --type string hss:assumeRole\.domainName VALUE`/,
      ),
      projectName: expect.stringMatching(/`pulumi config set --type string hss:projectName VALUE`/),
    });
    expect(problemsOf(() => resolveSettings({ token: "t\n" }, {})).token).toMatch(
      /^takes 1 to 32768 visible ASCII .*, and ends in a line break: `pulumi config set --secret hss:token "\$\(cat FILE\)"`/,
    );
    expect(problemsOf(() => resolveSettings({}, { HW_SECRET_KEY: "sk\r\n" })).HW_SECRET_KEY).toMatch(
      /ends in a line break: `export HW_SECRET_KEY="\$\(cat FILE\)"` leaves that out$/,
    );
  });

  test("any junk: settings or a ConfigurationError", () => {
    const key = fc.oneof(fc.constantFrom(...Object.keys(configuration.shape)), fc.string());
    fc.assert(
      fc.property(fc.dictionary(key, fc.anything()), fc.dictionary(fc.string(), fc.string()), (given, env) => {
        try {
          resolveSettings(given, env);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
          expect((error as Error).message).not.toMatch(/[\n\r\u001b]/);
        }
      }),
    );
  });
});

describe("credentials stay in their place", () => {
  test("level by level, none mixed with another's", () => {
    const env = {
      HW_SECURITY_TOKEN: "hw-security-token",
      HW_ACCESS_KEY: "hw-ak",
      HW_SECRET_KEY: "hw-sk",
      OS_PASSWORD: "os-pw",
      OS_USERNAME: "os-user",
      OS_USER_DOMAIN_NAME: "os-domain",
    };
    const settings = resolveSettings({ accessKey: "ak", secretKey: "sk" }, env);
    expect(settings.credentialLevels).toEqual([
      { source: "Pulumi configuration", values: { accessKey: "ak", secretKey: "sk" } },
      {
        source: "environment variables HW_*",
        fromEnvironment: true,
        values: { accessKey: "hw-ak", secretKey: "hw-sk", securityToken: "hw-security-token" },
      },
      {
        source: "environment variables OS_*",
        fromEnvironment: true,
        values: { userName: "os-user", password: "os-pw", domainName: "os-domain" },
      },
    ]);
    const { credentialLevels: _, ...rest } = settings;
    expect(JSON.stringify(rest)).not.toMatch(/hw-|os-pw|os-user|"ak"|"sk"/);
  });

  test("a name without anything that authenticates is no level", () => {
    const settings = resolveSettings({ domainId: "d", userName: "u" }, { HW_DOMAIN_NAME: "n" });
    expect(settings.credentialLevels).toEqual([]);
    // an account is named by one place: of another the id would come before this one's name
    expect(settings).toMatchObject({ domainId: "d", domainName: undefined });
    expect(resolveSettings({ domainName: "n" }, { OS_DOMAIN_ID: "d" })).toMatchObject({ domainId: undefined });
  });

  test("a profile that the program or the Terraform provider's variables name comes first", () => {
    expect(resolveSettings({ profile: "p" }, {}).profileFirst).toBe(true);
    expect(resolveSettings({}, { HW_PROFILE: "p" })).toMatchObject({ profile: "p", profileFirst: true });
    expect(resolveSettings({}, { HUAWEICLOUD_SDK_CREDENTIALS_FILE: "f" }).profileFirst).toBe(false);
    // whatever comes after it is no place to look
    const keys = { accessKey: "ak", secretKey: "sk" };
    const sourcesOf = (...given: Parameters<typeof resolveSettings>) =>
      resolveSettings(...given).credentialLevels.map(({ source }) => source);
    expect(sourcesOf([{ profile: "p" }, keys], {})).toEqual([]);
    expect(sourcesOf([keys, { profile: "p" }], {})).toEqual(["Pulumi configuration"]);
    expect(sourcesOf({}, { HUAWEICLOUD_SDK_CREDENTIALS_FILE: "f", HW_AUTH_TOKEN: "t", OS_TOKEN: "o" })).toEqual([
      "environment variables HW_*",
    ]);
    expect(resolveSettings({}, { HW_PROFILE: "p", HW_AUTH_TOKEN: "t" })).toMatchObject({
      profileFirst: false,
      notes: ["HW_PROFILE is not followed beside HW_AUTH_TOKEN"],
    });
  });
});

test.each([
  ["acessKey", "accessKey"],
  ["access_key", "accessKey"],
  ["PROJECTID", "projectId"],
  ["maxConcurency", "maxConcurrency"],
  ["zzz", undefined],
  ["a".repeat(100), undefined],
])("%s: closest is %s", (name, expected) => {
  expect(closest(name, Object.keys(configuration.shape))).toBe(expected);
});
