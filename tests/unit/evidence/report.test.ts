import { fc } from "../../support/properties.js";
import { parse, type DefaultTreeAdapterMap } from "parse5";
import { reportHtml, type ReportInput } from "../../../provider/evidence/report.js";
import { palettes } from "../../../provider/evidence/reportStyle.js";
import { evidenceOf } from "../../../provider/policy/evidence.js";
import type { PolicyEntry } from "../../../provider/policy/policyEntry.js";
import type { ObservedProcess } from "../../../provider/policy/process.js";
import { severities } from "../../../provider/policy/severity.js";
import { hashOf, hostileTexts } from "../policy/hostile.js";

type Node = DefaultTreeAdapterMap["node"];
type Element = DefaultTreeAdapterMap["element"];

const childrenOf = (node: Node): Node[] => ("childNodes" in node ? node.childNodes : []);
const isElement = (node: Node): node is Element => "tagName" in node;
const elementsOf = (node: Node): Element[] =>
  childrenOf(node).flatMap((child) => [...(isElement(child) ? [child] : []), ...elementsOf(child)]);
const textOf = (node: Node): string =>
  "value" in node && node.nodeName === "#text" ? node.value : childrenOf(node).map(textOf).join("");
const attribute = (element: Element, name: string) => element.attrs.find((one) => one.name === name)?.value;

/** A page as its parser sees it; a mistake in it is an error. */
function pageOf(html: string) {
  const errors: string[] = [];
  const document = parse(html, { onParseError: ({ code }) => errors.push(code) });
  expect(errors).toEqual([]);
  const all = elementsOf(document);
  const named = (tag: string, from: readonly Element[] = all) => from.filter(({ tagName }) => tagName === tag);
  const byId = (id: string) => all.find((element) => attribute(element, "id") === id);
  /** Rows of a table as texts, the heading first; the caption has the id. */
  const rows = (id: string): string[][] => {
    const whole = byId(id)?.parentNode;
    const parts = whole ? childrenOf(whole).filter(isElement) : [];
    const body = parts.filter(({ tagName }) => ["tbody", "tfoot"].includes(tagName));
    return body
      .flatMap((part) => childrenOf(part).filter(isElement))
      .map((row) => childrenOf(row).filter(isElement).map(textOf));
  };
  const tiles = new Map(
    named("dt").map((dt) => {
      const parts = childrenOf(dt.parentNode!).filter(isElement);
      return [textOf(dt), textOf(parts[parts.indexOf(dt) + 1]!)];
    }),
  );
  return { all, named, byId, rows, tiles, text: textOf(document) };
}

const processOf = (hash: string, more: Partial<ObservedProcess> = {}): ObservedProcess => ({
  ...{ hash, hashAlgorithm: "sha256", hashSource: "processHash", names: ["tool"], paths: ["/usr/bin/tool"], users: [] },
  ...{ hostCount: 1, hostNames: ["n1"], eventCount: 1, severities: [], handleMethods: [], handleStatuses: [] },
  ...{ policyIds: [], osTypes: [] },
  ...more,
});
const entryOf = (process: ObservedProcess, reasons: string[], more: Partial<PolicyEntry> = {}): PolicyEntry => ({
  ...{ hash: process.hash, reasons, evidence: evidenceOf(process, {}) },
  ...more,
});

const empty: ReportInput = {
  title: "Process whitelist snapshot",
  ...{ place: {}, window: { beginTime: "2026-11-01T00:00:00Z", endTime: "2026-12-01T00:00:00Z" }, version: "0.1.0" },
  ...{ sample: false, complete: true, proof: [], events: 0, processes: [], withoutHash: [], verify: [] },
};

const count = fc.nat(1_000_000);
const name = fc.constantFrom("sh", "nginx", "7 events", "a", "<b>", "שלום", "__proto__", "constructor");
const severity = fc.oneof(fc.constantFrom(...severities), fc.constantFrom("Odd", "__proto__", "toString", "other"));
const anyProcess = fc
  .record({
    names: fc.uniqueArray(name, { maxLength: 3 }),
    ...{ hostCount: count, eventCount: count, maliciousCount: fc.option(count, { nil: undefined }) },
    highestSeverity: fc.option(severity, { nil: undefined }),
    more: fc.nat(3),
  })
  .map(({ more, ...process }) => ({ ...process, nameCount: process.names.length + (more === 3 ? 7 : 0) }));
