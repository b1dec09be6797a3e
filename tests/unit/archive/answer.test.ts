import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { getAppWhitelistEvents } from "../../../provider/functions/getAppWhitelistEvents.js";
import { getObservedProcesses } from "../../../provider/functions/getObservedProcesses.js";
import { getWhitelistPolicyDocument } from "../../../provider/functions/getWhitelistPolicyDocument.js";
import { createSnapshot } from "../../../provider/evidence/createSnapshot.js";
import { verifySnapshot } from "../../../provider/evidence/verifySnapshot.js";
import { archiveSync } from "../../../provider/evidence/archiveSync.js";
import { EventService, type WireEvent } from "../../support/eventService.js";

const day = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 1, 12);

let archive: string;
let now: number;
beforeEach(() => {
  archive = mkdtempSync(path.join(tmpdir(), "hss-answer-"));
  now = start;
});
afterEach(() => rmSync(archive, { recursive: true }));

const hashOf = (name: string): string => Buffer.from(name).toString("hex").padEnd(64, "a1");

const event = (id: string, daysAfterStart: number, more: Record<string, unknown> = {}): WireEvent => ({
  event_id: id,
  event_name: "untrusted process running",
  severity: "Low",
  occur_time: start + daysAfterStart * day,
  handle_status: "unhandled",
  host_name: "web-1",
  private_ip: "10.0.0.1",
  os_type: "Linux",
  policy_id: "p-1",
  process_info: [{ process_name: id, process_path: `/opt/${id}`, process_hash: hashOf(id) }],
  ...more,
});

const trusted = { handle_status: "handled", handle_method: "mark_as_trust" };
const killed = { handle_status: "handled", handle_method: "isolate_and_kill" };

const serviceWith = (events: WireEvent[]) => new EventService(events, { now: () => now });

/** A sync a day, as a pipeline does. */
async function daily(service: EventService, days: number): Promise<void> {
  for (let past = 0; past < days; past++) {
    await service.ask(archiveSync, { archive });
    now += day;
  }
}

const ids = (events: readonly { eventId?: string }[]): string[] => events.map(({ eventId = "" }) => eventId);
const select = [{ handleMethods: ["mark_as_trust"] }];
const allowed = async (service: EventService, args = {}): Promise<string[]> => {
  const { included } = await service.ask(getWhitelistPolicyDocument, { archive, select, ...args });
  return included.map(({ evidence }) => evidence.names[0] ?? "").sort();
};

