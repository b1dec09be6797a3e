import fc from "fast-check";
import type { ObservedEvent, Rule } from "../../../provider/policy/index.js";
import { hashOf } from "./hostile.js";

export const now = Date.parse("2026-11-24T12:00:00Z");

const day = 86_400_000;
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const oneOf = fc.constantFrom;

/** Few values, so that events and rules meet often. */
const hashes = [hashOf(1), hashOf(2), hashOf(3), hashOf(4, 40), hashOf(5)];
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const hash = oneOf(...hashes, ...hashes, hashOf(1).toUpperCase(), "d0**", "", "xyz", nothing, "0".repeat(40));
const paths = oneOf("/usr/bin/login", "/opt/app/run", "/tmp/x", "/usr/bin/python3", "/opt/**x");
const users = oneOf("root", "app", "CORP\\Bob", "***");
/** Most of the time the one that says the least against a file. */
const mostly = <T>(usual: T, ...others: T[]) => oneOf(...Array<T>(3 * others.length).fill(usual), ...others);

const suspicious = "white list alert suspicious process";
const handlings = oneOf(
  ...Array<object>(5).fill({ handleStatus: "handled", handleMethod: "mark_as_trust" }),
  ...Array<object>(4).fill({ handleStatus: "unhandled" }),
  { handleStatus: "handled" },
  { handleStatus: "handled", handleMethod: "mark_as_suspicious" },
  { handleStatus: "handled", handleMethod: "isolate_and_kill" },
  { handleStatus: "handled", handleMethod: "ignored" },
  { handleMethod: "mark_as_trust" },
  {},
) as fc.Arbitrary<ObservedEvent>;

const process = fc.record({
  processName: mostly<string | undefined>(
    "login",
    undefined,
    "cron",
    "run",
    "python3",
    "bash",
    "abcdefghijklmno",
    "l**",
  ),
  processPath: maybe(paths),
  processUsername: maybe(users),
  processUid: maybe(oneOf(0, 1001)),
  processEuid: maybe(oneOf("0", "1001")),
  processHash: maybe(hash),
  processFileHash: maybe(hash),
});

export const anyEvent: fc.Arbitrary<ObservedEvent> = fc
  .tuple(
    handlings,
    fc.record({
      eventName: mostly<string | undefined>(
        suspicious,
        "Untrusted process running",
        "white list alert malicious process",
        "Something new",
        undefined,
      ),
      severity: mostly<string | undefined>("Low", "Security", "Medium", "High", "Critical", "Odd", undefined),
      hostName: maybe(oneOf("n1", "n2", "n*")),
      hostId: maybe(oneOf("h1", "h2", "h3", "h**")),
      privateIp: maybe(oneOf("10.0.0.1", "10.0.0.2")),
      occurTime: maybe(fc.integer({ min: -2, max: 60 }).map((days) => String(now - days * day))),
      osType: mostly<string | undefined>("Linux", "Windows", "Solaris", undefined),
      policyId: maybe(oneOf("p1", "p2", "p**")),
      resourceInfo: maybe(
        fc.record({
          hostId: maybe(oneOf("h1", "h5")),
          hostName: maybe(oneOf("n1", "n3")),
          osType: maybe(oneOf("Linux")),
          hostIp: maybe(oneOf("10.0.0.1")),
          containerId: mostly<string | undefined>(undefined, "c1"),
          imageName: mostly<string | undefined>(undefined, "nginx:1"),
        }),
      ),
      operateDetailList: mostly<undefined>(undefined, undefined) as fc.Arbitrary<undefined>,
      processInfo: maybe(fc.array(process, { maxLength: 2 })),
    }),
    maybe(fc.array(fc.record({ fileHash: maybe(hash), filePath: maybe(paths) }), { maxLength: 2 })),
  )
  .map(([handling, event, operateDetailList]) => ({ ...event, ...handling, operateDetailList }));

export const anyEvents = fc.array(anyEvent, { maxLength: 12 });

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 1, maxLength: 2 });

const reviewed = fc.record(
  {
    hash: oneOf(...hashes, hashOf(2).toUpperCase(), hashOf(9)),
    reason: oneOf("checked", " ", ""),
    reviewer: oneOf("ann"),
    expires: oneOf("2026-11-24", "2026-11-25", "2026-11-24T12:00:00Z", "2026-11-24T13:00:01+01:00", "2020-01-01"),
  },
  { requiredKeys: ["hash"] },
);

const entry = fc
  .record(
    {
      hashes: fc.array(fc.oneof(oneOf(...hashes, hashOf(9)), reviewed), { minLength: 1, maxLength: 4 }),
      handleMethods: some(oneOf("mark_as_trust", "mark_as_suspicious", "isolate_and_kill")),
      handleStatuses: some(oneOf("handled", "unhandled")),
      minHosts: fc.integer({ min: 1, max: 3 }),
      minEvents: fc.integer({ min: 1, max: 4 }),
      seenWithinDays: fc.integer({ min: 1, max: 60 }),
      maxSeverity: oneOf("Security", "Low", "Medium", "High", "Critical"),
      severities: some(oneOf("Security", "Low", "Medium", "High", "Critical")),
      paths: some(oneOf("/usr/bin/*", "/opt/**", "/tmp/*", "**/run")),
      names: some(oneOf("login", "cron", "abcdefghijklmno", "abcdefghijklmnop")),
      users: some(oneOf("root", "app", "CORP\\Bob", "Bob")),
      osTypes: some(oneOf("Linux", "windows")),
      policyIds: some(oneOf("p1", "p2")),
      hostNames: some(oneOf("n1", "n2")),
      hostIps: some(oneOf("10.0.0.1", "10.0.0.2")),
      containers: oneOf("exclude", "only"),
      kinds: some(oneOf("interpreter", "shell", "other")),
    },
    { requiredKeys: [] },
  )
  .chain((all) => {
    // most entries with one or two conditions, so that many admit something
    const keys = Object.keys(all);
    return fc
      .shuffledSubarray(keys, { minLength: Math.min(1, keys.length), maxLength: Math.min(2, keys.length) })
      .map((kept) => Object.fromEntries(Object.entries(all).filter(([key]) => kept.includes(key))));
  })
  .filter((kept) => Object.keys(kept).length > 0);

export const anyRule = fc.record(
  { select: fc.array(entry, { maxLength: 3 }), exclude: fc.array(entry, { maxLength: 2 }) },
  { requiredKeys: [] },
) as fc.Arbitrary<Rule>;

export const shuffledWith = <T>(items: readonly T[], numbers: Iterator<number>): T[] =>
  items
    .map((item) => ({ item, key: numbers.next().value as number }))
    .sort((x, y) => x.key - y.key)
    .map(({ item }) => item);