const anyInput: fc.Arbitrary<ReportInput> = fc
  .record({
    processes: fc.array(anyProcess, { maxLength: 40 }),
    decisions: fc.infiniteStream(fc.constantFrom("in", "out", "kept", "none")),
    reasons: fc.infiniteStream(fc.constantFrom("why (3 events)", "why (1 event)", "because", "1 server")),
    withoutHash: fc
      .uniqueArray(fc.constantFrom("malformed", "placeholder", "masked", "empty", "absent", "noProcess"))
      .chain((reasons) =>
        fc.tuple(
          ...reasons.map((reason) =>
            fc.record({ reason: fc.constant(reason), eventCount: count, processCount: count }),
          ),
        ),
      ),
    withHash: count,
    perDay: fc.option(
      fc.array(fc.dictionary(severity, count, { maxKeys: 6 }), { maxLength: 200 }).map((days) =>
        days.map((counts, index) => ({
          day: new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
          counts,
        })),
      ),
      { nil: undefined },
    ),
    ...{ hasPolicy: fc.boolean(), sample: fc.boolean(), complete: fc.boolean(), notExpressible: fc.nat(9) },
    changes: fc.option(
      fc.array(fc.record({ kind: fc.constantFrom("new", "gone", "1"), text: name }), { maxLength: 70 }),
      { nil: undefined },
    ),
  })
  .map(({ decisions, reasons, withHash, hasPolicy, notExpressible, ...given }) => {
    const processes = given.processes.map((process, index) => processOf(hashOf(index), process));
    const [included, excluded]: [PolicyEntry[], PolicyEntry[]] = [[], []];
    for (const process of processes) {
      const decision = decisions.next().value;
      const entry = entryOf(process, [reasons.next().value!, reasons.next().value!]);
      if (decision === "in") included.push(entry);
      if (decision === "kept") included.push({ ...entry, notObservedSince: "2026-10-01T00:00:00Z" });
      if (decision === "out") excluded.push(entry);
    }
    const without = given.withoutHash.reduce((total, { eventCount }) => total + eventCount, 0);
    return {
      ...{ ...empty, ...given, processes, withoutHash: given.withoutHash as ReportInput["withoutHash"] },
      events: without + withHash,
      policy: hasPolicy
        ? { included, excluded, notExpressible, summary: "a summary", warnings: ["a warning"] }
        : undefined,
    };
  });

const total = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);

test("the figures in the text are those of the input", () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const { tiles, rows, byId, text } = pageOf(reportHtml(input));
      const { events, processes, policy, perDay, withoutHash, changes } = input;
      const without = total(withoutHash.map(({ eventCount }) => eventCount));
      const allowed = policy?.included.length;
      expect(tiles.get("events read")).toBe(String(events));
      expect(tiles.get("different hashes")).toBe(String(processes.length));
      expect(tiles.get("observed hashes allowed")).toBe(policy && String(allowed));
      expect(tiles.get("observed hashes left out")).toBe(policy && String(processes.length - allowed!));
      expect(tiles.get("changes since the snapshot before")).toBe(changes && String(changes.length));
      const steps = [events, events - without, processes.length, ...(policy ? [allowed] : [])].map(String);
      expect(rows("steps").map(([, figure]) => figure)).toEqual(steps);
      expect(textOf(byId("funnel-text")!).match(/\d+/g)).toEqual(steps);

      const hashes = rows("hashes-table");
      expect(hashes).toHaveLength(Math.min(25, processes.length));
      expect(text.includes(`and ${processes.length - 25} more hashes`)).toBe(processes.length > 25);
      for (const [file, servers, seen, worst, decision] of hashes) {
        const process = processes.find(({ hash }) => file!.endsWith(hash))!;
        expect([servers, seen]).toEqual([String(process.hostCount), String(process.eventCount)]);
        expect(worst).toBe(process.highestSeverity ?? "–");
        if (!policy) continue;
        const entry = policy.included.find(({ hash }) => hash === process.hash);
        const isOut = policy.excluded.some(({ hash }) => hash === process.hash);
        const kept = entry?.notObservedSince === undefined ? "allowed" : "allowed, kept";
        expect(decision).toBe(entry ? kept : isOut ? "left out" : "not decided");
      }

      const [all, ...reasons] = rows("without-hash").reverse();
      expect(total(reasons.map(([, figure]) => Number(figure)))).toBe(without);
      if (all) expect(all[1]).toBe(String(without));
      const countOf = (test: (reason: string) => boolean) =>
        policy?.excluded.filter((entry) => entry.reasons.some(test)).length ?? 0;
      for (const [reason, figure] of rows("excluded")) {
        const pattern = new RegExp(
          `^${reason!.replace(/[()]/g, "\\$&").replace(/N (event|server)s|\d (event|server)s?/, "\\d (event|server)s?")}$`,
        );
        expect(figure).toBe(String(countOf((one) => pattern.test(one))));
      }

      const several = processes.filter(({ nameCount }) => nameCount! > 1);
      const namesOf = (hash: string) => String(several.find((one) => one.hash === hash)?.nameCount);
      expect(rows("several-names")).toHaveLength(Math.min(15, several.length));
      for (const [hash, names] of rows("several-names")) expect(names).toBe(namesOf(hash!));
      for (const [shared, figure] of rows("shared-names")) {
        expect(figure).toBe(String(processes.filter(({ names }) => names.includes(shared!)).length));
      }
      expect(total(rows("change-kinds").map(([, figure]) => Number(figure)))).toBe(changes?.length ?? 0);
      expect(rows("changes-table")).toHaveLength(Math.min(50, changes?.length ?? 0));

      const table = rows("days-table").map((row) => row.slice(1).map(Number));
      const sums = table.pop();
      const counted = total((perDay ?? []).flatMap(({ counts }) => Object.values(counts)));
      expect(sums?.at(-1) ?? 0).toBe(counted);
      expect(table.length).toBeLessThanOrEqual(62);
      sums?.forEach((sum, column) => expect(total(table.map((row) => row[column]!))).toBe(sum));
      for (const row of table) expect(total(row.slice(0, -1))).toBe(row.at(-1));
      if (perDay && perDay.length <= 62 && sums) {
        expect(table.map((row) => row.at(-1))).toEqual(perDay.map(({ counts }) => total(Object.values(counts))));
      }
      expect(text.includes("SAMPLE DATA:")).toBe(input.sample);
      expect(text.includes("INCOMPLETE READ:")).toBe(!input.complete);
    }),
    { numRuns: 300 },
  );
});

