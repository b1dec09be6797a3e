/** The command was called in a way that it does not know. */
export class UsageError extends Error {}

/** What was to be relied on does not hold. */
export class VerificationError extends Error {}

/** A gate that the user set is closed: nothing failed, and the answer is no. */
export class GateError extends Error {}

/** A flag's value as it was given. */
export type Given = Readonly<Record<string, unknown>>;

/** A command as it was given: flags by their name without dashes. */
export interface Invocation {
  readonly command: string;
  /** The function behind it, where there is one. */
  readonly function?: string;
  readonly words: readonly string[];
  readonly flags: Given;
}

export const exitCodes = {
  done: 0,
  error: 1,
  differs: 2,
  incomplete: 3,
  denied: 4,
  verificationFailed: 5,
  usage: 64,
  interrupted: 130,
} as const;

export const outputs = ["table", "json", "csv", "ndjson"] as const;
export type Output = (typeof outputs)[number];
