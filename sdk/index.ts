import * as events from "../provider/functions/getAppWhitelistEvents.js";
import * as processes from "../provider/functions/getObservedProcesses.js";
import * as diff from "../provider/functions/getWhitelistPolicyDiff.js";
import * as policy from "../provider/functions/getWhitelistPolicyDocument.js";
import { lifted, promised } from "./functions.js";

export type { AppWhitelistEvent } from "../provider/hss/event.js";
export type { ObservedProcess, PolicyDiff, PolicyDocument, RuleEntry } from "../provider/policy/index.js";
export type { CallOptions, Config, OutputCallOptions } from "./functions.js";
export * from "../provider/errors.js";
export { WhitelistPolicyFile, type WhitelistPolicyFileArgs } from "./whitelistPolicyFile.js";

/**
 * Reads the events of processes that are not on the HSS process whitelist: every one, once, exactly. With no time argument,
 * of the last 30 days. Throws an `HssError`: `ArgumentError` before any request, `IncompleteReadError` where the read can't
 * be shown to be whole and `requireComplete` is not false.
 */
export const getAppWhitelistEvents = promised(events.getAppWhitelistEvents);
/** `getAppWhitelistEvents` with Inputs, as an Output. */
export const getAppWhitelistEventsOutput = lifted(events.getAppWhitelistEvents);

/** Groups the same events by file hash, with the evidence for a decision, in memory that grows with hashes and not events. */
export const getObservedProcesses = promised(processes.getObservedProcesses);
/** `getObservedProcesses` with Inputs, as an Output. */
export const getObservedProcessesOutput = lifted(processes.getObservedProcesses);

/**
 * Makes a whitelist policy of the observed processes that `select` allows and `exclude` does not, with the reason for each
 * hash that is in or out. Without `select` nothing is allowed.
 */
export const getWhitelistPolicyDocument = promised(policy.getWhitelistPolicyDocument);
/** `getWhitelistPolicyDocument` with Inputs, as an Output. */
export const getWhitelistPolicyDocumentOutput = lifted(policy.getWhitelistPolicyDocument);

/** Tells what a new `json` policy document adds, removes and changes against the one before. */
export const getWhitelistPolicyDiff = promised(diff.getWhitelistPolicyDiff);
/** `getWhitelistPolicyDiff` with Inputs, as an Output. */
export const getWhitelistPolicyDiffOutput = lifted(diff.getWhitelistPolicyDiff);