/** One text in every place where a text may stand. */
function everywhere(text: string): ReportInput {
  const processes = [1, 2].map((seed) =>
    processOf(hashOf(seed), {
      ...{
        names: [text, "tool"],
        nameCount: 2,
        paths: [text],
        hostNames: [text],
        highestSeverity: text,
        severities: [text],
      },
    }),
  );
  return {
    ...{ title: text, place: { project: text, region: text, endpoint: text, enterpriseProject: text } },
    ...{ window: { beginTime: text, endTime: text }, createdAt: text, version: text, sample: true, complete: false },
    ...{ proof: [text], events: 7, verify: [text], processes, withoutHash: [] },
    perDay: [{ day: text, counts: Object.fromEntries([[text, 7]]) }],
    policy: {
      included: [entryOf(processes[0]!, [text], { notObservedSince: text, expires: text })],
      excluded: [entryOf(processes[1]!, [text, `${text} 2`])],
      ...{ notExpressible: 1, summary: text, warnings: [text] },
    },
    changes: [{ kind: text, hash: text, server: text, text }],
  };
}

const hostile = [
  ...hostileTexts,
  ...[
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='x",
    "` onfocus=`x",
    "</style><script>",
  ],
  ...["</title></bdi></table>", "<!-- --!>", "]]>", "<![CDATA[", "&lt;script&gt;", "\u0000", "\u202e\u2066", "\ud800"],
  ...["x".repeat(10_000), "\u0301".repeat(10_000), "שלום 2 עולם", "   ", "\u3000", "${x}", "</svg><a href=//x>"],
];

test("no text makes an element or an attribute of its own, or stays invisible", () => {
  const shape = (html: string) =>
    pageOf(html)
      .all.filter(({ tagName }) => tagName !== "bdi")
      .filter((element) => attribute(element, "class") !== "note")
      .map(({ tagName, attrs }) => [tagName, attrs.map((one) => one.name)]);
  const plain = shape(reportHtml(everywhere("plain")));
  for (const text of hostile) {
    const html = reportHtml(everywhere(text));
    expect(shape(html)).toEqual(plain);
    expect(html).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}|\p{Default_Ignorable_Code_Point}|\p{M}{3}/u,
    );
    expect(html.length).toBeLessThan(250_000);
  }
});

test("a text of 200 characters is there as it is, a longer one is cut and says how long it is", () => {
  const long = "é/".repeat(100);
  expect(pageOf(reportHtml(everywhere(long))).text).toContain(long);
  const { named } = pageOf(reportHtml(everywhere("🦊".repeat(201))));
  expect(textOf(named("h1")[0]!)).toBe(`${"🦊".repeat(200)}… (201 characters)`);
});

