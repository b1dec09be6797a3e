import { fc } from "../../support/properties.js";
import type { Problem } from "../../../provider/errors.js";
import {
  policyDiff,
  readPair,
  readPolicy,
  type FormatName,
  type ObservedEvent,
  type Rule,
} from "../../../provider/policy/index.js";
import { documentOf, now as start } from "../../support/policy.js";
import { anyEvents, anyRule } from "./arbitrary.js";
import { hashOf } from "./hostile.js";

const dayMs = 86_400_000;
const problems: Problem[] = [];
afterEach(() => {
  expect(problems).toEqual([]);
});

/** What happens to one program in one week. */
const happenings = ["nothing", "trusted", "seen", "malicious", "suspicious"] as const;
type Happening = (typeof happenings)[number];

const eventOf = (seed: number, happening: Happening, time: number): ObservedEvent => ({
  eventName: happening === "malicious" ? "white list alert malicious process" : "white list alert suspicious process",
  severity: "Low",
  hostId: `h${seed % 3}`,
  hostName: `web-${seed % 3}`,
  osType: "Linux",
  policyId: "p1",
  occurTime: String(time),
  ...(happening === "trusted"
    ? { handleStatus: "handled", handleMethod: "mark_as_trust" }
    : happening === "suspicious"
      ? { handleStatus: "handled", handleMethod: "mark_as_suspicious" }
      : { handleStatus: "unhandled" }),
  processInfo: [{ processHash: hashOf(seed), processName: `tool${seed}`, processPath: `/opt/tool${seed}` }],
});

const reviewedUntil = "2027-03-01";
const rule: Rule = {
  select: [
    { handleMethods: ["mark_as_trust"] },
    {
      hashes: [
        { hash: hashOf(90), reason: "once a year" },
        { hash: hashOf(91), reason: "for a while", expires: reviewedUntil },
      ],
    },
  ],
  exclude: [{ paths: ["/opt/tool7"] }],
};

/** A policy each week, made with the one before, of the events of the last 30 days. */
function weeks(world: readonly (readonly Happening[])[]) {
  const events: ObservedEvent[] = [];
  let before = "";
  return world.map((happened, week) => {
    const now = start + week * 7 * dayMs;
    happened.forEach((happening, seed) => {
      if (happening !== "nothing") events.push(eventOf(seed, happening, now - dayMs - seed));
    });
    const listed = events.filter(({ occurTime }) => Number(occurTime) >= now - 30 * dayMs);
    const make = (text: string) =>
      documentOf(listed, "json", { rule, now, before: text === "" ? undefined : readPolicy("before", text, problems) });
    const made = make(before);
    const again = make(made.document);
    const diff = policyDiff(readPair(before, made.document, problems));
    before = made.document;
    return { now, made, again, diff, listed };
  });
}

const allowedIn = ({ made }: ReturnType<typeof weeks>[number]) => new Set(made.included.map(({ hash }) => hash));

function check(world: readonly (readonly Happening[])[]): void {
  const all = weeks(world);
  const sum = new Set<string>();
  let last = new Set<string>();
  // once allowed and then doubted: trust that comes later is not enough
  const distrusted = new Set<string>();
  for (const one of all) {
    // the same world again
    expect(one.again.document).toBe(one.made.document);
    // the differences add up
    for (const { hash } of one.diff.added) sum.add(hash);
    for (const { hash } of one.diff.removed) sum.delete(hash);
    const allowed = allowedIn(one);
    expect(sum).toEqual(allowed);
    world[0]?.forEach((_, seed) => {
      const hash = hashOf(seed);
      const listed = one.listed.filter((event) => event.processInfo?.[0]?.processHash === hash);
      const isDoubtful = listed.some(
        ({ eventName, handleMethod }) => /malicious/.test(eventName ?? "") || handleMethod === "mark_as_suspicious",
      );
      // nothing that is doubted stays, and nothing else goes
      if (isDoubtful && last.has(hash)) distrusted.add(hash);
      if (isDoubtful || distrusted.has(hash) || seed === 7) expect(allowed.has(hash)).toBe(false);
      else if (last.has(hash)) expect(allowed.has(hash)).toBe(true);
    });
    expect(allowed.has(hashOf(90))).toBe(true);
    expect(allowed.has(hashOf(91))).toBe(one.now < Date.parse(reviewedUntil));
    last = allowed;
  }
}

