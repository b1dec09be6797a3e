import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fc } from "../../support/properties.js";
import { decodePage } from "../../../provider/hss/decode.js";
import { RowDigest } from "../../../provider/hss/digest.js";
import { observationText, observedProcess, withoutHash, type ObservedEvent } from "../../../provider/policy/index.js";
import { observationOf as observe, sourceOf } from "../../support/policy.js";
import { anyEvents, shuffledWith } from "./arbitrary.js";
import { hashOf, hostileEvents } from "./hostile.js";

/** All of an observation as text. */
const said = (events: readonly ObservedEvent[]): string => {
  const observation = observe(events);
  return observationText(observation, sourceOf(observation, events.length));
};

const a = hashOf(1);
const b = hashOf(2);
const c = hashOf(3);

test("everything that events say of one hash", () => {
  const { processes } = observe([
    {
      eventName: "white list alert suspicious process",
      severity: "Low",
      hostId: "h1",
      hostName: "web-1",
      occurTime: "1731385152000",
      handleStatus: "handled",
      handleMethod: "mark_as_trust",
      osType: "Linux",
      policyId: "p1",
      processInfo: [{ processName: "login", processPath: "/usr/bin/login", processUsername: "root", processHash: a }],
    },
    {
      eventName: "Untrusted process running",
      severity: "Strange",
      resourceInfo: { hostId: "h2", hostName: "web-2", osType: "Linux" },
      occurTime: "1731385153000",
      handleStatus: "unhandled",
      processInfo: [{ processName: "login", processPath: "/bin/login", processHash: ` ${a.toUpperCase()}` }],
    },
  ]);
  expect(processes).toEqual([
    {
      hash: a,
      hashAlgorithm: "sha256",
      hashSource: "processHash",
      names: ["login"],
      paths: ["/bin/login", "/usr/bin/login"],
      users: ["root"],
      hostCount: 2,
      hostNames: ["web-1", "web-2"],
      eventCount: 2,
      firstSeen: "2024-11-12T04:19:12.000Z",
      lastSeen: "2024-11-12T04:19:13.000Z",
      severities: ["Low", "Strange"],
      highestSeverity: "Strange",
      handleMethods: ["mark_as_trust"],
      handleStatuses: ["handled", "unhandled"],
      policyIds: ["p1"],
      osTypes: ["Linux"],
      nameCount: 1,
      pathCount: 2,
      userCount: 1,
      placements: [{ policyId: "p1", hostId: "h1", path: "/usr/bin/login", name: "login" }],
    },
  ]);
});

describe("which hash", () => {
  const one = (event: ObservedEvent) => observe([event]).processes.map(({ hash, hashSource }) => [hash, hashSource]);
  test.each<[string, ObservedEvent, [string, string][]]>([
    ["process_hash first", { processInfo: [{ processHash: a, processFileHash: b }] }, [[a, "processHash"]]],
    [
      "then process_file_hash",
      { processInfo: [{ processHash: "****", processFileHash: b }] },
      [[b, "processFileHash"]],
    ],
    [
      "then the operation details'",
      {
        processInfo: [{ processHash: "", processFileHash: "**" }],
        operateDetailList: [{ fileHash: "" }, { fileHash: c }],
      },
      [[c, "operateDetailList.fileHash"]],
    ],
    ["details without a process", { operateDetailList: [{ fileHash: c }] }, [[c, "operateDetailList.fileHash"]]],
    [
      "of several processes each its own; a detail only where its path is the process's",
      {
        processInfo: [{ processHash: a }, { processPath: "/x" }, { processPath: "/y" }],
        operateDetailList: [{ fileHash: b, filePath: "/y" }],
      },
      [
        [a, "processHash"],
        [b, "operateDetailList.fileHash"],
      ],
    ],
  ])("%s", (_, event, expected) => {
    expect(one(event)).toEqual(expected);
  });

  test("the best of the fields it was found in, whatever came first", () => {
    const events: ObservedEvent[] = [
      { operateDetailList: [{ fileHash: a }] },
      { processInfo: [{ processHash: a }] },
      { processInfo: [{ processFileHash: a }] },
    ];
    for (const order of [events, [...events].reverse()])
      expect(observe(order).processes[0]?.hashSource).toBe("processHash");
  });

  test.each<[number, string]>([
    [32, "md5"],
    [40, "sha1"],
    [64, "sha256"],
    [96, "sha384"],
    [128, "sha512"],
    [63, "other"],
    [8, "other"],
  ])("%i digits are %s", (length, algorithm) => {
    expect(observe([{ processInfo: [{ processHash: hashOf(1, length) }] }]).processes[0]?.hashAlgorithm).toBe(
      algorithm,
    );
  });

  test("a detail of another file says nothing of the process's name and path", () => {
    const [process] = observe([
      {
        processInfo: [{ processName: "login", processPath: "/usr/bin/login", processUsername: "root" }],
        operateDetailList: [{ fileHash: a, filePath: "/tmp/evil" }],
      },
    ]).processes;
    expect(process).toMatchObject({ names: ["evil"], paths: ["/tmp/evil"], users: ["root"] });
  });
});

