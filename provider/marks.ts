/** How Pulumi writes what is no plain value. Text of an event that looks the same must not pass for it. */

/** The key of an object that is a secret, an asset or a resource. */
export const signatureKey = "4dabf18193072939515e22adb298388d";
/** A value that is not known before an update. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
