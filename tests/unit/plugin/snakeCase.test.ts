import { z } from "zod";
import { getWhitelistPolicyDocument } from "../../../provider/functions/getWhitelistPolicyDocument.js";
import { camelNames } from "../../../provider/plugin/snakeCase.js";

const { args } = getWhitelistPolicyDocument;

test("names below an argument are understood as Python writes them", () => {
  const given = {
    select: [{ handle_methods: ["mark_as_trust"], min_hosts: 2, hashes: ["aa", { hash: "bb", reason: "r" }] }],
    processes: [{ hash: "aa", hash_algorithm: "sha256", placements: [{ policy_id: "p1", host_id: "h" }] }],
  };
  expect(camelNames(args, given)).toEqual({
    select: [{ handleMethods: ["mark_as_trust"], minHosts: 2, hashes: ["aa", { hash: "bb", reason: "r" }] }],
    processes: [{ hash: "aa", hashAlgorithm: "sha256", placements: [{ policyId: "p1", hostId: "h" }] }],
  });
});

test("what is a name, no name, or there in both spellings stays as it is", () => {
  const given = { select: [{ minHosts: 1, min_hosts: 2 }, { no_condition: 1 }, { __proto__: null, names: ["a_b"] }] };
  expect(camelNames(args, given)).toEqual(given);
  expect(camelNames(z.record(z.string(), z.string()), { a_b: "c" })).toEqual({ a_b: "c" });
  expect(camelNames(args, "text")).toBe("text");
});
