// Processor time from a page's text to typed events, against plain JSON.parse of the same text.
import { randomBytes } from "node:crypto";
import { built, cpuOf, heading, median, report, withEmulator } from "./common.mjs";

const { parseExact, parsePage } = built("provider/hss/json");
const { decodePage } = built("provider/hss/decode");
const { RowDigest } = built("provider/hss/digest");
const { appWhitelistEvent } = built("provider/hss/event");

const rounds = 25;
const digest = new RowDigest(randomBytes(32));
const big = /:(?:9223372036854775807|9007199254740993)\b/g;

/** Real pages of the emulator, in its own mixture. */
const pages = await withEmulator({ events: 50_000 }, ({ url, token }) =>
  Promise.all(
    Array.from({ length: 10 }, async (_, i) => {
      const page = `${url}/v5/benchmark/app/event?last_days=30&offset=${i * 4800}&limit=200`;
      return (await fetch(page, { headers: { "x-auth-token": token } })).text();
    }),
  ),
);
const bytes = pages.map((page) => Buffer.from(page));
const plain = pages.map((page) => page.replace(big, ":1795478398"));
const withBig = plain.map((page) => page.replace(/"process_start_time":\d+/, '"process_start_time":9007199254740993'));
const decoded = pages.flatMap((page) => decodePage(parseExact(page), digest).events);

const variants = {
  plainParse: () => pages.forEach((page) => JSON.parse(page)),
  parseAndDecode: () => pages.forEach((body, n) => decodePage(parsePage({ body, bytes: bytes[n] }), digest)),
  plainParseWithout: () => plain.forEach((page) => JSON.parse(page)),
  exactParseWithout: () => plain.forEach((page) => parseExact(page)),
  plainParseWith: () => withBig.forEach((page) => JSON.parse(page)),
  exactParseWith: () => withBig.forEach((page) => parseExact(page)),
  zod: () => decoded.forEach((event) => appWhitelistEvent.safeParse(event)),
};
const spent = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
for (let round = -5; round < rounds; round++) {
  for (const [name, run] of Object.entries(variants)) {
    const cpu = cpuOf(run);
    if (round >= 0) spent[name].push((cpu * 1000) / decoded.length);
  }
}
const { plainParse, parseAndDecode, plainParseWithout, exactParseWithout, plainParseWith, exactParseWith, zod } =
  Object.fromEntries(Object.entries(spent).map(([name, values]) => [name, median(values)]));

heading(`parse: processor time an event, medians of ${rounds} rounds over ${pages.length} pages of 200 events`);
const against = (ours, theirs) => `${ours.toFixed(1)} µs against ${theirs.toFixed(1)} µs an event`;
report("parse and decode, against plain JSON.parse", parseAndDecode / plainParse, {
  most: 13,
  detail: against(parseAndDecode, plainParse),
});
report("exact parse of pages without a big number, against JSON.parse", exactParseWithout / plainParseWithout, {
  most: 1.25,
  detail: against(exactParseWithout, plainParseWithout),
});
report("exact parse of pages with one big number each", exactParseWith / plainParseWith, {
  detail: against(exactParseWith, plainParseWith),
});
report("zod's own check of the same events, which no read runs", zod / plainParse, {
  detail: against(zod, plainParse),
});
