import { IncompleteReadError } from "../errors.js";
import type { ReadSummary } from "../reading/reader.js";

/** What was read, where it was shown to be whole. */
export function requireWhole<Summary extends ReadSummary>({ doubts, ...read }: Summary): Omit<Summary, "doubts"> {
  if (read.complete) return read;
  throw new IncompleteReadError(
    `the read of ${read.totalNum} HSS events could not be shown to be whole: ${doubts.join("; ")}; read again, narrow the query, or take what was read from getAppWhitelistEvents with requireComplete: false`,
  );
}
