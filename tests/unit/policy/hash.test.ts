import { isPlaceholder, normaliseHash } from "../../../provider/policy/hash.js";
import { hashOf } from "./hostile.js";

test.each([
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  " D41D8CD98F00B204E9800998ECF8427E ",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
  "AF:13:49:B9:F5:F9:A1:A6:A0:40:4D:EA:36:DC:C9:49:9B:CB:25:C9:AD:C1:12:B7:CC:9A:93:CA:E4:1F:32:62",
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "0",
  "0".repeat(40),
  "f".repeat(64),
  "deadbeef".repeat(8),
  "0123456789abcdef".repeat(4),
])("[P4] %s is a placeholder", (hash) => {
  expect(normaliseHash(hash)).toEqual({ reason: "placeholder" });
  expect(isPlaceholder(hash)).toBe(true);
});

test("[P4] a hash is not, whatever its length", () => {
  for (const length of [8, 32, 40, 56, 64, 96, 128]) {
    expect(normaliseHash(hashOf(7, length).toUpperCase())).toEqual({ hash: hashOf(7, length) });
  }
});

const [sha256, sha1] = [hashOf(7), hashOf(7, 40)];
const bytesOf = (hash: string): string[] => hash.match(/../g) ?? [];

test.each([
  `sha256:${sha256}`,
  `SHA-256=${sha256.toUpperCase()}`,
  `0x${sha256}`,
  bytesOf(sha256).join(":"),
  bytesOf(sha256.toUpperCase()).join(" "),
  ` SHA256: ${bytesOf(sha256).join("-")} `,
])("[P4] %s is a hash", (text) => {
  expect(normaliseHash(text)).toEqual({ hash: sha256 });
});

test.each([
  `md5:${sha256}`,
  `sha1:${sha256}`,
  `crc:${sha256}`,
  `SHA256=${sha256},SHA1=${sha1}`,
  `${sha256}:${sha1}`,
  "550e8400-e29b-41d4-a716-446655440000",
  "eb:34-84:ad",
  `sha256:0x${sha256}`,
  Buffer.from(sha256, "hex").toString("base64"),
])("[P4] %s is none", (text) => {
  expect(normaliseHash(text)).toEqual({ reason: "malformed" });
});
