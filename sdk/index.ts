import { getAppWhitelistEvents as definition } from "../provider/functions/getAppWhitelistEvents.js";
import { lifted, promised } from "./functions.js";

export type { AppWhitelistEvent } from "../provider/hss/event.js";
export type { CallOptions, Config, OutputCallOptions } from "./functions.js";
export * from "../provider/errors.js";
export { WhitelistPolicyFile, type WhitelistPolicyFileArgs } from "./whitelistPolicyFile.js";

/**
 * Reads the events of processes that are not on the HSS process whitelist: every one, once, exactly. With no time argument,
 * of the last 30 days. Throws an `HssError`: `ArgumentError` before any request, `IncompleteReadError` where the read can't
 * be shown to be whole and `requireComplete` is not false.
 */
export const getAppWhitelistEvents = promised(definition);

/** `getAppWhitelistEvents` with Inputs, as an Output. */
export const getAppWhitelistEventsOutput = lifted(definition);
