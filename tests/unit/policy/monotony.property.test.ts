import { fc } from "../../support/properties.js";
import { evaluate, type ObservedEvent, type Rule } from "../../../provider/policy/index.js";
import { now, observationOf } from "../../support/policy.js";
import { anyEvent, anyEvents, anyRule } from "./arbitrary.js";

const allowed = (events: readonly ObservedEvent[], rule: Rule, project?: readonly ObservedEvent[]): Set<string> =>
  new Set(
    evaluate({ admit: observationOf(events), against: project && observationOf(project), rule, now }).included.map(
      ({ hash }) => hash,
    ),
  );

/** Hashes that the one allows and the other did not. */
const gained = (after: ReadonlySet<string>, before: ReadonlySet<string>): string[] =>
  [...after].filter((hash) => !before.has(hash));

/** POLICY_CASES=10000 takes three minutes. */
const numRuns = Number(process.env.POLICY_CASES ?? 1000);

test("[P11] one more exclusion never allows a hash that was left out", () => {
  fc.assert(
    fc.property(anyEvents, anyRule, anyRule, (events, rule, { exclude: more = [] }) => {
      const { select, exclude = [] } = rule;
      expect(gained(allowed(events, { select, exclude: [...exclude, ...more] }), allowed(events, rule))).toEqual([]);
    }),
    { numRuns },
  );
});

test("[P20] what else the project holds never allows a hash that was left out", () => {
  fc.assert(
    fc.property(anyEvents, fc.array(anyEvent, { maxLength: 4 }), anyRule, (events, more, rule) => {
      // events that give aliases may carry a review to another hash: that is what a review asks for (P12)
      fc.pre(!(rule.select ?? []).some(({ hashes }) => hashes));
      expect(gained(allowed(events, rule, [...events, ...more]), allowed(events, rule, events))).toEqual([]);
    }),
    { numRuns },
  );
});

test("[P20] a narrower query never allows more", () => {
  fc.assert(
    fc.property(anyEvents, anyRule, fc.nat(4095), (project, rule, mask) => {
      const query = project.filter((_, at) => (mask >> at) & 1);
      expect(gained(allowed(query, rule, project), allowed(project, rule, project))).toEqual([]);
    }),
    { numRuns },
  );
});

test("[P15] one more event that speaks against its hashes never allows one that was left out", () => {
  const bad = anyEvent.map((event) => ({ ...event, eventName: "white list alert malicious process" }));
  fc.assert(
    fc.property(anyEvents, bad, anyRule, (events, event, rule) => {
      fc.pre(!(rule.select ?? []).some(({ hashes }) => hashes));
      expect(gained(allowed([...events, event], rule), allowed(events, rule))).toEqual([]);
    }),
    { numRuns },
  );
});

/** Ways in which a field can become unknown. What says where a process ran, and by which ids, is known by its absence. */
const unknowns: readonly ((event: ObservedEvent) => ObservedEvent)[] = [
  ...(["eventName", "severity", "osType", "policyId", "hostName", "handleStatus"] as const).flatMap((name) => [
    (event: ObservedEvent) => ({ ...event, [name]: undefined, resourceInfo: without(event, name) }),
    (event: ObservedEvent) => ({ ...event, [name]: "***", resourceInfo: without(event, name) }),
  ]),
  // an unhandled event that has a method contradicts itself; there the method is what counts
  (event) => (event.handleStatus === "unhandled" ? event : { ...event, handleMethod: undefined }),
  (event) => (event.handleMethod === undefined ? event : { ...event, handleMethod: "***" }),
  (event) => (event.handleMethod === undefined ? event : { ...event, handleMethod: "something new" }),
  (event) => ({ ...event, occurTime: undefined }),
  ...(["processName", "processPath", "processUsername"] as const).flatMap((name) => [
    (event: ObservedEvent) => withProcess(event, { [name]: undefined }),
    (event: ObservedEvent) => withProcess(event, { [name]: "***" }),
  ]),
];

const without = ({ resourceInfo }: ObservedEvent, name: string) =>
  resourceInfo && { ...resourceInfo, ...((name === "osType" || name === "hostName") && { [name]: undefined }) };

function withProcess(event: ObservedEvent, change: object): ObservedEvent {
  const [first, ...others] = event.processInfo ?? [];
  return first ? { ...event, processInfo: [{ ...first, ...change }, ...others] } : event;
}

test("[P5] a field that becomes unknown never allows a hash that was left out", () => {
  fc.assert(
    fc.property(anyEvents, anyRule, fc.nat(11), fc.constantFrom(...unknowns), (events, rule, at, change) => {
      // counting servers has levels (P30), and which operations are of the same file depends on paths (P2)
      fc.pre(![...(rule.select ?? []), ...(rule.exclude ?? [])].some(({ minHosts }) => minHosts !== undefined));
      const changed = events.map((event, index) =>
        index === at && !event.operateDetailList?.length ? change(event) : event,
      );
      expect(gained(allowed(changed, rule), allowed(events, rule))).toEqual([]);
    }),
    { numRuns },
  );
});
