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

/** Lower case digits alone, or why the text is unusable. Nothing is guessed: no digit is filled in, and of several hashes none is chosen. */
export function normaliseHash(text: unknown): { hash: string } | { reason: UnusableReason } {
  if (text === undefined || text === null) return { reason: "absent" };
  if (typeof text !== "string") return { reason: "malformed" };
  if (text.length > 4 * longestHash) return { reason: "malformed" };
  const hash = text.trim().toLowerCase();
  if (hexadecimal.test(hash)) return isStub(hash) ? { reason: "placeholder" } : { hash };
  if (hash === "") return { reason: "empty" };
  if (hash.includes("*")) return { reason: "masked" };
  const digits = digitsOf(hash);
  return digits === undefined ? { reason: "malformed" } : normaliseHash(digits);
}

/** The digits of a hash as other tools write it: `sha256:…`, `SHA-1=…`, `0x…`, `EB:34:84:…`; undefined if it is none of these. */
function digitsOf(text: string): string | undefined {
  const [label = "", algorithm = ""] = /^(?:(md5|sm3|sha-?(?:1|224|256|384|512))\s*[:=]\s*|0x)/.exec(text) ?? [];
  const rest = text.slice(label.length);
  const digits = /^[0-9a-f]{2}([:\- ])[0-9a-f]{2}(?:\1[0-9a-f]{2})*$/.test(rest) ? rest.replace(/[:\- ]/g, "") : rest;
  if (digits === text || !hexadecimal.test(digits)) return undefined;
  const length = digitsByName.get(algorithm.replace("-", ""));
  return length === undefined || length === digits.length ? digits : undefined;
}

const digitsByName: ReadonlyMap<string, number> = new Map([
  ["md5", 32],
  ["sha1", 40],
  ["sha224", 56],
  ["sha256", 64],
  ["sm3", 64],
  ["sha384", 96],
  ["sha512", 128],
]);

/** Of several reasons the one that tells most, whatever their order. */
export const mostTelling = (reasons: Iterable<UnusableReason>): UnusableReason => {
  const given = new Set(reasons);
  return unusableReasons.find((reason) => given.has(reason)) ?? "absent";
};

/**
 * Digests of nothing: an agent that could read no byte gives these, and no document names the algorithm. MD5, SHA-1, RIPEMD-160,
 * SHA-224, SHA-512/224, SHA3-224, SHA-256, SHA-512/256, SHA3-256, SM3, BLAKE2s, BLAKE3, Keccak-256, SHA-384, SHA3-384, SHA-512,
 * SHA3-512 and BLAKE2b.
 */
const digestsOfNothing: ReadonlySet<string> = new Set([
  "d41d8cd98f00b204e9800998ecf8427e",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "9c1185a5c5e9fc54612808977ee8f548b2258d31",
  "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
  "6ed0dd02806fa89e25de060c19d3ac86cabb87d6a0ddd05c333b84f4",
  "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7",
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a",
  "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
  "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
  "69217a3079908094e11121d042354a7c1f55b6482ca1a51e1b250dfd1ed0eef9",
  "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
  "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
  "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
  "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831264adb47fb6bd1e058d5f004",
  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
  "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26",
  "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce",
]);

/** Digits that no file's digest has: of nothing, one digit, or one digit or a short pattern again and again. */
const isStub = (hash: string): boolean =>
  hash.length === 1 || digestsOfNothing.has(hash) || /^([0-9a-f]{1,8}|0123456789abcdef)\1+$/.test(hash);

/** Whether a text is a placeholder rather than the hash of a file. */
export const isPlaceholder = (text: string): boolean => {
  const outcome = normaliseHash(text);
  return "reason" in outcome && outcome.reason === "placeholder";
};
