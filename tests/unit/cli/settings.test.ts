import { layered, originsOf } from "../../../cli/settings.js";
import { resolveSettings } from "../../../provider/settings/index.js";

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
