import fc from "fast-check";
import type { ObservedEvent, Rule } from "../../../provider/policy/index.js";
import { hashOf } from "./hostile.js";

export const now = Date.parse("2026-11-24T12:00:00Z");

const day = 86_400_000;
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const oneOf = fc.constantFrom;

/** Few values, so that events and rules meet often. */
const hashes = [hashOf(1), hashOf(2), hashOf(3), hashOf(4, 40), hashOf(5)];
const hash = oneOf(...hashes, hashOf(1).toUpperCase(), "d0**", "", "xyz");
const names = oneOf("login", "Login", "cron");
const paths = oneOf("/usr/bin/login", "/opt/app/run", "/opt/app/../../tmp/run", "/tmp/x", "C:\\App\\run.exe");
const users = oneOf("root", "app", "CORP\\Bob");

export const anyEvent: fc.Arbitrary<ObservedEvent> = fc.record({
  eventName: maybe(
    oneOf(
      ...Array<string>(6).fill("white list alert suspicious process"),
      "Untrusted process running",
      "white list alert malicious process",
    ),
  ),
  severity: maybe(oneOf("Security", "Low", "Medium", "High", "Critical", "Odd")),
  hostName: maybe(oneOf("n1", "n2")),
  hostId: maybe(oneOf("h1", "h2", "h3", "h4")),
  occurTime: maybe(fc.integer({ min: -2, max: 60 }).map((days) => String(now - days * day))),
  handleStatus: maybe(oneOf("handled", "unhandled")),
  handleMethod: maybe(
    oneOf("mark_as_trust", "mark_as_trust", "mark_as_trust", "mark_as_suspicious", "isolate_and_kill"),
  ),
  osType: maybe(oneOf("Linux", "Linux", "Windows")),
  policyId: maybe(oneOf("p1", "p2")),
  resourceInfo: maybe(
    fc.record({ hostId: maybe(oneOf("h1", "h5")), hostName: maybe(oneOf("n3")), osType: maybe(oneOf("Linux")) }),
  ),
  operateDetailList: maybe(fc.array(fc.record({ fileHash: maybe(hash), filePath: maybe(paths) }), { maxLength: 2 })),
  processInfo: maybe(
    fc.array(
      fc.record({
        processName: maybe(names),
        processPath: maybe(paths),
        processUsername: maybe(users),
        processHash: maybe(hash),
        processFileHash: maybe(hash),
      }),
      { maxLength: 2 },
    ),
  ),
});

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
      paths: some(oneOf("/usr/bin/*", "/opt/**", "/tmp/*", "**/run", "c:/app/*.exe", "**")),
      names: some(oneOf("login", "LOGIN", "cron")),
      users: some(oneOf("root", "app", "corp\\bob")),
      osTypes: some(oneOf("Linux", "windows")),
      policyIds: some(oneOf("p1", "p2")),
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
