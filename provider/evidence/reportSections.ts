import { doubtSentences } from "../policy/doubts.js";
import type { ObservedProcess } from "../policy/process.js";
import { reasonWords } from "../policy/provenance.js";
import { plural, visible } from "../text.js";
import { few, foreign, hashText, markup, table, type Content, type Markup } from "./html.js";
import { daysChart, funnelChart, funnelRows, funnelSteps } from "./reportCharts.js";
import {
  byWeight,
  daysOf,
  nameCountOf,
  order,
  reasonGroups,
  severalNames,
  sharedNames,
  sum,
  type Decision,
  type Facts,
} from "./reportFacts.js";
import type { ReportInput } from "./reportInput.js";

export interface Section {
  readonly id: string;
  readonly heading: string;
  readonly content: Content;
}

/** How many rows of a table are shown. */
const most = { hashes: 25, reasons: 25, names: 15, changes: 50 };

/** A reason or a sentence may be longer than a name. */
const sentence = (text: string): Markup => foreign(text, 400);

const sentences = (texts: readonly string[]): Markup =>
  markup`<ul>\n${texts.map((text) => markup`<li>${sentence(text)}</li>\n`)}</ul>\n`;

const rest = (count: number, shown: number, thing: string): Markup | undefined =>
  count > shown ? markup`<p>and ${count - shown} more ${thing}</p>\n` : undefined;

const name = (text: string): Markup => markup`<span class="name">${foreign(text)}</span>`;

export function inShort(input: ReportInput, facts: Facts): Section {
  const { events, withoutHash, hashes, policy } = facts;
  const tile = (label: Content, figure: Content) => markup`<div><dt>${label}</dt><dd>${figure}</dd></div>\n`;
  const steps = funnelSteps(facts);
  const leftOut = policy && hashes - policy.allowed;
  return {
    id: "short",
    heading: "In short",
    content: markup`<dl class="tiles">
${tile(input.complete ? "the read is shown to be whole" : "the read is not shown to be whole", markup`<span class="word">${input.complete ? "complete" : "incomplete"}</span>`)}${tile("events read", events)}${tile("different hashes", hashes)}${policy && [tile("observed hashes allowed", policy.allowed), tile("observed hashes left out", leftOut)]}${input.changes && tile("changes since the snapshot before", input.changes.length)}</dl>
<div class="beside">
<figure>
${funnelChart(steps)}</figure>
<div>
${table({
  id: "steps",
  caption: "From events to allowed hashes",
  columns: [{ heading: "Step" }, { heading: "Number", numeric: true }, { heading: "Share" }],
  rows: funnelRows(steps),
})}<p>${withoutHash === 0 ? "Every event carries a usable hash." : markup`${plural(withoutHash, "event")} without a usable hash: see section 4.`}</p>
</div>
</div>
${policyText(input, facts)}`,
  };
}

function policyText({ policy }: ReportInput, facts: Facts): Content {
  if (!policy || !facts.policy) return markup`<p>No policy was made of what was observed.</p>\n`;
  const { allowedUnseen, notExpressible } = facts.policy;
  return [
    markup`<h3>The policy</h3>\n<p>${sentence(policy.summary)}</p>\n`,
    allowedUnseen > 0
      ? markup`<p>${plural(allowedUnseen, "more hash")} allowed without being observed in this read.</p>\n`
      : undefined,
    notExpressible > 0
      ? markup`<p>${notExpressible} of those left out are allowed by the rule, and the policy's format can't express them.</p>\n`
      : undefined,
    policy.warnings.length > 0 ? markup`<h3>Warnings</h3>\n${sentences(policy.warnings)}` : undefined,
  ];
}

export function perDay({ perDay: given, events }: ReportInput): Section {
  return { id: "perday", heading: "Events per day", content: given ? daysText(given, events) : noDays };
}

const noDays = markup`<p>The events themselves were not read for this report, so there are no figures for each day.</p>\n`;

function daysText(given: NonNullable<ReportInput["perDay"]>, events: number): Content {
  const days = daysOf(given);
  const { severities, rows, daysInRow, totals, others } = days;
  const total = sum(totals);
  if (rows.length === 0 || total === 0) return markup`<p>No event was read on any day.</p>\n`;
  return [
    markup`<figure>\n${daysChart(days)}</figure>\n`,
    others.length > 0
      ? markup`<div class="note">“other” are severities that the API does not document: ${few(
          others.map((word) => foreign(word)),
          5,
        )}</div>\n`
      : undefined,
    total === events
      ? undefined
      : markup`<p>${plural(total, "event")} of these days, and ${plural(events, "event")} read: an event without a time belongs to no day.</p>\n`,
    table({
      id: "days-table",
      caption: daysInRow > 1 ? `Events for each ${daysInRow} days, by severity` : "Events per day, by severity",
      columns: [
        { heading: daysInRow > 1 ? "Days" : "Day" },
        ...severities.map((word) => ({ heading: word, numeric: true })),
        { heading: "All", numeric: true },
      ],
      rows: rows.map(({ first, last, counts }) => [
        first === last ? foreign(first) : [foreign(first), " to ", foreign(last)],
        ...counts,
        sum(counts),
      ]),
      foot: ["All days", ...totals, total],
      ...(rows.length > 10 || severities.length > 3 ? { size: "tall" as const } : {}),
    }),
  ];
}