describe("events", () => {
  test("the same as the service gives, whatever is asked for", async () => {
    const events = Array.from({ length: 450 }, (_, at) =>
      event(`e${at}`, -at / 20, {
        ...(at % 3 === 0 && trusted),
        ...(at % 5 === 0 && { host_name: "db-1", private_ip: "10.0.0.2" }),
      }),
    );
    const service = serviceWith(events);
    for (const args of [
      {},
      { lastDays: 7 },
      { handleStatus: "handled" },
      { hostName: "db-1" },
      { privateIp: "10.0.0.2", lastDays: 3 },
      { hostIp: "10.0.0.1", handleStatus: "unhandled" },
      { beginTime: new Date(start - 5 * day).toISOString(), endTime: new Date(start - 2 * day).toISOString() },
    ]) {
      const direct = await service.ask(getAppWhitelistEvents, args);
      const kept = await service.ask(getAppWhitelistEvents, { ...args, archive });
      expect({ args, events: kept.events }).toEqual({ args, events: direct.events });
      expect(kept).toMatchObject({ complete: true, totalNum: direct.totalNum });
    }
  });

  test("those too that the service shows no longer, and how they were handled last", async () => {
    const service = serviceWith([event("old", -20), event("new", -1)]);
    await daily(service, 5);
    service.events = [event("old", -20, trusted), event("new", -1)];
    await daily(service, 40);
    service.events = [...service.events, event("later", 44)];
    const direct = await service.ask(getAppWhitelistEvents, {});
    const kept = await service.ask(getAppWhitelistEvents, { archive });
    expect(ids(direct.events)).toEqual(["later"]);
    expect(ids(kept.events)).toEqual(["later", "new", "old"]);
    expect(kept.events[2]).toMatchObject({ handleStatus: "handled", handleMethod: "mark_as_trust" });
    expect(kept).toMatchObject({ complete: true, totalNum: 3 });
    expect(kept.reading).toMatchObject({
      beginTime: new Date(start - 30 * day).toISOString(),
      endTime: new Date(now).toISOString(),
    });
  });

  test("without refresh nothing is asked, and the answer says as of when it is", async () => {
    const service = serviceWith([event("a", -1)]);
    await service.ask(archiveSync, { archive });
    const syncedAt = new Date(now).toISOString();
    now += 3 * day;
    service.events = [event("b", 2), event("a", -1)];
    service.queries.length = 0;
    const kept = await service.ask(getAppWhitelistEvents, { archive, refresh: false });
    expect(service.queries).toEqual([]);
    expect(kept).toMatchObject({ complete: true, totalNum: 1, reading: { endTime: syncedAt, requests: 0 } });
    const until = { beginTime: new Date(start - day).toISOString(), endTime: new Date(now).toISOString() };
    await expect(service.ask(getAppWhitelistEvents, { archive, refresh: false, ...until })).rejects.toThrow(
      `and ${until.beginTime} to ${until.endTime} was asked for`,
    );
    expect(await service.ask(getAppWhitelistEvents, { archive, ...until })).toMatchObject({
      complete: true,
      totalNum: 2,
    });
  });

  test("more days than are kept are not complete, and a month without a sync is a gap", async () => {
    const service = serviceWith([event("a", -1)]);
    await daily(service, 30);
    const observed = await service.ask(getObservedProcesses, { archive, lastDays: 45 });
    expect(observed).toMatchObject({ complete: true, totalNum: 1 });
    await expect(service.ask(getObservedProcesses, { archive, lastDays: 180 })).rejects.toThrow(
      /could not be shown to be whole: whole syncs cover 2025-12-02T12:00:00.000Z to .* was asked for/,
    );
    now += 60 * day;
    service.events = [event("z", 89)];
    await expect(service.ask(getObservedProcesses, { archive, lastDays: 45 })).rejects.toThrow(/ and 20\d\d-/);
    const kept = await service.ask(getAppWhitelistEvents, { archive });
    expect(ids(kept.events)).toEqual(["z", "a"]);
    expect(kept).toMatchObject({ complete: true, reading: { beginTime: new Date(now - 30 * day).toISOString() } });
    expect(service.warnings.join("\n")).toMatch(/nothing was read of 2026-01-31T.* which is whole only since then/);
  });

  test("what can't be answered is told before anything is asked", async () => {
    const service = serviceWith([event("a", -1)]);
    await expect(service.ask(getObservedProcesses, { lastDays: 31 })).rejects.toThrow(
      "lastDays: takes 1 to 30 days, which is what the service keeps, or more with an archive",
    );
    await expect(service.ask(getAppWhitelistEvents, { archive, offset: 0 })).rejects.toThrow(
      "archive: excludes offset and limit",
    );
    expect(service.queries).toEqual([]);
    await expect(service.ask(getAppWhitelistEvents, { archive, refresh: false })).rejects.toThrow(
      /holds nothing of project project-1 .* run hss archive sync, or leave refresh true/,
    );
    await service.ask(archiveSync, { archive });
    await expect(service.ask(getAppWhitelistEvents, { archive, enterpriseProjectId: "e-1" })).rejects.toThrow(
      /holds project project-1 with enterpriseProject .* take another archive/,
    );
  });

  test("the setting names the archive for every function", async () => {
    const service = serviceWith([event("a", -20)]);
    await daily(service, 20);
    const kept = await service.ask(getObservedProcesses, {}, { archive });
    expect(kept.totalNum).toBe(1);
  });
});

