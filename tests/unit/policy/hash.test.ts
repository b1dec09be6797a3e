import { isPlaceholder, normaliseHash } from "../../../provider/policy/hash.js";
import { hashOf } from "./hostile.js";

test.each([
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  " D41D8CD98F00B204E9800998ECF8427E ",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
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
