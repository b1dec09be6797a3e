// Writes docs/events-to-policy.svg and docs/logo.svg (--print NAME: to stdout). A test fails when one is stale.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const docs = join(dirname(fileURLToPath(import.meta.url)), "../docs");

/** Colours for a light page, and for a dark one. An image can't see the page's own scheme, only the person's. */
const style = `
  .card { fill: #ffffff; stroke: #c3cbd6; }
  .text { fill: #1f2933; }
  .faint { fill: #52606d; }
  .good { fill: #12805c; }
  .bad { fill: #b42318; }
  .line { stroke: #7b8794; fill: none; }
  .tip { fill: #7b8794; }
  .accent { fill: #1d5fbf; }
  @media (prefers-color-scheme: dark) {
    .card { fill: #1b222c; stroke: #465363; }
    .text { fill: #e6ebf1; }
    .faint { fill: #a3b0bf; }
    .good { fill: #4cc79a; }
    .bad { fill: #ff8a7a; }
    .line { stroke: #8b98a8; }
    .tip { fill: #8b98a8; }
    .accent { fill: #79aef2; }
  }`;
const sans = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";

/** @param {string} text */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** @param {number} width @param {number} height @param {string} title @param {string[]} parts */
const svg = (width, height, title, parts) =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    `<style>${style}\n</style>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");

/** @param {number} x @param {number} y @param {string} words */
const write = (x, y, words, { kind = "text", size = 14, weight = 400, anchor = "start" } = {}) =>
  `<text x="${x}" y="${y}" class="${kind}" font-family="${sans}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" xml:space="preserve">${escaped(words)}</text>`;

const card = { width: 214, top: 24, height: 168, gap: 46 };

/** One stop on the way: a heading, and up to five lines `[text, kind]`. */
function stop(at, heading, lines) {
  const left = 12 + at * (card.width + card.gap);
  return [
    `<rect x="${left}" y="${card.top}" width="${card.width}" height="${card.height}" rx="10" class="card"/>`,
    write(left + 16, card.top + 31, heading, { kind: "accent", size: 16, weight: 700 }),
    ...lines.map(([words, kind], row) => write(left + 16, card.top + 60 + row * 23, words, { kind })),
  ];
}

/** From the card at `at` to the next. */
function arrow(at) {
  const from = 12 + at * (card.width + card.gap) + card.width + 6;
  const to = from + card.gap - 12;
  const y = card.top + card.height / 2;
  return [
    `<path d="M${from} ${y} H${to - 8}" class="line" stroke-width="2"/>`,
    `<path d="M${to} ${y} l-10 -6 v12 z" class="tip"/>`,
  ];
}

/** The way back: what was decided is where the next decision begins. */
function back(text) {
  const width = 4 * card.width + 3 * card.gap;
  const [from, to] = [12 + width - card.width / 2, 12 + 2 * (card.width + card.gap) + card.width / 2];
  const [top, low] = [card.top + card.height + 4, card.top + card.height + 30];
  return [
    `<path d="M${from} ${top} V${low - 10} Q${from} ${low} ${from - 10} ${low} H${to + 10} Q${to} ${low} ${to} ${low - 10} V${top + 12}" class="line" stroke-width="2"/>`,
    `<path d="M${to} ${top + 2} l-6 11 h12 z" class="tip"/>`,
    write((from + to) / 2, low + 19, text, { kind: "faint", size: 13, anchor: "middle" }),
  ];
}

const way = svg(1018, 250, "From HSS events to a whitelist policy", [
  ...stop(0, "1 HSS events", [
    ["Processes that are not"],
    ["on a server\u2019s whitelist,"],
    ["the last 30 days"],
    ["read whole, or an error", "good"],
  ]),
  ...arrow(0),
  ...stop(1, "2 One row per file", [
    ["Known by its hash:"],
    ["servers, paths, users,"],
    ["who trusted it, and"],
    ["what speaks against it", "bad"],
  ]),
  ...arrow(1),
  ...stop(2, "3 Your rule", [
    ["\u2713 trusted in HSS", "good"],
    ["\u2713 on two servers or more", "good"],
    ["\u2717 interpreter or shell", "bad"],
    ["\u2717 malicious, anywhere", "bad"],
    ["not known: left out", "faint"],
  ]),
  ...arrow(2),
  ...stop(3, "4 Policy", [
    ["A file, with the evidence"],
    ["for each hash in it"],
    ["Reviewed beforehand"],
    ["Restored if it is edited"],
    ["First it audits only", "faint"],
  ]),
  ...back("the policy in force: what it allows stays, until something speaks against it"),
]);

/** A list with one line that was let through, in a shield. */
const logo = svg(96, 96, "pulumi-hss", [
  `<path d="M48 6 L84 18 V46 C84 68 69 82 48 90 C27 82 12 68 12 46 V18 Z" class="accent"/>`,
  ...[30, 44, 58].map((y) => `<rect x="42" y="${y}" width="26" height="6" rx="3" fill="#ffffff"/>`),
  `<path d="M26 33 l4 4 l7 -8 M26 61 l4 4 l7 -8" stroke="#ffffff" stroke-width="4" fill="none" stroke-linecap="round" stroke-linejoin="round"/>`,
  `<path d="M27 43 l9 8 M36 43 l-9 8" stroke="#ffffff" stroke-width="4" stroke-linecap="round"/>`,
]);

const pictures = { "events-to-policy.svg": way, "logo.svg": logo };
const at = process.argv.indexOf("--print");
if (at >= 0) process.stdout.write(pictures[process.argv[at + 1]]);
else for (const [name, picture] of Object.entries(pictures)) writeFileSync(join(docs, name), picture);
