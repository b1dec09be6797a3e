import { getObservedProcesses } from "../../provider/functions/getObservedProcesses.js";
import { getWhitelistPolicyDocument } from "../../provider/functions/getWhitelistPolicyDocument.js";
import { EventService, type WireEvent } from "../support/eventService.js";
import { hashOf } from "../unit/policy/hostile.js";

// docs/policy.md, sentence by sentence, through the public functions

const now = Date.parse("2026-11-24T12:00:00Z");
const dayMs = 86_400_000;
const [A, B, C] = [hashOf(1), hashOf(2), hashOf(3)];
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

let ids = 0;
type Process = WireEvent;
const process = (more: Process = {}): Process => ({
  process_name: "tool",
  process_path: "/opt/tool",
  process_username: "app",
  process_uid: 1001,
  process_euid: 1001,
  ...more,
});

/** A trusted event of hash A on web-1, unless something else is said. */
const event = (more: WireEvent = {}, processMore: Process | readonly Process[] = {}): WireEvent => ({
  event_id: `e${++ids}`,
  event_name: "white list alert suspicious process",
  severity: "Low",
  host_id: "h1",
  host_name: "web-1",
  private_ip: "10.0.0.1",
  occur_time: now - dayMs - ids,
  handle_status: "handled",
  handle_method: "mark_as_trust",
  os_type: "Linux",
  policy_id: "p1",
  process_info: Array.isArray(processMore) ? processMore : [process({ process_hash: A, ...(processMore as Process) })],
  ...more,
});
const unhandled = { handle_status: "unhandled", handle_method: undefined };

const trusted = { handleMethods: ["mark_as_trust"] };
const because = (hash: string) => ({ hashes: [{ hash, reason: "built here" }] });

const documentOf = (events: readonly WireEvent[], args: Record<string, unknown>) =>
  new EventService(events, { now: () => now }).ask(getWhitelistPolicyDocument, { format: "json", ...args });

const allowed = async (events: readonly WireEvent[], args: Record<string, unknown>): Promise<string[]> =>
  (await documentOf(events, args)).included.map(({ hash }) => hash);

interface Case {
  readonly events: readonly WireEvent[];
  readonly select?: readonly object[];
  readonly exclude?: readonly object[];
  readonly more?: Record<string, unknown>;
  readonly allowed: readonly string[];
}

const cases: Record<string, Case> = {};

const add = (name: string, one: Case) => {
  cases[name] = one;
};

