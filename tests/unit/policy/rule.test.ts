import {
  evaluate,
  evidenceOfList,
  ruleEntry,
  type ObservedEvent,
  type ObservedProcess,
  type Rule,
} from "../../../provider/policy/index.js";
import { now, observationOf } from "../../support/policy.js";
import { hashOf } from "./hostile.js";

const a = hashOf(1);
const b = hashOf(2);

const process = (more: Partial<ObservedProcess> = {}): ObservedProcess => ({
  hash: a,
  hashAlgorithm: "sha256",
  hashSource: "processHash",
  names: ["login"],
  paths: ["/usr/bin/login"],
  users: ["root"],
  hostCount: 2,
  hostNames: ["n1", "n2"],
  eventCount: 3,
  firstSeen: "2026-11-01T00:00:00.000Z",
  lastSeen: "2026-11-20T00:00:00.000Z",
  severities: ["Low"],
  highestSeverity: "Low",
  handleMethods: ["mark_as_trust"],
  handleStatuses: ["handled"],
  policyIds: ["p1"],
  osTypes: ["Linux"],
  ...more,
});

const decide = (rule: Rule, ...processes: ObservedProcess[]) =>
  evaluate({ admit: evidenceOfList(processes), rule, now });
const admits = (rule: Rule, more: Partial<ObservedProcess> = {}) => decide(rule, process(more)).included.length === 1;
const reasons = (rule: Rule, more: Partial<ObservedProcess> = {}) => {
  const { included, excluded } = decide(rule, process(more));
  return [...included, ...excluded][0]?.reasons;
};

const trusted: Rule = { select: [{ handleMethods: ["mark_as_trust"] }] };

test("without select nothing is allowed, and it says so", () => {
  for (const rule of [{}, { select: [] }]) {
    expect(admits(rule)).toBe(false);
    expect(reasons(rule)).toEqual(["there is no select entry: nothing is allowed"]);
  }
});

test("all conditions of an entry, any entry, exclude wins", () => {
  expect(admits({ select: [{ minHosts: 2, minEvents: 3 }] })).toBe(true);
  expect(admits({ select: [{ minHosts: 2, minEvents: 4 }] })).toBe(false);
  expect(admits({ select: [{ minEvents: 4 }, { minHosts: 2 }] })).toBe(true);
  expect(admits({ select: [{ minHosts: 1 }], exclude: [{ paths: ["/usr/**"], users: ["app"] }] })).toBe(true);
  expect(admits({ select: [{ minHosts: 1 }], exclude: [{ paths: ["/usr/**"], users: ["root"] }] })).toBe(false);
  expect(admits({ select: [{ hashes: [{ hash: a, reason: "checked" }] }], exclude: [{ hashes: [a] }] })).toBe(false);
});

test("every reason is told", () => {
  expect(
    reasons({
      select: [
        { minHosts: 1, paths: ["/usr/*/login"] },
        { minEvents: 9 },
        { hashes: [{ hash: a, reason: "ticket 7", reviewer: "Ann", expires: "2027-01-31" }] },
      ],
    }),
  ).toEqual([
    "select[0] holds: paths: /usr/*/login, minHosts 1: 2 servers",
    "select[2] holds: hashes: listed by Ann until 2027-01-31, because ticket 7",
  ]);
  expect(
    reasons(
      {
        select: [{ minEvents: 9, names: ["a", "b", "c", "d"] }, { maxSeverity: "Security" }],
        exclude: [{ users: ["root"] }],
      },
      { maliciousCount: 1 },
    ),
  ).toEqual([
    "reported as malicious (1 event): only a select entry that lists its hash with a reason allows it",
    "exclude[0] holds: users: root",
    "select[0] does not hold: names: not one of 4 values in all that is listed, minEvents 9: 3 events",
    "select[1] does not hold: maxSeverity Security: highest is Low",
  ]);
});

