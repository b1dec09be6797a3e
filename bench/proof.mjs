// Whether `complete: true` is true, how often a read says it and what it costs, against a service that behaves badly:
// every behaviour alone, every two of them, random mixtures of up to four. `--cases N` mixtures, `--large` for 120,000 events,
// `--seed N` for others; `--case JSON` reads one that was printed as false again.
import { build } from "esbuild";
import fc from "fast-check";
import path from "node:path";
import { parseArgs } from "node:util";
import { checkout, heading, report, require } from "./common.mjs";

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    cases: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    large: { type: "boolean", default: false },
    case: { type: "string" },
  },
});
const cases = Number(values.cases);
const firstSeed = Number(values.seed);

const { alone, behaviourNames, mixture, moments, mostRequests, pair, prove, readable } = await bundled();
const smallSizes = [0, 1, 199, 200, 201, 1190];
const largeSizes = [4715, 12_000, ...(values.large ? [120_000] : [])];
const widths = [1, 12];
// fewer mixtures, fewer of the rest
const part = Math.min(1, cases / 20_000);
const tables = new Map(behaviourNames.map((name) => [name, { single: tally(), pairs: new Map() }]));
let falseAnswers = 0;
const shown = new Map();
let seed = firstSeed * 1_000_003;

if (values.case) {
  console.log(await prove(JSON.parse(values.case)));
} else {
  await everything();
}

async function everything() {
  heading(`Reads of a badly behaved service: \`complete: true\` held to the truth (seed ${firstSeed})`);
  await eachAlone();
  await eachPair();
  const inTurn = await eachMoment();
  printTable();
  const mixtures = await randomMixtures();
  console.log(
    `two changes at one moment, or one beside a lagging answer: ${inTurn.reads} reads, ${inTurn.complete} complete, ${inTurn.wrong} false`,
  );
  report("false answers", falseAnswers, { most: 0 });
  report(
    "random mixtures that end with `complete: false`",
    (100 * (mixtures.reads - mixtures.complete)) / mixtures.reads,
    {
      most: 10,
      unit: "%",
    },
  );
}

async function eachAlone() {
  for (const name of behaviourNames) {
    const { single } = tables.get(name);
    for (const events of [...smallSizes, ...largeSizes]) {
      const times = events > 20_000 ? 1 : Math.ceil(part * (events > 1190 ? 4 : 20));
      for (const width of widths) {
        for (let i = 0; i < times; i++) await count(alone(name, { seed: seed++, events, width }), [single], name);
      }
    }
    progress(`alone: ${name}`);
  }
}

async function eachPair() {
  // every size in turn, the large ones seldom: a pair has a share of each
  const sizes = [201, 1190, 200, 1190, 1, 4715, 201, 199, 1190, 0, 600, ...(part === 1 ? [12_000] : [])];
  let turn = 0;
  const times = Math.max(2, Math.round(part * 24));
  for (const [i, a] of behaviourNames.entries()) {
    for (const b of behaviourNames.slice(i + 1)) {
      const both = tally();
      tables.get(a).pairs.set(b, both);
      tables.get(b).pairs.set(a, both);
      for (let left = times; left > 0; left--) {
        const [events, width] = [sizes[turn % sizes.length], widths[turn++ % 2]];
        await count(pair(a, b, { seed: seed++, events, width }), [both], "pairs");
      }
    }
    progress(`pairs: ${a}`);
  }
}

async function eachMoment() {
  const all = tally();
  const stride = Math.round(1 / part);
  for (const events of [201, 600, 1190]) {
    let i = 0;
    for (const given of moments(events, seed)) if (i++ % stride === 0) await count(given, [all], "moments");
    seed += i;
    progress(`moments: ${events} events`);
  }
  return all;
}

async function randomMixtures() {
  const all = tally();
  const given = fc.sample(mixture, { numRuns: cases, seed: firstSeed });
  for (const [i, one] of given.entries()) {
    await count(one, readable(one) ? [all] : [], "mixtures");
    if (i % 500 === 499) progress(`mixtures: ${i + 1} of ${cases}, ${all.complete} complete, ${all.wrong} false`);
  }
  return all;
}

function tally() {
  return { reads: 0, complete: 0, wrong: 0, unseen: 0, cost: 0 };
}

async function count(given, tallies, part) {
  const { complete, wrong, unseen, requests } = await prove(given);
  for (const one of tallies) {
    one.reads++;
    one.cost += requests / mostRequests(given.events);
    if (complete) one.complete++;
    if (wrong) one.wrong++;
    if (unseen) one.unseen++;
  }
  if (!wrong) return;
  falseAnswers++;
  const before = shown.get(part) ?? 0;
  shown.set(part, before + 1);
  // a few of each are enough to work on
  if (before < (behaviourNames.includes(part) ? 1 : 8)) console.log(`FALSE: ${wrong}\n  ${JSON.stringify(given)}`);
}

function printTable() {
  const share = ({ complete, reads }) => (reads === 0 ? "" : `${Math.floor((100 * complete) / reads)}%`);
  const cost = ({ cost, reads }) => (reads === 0 ? "" : (cost / reads).toFixed(2));
  const wrong = (one) => `${one.wrong}${one.unseen ? ` (${one.unseen})` : ""}`;
  const line = (cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(36) : cell.padStart(9))).join("");
  console.log(line(["behaviour", "yes", "requests", "false", "in pairs", "requests", "false"]) + "  worst pair");
  for (const name of behaviourNames) {
    const { single, pairs } = tables.get(name);
    const all = [...pairs.values()].reduce(
      (sum, one) => ({
        reads: sum.reads + one.reads,
        complete: sum.complete + one.complete,
        wrong: sum.wrong + one.wrong,
        unseen: sum.unseen + one.unseen,
        cost: sum.cost + one.cost,
      }),
      tally(),
    );
    const readablePairs = [...pairs].filter(([other]) =>
      [name, other].every((one) => readable(alone(one, { seed: 1, events: 200, width: 1 }))),
    );
    const [worst] = readablePairs.sort(
      ([, a], [, b]) => b.wrong - a.wrong || a.complete / a.reads - b.complete / b.reads,
    );
    const named = worst ? `  ${worst[0]}: ${share(worst[1])}, ${worst[1].wrong} false` : "";
    console.log(line([name, share(single), cost(single), wrong(single), share(all), cost(all), wrong(all)]) + named);
  }
  console.log("requests: as a part of 1.2 N + 3, N pages of 200; in brackets: false where no reader could be right");
}

function progress(text) {
  console.error(`${(performance.now() / 1000).toFixed(0).padStart(5)} s  ${text}`);
}

/** The tests' model and checks, compiled in memory. */
async function bundled() {
  const { outputFiles } = await build({
    stdin: {
      contents: ["modelBehaviours", "modelDescription", "modelService", "proof"]
        .map((name) => `export * from "./${name}.js";`)
        .join("\n"),
      resolveDir: path.join(checkout, "tests", "support"),
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["fast-check"],
    write: false,
    logLevel: "warning",
  });
  const module = { exports: {} };
  new Function("module", "exports", "require", outputFiles[0].text)(module, module.exports, require);
  return module.exports;
}
