import { getAppWhitelistEvents } from "./getAppWhitelistEvents.js";

/** Every function of the package. */
export const functions = [getAppWhitelistEvents] as const;