add("[P1] an event without processes reports its operations, and nothing is known of who ran them", {
  events: [event({ process_info: undefined, operate_detail_list: [{ file_hash: A, file_path: "/opt/tool" }] })],
  select: [{ paths: ["/opt/*"] }],
  allowed: [A],
});
add("[P1] so an exclusion of a user can't be ruled out", {
  events: [event({ process_info: undefined, operate_detail_list: [{ file_hash: A, file_path: "/opt/tool" }] })],
  select: [{ paths: ["/opt/*"] }],
  exclude: [{ users: ["root"] }],
  allowed: [],
});
add("[P5] what is masked is unknown: not enough to select", {
  events: [event({ policy_id: "p****", host_name: "web-*" })],
  select: [{ policyIds: ["p1"] }, { hostNames: ["web-1"] }],
  allowed: [],
});
add("[P5] and enough to exclude", {
  events: [event({ policy_id: "p****" })],
  select: [trusted],
  exclude: [{ policyIds: ["p2"] }],
  allowed: [],
});
add("[P6] without select nothing is admitted", { events: [event()], allowed: [] });
add("[P6] any entry admits", { events: [event()], select: [{ users: ["root"] }, trusted], allowed: [A] });
add("[P6] any exclusion leaves out", {
  events: [event()],
  select: [trusted],
  exclude: [{ users: ["root"] }, { names: ["tool"] }],
  allowed: [],
});
add("[P2] the next field is looked at where one holds no hash", {
  events: [event({}, { process_hash: "****", process_file_hash: B })],
  select: [trusted],
  allowed: [B],
});
add("[P3] malice reported under an alias alone is malice of the file", {
  events: [
    event({}, { process_hash: A, process_file_hash: B }),
    event({ event_name: "white list alert malicious process", ...unhandled }, { process_hash: B }),
  ],
  select: [trusted],
  allowed: [],
});
for (const [os_type, process_path, file_path] of [
  ["Windows", "C:\\Apps\\x.exe", "\\\\?\\c:\\apps\\\\X.EXE"],
  ["Linux", "/bin/x", "/usr//bin/./x"],
  [undefined, "/opt/x", "/opt//x"],
]) {
  const events = [
    event({ os_type, operate_detail_list: [{ file_hash: B, file_path }] }, { process_hash: A, process_path }),
    event({ event_name: "white list alert malicious process", ...unhandled }, { process_hash: B }),
  ];
  add(`[P2] an operation is on ${process_path ?? ""} under ${file_path ?? ""} too`, {
    events,
    select: [trusted],
    allowed: [],
  });
}
add("[P2] and not under another path", {
  events: [
    event({ operate_detail_list: [{ file_hash: B, file_path: "/opt/Tool" }] }),
    event({ event_name: "white list alert malicious process", ...unhandled }, { process_hash: B }),
  ],
  select: [trusted],
  allowed: [A],
});
add("[P4] malice under the hash as other tools write it is malice of the file", {
  events: [
    event(),
    event(
      { event_name: "white list alert malicious process", ...unhandled },
      { process_hash: `SHA256=${A.toUpperCase()}` },
    ),
  ],
  select: [trusted],
  allowed: [],
});
add("[P4] and a rule may write it so", {
  events: [event()],
  select: [{ hashes: [`sha256:${A}`] }],
  allowed: [A],
});
for (const event_class_id of ["malware_0001", "ransomware_0003", "webshell_0001"]) {
  add(`[P15] a class of ${event_class_id} is malice under whatever name`, {
    ...{ events: [event(), event({ event_class_id })], select: [trusted], allowed: [] },
  });
}
add("[P15] the class of the whitelist's own events is none", {
  events: [event({ event_class_id: "appwl_1001" })],
  select: [trusted],
  allowed: [A],
});
add("[P17] the parent of a malicious process is not what the event is about", {
  events: [
    event(),
    event(
      { event_name: "white list alert malicious process", ...unhandled },
      { process_hash: B, parent_process_file_hash: A },
    ),
  ],
  select: [trusted],
  allowed: [A],
});
for (const process_username of ["CORP+app", "CORP\\\\app"]) {
  add(`[P27] ${process_username} may be app`, {
    ...{ events: [event({}, { process_username })], select: [trusted], exclude: [{ users: ["app"] }], allowed: [] },
  });
}
for (const process_path of ["C:\\Windows\\Temp.\\x.exe", "/usr/sbin/x"]) {
  const os_type = process_path.startsWith("/") ? "Linux" : "Windows";
  const paths = ["?:\\Windows\\Temp\\**", "/usr/bin/*"];
  const events = [event({ os_type }, { process_path })];
  add(`[P28] ${process_path} may be in another folder`, { events, select: [{ paths }], allowed: [] });
  add(`[P28] and an exclusion of that holds for ${process_path}`, {
    ...{ events, select: [trusted], exclude: [{ paths }], allowed: [] },
  });
}
for (const [name, condition] of [
  ["its system", { osTypes: ["Windows"] }],
  ["its path", { paths: ["/opt/TOOL"] }],
] as const) {
  const events = [event({ resource_info: { os_type: "Windows" } })];
  add(`[P23] of two systems in one event neither is known: an exclusion of ${name} holds`, {
    ...{ events, select: [trusted], exclude: [condition], allowed: [] },
  });
  add(`[P23] and ${name} selects nothing`, { events, select: [condition, { osTypes: ["Linux"] }], allowed: [] });
}
add("[P27] an account that is called by a number", {
  events: [event({}, { process_username: "007", process_uid: 1001 })],
  select: [{ users: ["007"] }],
  allowed: [A],
});
add("[P11] a file without a sighting is not excluded where something else is asked, too", {
  ...{ events: [], select: [because(A)], exclude: [{ hashes: [A], hostNames: ["web-1"] }], allowed: [A] },
});
add("[P11] and is where its hash is all that is asked", {
  ...{ events: [], select: [because(A)], exclude: [{ hashes: [A] }], allowed: [] },
});
add("[P18] a reason that nobody can read is none", {
  events: [event({ event_name: "white list alert malicious process", ...unhandled })],
  select: ["\u200b", "\u3164", " - "].map((reason) => ({ hashes: [{ hash: A, reason }] })),
  allowed: [],
});
add("[P3] an exclusion by an alias excludes the file", {
  events: [event({}, { process_hash: A, process_file_hash: B })],
  select: [trusted],
  exclude: [{ hashes: [B] }],
  allowed: [],
});
add("[P3] aliases of aliases are one file", {
  events: [
    event({}, { process_hash: A, process_file_hash: B }),
    event({}, { process_hash: C, process_file_hash: B }),
    event({ ...unhandled, event_name: "white list alert malicious process" }, { process_hash: C }),
  ],
  select: [trusted],
  allowed: [],
});
add("[P4] a placeholder is not a hash: the next field is looked at", {
  events: [
    event({}, { process_hash: "0".repeat(40), process_file_hash: A }),
    event({}, { process_hash: nothing }),
    event(
      { ...unhandled, event_name: "white list alert malicious process" },
      { process_hash: nothing, process_file_hash: B },
    ),
  ],
  select: [trusted],
  allowed: [A],
});
add("[P7] trust in one policy and a sighting in another do not stand together", {
  events: [event({ policy_id: "p-test" }), event({ policy_id: "p-prod", ...unhandled })],
  select: [{ ...trusted, policyIds: ["p-prod"] }],
  allowed: [],
});
add("[P8] servers are counted over the sightings that meet the rest", {
  events: [event(), event({ host_id: "h2", host_name: "web-2", private_ip: "10.0.0.2", ...unhandled })],
  select: [{ ...trusted, minHosts: 2 }],
  allowed: [],
});
add("[P8] seenWithinDays is about the sightings that meet the rest", {
  events: [event({ occur_time: now - 20 * dayMs }), event({ ...unhandled })],
  select: [{ ...trusted, seenWithinDays: 7 }],
  allowed: [],
});
add("[P9] maxSeverity looks at all sightings of the file", {
  events: [event(), event({ severity: "Critical", ...unhandled })],
  select: [{ ...trusted, maxSeverity: "Low" }],
  allowed: [],
});
add("[P9] an event without a severity may have any", {
  events: [event(), event({ severity: undefined, ...unhandled })],
  select: [{ ...trusted, maxSeverity: "Critical" }],
  allowed: [],
});
add("[P10] an interpreter is excluded by its kind, under whichever name it was seen once", {
  events: [event(), event({ ...unhandled }, { process_path: "/usr/bin/python3.11", process_name: "python3.11" })],
  select: [trusted],
  exclude: [{ kinds: ["interpreter"] }],
  allowed: [],
});
add("[P11] what is missing may be what an exclusion asks for", {
  events: [event({}, { process_username: undefined, process_uid: undefined, process_euid: undefined })],
  select: [trusted],
  exclude: [{ users: ["root"] }],
  allowed: [],
});
add("[P11] an exclusion that is false on one condition of every sighting does not hold", {
  events: [event()],
  select: [trusted],
  exclude: [{ users: ["root"], paths: ["/opt/**"] }],
  allowed: [A],
});
add("[P12] a review of an alias is one of the file", {
  events: [event({ ...unhandled }, { process_hash: A, process_file_hash: B })],
  select: [because(B)],
  allowed: [A, B].sort(),
});
add("[P13] an expired review admits nothing", {
  events: [event({ ...unhandled })],
  select: [{ hashes: [{ hash: A, reason: "old", expires: "2026-11-01" }] }],
  allowed: [],
});
add("[P14] a reviewed hash with a reason is in, seen or not", {
  events: [],
  select: [because(C)],
  allowed: [C],
});
add("[P14] one without a reason is not", { events: [], select: [{ hashes: [C] }], allowed: [] });
add("[P15] a later decision against a hash outweighs trust", {
  events: [event(), event({ handle_method: "mark_as_suspicious", host_id: "h2", host_name: "web-2" })],
  select: [trusted],
  allowed: [],
});
add("[P15] an event name that nobody knows is not known to be harmless", {
  events: [event({ event_name: "Something new" })],
  select: [trusted],
  allowed: [],
});
add("[P15] malice is recognised in Chinese", {
  events: [event(), event({ event_name: "白名单告警恶意进程", ...unhandled })],
  select: [trusted],
  allowed: [],
});
add("[P15] a handling that the service does not document is not trust", {
  events: [event(), event({ handle_method: "ignored" })],
  select: [trusted],
  allowed: [],
});
add("[P16] a handled event without a method may have been handled in any way", {
  events: [event(), event({ handle_method: undefined })],
  select: [trusted],
  allowed: [],
});
add("[P16] an unhandled event has no handling, and that is known", {
  events: [event(), event({ ...unhandled })],
  select: [trusted],
  allowed: [A],
});
add("[P17] a malicious event taints every hash that it names", {
  events: [
    event(),
    event(
      {
        event_name: "white list alert malicious process",
        ...unhandled,
        operate_detail_list: [{ file_hash: A, file_path: "/other" }],
      },
      { process_hash: B },
    ),
  ],
  select: [trusted],
  allowed: [],
});
add("[P18] a review with a reason answers a doubt", {
  events: [event({ event_name: "white list alert malicious process" })],
  select: [because(A)],
  allowed: [A],
});
add("[P18] and does not answer an exclusion", {
  events: [event()],
  select: [because(A)],
  exclude: [{ paths: ["/opt/**"] }],
  allowed: [],
});
add("[P19] trust of an event that names several processes belongs to none of them", {
  events: [event({}, [process({ process_hash: A }), process({ process_hash: B, process_path: "/opt/b" })])],
  select: [trusted],
  allowed: [],
});
for (const [argument, value] of [
  ["handleStatus", "handled"],
  ["hostName", "web-1"],
  ["lastDays", 3],
] as const) {
  add(`[P20] a query narrowed by ${argument} does not hide malice elsewhere`, {
    events: [
      event({ occur_time: now - dayMs }),
      event({
        ...{ event_name: "white list alert malicious process", severity: "Critical", ...unhandled },
        ...{ host_id: "h2", host_name: "web-2", private_ip: "10.0.0.2", occur_time: now - 5 * dayMs },
      }),
    ],
    select: [trusted],
    more: { [argument]: value },
    allowed: [],
  });
}
add("[P20] nor an exclusion met elsewhere", {
  events: [event(), event({ host_name: "web-2", host_id: "h2", ...unhandled }, { process_path: "/tmp/x" })],
  select: [trusted],
  exclude: [{ paths: ["/tmp/**"] }],
  more: { hostName: "web-1" },
  allowed: [],
});
add("[P20] nor severity elsewhere", {
  events: [event(), event({ host_name: "web-2", host_id: "h2", severity: "High", ...unhandled })],
  select: [{ ...trusted, maxSeverity: "Low" }],
  more: { hostName: "web-1" },
  allowed: [],
});
add("[P20] and what admits is limited by it", {
  events: [event({ ...unhandled }), event({ host_name: "web-2", host_id: "h2" })],
  select: [trusted],
  more: { hostName: "web-1" },
  allowed: [],
});
add("[P22] no handling is none of the ways", {
  events: [event({ ...unhandled })],
  select: [{ handleMethods: ["mark_as_trust", "mark_as_suspicious", "isolate_and_kill"] }],
  allowed: [],
});
add("[P23] states, severities and systems by the words of the service", {
  events: [event()],
  select: [{ handleStatuses: ["handled"], severities: ["Low"], osTypes: ["linux"] }],
  allowed: [A],
});
add("[P23] a word that the service does not document may be any", {
  events: [event({ os_type: "Solaris" })],
  select: [trusted],
  exclude: [{ osTypes: ["Windows"] }],
  allowed: [],
});
add("[P24] policies by their id", {
  events: [event(), event({ policy_id: "p2" }, { process_hash: B })],
  select: [{ policyIds: ["p2"] }],
  allowed: [B],
});
add("[P31] days are times 24 hours before now, to the millisecond", {
  events: [
    event({ occur_time: now - 7 * dayMs }),
    event({ occur_time: now - 7 * dayMs - 1 }, { process_hash: B, process_path: "/opt/b" }),
  ],
  select: [{ seenWithinDays: 7 }],
  allowed: [A],
});
add("[P31] an older sighting is not a recent one", {
  events: [event({ occur_time: now - 20 * dayMs })],
  select: [trusted],
  exclude: [{ seenWithinDays: 19 }],
  allowed: [A],
});
for (const [private_ip, wanted] of [
  ["2001:db8::1", "2001:0DB8:0:0:0:0:0:1"],
  ["10.0.0.7", "::ffff:10.0.0.7"],
  ["10.0.0.6,10.0.0.7", "10.0.0.7"],
] as const) {
  const events = [event({ private_ip })];
  add(`[P25] ${wanted} is ${private_ip}`, { events, select: [{ hostIps: [wanted] }], allowed: [A] });
  add(`[P25] and an exclusion of ${wanted} holds for ${private_ip}`, {
    ...{ events, select: [trusted], exclude: [{ hostIps: [wanted] }], allowed: [] },
  });
}
for (const [host_name, wanted, isSure] of [
  ["web-1.example.com", "web-1", false],
  ["web-1", "WEB-1.example.com", false],
  ["web-1.example.com.", "web-1.example.com", true],
] as const) {
  const events = [event({ host_name })];
  add(`[P25] ${wanted} ${isSure ? "is" : "may be"} ${host_name}`, {
    ...{ events, select: [{ hostNames: [wanted] }], allowed: isSure ? [A] : [] },
  });
  add(`[P25] an exclusion of ${wanted} holds for ${host_name}`, {
    ...{ events, select: [trusted], exclude: [{ hostNames: [wanted] }], allowed: [] },
  });
}
add("[P25] names of two domains are two", {
  events: [event({ host_name: "web-1.example.org" })],
  select: [trusted],
  exclude: [{ hostNames: ["web-1.example.com"] }],
  allowed: [A],
});
add("[P25] servers are selected by name and address", {
  events: [event(), event({ host_name: "web-2", host_id: "h2", private_ip: "10.0.0.2" }, { process_hash: B })],
  select: [{ hostNames: ["WEB-1"], hostIps: ["10.0.0.1"] }],
  allowed: [A],
});
add("[P26] a name that the kernel cut may be the excluded one", {
  events: [event({}, { process_name: "ansible-playboo" })],
  select: [trusted],
  exclude: [{ names: ["ansible-playbook"] }],
  allowed: [],
});
add("[P27] effective uid 0 is root, whatever the name", {
  events: [event({}, { process_username: "app", process_euid: 0 })],
  select: [trusted],
  exclude: [{ users: ["root"] }],
  allowed: [],
});
add("[P27] an account with its domain may be the one without, and is not enough to select", {
  events: [event({ os_type: "Windows" }, { process_username: "CORP\\Administrator", process_path: "C:\\x.exe" })],
  select: [{ users: ["Administrator"] }],
  allowed: [],
});
add("[P28] another spelling of the same path is the same path", {
  events: [
    event({}, { process_path: "/tmp//./x" }),
    event({}, { process_hash: B, process_path: "/tmp/miner (deleted)" }),
  ],
  select: [trusted],
  exclude: [{ paths: ["/tmp/*"] }],
  allowed: [],
});
add("[P29] a file seen in a container only is not one of the host", {
  events: [
    event({ resource_info: { container_id: "c1", image_name: "nginx:1" } }),
    event({}, { process_hash: B, process_path: "/opt/b" }),
  ],
  select: [trusted],
  allowed: [B],
});
add("[P29] unless the rule includes containers", {
  events: [event({ resource_info: { container_id: "c1", image_name: "nginx:1" } })],
  select: [{ ...trusted, containers: "only" }],
  allowed: [A],
});
add("[P30] a server installed again is one server", {
  events: [event(), event({ host_id: "h9" })],
  select: [{ ...trusted, minHosts: 2 }],
  allowed: [],
});
add("[P30] masked ids are not an identity", {
  events: [event({ host_id: "4a1b****" }), event({ host_id: "4a1c****" })],
  select: [{ ...trusted, minHosts: 2 }],
  allowed: [],
});
add("[P30] two servers are two", {
  events: [event(), event({ host_id: "h2", host_name: "web-2", private_ip: "10.0.0.2" })],
  select: [{ ...trusted, minHosts: 2 }],
  allowed: [A],
});

