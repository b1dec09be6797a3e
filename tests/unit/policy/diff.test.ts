import type { Problem } from "../../../provider/errors.js";
import {
  policyDiff as diffOf,
  policyDiffResult,
  readPair,
  type ObservedEvent,
  type Rule,
} from "../../../provider/policy/index.js";
import { documentOf as documentFrom } from "../../support/policy.js";
import { everything, hashOf, hostileEvents } from "./hostile.js";

/** Of two texts, either of which may be a problem. */
const policyDiff = (before: string, after: string) => diffOf(readPair(before, after, []));

const documentOf = (events: readonly ObservedEvent[], rule: Rule = observed) =>
  documentFrom(events, "json", { rule }).document;

const observed: Rule = { select: [{ minEvents: 1 }] };

const seen = (seed: number, more: ObservedEvent = {}): ObservedEvent => ({
  hostId: "h1",
  eventName: "white list alert suspicious process",
  handleStatus: "unhandled",
  processInfo: [{ processHash: hashOf(seed), processName: `tool${seed}`, processPath: `/opt/tool${seed}` }],
  ...more,
});

test("what was added, removed and changed, with evidence", () => {
  const before = documentOf([seen(1), seen(2), seen(3)]);
  const after = documentOf([seen(2), seen(2, { hostId: "h2" }), seen(3), seen(4), seen(5), seen(6)], {
    ...observed,
    exclude: [{ names: ["tool3"] }],
  });
  const diff = policyDiff(before, after);
  expect(diff.summary).toBe("3 hashes added, 2 removed, 1 changed; by another rule");
  expect(diff.added.map(({ hash, evidence }) => [hash, evidence.paths])).toEqual(
    [4, 5, 6].map((i) => [hashOf(i), [`/opt/tool${i}`]]),
  );
  expect(diff.removed.map(({ hash, reasons }) => [hash, reasons[0]])).toEqual([
    [hashOf(1), "no longer observed"],
    [hashOf(3), "exclude[0] holds: names: tool3"],
  ]);
  expect(diff.changed).toMatchObject([
    {
      hash: hashOf(2),
      fields: ["eventCount", "hostCount", "reasons"],
      before: { hostCount: 1 },
      evidence: { hostCount: 2 },
    },
  ]);
  expect(policyDiffResult.parse(diff)).toEqual(diff);
  const lines = diff.table.trimEnd().split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "| change | hash | names | paths | servers | events | why |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    `| added | ${hashOf(4)} | tool4 | /opt/tool4 | 1 | 1 | select&#91;0&#93; holds&#58; minEvents 1&#58; 1 event |`,
  ]);
  expect(lines.length).toBe(8);
});

test("tells different questions from a change in the world", () => {
  const make = (query: Record<string, string | number>) =>
    documentFrom([seen(1)], "json", { rule: observed, source: { query, narrowedBy: Object.keys(query) } }).document;
  expect(policyDiff(make({ lastDays: 30 }), make({ lastDays: 30, hostName: "web-1" })).summary).toBe(
    "0 hashes added, 0 removed; the two were asked different questions: hostName none and then web-1",
  );
});

test("the first policy, and no difference", () => {
  const document = documentOf([seen(1)]);
  expect(policyDiff("", document).summary).toBe("1 hash added, 0 removed");
  expect(policyDiff(document, document)).toEqual({
    added: [],
    removed: [],
    kept: [],
    changed: [],
    unchanged: true,
    summary: "0 hashes added, 0 removed",
    table: "",
  });
});

test("hostile texts stay in their cell and mean nothing there", () => {
  const { table, added } = policyDiff("", documentOf(hostileEvents(), everything));
  const lines = table.trimEnd().split("\n");
  expect(lines.length).toBe(added.length + 2);
  expect(added.length).toBeGreaterThan(300);
  for (const line of lines) {
    expect(line.split("|").length).toBe(9);
    expect(line).not.toMatch(/[<>`*[\]()!~\\$@_]|https?:|www\.|##|::/);
    expect(line).toMatch(/^\|.*\|$/);
    expect(line).not.toMatch(/#(?!\d+;)/);
  }
  expect(table).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/);
});

test("other texts are refused, both at once", () => {
  const problemsOf = (before: string, after: string) => {
    const problems: Problem[] = [];
    readPair(before, after, problems);
    return problems.map(({ property, reason }) => `${property}: ${reason}`).join("; ");
  };
  expect(problemsOf("{}", "not json")).toMatch(/before: is not a policy document.*after: is not JSON/);
  expect(problemsOf("", "")).toMatch(/^after: is empty/);
  const document = documentOf([seen(1)]);
  expect(problemsOf("", document.replaceAll(hashOf(1), "x|y"))).toMatch(/^after: .*hexadecimal/);
  expect(problemsOf(document, document)).toBe("");
});
