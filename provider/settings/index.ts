/** The `hss:` settings: one zod schema, and where values come from. */
export { contradictions } from "./account.js";
export { sdkIdToken } from "./sources.js";
export { isSecretName, secretsIn } from "./secrets.js";
export { assumeRole, configuration, pulumiKeys, settingMeta, type Configuration, type SettingName } from "./schema.js";
export { completeSettings, namesArchive, resolveSettings, type Settings } from "./resolve.js";
