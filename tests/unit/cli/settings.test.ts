import { layered, originsOf } from "../../../cli/settings.js";
import { completeSettings, resolveSettings } from "../../../provider/settings/index.js";
import { World } from "../../support/credentialsWorld.js";

const resolved = (flags: object, file: object, env: Record<string, string>) =>
  resolveSettings(layered({ ...flags }, { ...file }, env), env);

test("flags win over the environment, and that over the file", () => {
  const file = { region: "cn-north-4", maxRetries: 1, deadlineSeconds: 5 };
  const env = { HW_REGION_NAME: "cn-south-1", HW_MAX_RETRIES: "2" };
  expect(resolved({ maxRetries: "3" }, file, env)).toMatchObject({
    region: "cn-south-1",
    maxRetries: 3,
    deadlineSeconds: 5,
  });
});

test("an empty variable is none", () => {
  expect(resolved({}, { region: "cn-north-4" }, { HW_REGION_NAME: "" })).toMatchObject({ region: "cn-north-4" });
});

test("keys of the file never meet those of the environment", () => {
  const { credentialLevels } = resolved({}, { accessKey: "A", secretKey: "S" }, { OS_AUTH_TOKEN: "T" });
  expect(credentialLevels.map(({ values }) => values)).toEqual([{ token: "T" }]);
});

test("the environment's endpoint comes before the file's region and cloud", async () => {
  const env = { HW_HSS_ENDPOINT: "http://127.0.0.1:1" };
  const complete = (flags: object, file: object) =>
    completeSettings(resolved(flags, file, env), { ...new World().runtime, env });
  expect(await complete({}, { region: "cn-south-1", cloud: "partner.example" })).toMatchObject({
    endpoint: new URL("http://127.0.0.1:1"),
    region: "cn-south-1",
    notes: [],
  });
  const flagged = await complete({ region: "cn-south-1" }, {});
  expect(flagged.endpoint).toBeUndefined();
  expect(flagged.notes).toEqual([expect.stringMatching(/^HW_HSS_ENDPOINT leads to 127\.0\.0\.1/)]);
});

const keys = { accessKey: "A", secretKey: "S" };
const levelsOf = (...given: Parameters<typeof resolved>) =>
  resolved(...given).credentialLevels.map(({ values }) => values);

test("the name of an account is no credential: the file's keys stay", () => {
  expect(levelsOf({}, keys, { HW_DOMAIN_NAME: "acme" })).toEqual([keys]);
  expect(levelsOf({ domainName: "acme" }, keys, {})).toEqual([keys]);
});

test("a profile is one: first a flag's, then the environment's, then the file's", () => {
  const variables = { HW_ACCESS_KEY: "E", HW_SECRET_KEY: "F" };
  expect(resolved({}, keys, { HW_PROFILE: "prod" })).toMatchObject({ profile: "prod", credentialLevels: [] });
  expect(resolved({ profile: "prod" }, keys, {})).toMatchObject({ profile: "prod", credentialLevels: [] });
  const own = resolved({}, { profile: "prod", sharedConfigFile: "f" }, variables);
  expect(own).not.toHaveProperty("profile");
  expect(own).not.toHaveProperty("sharedConfigFile");
  expect(own).toMatchObject({ profileFirst: false, credentialLevels: [{ values: { accessKey: "E" } }] });
  expect(resolved({ profile: "prod" }, {}, variables)).toMatchObject({ profile: "prod", profileFirst: true });
});

test("the SDK's id token is one too", () => {
  const env = { HUAWEICLOUD_SDK_IDP_ID: "i", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "f" };
  expect(resolved({}, keys, env).credentialLevels).toMatchObject([{ idToken: { idpId: "i", file: "f" } }]);
});

test("the environment's agency comes before the file's, as a whole", () => {
  const file = { assumeRole: { agencyName: "of-the-file", domainName: "d" } };
  const env = { HW_ASSUME_ROLE_AGENCY_NAME: "of-the-shell", HW_ASSUME_ROLE_DOMAIN_ID: "e" };
  expect(resolved({}, file, env).assumeRole).toEqual({ agencyName: "of-the-shell", domainId: "e" });
  expect(resolved({}, file, { HW_ASSUME_ROLE_DURATION: "900" }).assumeRole).toEqual(file.assumeRole);
  expect(originsOf({}, file, env, "hss.yaml")).toEqual([
    { name: "assumeRole", isSecret: false, origin: "HW_ASSUME_ROLE_AGENCY_NAME", value: "of-the-shell" },
  ]);
});

test("another account in the environment than the file's, beside its password, is an error", () => {
  const login = { userName: "u", password: "p", domainName: "d" };
  expect(levelsOf({}, login, { HW_DOMAIN_NAME: "d" })).toEqual([login]);
  expect(() => layered({}, login, { HW_DOMAIN_NAME: "acme" })).toThrow(/HW_DOMAIN_NAME: says another account/);
  expect(() => layered({}, login, { OS_USER_ID: "7" })).toThrow(/OS_USER_ID: says another user than userName/);
  expect(() => resolved({ domainName: "acme" }, login, {}).credentialLevels).not.toThrow();
  expect(resolved({ domainName: "acme" }, login, {}).credentialLevels).toMatchObject([
    { contradictions: [{ property: "domainName" }] },
  ]);
});

test("a project's id of the file gives way to a project's name of the environment", () => {
  expect(resolved({}, { projectId: "p" }, { HW_PROJECT_NAME: "n" })).toMatchObject({ projectName: "n" });
  expect(resolved({}, { projectId: "p" }, { HW_PROJECT_NAME: "n" }).projectId).toBeUndefined();
});

test("origins name flag, variable and file, and hold no secret", () => {
  const env = { HW_SECRET_KEY: "hidden", HW_REGION_NAME: "cn-south-1" };
  const origins = originsOf({ projectId: "p" }, { cacheSeconds: 3, region: "x" }, env, "hss.yaml");
  expect(origins).toEqual([
    { name: "region", isSecret: false, origin: "HW_REGION_NAME", value: "cn-south-1" },
    { name: "projectId", isSecret: false, origin: "flag", value: "p" },
    { name: "secretKey", isSecret: true, origin: "HW_SECRET_KEY", value: undefined },
    { name: "cacheSeconds", isSecret: false, origin: "hss.yaml", value: 3 },
  ]);
});
