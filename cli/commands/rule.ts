import { ArgumentError } from "../../provider/errors.js";
import { validateArguments } from "../../provider/functions/definition.js";
import { getWhitelistPolicyDocument } from "../../provider/functions/getWhitelistPolicyDocument.js";
import { plural, printable } from "../../provider/text.js";
import type { Context } from "../context.js";
import { readRule } from "../input.js";
import { withSink } from "../output.js";
import { textsAt } from "../rows.js";
import { UsageError } from "../usage.js";

/** Whether a rule is well formed; with events (`--from`, `--sample`, or a query) also what it selects of them. */
export async function ruleCheck(context: Context): Promise<void> {
  const [file] = context.invocation.words;
  if (file === undefined) throw new UsageError("rule check takes a FILE");
  const rule = await readRule(file);
  try {
    validateArguments(getWhitelistPolicyDocument, rule);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const problems = error.problems.map(({ property, reason }) => `${property}: ${reason}`).join("; ");
    throw new Error(`${printable(file, 512)} is not a rule: ${problems}`, { cause: error });
  }
  const count = (part: unknown) => (Array.isArray(part) ? part.length : 0);
  const entries = (name: "select" | "exclude") =>
    `${count(rule[name])} ${count(rule[name]) === 1 ? "entry" : "entries"} in ${name}`;
  const lines = [`${printable(file, 512)} is well formed: ${entries("select")}, ${entries("exclude")}`];
  if (count(rule.select) === 0) lines.push("without select nothing is allowed");
  const args = await context.argumentsFor(getWhitelistPolicyDocument.name);
  if (Object.keys(args).length > 0 || context.flag("sample") === true) {
    const made = await context.call(getWhitelistPolicyDocument, { ...args, ...rule });
    lines.push(made.summary);
    for (const entry of made.included) {
      lines.push(`  ${entry.hash}  ${printable(textsAt(entry, "evidence.paths")[0] ?? "")}`.trimEnd());
    }
  }
  await withSink(context.text("out"), (sink) => sink.write(`${lines.join("\n")}\n`));
}

const fewestDigits = 6;

/** Why a hash is in or out, with the evidence. A beginning of the hash is enough where only one begins so. */
export async function explain(context: Context): Promise<void> {
  const hash = context.invocation.words[0]?.trim().toLowerCase();
  if (hash === undefined || !/^[0-9a-f]+$/.test(hash) || hash.length < fewestDigits) {
    throw new UsageError(`explain takes a HASH: at least its first ${fewestDigits} hexadecimal digits`);
  }
  const args = await context.argumentsFor(getWhitelistPolicyDocument.name);
  const made = await context.call(getWhitelistPolicyDocument, { format: "json", ...args });
  const all = [
    ...made.included.map((entry) => ({ ...entry, decision: "included" })),
    ...made.excluded.map((entry) => ({ ...entry, decision: "excluded" })),
  ];
  const hashesOf = (entry: (typeof all)[number]) => [entry.hash, ...textsAt(entry, "evidence.aliases")];
  const exact = all.filter((entry) => hashesOf(entry).includes(hash));
  const found = exact.length > 0 ? exact : all.filter((entry) => hashesOf(entry).some((one) => one.startsWith(hash)));
  const [entry, ...others] = found;
  if (!entry) throw new Error(`no event that was read reports the hash ${printable(hash, 128)}, and no rule lists it`);
  if (others.length > 0) throw new UsageError(`${plural(found.length, "hash")} begin with ${hash}: give more digits`);
  const evidence = Object.entries(entry.evidence)
    .map(([name]) => [name, textsAt(entry, `evidence.${name}`)] as const)
    .filter(([, texts]) => texts.length > 0)
    .map(([name, texts]) => `  ${name}: ${texts.map((text) => printable(text)).join(", ")}`);
  const isRuled = args["select"] !== undefined || args["exclude"] !== undefined || entry.decision === "included";
  const lines = [
    `${entry.hash} is ${entry.decision}${isRuled ? "" : ", as every hash is without a rule: give --rule FILE"}`,
    ...entry.reasons.map((reason) => `  because: ${printable(reason, 2000)}`),
    "evidence",
    ...evidence,
  ];
  const isJson = context.text("output") === "json";
  const text = isJson ? JSON.stringify(entry, null, 2) : lines.join("\n");
  await withSink(context.text("out"), (sink) => sink.write(`${text}\n`));
}
