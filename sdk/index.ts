export * from "./api.js";
export { Account, type AccountOptions } from "./account.js";
export type { CallOptions, OutputCallOptions } from "./functions.js";
export type { ResourceOptions } from "./resources.js";
export * from "../provider/errors.js";

import type { GetWhitelistPolicyDiffResult, GetWhitelistPolicyDocumentResult, WhitelistRuleEntry } from "./api.js";

/** An entry of `select` or `exclude`. */
export type RuleEntry = WhitelistRuleEntry;
export type PolicyDocument = GetWhitelistPolicyDocumentResult;
export type PolicyDiff = GetWhitelistPolicyDiffResult;