test("two processes of one event with the same file are one event", () => {
  const { processes } = observe([
    { processInfo: [{ processHash: a, processName: "x" }, { processHash: a, processName: "y" }, { processHash: b }] },
  ]);
  expect(processes.map(({ hash, eventCount }) => [hash, eventCount])).toEqual([
    [a, 1],
    [b, 1],
  ]);
  expect(processes[0]?.names).toEqual(["x", "y"]);
});

test("events without a usable hash are counted with their reason", () => {
  const { processes, withoutHash } = observe([
    { processInfo: [{ processHash: "d0364****ca" }] },
    { processInfo: [{ processHash: "d0364****ca", processFileHash: "xyz" }] },
    { processInfo: [{ processHash: " " }] },
    { processInfo: [{ processHash: `${a}:${b}` }] },
    { processInfo: [{ processHash: `md5:${a}` }] },
    { processInfo: [{}] },
    { processInfo: [{}, { processHash: a }] },
    {},
    { processInfo: [], operateDetailList: [] },
  ]);
  expect(processes.length).toBe(1);
  expect(withoutHash).toEqual([
    { reason: "malformed", eventCount: 3, processCount: 3 },
    { reason: "noProcess", eventCount: 2, processCount: 0 },
    { reason: "absent", eventCount: 1, processCount: 2 },
    { reason: "empty", eventCount: 1, processCount: 1 },
    { reason: "masked", eventCount: 1, processCount: 1 },
  ]);
});

test("the API document's example: a masked hash, and no process", () => {
  const text = readFileSync(join(__dirname, "../../fixtures/appEventApiExample.json"), "utf8");
  expect(observe(decodePage(JSON.parse(text), new RowDigest(new Uint8Array(32))).events)).toMatchObject({
    processes: [],
    withoutHash: [{ reason: "masked", eventCount: 1, processCount: 1 }],
    sharedPaths: [],
  });
});

test("every hash that a malicious or killed event names is tainted, in whatever field it was seen", () => {
  const { processes } = observe([
    { processInfo: [{ processHash: b }] },
    { processInfo: [{ processHash: c }] },
    { eventName: "white list alert malicious process", processInfo: [{ processHash: a, processFileHash: b }] },
    { handleMethod: "isolate_and_kill", processInfo: [{ processHash: a }], operateDetailList: [{ fileHash: c }] },
  ]);
  const taint = Object.fromEntries(
    processes.map(({ hash, maliciousCount, killedCount }) => [hash, [maliciousCount, killedCount]]),
  );
  expect(taint).toEqual({ [a]: [1, 1], [b]: [1, undefined], [c]: [undefined, 1] });
});

