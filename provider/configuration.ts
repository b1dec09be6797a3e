/** The `hss:` settings: one zod schema, and where values come from. */
export { configuration, pulumiOwn, type Configuration, type SettingName } from "./configuration/schema.js";
export { settingMeta, type SettingMeta } from "./configuration/meta.js";
export { resolveSettings, type Settings } from "./configuration/settings.js";
export type { CredentialLevel, CredentialName, CredentialValues } from "./configuration/levels.js";