describe("a file reported as malicious, or isolated and killed", () => {
  test.each<[string, Partial<ObservedProcess>]>([
    ["malicious", { maliciousCount: 1 }],
    ["killed", { killedCount: 2 }],
    ["killed, by its handle methods", { handleMethods: ["isolate_and_kill", "mark_as_trust"] }],
  ])("%s: only a review with a reason admits it", (_, more) => {
    expect(admits(trusted, more)).toBe(false);
    expect(admits({ select: [{ hashes: [a] }] }, more)).toBe(false);
    expect(admits({ select: [{ hashes: [{ hash: a, reason: "  " }] }] }, more)).toBe(false);
    expect(admits({ select: [{ hashes: [{ hash: a, reason: "late", expires: "2026-11-24T12:00:00Z" }] }] }, more)).toBe(
      false,
    );
    expect(admits({ select: [{ minHosts: 9, hashes: [{ hash: a, reason: "too few servers" }] }] }, more)).toBe(false);
    expect(admits({ select: [{ hashes: [{ hash: a.toUpperCase(), reason: "built here" }] }] }, more)).toBe(true);
    expect(admits({ select: [{ hashes: [a, { hash: a, reason: "built here" }] }] }, more)).toBe(true);
    expect(reasons({ select: [{ hashes: [{ hash: a, reason: "built here" }] }] }, more)?.at(-1)).toMatch(
      /^allowed although /,
    );
  });
});

test("an expired review admits nothing and says so; an exclusion does not expire", () => {
  const rule = (expires: string): Rule => ({ select: [{ hashes: [{ hash: a, expires }] }] });
  expect(admits(rule("2026-11-25"))).toBe(true);
  expect(admits(rule("2026-11-24"))).toBe(false);
  expect(admits(rule("2026-11-24T13:00:01+01:00"))).toBe(true);
  expect(admits(rule("whenever"))).toBe(false);
  expect(reasons(rule("2026-11-24"))).toEqual(["select[0] does not hold: hashes: its review expired (2026-11-24)"]);
  expect(admits({ ...trusted, exclude: [{ hashes: [{ hash: a, expires: "2020-01-01" }] }] })).toBe(false);
});

test("listed hashes without a valid reason that were never observed are told and not included", () => {
  const { included, unobserved } = decide(
    {
      select: [
        { hashes: [a, { hash: hashOf(9).toUpperCase(), reason: "r", reviewer: "Ann", expires: "2020-01-01" }, b] },
      ],
    },
    process(),
  );
  expect(included.map(({ hash }) => hash)).toEqual([a]);
  // its review has expired, or gives no reason
  expect(unobserved).toEqual([
    { hash: b, expired: false },
    { hash: hashOf(9), reason: "r", reviewer: "Ann", expires: "2020-01-01", expired: true },
  ]);
});

test("[P14] a valid review with a reason needs no sighting; of several the one that holds is told", () => {
  const hash = hashOf(9);
  const old = { hash, reviewer: "old", reason: "was fine", expires: "2020-01-01" };
  const valid = { hash, reviewer: "new", reason: "ok", expires: "2030-01-01" };
  const { unobserved, included } = decide({ select: [{ hashes: [old, hash] }, { hashes: [valid] }] }, process());
  expect(unobserved).toEqual([]);
  expect(included).toMatchObject([
    {
      hash,
      evidence: { lastSeen: "never", eventCount: 0 },
      reasons: ["select[1] holds: hashes: listed by new until 2030-01-01, because ok"],
    },
  ]);
  expect(decide({ select: [{ hashes: [old] }] }, process()).unobserved).toEqual([{ ...old, expired: true }]);
});

test("what the evidence does not say admits nothing, and excludes", () => {
  const cut = { truncated: ["paths"] };
  expect(admits({ select: [{ paths: ["/opt/*"] }] }, cut)).toBe(false);
  expect(admits({ ...trusted, exclude: [{ paths: ["/opt/*"] }] }, cut)).toBe(false);
  expect(admits({ ...trusted, exclude: [{ paths: ["/opt/*"] }] })).toBe(true);
  expect(reasons({ ...trusted, exclude: [{ paths: ["/opt/*"] }] }, cut)?.[0]).toBe(
    "exclude[0] can't be ruled out: paths: /opt/*",
  );
  const wandering = { paths: ["/opt/../tmp/x"] };
  expect(admits({ select: [{ paths: ["/opt/**"] }] }, wandering)).toBe(false);
  expect(admits({ ...trusted, exclude: [{ paths: ["/tmp/**"] }] }, wandering)).toBe(false);
  const future = { lastSeen: "2030-01-01T00:00:00Z" };
  expect(admits({ select: [{ seenWithinDays: 30 }] }, future)).toBe(false);
  expect(admits({ ...trusted, exclude: [{ seenWithinDays: 30 }] }, future)).toBe(false);
  const silent = { severities: [], highestSeverity: undefined };
  expect(admits({ select: [{ maxSeverity: "Critical" }] }, silent)).toBe(false);
  expect(admits({ ...trusted, exclude: [{ maxSeverity: "Low" }] }, silent)).toBe(false);
});