const decisionWords: Readonly<Record<Decision["words"], Markup>> = {
  allowed: markup`<span class="decision">allowed</span>`,
  kept: markup`<span class="decision">allowed, kept</span>`,
  "left out": markup`<span class="decision out">left out</span>`,
  "not decided": markup`<span class="decision out">not decided</span>`,
};

/** Names, path and hash: what a person recognises a file by. */
function fileOf(process: ObservedProcess): Content {
  const { names, paths, hash } = process;
  const [path] = paths;
  const more = Math.max(paths.length, process.pathCount ?? 0) - 1;
  return [
    names.length === 0
      ? markup`<span class="note">(no name)</span>`
      : few(names.map(name), 3, { count: nameCountOf(process) }),
    path === undefined || (names.length === 1 && names[0] === path) ? undefined : markup`<div>${foreign(path)}</div>`,
    more > 0 ? markup`<div class="note">and ${plural(more, "more path")}</div>` : undefined,
    hashText(hash),
  ];
}

export function hashes({ processes, policy }: ReportInput, { decisionOf }: Facts): Section {
  const shown = [...processes].sort(byWeight).slice(0, most.hashes);
  const entries = shown.some((process) =>
    decisionOf(process).why.some((text) => /\b(?:select|exclude)\[\d/.test(text)),
  );
  const content = [
    policy && entries
      ? markup`<p>A rule has entries that select files and entries that exclude them; they are counted from 0 and stand in <code>rule.json</code>: <code>select[0]</code> is the first that selects.</p>\n`
      : undefined,
    markup`<p>First those that events report as malicious or that were isolated and killed, then those on the most servers.</p>\n`,
    table({
      id: "hashes-table",
      caption: `${plural(shown.length, "hash")} of ${processes.length}`,
      columns: [
        { heading: "File", width: "third" },
        { heading: "Servers", numeric: true },
        { heading: "Events", numeric: true },
        { heading: "Highest severity", width: "little" },
        ...(policy ? [{ heading: "Decision", width: "little" as const }] : []),
        { heading: policy ? "Why" : "What speaks against it", width: "half" },
      ],
      rows: shown.map((process) => {
        const { words, why } = decisionOf(process);
        const { hostCount, eventCount, highestSeverity } = process;
        const reasons = policy ? why : doubtSentences(process);
        return [
          fileOf(process),
          hostCount,
          eventCount,
          highestSeverity === undefined ? "–" : foreign(highestSeverity),
          ...(policy ? [decisionWords[words]] : []),
          reasons.length === 0 ? "–" : few(reasons.map(sentence), 3, { sentences: true }),
        ];
      }),
      size: "wide",
    }),
    rest(processes.length, shown.length, "hashes"),
  ];
  return {
    id: "hashes",
    heading: "The hashes that matter most",
    content: processes.length > 0 ? content : markup`<p>No hash was observed.</p>\n`,
  };
}

export function leftOut({ withoutHash, policy }: ReportInput, facts: Facts): Section {
  const without = withoutHash
    .filter(({ eventCount, processCount }) => eventCount + processCount > 0)
    .sort((a, b) => b.eventCount - a.eventCount || order(a.reason, b.reason));
  return {
    id: "left-out",
    heading: "What was left out, and why",
    content: [
      markup`<h3>Events without a usable hash</h3>\n`,
      without.length === 0
        ? markup`<p>None.</p>\n`
        : table({
            id: "without-hash",
            caption: "Events and processes without a usable hash, by reason",
            columns: [
              { heading: "The hash is" },
              { heading: "Events", numeric: true },
              { heading: "Processes", numeric: true },
            ],
            rows: without.map(({ reason, eventCount, processCount }) => [
              reasonWords[reason],
              eventCount,
              processCount,
            ]),
            foot: ["All", facts.withoutHash, sum(without.map(({ processCount }) => processCount))],
          }),
      policy && excludedText(policy.excluded),
    ],
  };
}

function excludedText(excluded: NonNullable<ReportInput["policy"]>["excluded"]): Content {
  const groups = reasonGroups(excluded);
  const shown = groups.slice(0, most.reasons);
  const varies = shown.some(({ reason }) => /\bN (?:event|server)s/.test(reason));
  return [
    markup`<h3>Hashes that the policy leaves out</h3>\n`,
    excluded.length === 0
      ? markup`<p>None.</p>\n`
      : [
          markup`<p>${plural(excluded.length, "hash")} left out. A hash may have several reasons, so the numbers may add up to more.${varies ? " N stands for numbers that differ from hash to hash." : ""}</p>\n`,
          table({
            id: "excluded",
            caption: "Hashes that are left out, by reason",
            columns: [{ heading: "Reason" }, { heading: "Hashes", numeric: true }],
            rows: shown.map(({ reason, hashes: count }) => [sentence(reason), count]),
          }),
          rest(groups.length, shown.length, "reasons"),
        ],
  ];
}

export function names({ processes, policy }: ReportInput, { decisionOf }: Facts): Section {
  const [several, shared] = [severalNames(processes), sharedNames(processes)];
  const cut = processes.some(({ truncated }) => truncated?.includes("names"));
  const isAllowed = (process: ObservedProcess) => ["allowed", "kept"].includes(decisionOf(process).words);
  return {
    id: "names",
    heading: "Names and hashes that don't match one to one",
    content: [
      markup`<h3>Hashes under several names</h3>\n`,
      several.length === 0
        ? markup`<p>None.</p>\n`
        : table({
            id: "several-names",
            caption: `${plural(several.length, "hash")} under several names`,
            columns: [
              { heading: "Hash" },
              { heading: "Names", numeric: true },
              { heading: "Which" },
              { heading: "Servers", numeric: true },
              ...(policy ? [{ heading: "Decision" }] : []),
            ],
            rows: several
              .slice(0, most.names)
              .map((process) => [
                hashText(process.hash),
                nameCountOf(process),
                few(process.names.map(name), 5, { count: nameCountOf(process) }),
                process.hostCount,
                ...(policy ? [decisionWords[decisionOf(process).words]] : []),
              ]),
            size: "wide",
          }),
      rest(several.length, most.names, "hashes"),
      markup`<h3>Names with several hashes</h3>\n`,
      shared.length === 0
        ? markup`<p>None.</p>\n`
        : table({
            id: "shared-names",
            caption: `${plural(shared.length, "name")} with several hashes`,
            columns: [
              { heading: "Name" },
              { heading: "Hashes", numeric: true },
              ...(policy ? [{ heading: "Allowed", numeric: true }] : []),
              { heading: "Which" },
            ],
            rows: shared.slice(0, most.names).map(({ name: text, processes: all }) => [
              name(text),
              all.length,
              ...(policy ? [all.filter(isAllowed).length] : []),
              few(
                all.map(({ hash }) => hashText(hash)),
                3,
              ),
            ]),
            size: "wide",
          }),
      rest(shared.length, most.names, "names"),
      cut
        ? markup`<p class="note">The names of some hashes are too many to be listed, so that a name may have more hashes than are counted here.</p>\n`
        : undefined,
    ],
  };
}

export function changes({ changes: all }: ReportInput): Section {
  return { id: "changes", heading: "What changed since the snapshot before", content: changesText(all) };
}

function changesText(all: ReportInput["changes"]): Content {
  if (!all) return markup`<p>There is no snapshot before this one.</p>\n`;
  if (all.length === 0) return markup`<p>Nothing changed.</p>\n`;
  const kinds = new Map<string, number>();
  for (const { kind } of all) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counted = [...kinds].sort(([a, x], [b, y]) => y - x || order(a, b));
  return [
    table({
      id: "change-kinds",
      caption: `${plural(all.length, "change")}, by kind`,
      columns: [{ heading: "Kind" }, { heading: "Changes", numeric: true }],
      rows: counted.slice(0, most.reasons).map(([kind, count]) => [foreign(kind), count]),
    }),
    rest(counted.length, most.reasons, "kinds"),
    table({
      id: "changes-table",
      caption: "Each change",
      columns: [{ heading: "Kind" }, { heading: "What", width: "third" }, { heading: "Hash or server", width: "half" }],
      rows: all
        .slice(0, most.changes)
        .map(({ kind, hash, server, text }) => [
          foreign(kind),
          sentence(text),
          [
            hash === undefined ? undefined : hashText(hash),
            server === undefined ? undefined : markup`<div>${foreign(server)}</div>`,
            hash === undefined && server === undefined ? "–" : undefined,
          ],
        ]),
      size: "wide",
    }),
    rest(all.length, most.changes, "changes"),
  ];
}

export function whole({ complete, proof }: ReportInput): Section {
  return {
    id: "whole",
    heading: complete ? "How the read was shown to be whole" : "Why the read is not shown to be whole",
    content: proof.length > 0 ? sentences(proof) : markup`<p>Nothing was written down about it.</p>\n`,
  };
}

export function verifying({ verify }: ReportInput): Section {
  // as they are, so that they can be copied; `printable` would break up `::`
  const lines = verify.map((command) => markup`<code>${visible(command)}</code>\n`);
  return {
    id: "verify",
    heading: "How to verify this",
    content:
      verify.length === 0
        ? markup`<p>No commands were given.</p>\n`
        : markup`<p>Digests alone find damage. Who made the snapshot is told by its signature only, where it has one: <code>statement.dsse.json</code>, checked with the public key of whoever signs. Run these where the files of the snapshot are; each line is one command.</p>\n<pre>${lines}</pre>\n`,
  };
}