test.each(Object.entries(cases))("%s", async (_, { events, select, exclude, more, allowed: expected }) => {
  const args = { ...(select && { select }), ...(exclude && { exclude }), ...more };
  expect(await allowed(events, args)).toEqual(expected);
  // and by way of an observation
  if (more === undefined) {
    const service = new EventService(events, { now: () => now });
    const { observation } = await service.ask(getObservedProcesses, {});
    const direct = await service.ask(getWhitelistPolicyDocument, { ...args, format: "json" });
    const from = await service.ask(getWhitelistPolicyDocument, { ...args, format: "json", observation });
    expect(from.document).toBe(direct.document);
  }
});

describe("[P21] an observation that was narrowed", () => {
  test("makes a document only where that is accepted, and the document says so", async () => {
    const service = new EventService([event()], { now: () => now });
    const { observation } = await service.ask(getObservedProcesses, { hostName: "web-1" });
    const args = { select: [trusted], observation };
    await expect(service.ask(getWhitelistPolicyDocument, args)).rejects.toThrow(
      /was narrowed by hostName.*acceptNarrowed/,
    );
    for (const format of ["hss", "fapolicyd", "sha256sum", "csv", "json", "stix"]) {
      const { document, included } = await service.ask(getWhitelistPolicyDocument, {
        ...args,
        format,
        acceptNarrowed: true,
      });
      expect(included.length).toBe(1);
      expect(document).toMatch(/narrowed/i);
    }
  });
});