test("severity in the documented order, other words above it", () => {
  const upTo = (maxSeverity: "Security" | "Critical", highest: string) =>
    admits({ select: [{ maxSeverity }] }, { severities: [highest], highestSeverity: highest });
  expect(upTo("Critical", "Critical")).toBe(true);
  expect(upTo("Security", "Low")).toBe(false);
  expect(upTo("Critical", "Fatal")).toBe(false);
  expect(upTo("Critical", "low")).toBe(false);
  // the list counts even where the highest is told milder
  expect(admits({ select: [{ maxSeverity: "Low" }] }, { severities: ["High"], highestSeverity: "Low" })).toBe(false);
});

test("days are times 24 hours, and case counts except on Windows", () => {
  expect(admits({ select: [{ seenWithinDays: 4 }] })).toBe(false);
  expect(admits({ select: [{ seenWithinDays: 5 }] })).toBe(true);
  expect(admits({ select: [{ names: ["LOGIN"] }] })).toBe(false);
  expect(admits({ select: [{ names: ["LOGIN"] }] }, { osTypes: ["Windows"] })).toBe(true);
  expect(
    admits({ select: [{ paths: ["c:/windows/*"] }] }, { paths: ["C:\\Windows\\x.exe"], osTypes: ["Windows"] }),
  ).toBe(true);
});

describe("the schema refuses", () => {
  test.each<[string, unknown, RegExp]>([
    ["no condition", {}, /no condition/],
    ["a misspelt condition", { minHosts: 1, minHost: 2 }, /minHost/],
    ["an empty list", { paths: [] }, /is empty/],
    ["a masked hash", { hashes: ["d0364****ca"] }, /hash/],
    ["a masked hash in an object", { hashes: [{ hash: "d0364****ca" }] }, /hash/],
    ["an expiry without a zone", { hashes: [{ hash: a, expires: "2027-01-31T00:00:00" }] }, /hash/],
    ["a day that does not exist", { hashes: [{ hash: a, expires: "2027-02-30" }] }, /hash/],
    ["a misspelt part of a review", { hashes: [{ hash: a, reasn: "x" }] }, /hash/],
    ["an unknown severity", { maxSeverity: "low" }, /Security/],
    ["a broken glob", { paths: ["/a[b"] }, /\]/],
    ["no servers", { minHosts: 0 }, /1/],
    ["containers alone that leave nothing out", { containers: "include" }, /no condition/],
    [
      "the digest of an empty file",
      { hashes: ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"] },
      /hash/,
    ],
    ["an unknown kind", { kinds: ["interpretr"] }, /interpreter/],
  ])("%s", (_, entry, message) => {
    const parsed = ruleEntry.safeParse(entry);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toMatch(message);
  });
});

test("hostile texts in reasons are one visible line", () => {
  const event: ObservedEvent = {
    eventName: "white list alert suspicious process",
    handleStatus: "unhandled",
    processInfo: [{ processHash: a, processPath: "/opt/x\n::set-output name=a::b\u202e" }],
  };
  const [excluded] = evaluate({
    admit: observationOf([event]),
    rule: { select: [{ minEvents: 1 }], exclude: [{ paths: ["/opt/**"] }] },
    now,
  }).excluded;
  expect(excluded?.reasons).toEqual([
    "exclude[0] can't be ruled out: paths: /opt/x\\u{a}:\\u{3a}set-output name=a:\\u{3a}b\\u{202e} may be /opt/**",
  ]);
});
