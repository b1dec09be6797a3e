/** Where credentials come from: the chain of places, logins, agencies, renewal. */
export { credentialSource } from "./source.js";
export { projectIdByName } from "./iam.js";
export { findWholeProfile } from "./profile.js";
export { whichCredentials, withCredentials } from "./renewing.js";
export type {
  AccessKeys,
  Credentials,
  CredentialLevel,
  CredentialSettings,
  CredentialSource,
  CredentialValues,
  IdToken,
  Profile,
  Token,
} from "./types.js";