describe("[P32] a list that the program made", () => {
  const listed = async (events: readonly WireEvent[], args: Record<string, unknown>) => {
    const service = new EventService(events, { now: () => now });
    const { processes } = await service.ask(getObservedProcesses, {});
    return service.ask(getWhitelistPolicyDocument, { format: "fapolicyd", ...args, processes });
  };

  test("is not complete, and the document says where it comes from", async () => {
    const made = await listed([event()], { select: [trusted] });
    expect(made).toMatchObject({ complete: false, included: [{ hash: A }] });
    expect(made.document).toContain("made from a list of processes that a program gave");
  });

  test("meets a condition only where all of its values do", async () => {
    const events = [event(), event({ ...unhandled }, { process_path: "/srv/tool" })];
    expect((await listed(events, { select: [{ paths: ["/opt/*"] }] })).included).toEqual([]);
    expect((await listed(events, { select: [trusted], exclude: [{ paths: ["/opt/*"] }] })).included).toEqual([]);
    expect((await listed(events, { select: [{ paths: ["/opt/*", "/srv/*"] }] })).included.length).toBe(1);
  });

  const changed = async (change: Record<string, unknown>, args: Record<string, unknown>) => {
    const service = new EventService([event()], { now: () => now });
    const { processes } = await service.ask(getObservedProcesses, {});
    const made = await service.ask(getWhitelistPolicyDocument, {
      ...{ processes: processes.map((process) => ({ ...process, ...change })), format: "json", ...args },
    });
    return made.included.length;
  };

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["a count shows that a list was cut", { userCount: 2 }, { select: [trusted], exclude: [{ users: ["root"] }] }],
    ["paths were cut", { pathCount: 30 }, { select: [{ paths: ["/opt/*"] }] }],
    ["the highest severity is not listed", { highestSeverity: "Critical" }, { select: [{ maxSeverity: "Low" }] }],
    ["handled, and not how", { handleMethods: [] }, { select: [{ minEvents: 1 }] }],
  ])("%s", async (_, change, args) => {
    expect(await changed({}, args)).toBe(1);
    expect(await changed(change, args)).toBe(0);
  });

  test("a placeholder is refused, and joins no files", async () => {
    await expect(changed({ hash: nothing }, { select: [trusted] })).rejects.toThrow(
      /processes\.0\.hash: is a placeholder/,
    );
    const service = new EventService([event(), event({ ...unhandled }, { process_hash: B })], { now: () => now });
    const { processes } = await service.ask(getObservedProcesses, {});
    const given = processes.map((process) => ({
      ...{ ...process, aliases: [nothing, "****"] },
      ...(process.hash === B && { maliciousCount: 1 }),
    }));
    const { included } = await service.ask(getWhitelistPolicyDocument, {
      ...{ processes: given, select: [trusted], format: "json" },
    });
    expect(included.map(({ hash }) => hash)).toEqual([A]);
  });
});

