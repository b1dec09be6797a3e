import { isRecord } from "./values.js";

/** How Pulumi marks values that are not plain data. The text of an event must not pass for such a mark. */

/** The key of an object that is a secret, an asset or a resource. */
export const signatureKey = "4dabf18193072939515e22adb298388d";
/** A value that is not known before an update. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Of a value, or of anything in it. */
export function containsUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isRecord(value) && Object.values(value).some(containsUnknown);
}
