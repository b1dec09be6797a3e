// The job through the command line: it needs nothing but Node.js.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run, withoutAccounts } from "./run.mjs";
import { command, longWork, result, title } from "./screen.mjs";

const rule = `select:
  - { handleMethods: [mark_as_trust], minHosts: 2 } # somebody trusted it in HSS, on two servers or more
exclude:
  - { kinds: [interpreter, shell] } # they run any script
`;
const stricter = `${rule}  - { paths: [/usr/bin/git, /usr/bin/make] }\n`;
const rulesShown = 5;

/**
 * Reads, makes the policy, explains, reviews; leaves its files in the folder.
 *
 * @param {{checkout: string, folder: string, slow: boolean}} options
 */
export async function commandLine({ checkout, folder, slow }) {
  const hss = path.join(checkout, "dist/cli/hss.js");
  /** @param {string} name */
  const file = (name) => path.join(folder, name);
  /** @param {string[]} args @param {(line: string) => void} [heard] */
  const call = (args, heard) => run(process.execPath, [hss, ...args], { cwd: folder, env: withoutAccounts(), heard });
  /** As `call`, and shows it. @param {string[]} args */
  const shown = (...args) => {
    command("hss", ...args);
    return call(args);
  };
  writeFileSync(file("rule.yaml"), rule);
  writeFileSync(file("stricter.yaml"), stricter);

  title("Read what HSS reported in 30 days, as one row for each file hash");
  const pace = slow ? ["--requests-per-minute", "5"] : [];
  command("hss observed --sample", ...pace, "--out observation.json");
  await read(call, pace);
  const { counts, complete } = JSON.parse(readFileSync(file("observation.json"), "utf8")).source;
  result([
    `${counts.events} events, ${complete ? "shown to be all of them" : "not all of them"}: ${counts.hashes} hashes; ` +
      `${counts.withoutHash} events without a usable hash`,
  ]);

  title("Let the team's rule decide (rule.yaml)");
  result(rule.trimEnd().split("\n"));
  const decided = ["--from", "observation.json", "--rule", "rule.yaml"];
  await call(["policy", ...decided, "--format", "json", "--out", "whitelist.json"]);
  const { included, excluded } = JSON.parse(readFileSync(file("whitelist.json"), "utf8"));
  await shown("policy", ...decided, "--format", "fapolicyd", "--out", rulesFile);
  const rules = readFileSync(file(rulesFile), "utf8").split("\n");
  const expressible = rules.filter((line) => /^allow\S* perm=execute /.test(line)).length;
  result([
    `${counts.hashes} hashes observed, ${included.length} trusted, ${expressible} of them expressible for fapolicyd (Linux); the first rules:`,
    // below the head and the list of script types
    ...rules
      .slice(rules.findIndex((line) => line.startsWith("%")) + 1)
      .filter(Boolean)
      .slice(0, rulesShown),
  ]);

  const refused = mostReported(excluded);
  if (refused) {
    title("Ask why a file is not in it");
    const { stdout } = await shown("explain", refused.slice(0, 12), ...decided);
    result(stdout.split("\n").filter((line) => /^[0-9a-f]|^ {2}(because|paths|hostCount|severities):/.test(line)));
  }

  title("Review a stricter rule, before anything changes: no git, no make (stricter.yaml)");
  const { stderr } = await shown(
    ...["diff", "whitelist.json", "--from", "observation.json", "--rule", "stricter.yaml", "--out", "review.md"],
  );
  result([stderr.trim().split("\n").at(-1) ?? "", ...changes(readFileSync(file("review.md"), "utf8"))]);
}

export const rulesFile = "35-hss-whitelist.rules";

/**
 * @param {(args: string[], heard?: (line: string) => void) => Promise<unknown>} call
 * @param {string[]} pace
 */
async function read(call, pace) {
  const work = longWork();
  const isSlow = pace.length > 0;
  if (isSlow) result(["HSS documents 5 requests a minute for each user; this read keeps to that."]);
  await call(["observed", "--sample", ...pace, "--out", "observation.json", "--progress", "plain"], (line) => {
    if (!isSlow || !line.startsWith("reading ")) return;
    // what follows is true at that moment only
    work.is(line.replace(/, the next request in .*/, ""));
    work.show();
  });
  work.end();
}

/**
 * Of those that are refused for malice the one on most events.
 *
 * @param {{hash: string, reasons: string[], evidence: {eventCount: number}}[]} excluded
 */
const mostReported = (excluded) =>
  excluded
    .filter(({ reasons }) => reasons.some((reason) => reason.startsWith("reported as malicious")))
    .sort((a, b) => b.evidence.eventCount - a.evidence.eventCount)[0]?.hash;

/** Rows of the review's Markdown table, shortened. @param {string} review */
const changes = (review) =>
  review
    .split("\n")
    .slice(2)
    .map((line) => line.slice(2).split(" | "))
    .filter(([, hash]) => hash)
    .map(
      ([change, hash = "", , file, servers]) =>
        `${change} ${hash.slice(0, 12)}\u2026 ${file}, seen on ${servers} servers`,
    );