describe("[P33] to [P36] a policy does not forget", () => {
  const world = (events: readonly WireEvent[], start = now) => {
    let time = start;
    const service = new EventService(events, { now: () => time });
    return {
      make: (args: Record<string, unknown>) => service.ask(getWhitelistPolicyDocument, { format: "json", ...args }),
      after: (days: number) => void (time += days * dayMs),
      set: (events: readonly WireEvent[]) => void (service.events = events),
    };
  };
  const rule = { select: [trusted] };

  test("[P33] what it allowed stays when nothing reports it any more, with the evidence of then", async () => {
    const { make, after } = world([event()]);
    const first = await make(rule);
    after(40);
    const second = await make({ ...rule, before: first.document });
    expect(second.included).toMatchObject([
      { hash: A, notObservedSince: first.included[0]?.evidence.lastSeen, evidence: first.included[0]?.evidence },
    ]);
    expect(second.included[0]?.reasons.at(-1)).toMatch(/^not observed since 2026-/);
    expect((await make(rule)).included).toEqual([]);
  });

  test("[P34] until an exclusion, a doubt, an expired review or keepDays ends it", async () => {
    const { make, after, set } = world([event()]);
    const before = (await make({ select: [trusted] })).document;
    const reviewed = (await make({ select: [{ hashes: [{ hash: C, reason: "r", expires: "2026-12-24" }] }] })).document;
    after(40);
    const asked = { before, select: [trusted] };
    expect((await make({ ...asked, exclude: [{ paths: ["/opt/**"] }] })).included).toEqual([]);
    expect((await make({ ...asked, exclude: [{ paths: ["/srv/**"] }] })).included.length).toBe(1);
    expect((await make({ ...asked, exclude: [{ hashes: [A] }] })).included).toEqual([]);
    expect((await make({ ...asked, keepDays: 30 })).included).toEqual([]);
    expect((await make({ ...asked, keepDays: 60 })).included.length).toBe(1);
    expect((await make({ before: reviewed, select: [trusted] })).included).toEqual([]);
    set([
      event(
        { event_name: "white list alert malicious process", ...unhandled, occur_time: now + 39 * dayMs },
        { process_hash: B, process_file_hash: A },
      ),
    ]);
    expect((await make(asked)).included).toEqual([]);
  });

  const malicious = { event_name: "white list alert malicious process", ...unhandled };
  const later = { occur_time: now + 39 * dayMs };

  test.each<[string, WireEvent[], Record<string, unknown>]>([
    ["a doubt", [event({ ...malicious, ...later }, { process_hash: B })], {}],
    ["an exclusion by hash", [], { exclude: [{ hashes: [B] }] }],
    [
      "an exclusion by path",
      [event({ ...unhandled, ...later }, { process_hash: B, process_path: "/tmp/x" })],
      { exclude: [{ paths: ["/tmp/*"] }] },
    ],
  ])("[P34] %s about an alias that no event gives any more ends it", async (_, events, more) => {
    const { make, after, set } = world([event({}, { process_hash: A, process_file_hash: B })]);
    const first = await make(rule);
    expect(first.included.map(({ hash }) => hash)).toEqual([A]);
    after(40);
    set([event(later)]);
    const second = await make({ ...rule, before: first.document });
    expect(second.included.map(({ hash }) => hash)).toEqual([A]);
    for (const before of [first.document, second.document]) {
      set(events);
      const third = await make({ ...rule, ...more, before });
      expect(third.included).toEqual([]);
      set([event(later)]);
      if (events.length > 0 && !("exclude" in more))
        expect((await make({ ...rule, before: third.document })).included).toEqual([]);
    }
  });

  test.each<[string, WireEvent]>([
    ["malice", malicious],
    ["a kill", { handle_method: "isolate_and_kill" }],
    ["suspicion", { handle_method: "mark_as_suspicious" }],
  ])("[P34] %s is remembered of a hash that was never allowed, and of its file", async (_, against) => {
    const { make, after, set } = world([event(against, { process_hash: B })]);
    let before = (await make(rule)).document;
    for (const events of [[], [event({ occur_time: now + 79 * dayMs }, { process_hash: A, process_file_hash: B })]]) {
      after(40);
      set(events);
      const next = await make({ ...rule, before });
      expect(next.included).toEqual([]);
      expect(next.excluded.map(({ hash }) => hash)).toContain(B);
      before = next.document;
    }
    expect((await make({ select: [because(A)], before })).included.map(({ hash }) => hash)).toEqual([A]);
    expect((await make(rule)).included.map(({ hash }) => hash)).toEqual([A]);
  });

  test("[P34] that an event did not say how it was handled is not remembered of a hash that was never allowed", async () => {
    const { make, after, set } = world([event({ handle_method: "" })]);
    const { document } = await make(rule);
    after(40);
    set([event(later)]);
    expect((await make({ ...rule, before: document })).included.map(({ hash }) => hash)).toEqual([A]);
  });

  test("[P35] its own document and the same world give the same bytes, in every format", async () => {
    const { make, after } = world([event(), event({ ...unhandled }, { process_hash: B })]);
    const first = await make({ select: [trusted, because(C)] });
    for (const format of ["hss", "fapolicyd", "sha256sum", "csv", "json", "stix"]) {
      const args = { select: [trusted, because(C)], format };
      const plain = await make(args);
      expect((await make({ ...args, before: first.document })).document).toBe(plain.document);
    }
    after(40);
    const second = await make({ select: [trusted, because(C)], before: first.document });
    expect((await make({ select: [trusted, because(C)], before: second.document })).document).toBe(second.document);
  });

  test.each(["hss", "fapolicyd", "sha256sum", "stix"])(
    "[P35] after 31 quiet days the %s document has the same bytes",
    async (format) => {
      const { make, after } = world([
        event(),
        event({ ...unhandled }, { process_hash: B }),
        event({}, { process_hash: "" }),
      ]);
      const args = { select: [trusted, because(C)] };
      const evidence = await make(args);
      const before = await make({ ...args, format });
      after(31);
      expect((await make({ ...args, format, before: evidence.document })).document).toBe(before.document);
    },
  );

  test("[P33] a document that PowerShell saved is read", async () => {
    const { make, after } = world([event({}, { process_path: "/opt/名前" })]);
    const { document } = await make(rule);
    after(40);
    const wide = Buffer.from(`\ufeff${document}`, "utf16le");
    for (const text of [
      `\ufeff${document}`,
      document.replaceAll("\n", "\r\n"),
      wide.toString("utf8"),
      wide.toString("latin1"),
    ])
      expect((await make({ ...rule, before: text })).included.length).toBe(1);
  });

  test("a document that was edited is refused", async () => {
    const { make } = world([event()]);
    const { document } = await make(rule);
    await expect(make({ ...rule, before: document.replaceAll(A, B) })).rejects.toThrow(/before: was edited/);
  });
});

