/** The `hss:` settings: one zod schema, and where values come from. */
export { configuration, pulumiOwn, type Configuration, type SettingName } from "./schema.js";
export { settingMeta, type SettingMeta } from "./meta.js";
export { resolveSettings, type Settings } from "./resolve.js";
export type { CredentialLevel, CredentialName, CredentialValues } from "./levels.js";
