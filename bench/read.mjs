// A whole read against a plain sequential loop over the same pages, both in this process, the service 50 ms away.
import { built, heading, median, newSession, report, require, settingsFor, timed, withEmulator } from "./common.mjs";

const { getAppWhitelistEvents } = built("provider/functions/getAppWhitelistEvents");
const { Agent, request } = require("undici");
const latencyMs = 50;

/** Nothing but the requests, one after the other, and JSON.parse. */
async function sequentialLoop({ url, token }) {
  const dispatcher = new Agent();
  const events = [];
  for (let total = 1; events.length < total;) {
    const page = `${url}/v5/benchmark/app/event?last_days=30&offset=${events.length}&limit=200`;
    const { body } = await request(page, { dispatcher, headers: { "x-auth-token": token } });
    const { total_num, data_list } = JSON.parse(await body.text());
    total = total_num;
    events.push(...data_list);
  }
  await dispatcher.close();
  return events.length;
}

async function wholeRead(emulator) {
  const { events, complete } = await newSession().call(getAppWhitelistEvents, {}, { config: settingsFor(emulator) });
  if (!complete) throw new Error("the read is not complete");
  return events.length;
}

async function compare(events, rounds, most) {
  await withEmulator({ events, latencyMs }, async (emulator) => {
    const expectAll = async (read) => {
      const count = await read(emulator);
      if (count !== events) throw new Error(`${count} of ${events} events`);
    };
    // which loads what both need, and lets the emulator reach its speed
    await expectAll(wholeRead);
    const ours = [];
    const loop = [];
    for (let round = 0; round < rounds; round++) {
      loop.push(await timed(() => expectAll(sequentialLoop)));
      ours.push(await timed(() => expectAll(wholeRead)));
    }
    const detail = `${median(ours).toFixed(0)} ms against ${median(loop).toFixed(0)} ms`;
    report(`${events} events, time against the sequential loop`, median(ours) / median(loop), { most, detail });
  });
}

heading(`read: ${latencyMs} ms latency, medians; a new account, so that the pace is learned each time`);
await compare(4715, 5, 1 / 3);
await compare(50_000, 3, 1 / 5);