test("[P33] twelve months in steps of a week: nothing trusted is lost, nothing doubted stays, the differences add up", () => {
  const quiet = (week: number): Happening[] =>
    Array.from({ length: 12 }, () => "nothing" as const).map((_, seed) => {
      // one runs every week, one once a month, one once a quarter, one never again
      if (seed === 0) return "trusted";
      if (seed === 1) return week % 4 === 0 ? "trusted" : "nothing";
      if (seed === 2) return week % 13 === 0 ? "trusted" : "nothing";
      if (seed === 3) return week === 2 ? "trusted" : "nothing";
      if (seed === 4) return week === 3 ? "trusted" : week === 20 ? "malicious" : "nothing";
      if (seed === 5) return week === 3 ? "trusted" : week === 30 ? "suspicious" : week === 40 ? "trusted" : "nothing";
      if (seed === 6) return week % 5 === 0 ? "seen" : "nothing";
      if (seed === 7) return "trusted";
      return "nothing";
    });
  const world = Array.from({ length: 52 }, (_, week) => quiet(week));
  check(world);
  const final = weeks(world).at(-1);
  expect(final?.made.included.map(({ hash }) => hash)).toEqual([0, 1, 2, 3, 90].map((seed) => hashOf(seed)).sort());
  expect(final?.made.included.find(({ hash }) => hash === hashOf(3))).toMatchObject({
    notObservedSince: new Date(start + 13 * dayMs - 3).toISOString(),
    evidence: { eventCount: 1 },
  });
  // once allowed, and why not any more
  expect(final?.made.excluded.find(({ hash }) => hash === hashOf(4))).toMatchObject({
    wasAllowed: true,
    reasons: expect.arrayContaining([expect.stringMatching(/^reported as malicious/)]) as string[],
  });
});

test("[P34] whatever happens in ten weeks", () => {
  const week = fc.array(fc.constantFrom(...happenings), { minLength: 8, maxLength: 8 });
  fc.assert(fc.property(fc.array(week, { minLength: 2, maxLength: 10 }), check), { numRuns: 60 });
});

test("[P35] in any world its own document gives the same bytes again, in each format, and the differences add up", () => {
  const formats = fc.constantFrom<FormatName>("hss", "fapolicyd", "sha256sum", "csv", "json", "stix");
  const read = (text: string) => readPolicy("before", text, problems);
  const hashesOf = ({ included }: { included: readonly { hash: string }[] }) => included.map(({ hash }) => hash);
  fc.assert(
    fc.property(anyEvents, anyEvents, anyRule, anyRule, formats, (world, later, rule, otherRule, format) => {
      const first = documentOf(world, "json", { rule });
      const again = documentOf(world, format, { rule, before: read(first.document) });
      expect(again.document).toBe(documentOf(world, format, { rule }).document);
      for (const next of [rule, otherRule]) {
        const at = { rule: next, now: start + 20 * dayMs };
        const second = documentOf(later, "json", { ...at, before: read(first.document) });
        expect(documentOf(later, "json", { ...at, before: read(second.document) }).document).toBe(second.document);
        const { added, removed } = policyDiff(readPair(first.document, second.document, problems));
        const sum = new Set(hashesOf(first));
        for (const { hash } of added) sum.add(hash);
        for (const { hash } of removed) sum.delete(hash);
        expect([...sum].sort()).toEqual(hashesOf(second));
      }
    }),
    { numRuns: 300 },
  );
});
