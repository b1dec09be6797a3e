/** Where credentials come from: the chain of places, logins, agencies, renewal. */
export { credentialSource, withProfile } from "./source.js";
export { projectIdByName } from "./project.js";
export { unlessAborted } from "../../abort.js";
export type { CredentialDependencies } from "./dependencies.js";
export type { AccessKeys, Credentials, CredentialSource, Token } from "./types.js";
