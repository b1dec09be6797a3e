// The processes of the archive benchmark, each with a memory of its own: `build`, `known`, `sync` or `events`, printed as JSON.
import { randomBytes } from "node:crypto";
import { built } from "./common.mjs";

const { Archive } = built("provider/archive/archive");
const { openStore } = built("provider/archive/openStore");
const { syncArchive } = built("provider/archive/sync");

// as the command does
built("provider/runtime/memory").collectSooner();

const [what, folder, perDayText, fromText, untilText] = process.argv.slice(2);
const [perDay, from, until] = [perDayText, fromText, untilText].map(Number);
const dayMs = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 1);
const stepMs = Math.floor(dayMs / perDay);
const store = openStore(folder, "/");
const unique = () => randomBytes(6).toString("hex");
const scope = { region: "r", project: "project-1", endpoint: "hss.test", sample: false };

/** 5,000 programs on 800 servers. */
function eventOf(n) {
  const program = (n * 7919) % 5000;
  const host = (n * 104_729) % 800;
  const hash = (program * 2_654_435_761).toString(16).padStart(16, "0").repeat(4).slice(0, 64);
  return {
    eventId: `6f${n.toString(16).padStart(30, "0")}`,
    eventClassId: "process_whitelist",
    eventType: 3015,
    eventName: "Untrusted process running",
    severity: "Low",
    hostId: `host-${host}`,
    hostName: `server-${host}.example.com`,
    privateIp: `10.0.${host >> 8}.${host & 255}`,
    osType: "Linux",
    occurTime: String(start + n * stepMs),
    handleStatus: "unhandled",
    policyId: "policy-1",
    processInfo: [
      {
        ...{ processName: `tool-${program}`, processPath: `/opt/vendor/package-${program}/bin/tool-${program}` },
        ...{ processPid: 1000 + (n % 30_000), processUid: 0, processUsername: "root", processHash: hash },
        processCmdline: `/opt/vendor/package-${program}/bin/tool-${program} --config /etc/tool.conf --run ${n}`,
      },
    ],
    resourceInfo: {
      hostId: `host-${host}`,
      hostName: `server-${host}.example.com`,
      osType: "Linux",
      agentStatus: "online",
    },
  };
}

const nowAt = (day) => start + day * dayMs;
const indexAt = (time) => Math.ceil((time - start) / stepMs);

/** Shows the last 30 days, newest first, none of them handled. */
function readerAt(now) {
  const first = Math.max(0, indexAt(now - 30 * dayMs + 1));
  const end = indexAt(now);
  const reading = { requests: 1, endTime: new Date(now).toISOString() };
  return {
    placeOf: () => Promise.resolve(scope),
    page: ({ filter: { handleStatus } }, { offset, limit }) => {
      const totalNum = handleStatus === "handled" ? 0 : end - first;
      const count = Math.max(0, Math.min(limit, totalNum - offset));
      const events = Array.from({ length: count }, (_, at) => eventOf(end - 1 - offset - at));
      return Promise.resolve({ totalNum, events, complete: false, doubts: [], reading });
    },
    async *stream({ time }) {
      const begin = "begin" in time ? Math.max(first, indexAt(time.begin)) : first;
      for (let at = end; at > begin; at -= 200)
        yield Array.from({ length: Math.min(200, at - begin) }, (_, n) => eventOf(at - 1 - n));
      return { totalNum: end - begin, complete: true, doubts: [], reading };
    },
  };
}

const sync = (day, full = false) =>
  syncArchive({
    ...{ store, reader: readerAt(nowAt(day)), query: { filter: {} }, unique, full },
    log: { warn: (message) => console.error(message) },
  });

const works = {
  /** A day's events each, as a sync that knows what is new would add them: what is known already is not looked at. */
  async build() {
    const { eventKey, eventState } = built("provider/archive/identity");
    for (let day = from; day < until; day++) {
      const archive = await Archive.open(store, unique);
      const draft = archive.draft(scope);
      const readAt = nowAt(day + 1);
      for (let n = indexAt(nowAt(day)); n < indexAt(readAt); n++) {
        const event = eventOf(n);
        const row = {
          event,
          json: JSON.stringify(event),
          key: eventKey(event),
          state: eventState(event),
          seenAt: readAt,
        };
        await draft.add(row);
      }
      const times = { lastReadAt: readAt, wholeAt: readAt, readInFullAt: readAt };
      await draft.commit(
        {
          ...{ scope, kind: "full", readAt, span: [readAt - 30 * dayMs, readAt], whole: true, doubts: [], damaged: [] },
          counts: { total: perDay, requests: 1 },
          added: { events: indexAt(readAt) - indexAt(nowAt(day)), states: 0, gone: 0, back: 0 },
        },
        [{ ...scope, spans: [[start, readAt]], ...times, damaged: [] }],
      );
    }
    return { events: indexAt(nowAt(until)) - indexAt(nowAt(from)) };
  },
  async known() {
    const { known } = await (await Archive.open(store, unique)).known(scope, nowAt(until - 30));
    return { events: known.size };
  },
  /** The day after the newest one. */
  async sync() {
    const { added, kind } = await sync(until + 1);
    return { events: added.events, kind };
  },
  async full() {
    const { added, kind } = await sync(until + 1, true);
    return { events: added.events, kind };
  },
  async events() {
    let events = 0;
    const archive = await Archive.open(store, unique);
    for await (const batch of archive.events(scope, [nowAt(until - 30), nowAt(until)])) events += batch.length;
    return { events };
  },
};

const began = performance.now();
const said = await works[what]();
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ ...said, seconds, peakMiB: process.resourceUsage().maxRSS / 1024 }));
