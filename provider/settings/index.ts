/** The `hss:` settings: one zod schema, and where values come from. */
export { configuration, pulumiKeys, settingMeta, type Configuration, type SettingName } from "./schema.js";
export { isSecretName, secretsIn } from "./secrets.js";
export { completeSettings, resolveSettings, type Settings } from "./resolve.js";
