import type { FunctionDefinition } from "./definition.js";
import { getAppWhitelistEvents } from "./getAppWhitelistEvents.js";
import { getObservedProcesses } from "./getObservedProcesses.js";
import { getWhitelistPolicyDiff } from "./getWhitelistPolicyDiff.js";
import { getWhitelistPolicyDocument } from "./getWhitelistPolicyDocument.js";

/** Every function of the package. */
export const functions: readonly FunctionDefinition[] = [
  getAppWhitelistEvents,
  getObservedProcesses,
  getWhitelistPolicyDocument,
  getWhitelistPolicyDiff,
];
