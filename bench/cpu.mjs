// Processor time of a whole read of 50,000 events, all in, against plain JSON.parse of the same pages in the same process.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { built, heading, median, newSession, report, settingsFor, withEmulator } from "./common.mjs";

const { getAppWhitelistEvents } = built("provider/functions/getAppWhitelistEvents");

const total = 50_000;
const pageSize = 200;
const rounds = 7;

// each measurement pays for its own garbage, and for nobody else's
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");

/** Microseconds of processor time an event, of all threads, that `action` takes; its result lives until the end, as a caller's would. */
async function cpuAnEvent(action) {
  collectGarbage();
  const start = process.cpuUsage();
  const result = await action();
  const { user, system } = process.cpuUsage(start);
  if (result.length === 0) throw new Error("nothing was read");
  return (user + system) / total;
}

await withEmulator({ events: total }, async (emulator) => {
  const texts = [];
  for (let offset = 0; offset < total; offset += pageSize) {
    const page = `${emulator.url}/v5/benchmark/app/event?last_days=30&offset=${offset}&limit=${pageSize}`;
    texts.push(await (await fetch(page, { headers: { "x-auth-token": emulator.token } })).text());
  }
  const session = newSession();
  const variants = {
    read: async () => {
      const { events, complete } = await session.call(getAppWhitelistEvents, {}, { config: settingsFor(emulator) });
      if (!complete || events.length !== total) throw new Error(`complete: ${complete}, ${events.length} events`);
      return events;
    },
    parseKept: () => texts.map((text) => JSON.parse(text)),
    parseDropped: () => texts.map((text) => JSON.parse(text).total_num),
  };
  const spent = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, run] of Object.entries(variants)) {
      const cpu = await cpuAnEvent(run);
      if (round >= 0) spent[name].push(cpu);
    }
  }
  const { read, parseKept, parseDropped } = Object.fromEntries(
    Object.entries(spent).map(([name, values]) => [name, median(values)]),
  );
  const bytes = texts.reduce((sum, text) => sum + text.length, 0) / total;
  heading(`cpu: processor time of a read of ${total} events of ${bytes.toFixed(0)} bytes, medians of ${rounds} rounds`);
  report("read, against plain JSON.parse that keeps what it makes", read / parseKept, {
    most: 3,
    detail: `${read.toFixed(1)} µs against ${parseKept.toFixed(1)} µs an event`,
  });
  report("the same, against JSON.parse that drops each page", read / parseDropped, {
    detail: `${parseDropped.toFixed(1)} µs an event`,
  });
});
