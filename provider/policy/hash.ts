/** By the number of hexadecimal digits: the API names no algorithm. */
export const hashAlgorithms = ["sha256", "sha1", "md5", "sha384", "sha512", "other"] as const;
export type HashAlgorithm = (typeof hashAlgorithms)[number];

/** Why a text is no hash that a file could be recognised by. */
export const unusableReasons = ["malformed", "placeholder", "masked", "empty", "absent"] as const;
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
const longestHash = 256;

/** Of a normalised hash. */
export const algorithmOf = (hash: string): HashAlgorithm => byLength.get(hash.length) ?? "other";

/** Lower case, without surrounding blanks, or why the text is unusable. Nothing is guessed: no prefix is stripped, no digit filled in. */
export function normaliseHash(text: unknown): { hash: string } | { reason: UnusableReason } {
  if (text === undefined || text === null) return { reason: "absent" };
  if (typeof text !== "string") return { reason: "malformed" };
  if (text.length > 4 * longestHash) return { reason: "malformed" };
  const hash = text.trim().toLowerCase();
  if (hexadecimal.test(hash)) return isStub(hash) ? { reason: "placeholder" } : { hash };
  if (hash === "") return { reason: "empty" };
  return { reason: hash.includes("*") ? "masked" : "malformed" };
}

/** Of several reasons the one that tells most, whatever their order. */
export const mostTelling = (reasons: Iterable<UnusableReason>): UnusableReason => {
  const given = new Set(reasons);
  return unusableReasons.find((reason) => given.has(reason)) ?? "absent";
};

/** Digests of nothing: MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512, SHA3-256 and BLAKE2b. An agent that could read no byte gives these. */
const digestsOfNothing: ReadonlySet<string> = new Set([
  "d41d8cd98f00b204e9800998ecf8427e",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
  "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
  "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce",
]);

/** Digits that no file's digest has: of nothing, one digit or a short pattern again and again. */
const isStub = (hash: string): boolean =>
  digestsOfNothing.has(hash) || /^([0-9a-f]{1,8}|0123456789abcdef)\1+$/.test(hash);

/** Whether a text is a placeholder rather than the hash of a file. */
export const isPlaceholder = (text: string): boolean => {
  const outcome = normaliseHash(text);
  return "reason" in outcome && outcome.reason === "placeholder";
};
