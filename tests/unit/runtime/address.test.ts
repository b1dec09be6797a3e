import { isLinkLocal, isLoopback } from "../../../provider/runtime/address.js";

test("loopback and link-local", () => {
  expect(["127.0.0.1", "127.255.0.3", "localhost", "[::1]"].every(isLoopback)).toBe(true);
  expect(["128.0.0.1", "127.evil.example", "localhost.example", "[::2]"].some(isLoopback)).toBe(false);
  expect(["169.254.169.254", "[fe80::1]", "[febf::1]"].every(isLinkLocal)).toBe(true);
  expect(["169.25.4.1", "[fec0::1]", "[::1]"].some(isLinkLocal)).toBe(false);
});
