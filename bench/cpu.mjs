// Processor time of a whole read of 50,000 events, all in, against plain JSON.parse of the same pages in the same process.
import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { built, heading, median, newSession, report, settingsFor, withEmulator } from "./common.mjs";

const { getAppWhitelistEvents } = built("provider/functions/getAppWhitelistEvents");
const { parsePage } = built("provider/hss/json");
const { decodePage } = built("provider/hss/decode");
const { RowDigest } = built("provider/hss/digest");
const { createTransport } = built("provider/runtime/transport");

const total = 50_000;
const pageSize = 200;
const rounds = 7;

// each measurement pays for its own garbage, and for nobody else's
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

/** Microseconds of processor time an event, of all threads, that `action` takes; what it makes lives until the end, as a caller's would. */
async function cpuAnEvent(action) {
  collectGarbage();
  const start = process.cpuUsage();
  const made = await action();
  const { user, system } = process.cpuUsage(start);
  if (made.length === 0) throw new Error("nothing was read");
  return (user + system) / total;
}

const ignore = () => undefined;
const unheard = { open: ignore, add: ignore, close: ignore, write: ignore, clear: ignore };
const noDigest = { ...unheard, position: undefined, since: ignore, repeat: ignore };
const digest = new RowDigest(randomBytes(32));

await withEmulator({ events: total }, async (emulator) => {
  const transport = createTransport();
  const headers = { "x-auth-token": emulator.token };
  const pageAt = (offset) => {
    const url = new URL(`${emulator.url}/v5/benchmark/app/event?last_days=30&offset=${offset}&limit=${pageSize}`);
    return transport.send({ method: "GET", url, headers, timeoutMs: 60_000, maxBodyBytes: 2 ** 26 });
  };
  const offsets = Array.from({ length: total / pageSize }, (_, n) => n * pageSize);
  const pages = [];
  for (const offset of offsets) pages.push((await pageAt(offset)).bytes);
  const texts = pages.map((bytes) => bytes.toString());
  const parsed = (bytes, n) => parsePage({ bytes, body: texts[n] });
  const session = newSession();

  const variants = {
    read: async () => {
      const { events, complete } = await session.call(getAppWhitelistEvents, {}, { config: settingsFor(emulator) });
      if (!complete || events.length !== total) throw new Error(`complete: ${complete}, ${events.length} events`);
      return events;
    },
    kept: () => texts.map((text) => JSON.parse(text)),
    dropped: () => texts.map((text) => JSON.parse(text).total_num),
    parse: () => pages.map((bytes, n) => parsed(bytes, n).total_num),
    decode: () => pages.map((bytes, n) => decodePage(parsed(bytes, n), noDigest).totalNum),
    digest: () => pages.map((bytes, n) => decodePage(parsed(bytes, n), digest).totalNum),
    digestKept: () => pages.map((bytes, n) => decodePage(parsed(bytes, n), digest)),
    transport: async () => {
      for (const offset of offsets) (await pageAt(offset)).release();
      return offsets;
    },
  };
  const spent = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, run] of Object.entries(variants)) {
      const cpu = await cpuAnEvent(run);
      if (round >= 0) spent[name].push(cpu);
    }
  }
  await transport.close();
  const cpu = Object.fromEntries(Object.entries(spent).map(([name, values]) => [name, median(values)]));

  const bytes = pages.reduce((sum, { length }) => sum + length, 0) / total;
  heading(`cpu: processor time of a read of ${total} events of ${bytes.toFixed(0)} bytes, medians of ${rounds} rounds`);
  report("read, against plain JSON.parse that keeps what it makes", cpu.read / cpu.kept, {
    most: 3,
    detail: `${cpu.read.toFixed(1)} µs against ${cpu.kept.toFixed(1)} µs an event`,
  });
  report("read, against plain JSON.parse that drops each page", cpu.read / cpu.dropped, {
    detail: `${cpu.dropped.toFixed(1)} µs an event`,
  });
  const part = (what, value) => {
    report(`  of the read: ${what}`, value, { unit: " µs" });
  };
  part("exact parse", cpu.parse);
  part("decode", cpu.decode - cpu.parse);
  part("digests", cpu.digest - cpu.decode);
  part("garbage collection of what is kept", cpu.digestKept - cpu.digest);
  part("requests and answers", cpu.transport);
  part("all else", cpu.read - cpu.digestKept - cpu.transport);
});