describe("policies", () => {
  test("malice, a kill and trust of months ago count, and a day that changes nothing changes no byte", async () => {
    const service = serviceWith([
      event("good", -1, trusted),
      event("bad", -2, { event_name: "Ransomware" }),
      event("dead", -2, killed),
    ]);
    await daily(service, 60);
    // the files are seen again, and what was said of them is gone from the service
    service.events = ["bad", "dead"].map((name) =>
      event(`${name}-2`, 58, { ...trusted, process_info: [{ process_name: name, process_hash: hashOf(name) }] }),
    );
    await daily(service, 1);
    expect(await allowed(service)).toEqual(["good"]);
    const { included } = await service.ask(getWhitelistPolicyDocument, { select });
    expect(included.map(({ evidence }) => evidence.names[0])).toEqual(["bad", "dead"]);
    const document = async () =>
      (await service.ask(getWhitelistPolicyDocument, { archive, select, format: "json" })).document;
    const first = await document();
    await daily(service, 3);
    expect(await document()).toBe(first);
    service.events = [];
    await daily(service, 40);
    expect(await document()).toBe(first);
  });

  test("what an event said before it was handled otherwise goes on speaking against its file [P20]", async () => {
    const service = serviceWith([event("regretted", -1, killed), event("fine", -1)]);
    await daily(service, 1);
    service.events = [event("regretted", -1, trusted), event("fine", -1, trusted)];
    expect(await allowed(service)).toEqual(["fine"]);
    const { observation } = await service.ask(getObservedProcesses, { archive });
    const { excluded, included } = await service.ask(getWhitelistPolicyDocument, { observation, select });
    expect(included.map(({ evidence }) => evidence.names[0])).toEqual(["fine"]);
    expect(excluded[0]?.reasons.join()).toMatch(/1 event was isolated and killed|isolated and killed/);
    expect(excluded[0]?.evidence).toMatchObject({ killedCount: 1, eventCount: 1 });
  });

  test("a snapshot of it has what an event said before, and verifies", async () => {
    const service = serviceWith([event("regretted", -1, killed), event("fine", -1)]);
    await daily(service, 1);
    service.events = [event("regretted", -1, trusted), event("fine", -1, trusted)];
    const made = await service.ask(createSnapshot, { archive, select, directory: path.join(archive, "evidence") });
    expect((await verifySnapshot(made.path)).checks.filter(({ ok }) => !ok)).toEqual([]);
    const lines = readFileSync(path.join(made.path, "earlier.ndjson"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        event: { eventId: "regretted", handleMethod: "mark_as_trust" },
        states: [{ handleMethod: "isolate_and_kill" }],
      },
    ]);
    const policy = readFileSync(path.join(made.path, "policy.json"), "utf8");
    expect(JSON.parse(policy)).toMatchObject({ excluded: [{ hash: hashOf("regretted") }] });
    writeFileSync(path.join(made.path, "earlier.ndjson"), "");
    const { checks } = await verifySnapshot(made.path);
    expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toContain("events");
  });

  test("a query of some days looks for malice in all that is kept [P20]", async () => {
    const service = serviceWith([event("bad", -2, { event_name: "Ransomware" })]);
    await daily(service, 60);
    service.events = [
      event("again", 59, { ...trusted, process_info: [{ process_name: "bad", process_hash: hashOf("bad") }] }),
    ];
    expect(await allowed(service, { lastDays: 45 })).toEqual([]);
    expect(await allowed(service, { lastDays: 45, acceptNarrowed: true })).toEqual(["bad"]);
    const { observation } = await service.ask(getObservedProcesses, { archive, lastDays: 45 });
    await expect(service.ask(getWhitelistPolicyDocument, { observation, select })).rejects.toThrow(
      "was narrowed by lastDays",
    );
  });
});

/** Time passes where somebody waits. Files are slower than a virtual clock that looks for who is awake. */
function passingClock(from: number) {
  let at = from;
  return {
    now: () => at,
    advance: (ms: number) => void (at += ms),
    async sleep(ms: number): Promise<void> {
      const until = at + ms;
      // a deadline
      if (ms > 10 * 60_000) await new Promise(() => undefined);
      await new Promise(setImmediate);
      at = Math.max(at, until);
    },
  };
}

describe("under five calls a minute", () => {
  test("a month is read once; the next preview makes at most five requests and waits for nothing", async () => {
    const clock = passingClock(start);
    const events = Array.from({ length: 4715 }, (_, at) => event(`e${at}`, -at / 200, at % 4 ? {} : trusted));
    const settings = { requestsPerMinute: 5, requestTimeoutSeconds: 60 };
    const preview = async (args = {}) => {
      // a process of its own
      const service = new EventService(events, { now: clock.now, clock });
      const before = clock.now();
      const asked = Promise.all([
        service.ask(getObservedProcesses, { archive, ...args }, settings),
        service.ask(getWhitelistPolicyDocument, { archive, select, ...args }, settings),
      ]);
      const [{ totalNum }] = await asked;
      return { totalNum, requests: service.queries.length, waited: clock.now() - before };
    };
    const first = await preview();
    expect(first.totalNum).toBe(4715);
    expect(first.requests).toBeGreaterThanOrEqual(24);
    expect(first.requests).toBeLessThanOrEqual(31);
    clock.advance(60 * 60_000);
    const second = await preview();
    expect(second.totalNum).toBe(4715);
    expect(second.requests).toBeLessThanOrEqual(5);
    expect(second.waited).toBe(0);
    events.unshift(...Array.from({ length: 200 }, (_, at) => event(`n${at}`, 0.04 - at / 10_000)));
    const third = await preview();
    expect(third.totalNum).toBe(4915);
    expect(third.requests).toBeLessThanOrEqual(8);
  });
});
