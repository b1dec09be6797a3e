/** By the number of hexadecimal digits: the API names no algorithm. */
export const hashAlgorithms = ["sha256", "sha1", "md5", "sha384", "sha512", "other"] as const;
export type HashAlgorithm = (typeof hashAlgorithms)[number];

/** Why a text is no hash that a file could be recognised by. */
export const unusableReasons = ["malformed", "masked", "empty", "absent"] as const;
export type UnusableReason = (typeof unusableReasons)[number];

const byLength = new Map<number, HashAlgorithm>([
  [32, "md5"],
  [40, "sha1"],
  [64, "sha256"],
  [96, "sha384"],
  [128, "sha512"],
]);

const hexadecimal = /^[0-9a-f]{1,256}$/;

/** The longest text that can be a hash; `file_hash` is documented with 256 characters. */
export const longestHash = 256;

/** Of a normalised hash. */
export const algorithmOf = (hash: string): HashAlgorithm => byLength.get(hash.length) ?? "other";

/** Lower case, without surrounding blanks, or why the text is unusable. Nothing is guessed: no prefix is stripped, no digit filled in. */
export function normaliseHash(text: unknown): { hash: string } | { reason: UnusableReason } {
  if (text === undefined || text === null) return { reason: "absent" };
  if (typeof text !== "string") return { reason: "malformed" };
  if (text.length > 4 * longestHash) return { reason: "malformed" };
  const hash = text.trim().toLowerCase();
  if (hexadecimal.test(hash)) return { hash };
  if (hash === "") return { reason: "empty" };
  return { reason: hash.includes("*") ? "masked" : "malformed" };
}

/** Of several reasons the one that tells most, whatever their order. */
export const mostTelling = (reasons: Iterable<UnusableReason>): UnusableReason => {
  const given = new Set(reasons);
  return unusableReasons.find((reason) => given.has(reason)) ?? "absent";
};