test("different files under one path are shown", () => {
  const at = (hash: string, path: string): ObservedEvent => ({
    processInfo: [{ processHash: hash, processPath: path }],
  });
  expect(observe([at(b, "/x"), at(a, "/x"), at(a, "/y")]).sharedPaths).toEqual([{ path: "/x", hashes: [a, b] }]);
});

test("lists are cut and counts are true", () => {
  const events = Array.from({ length: 3000 }, (_, i): ObservedEvent => ({
    hostId: `h${i}`,
    hostName: `n${i}`,
    policyId: `p${i}`,
    severity: i === 1500 ? "zzz" : `s${i}`,
    processInfo: [{ processHash: a, processPath: `/p/${i}`, processName: `x${i}`, processUsername: `u${i}` }],
  }));
  const [process] = observe(events).processes;
  expect(process).toMatchObject({
    hostCount: 3000,
    nameCount: 3000,
    pathCount: 3000,
    userCount: 3000,
    highestSeverity: "zzz",
  });
  expect(process?.paths.length).toBe(25);
  expect(process?.truncated).toEqual(["hostNames", "names", "paths", "placements", "policyIds", "severities", "users"]);
});

test("times that no calendar reaches are left out", () => {
  const at = (occurTime: string): ObservedEvent => ({ occurTime, processInfo: [{ processHash: a }] });
  expect(
    observe([at("9223372036854775807"), at("x"), at("-1"), at("253402300800000")]).processes[0],
  ).not.toHaveProperty("firstSeen");
  expect(observe([at("9223372036854775807"), at("0")]).processes[0]).toMatchObject({
    firstSeen: "1970-01-01T00:00:00.000Z",
  });
});

test("what stood together stands together, with its places and times", () => {
  const event: ObservedEvent = {
    eventName: "Untrusted process running",
    hostId: "h1",
    hostName: "web-1",
    privateIp: "10.0.0.1",
    occurTime: "1731385152000",
    handleStatus: "unhandled",
    policyId: "p1",
    processInfo: [{ processHash: a, processPath: "/x", processFileHash: b, processUid: 0 }],
  };
  const events = [
    event,
    { ...event, occurTime: "1731385153000" },
    { ...event, hostId: "h2", policyId: "p2", occurTime: "9999999999999" },
    {
      ...event,
      handleStatus: "handled",
      handleMethod: "mark_as_trust",
      processInfo: [...(event.processInfo ?? []), { processHash: c }],
    },
  ];
  const place = { hostNames: ["web-1"], addresses: ["10.0.0.1"] };
  const common = { eventName: "Untrusted process running", processes: [{ path: "/x", uid: "0", aliases: [b] }] };
  expect(observe(events).fileOf(a)).toMatchObject({
    eventCount: 4,
    sightings: [
      {
        ...common,
        handleMethod: "mark_as_trust",
        severalProcesses: true,
        seen: [{ place: { ...place, policyId: "p1", hostId: "h1" }, events: 1 }],
      },
      {
        ...common,
        handleStatus: "unhandled",
        seen: [
          { place: { ...place, policyId: "p1", hostId: "h1" }, events: 2, last: 1731385153000 },
          { place: { ...place, policyId: "p2", hostId: "h2" }, events: 1, undated: true },
        ],
      },
    ],
  });
});

test("the order of the events makes no difference", () => {
  fc.assert(
    fc.property(anyEvents, fc.infiniteStream(fc.nat()), (events, numbers) => {
      expect(said(shuffledWith(events, numbers))).toBe(said(events));
    }),
    { numRuns: 2000 },
  );
});

test("the result is what its schema says, hostile texts included", () => {
  const result = observe(hostileEvents());
  for (const process of result.processes) expect(observedProcess.parse(process)).toEqual(process);
  for (const entry of result.withoutHash) expect(withoutHash.parse(entry)).toEqual(entry);
});