describe("[P37] a silent mistake is told", () => {
  test.each<[object, RegExp]>([
    [
      { select: [{ handleMethods: ["mark_as_trusted"] }] },
      /select\[0\]\.handleMethods: mark_as_trusted is not a word .*did you mean mark_as_trust\?/,
    ],
    [{ select: [{ osTypes: ["Linus"] }] }, /did you mean Linux\?/],
    [
      { select: [trusted], exclude: [{ names: ["tol"] }] },
      /exclude\[0\]\.names: tol matches nothing that was observed; did you mean tool\?/,
    ],
    [{ select: [trusted], exclude: [{ paths: ["/srv/**"] }] }, /exclude\[0\]\.paths: \/srv\/\*\* matches nothing/],
    [{ select: [{ names: ["tool"] }] }, /names alone/],
    [
      { select: [trusted], exclude: [{ hashes: [B, A.slice(0, 32)] }] },
      /exclude\[0\]\.hashes: 1 of 2, such as \w{32}, can't be any that was observed: those have 64 digits, and it has 32/,
    ],
    [
      { select: [trusted], exclude: [{ paths: ["/*"] }] },
      /exclude\[0\]\.paths: \/\* means .* such as \/opt\/tool, which is allowed; for all of them write \/\*\*/,
    ],
    [{ select: [trusted], exclude: [{ paths: ["/opt"] }] }, /\/opt matches nothing .*did you mean \/opt\/\*\*\?/],
    [{ select: [trusted], exclude: [{ hostIps: ["10.0.0.0/8"] }] }, /a network is no address: write each one/],
    [{ select: [trusted], exclude: [{ policyIds: ["*"] }] }, /compared as it is, \* and \? mean nothing here/],
  ])("%j", async (rule, warning) => {
    expect((await documentOf([event()], rule as Record<string, unknown>)).warnings.join("\n")).toMatch(warning);
  });

  test("no word is advised that never counts", async () => {
    const { warnings } = await documentOf([event({ handle_method: "Mark_As_Trust" })], { select: [trusted] });
    expect(warnings.join("\n")).toMatch(/mark_as_trust matches nothing that was observed$/);
  });

  test.each<[string, WireEvent, Process]>([
    ["a masked hash", { event_name: "white list alert malicious process", ...unhandled }, { process_hash: "ab****" }],
    ["no process", { handle_method: "isolate_and_kill", process_info: undefined }, {}],
  ])("an event that speaks against a file and has %s is told", async (_, more, processMore) => {
    const events = [event(), event(more, processMore)];
    const told = /1 event that speaks against a file .* has no usable hash/;
    expect((await documentOf(events, { select: [trusted] })).warnings.join("\n")).toMatch(told);
    expect((await documentOf(events, { select: [trusted], hostName: "web-1" })).warnings.join("\n")).toMatch(told);
    const silent = await documentOf([event(), event({}, { process_hash: "ab****" })], { select: [trusted] });
    expect(silent.warnings).toEqual([]);
  });

  test("allowed interpreters are told", async () => {
    const events = [event({}, { process_name: "python3", process_path: "/usr/bin/python3" })];
    expect((await documentOf(events, { select: [trusted] })).warnings).toEqual([
      "1 allowed file can run anything given to them (interpreters, shells, loaders, multi-call programs): python3",
    ]);
  });
});

describe("[P38] a pattern that no path can match", () => {
  test.each(["/tmp/", "*.sh", "~/**", "%WINDIR%\\Temp\\*", "/tmp/{a,b}", " /tmp/x", "!/tmp/**", "^/tmp/.*$"])(
    "%s is refused",
    async (pattern) => {
      await expect(documentOf([event()], { exclude: [{ paths: [pattern] }] })).rejects.toThrow(/exclude\.0\.paths\.0/);
    },
  );
});

test("format hss requests only for the policies in which a selected sighting stands", async () => {
  const events = [event({ policy_id: "p-test" }), event({ policy_id: "p-prod", ...unhandled })];
  const { document } = await documentOf(events, { select: [{ policyIds: ["p-test"] }], format: "hss" });
  expect(document).toContain("/app/p-test/process");
  expect(document).not.toContain("p-prod");
});