test("a word from right to left is isolated, so that figures beside it stay in place", () => {
  const html = reportHtml({ ...empty, proof: ["seen as שלום עולם 2 times"] });
  expect(html).toContain("<bdi>seen as <bdi>שלום עולם</bdi> 2 times</bdi>");
});

test("equal inputs give equal bytes, whatever the order of their fields", () => {
  const backwards = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(backwards)
      : value !== null && typeof value === "object"
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, one]) => [key, backwards(one)]),
          )
        : value;
  fc.assert(
    fc.property(anyInput, (input) => reportHtml(backwards(input) as ReportInput) === reportHtml(input)),
    { numRuns: 50 },
  );
});

test("nothing was observed: the page says so, in every section", () => {
  const { named, text, tiles } = pageOf(reportHtml(empty));
  expect(tiles.get("events read")).toBe("0");
  expect(text).toContain("No hash was observed.");
  expect(text).not.toMatch(/NaN|undefined|Infinity|INCOMPLETE|SAMPLE/);
  expect(named("section")).toHaveLength(8);
  for (const perDay of [[], [{ day: "2026-11-01", counts: {} }]]) {
    expect(pageOf(reportHtml({ ...empty, perDay, changes: [] })).text).toContain("No event was read on any day.");
  }
});

describe("the page", () => {
  const html = reportHtml(everywhere("https://example.com/x url(https://example.com)"));
  const { all, named, byId } = pageOf(html);

  test("needs nothing else, and may load nothing", () => {
    const policy = named("meta").find((one) => attribute(one, "http-equiv") === "Content-Security-Policy")!;
    expect(attribute(policy, "content")).toMatch(/^default-src 'none'; style-src 'unsafe-inline'(;|$)/);
    const loading = ["script", "link", "img", "image", "iframe", "object", "embed", "form", "base", "use", "video"];
    expect(all.filter(({ tagName }) => loading.includes(tagName))).toEqual([]);
    const attributes = all.flatMap(({ attrs }) => attrs);
    expect(attributes.filter((one) => one.name.startsWith("on") || one.name === "style")).toEqual([]);
    for (const { name: key, value } of attributes) {
      if (/href|src/.test(key)) expect(byId(value.replace(/^#/, ""))).toBeDefined();
      if (value.includes("url(")) expect(byId(/^url\(#(.*)\)$/.exec(value)?.[1] ?? "")).toBeDefined();
    }
    expect(named("style").map(textOf).join("")).not.toMatch(/url\(|@import|@font-face|https?:/);
  });

  test("is one that a screen reader finds its way in", () => {
    expect(attribute(named("html")[0]!, "lang")).toBe("en");
    const ids = all.flatMap((element) => attribute(element, "id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const references = all.flatMap((element) => attribute(element, "aria-labelledby")?.split(" ") ?? []);
    expect(references.filter((id) => !ids.includes(id))).toEqual([]);
    const levels = all.flatMap(({ tagName }) => (/^h[1-6]$/.test(tagName) ? [Number(tagName[1])] : []));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, index) => expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1));
    for (const landmark of ["header", "nav", "main", "footer"]) expect(named(landmark)).toHaveLength(1);
    expect(named("th").filter((one) => attribute(one, "scope") === undefined)).toEqual([]);
    for (const area of all.filter((one) => attribute(one, "class")?.startsWith("scroll"))) {
      expect([attribute(area, "tabindex"), attribute(area, "role")]).toEqual(["0", "region"]);
    }
    for (const svg of named("svg").filter((one) => attribute(one, "aria-hidden") === undefined)) {
      expect(
        childrenOf(svg)
          .filter(isElement)
          .map(({ tagName }) => tagName),
      ).toEqual(expect.arrayContaining(["title", "desc"]));
    }
  });
});

const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (a: string, b: string): number => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

test.each(Object.entries(palettes))("%s: texts have a contrast of 4.5, shapes one of 3", (_name, palette) => {
  for (const text of [palette.ink, palette.soft, palette.link]) {
    for (const ground of [palette.paper, palette.panel]) expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
  }
  expect(contrast(palette.warnInk, palette.warnPaper)).toBeGreaterThanOrEqual(4.5);
  const { bar, edge, severity0, severity1, severity2, severity3, severity4, severity5 } = palette;
  for (const shape of [bar, edge, severity0, severity1, severity2, severity3, severity4, severity5]) {
    expect(contrast(shape, palette.paper)).toBeGreaterThanOrEqual(3);
  }
});
