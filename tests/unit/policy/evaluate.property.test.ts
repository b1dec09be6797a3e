import fc from "fast-check";
import {
  createObservation,
  evaluate,
  ruleEntry,
  type ObservedEvent,
  type Rule,
} from "../../../provider/policy/index.js";
import { anyEvents, anyRule, now, shuffledWith } from "./arbitrary.js";
import { admittedByPlainMeaning } from "./reference.js";

const decide = (events: readonly ObservedEvent[], rule: Rule) => {
  const observation = createObservation();
  for (const event of events) observation.add(event);
  return evaluate(observation.result().processes, rule, now);
};

test("10,000 random rules and event sets: what is admitted is what the rule's plain meaning admits", () => {
  let admissions = 0;
  let setsWithOne = 0;
  fc.assert(
    fc.property(anyEvents, anyRule, (events, rule) => {
      const included = decide(events, rule).included.map(({ entry }) => entry.hash);
      expect(included).toEqual([...admittedByPlainMeaning(events, rule, now)].sort());
      admissions += included.length;
      setsWithOne += included.length > 0 ? 1 : 0;
    }),
    { numRuns: 10_000 },
  );
  // a test in which nothing is ever admitted would prove nothing
  expect(setsWithOne).toBeGreaterThan(1000);
  expect(admissions).toBeGreaterThan(1500);
});

test("each observed hash is in one of the two lists, with a reason, in whatever order events and processes come", () => {
  fc.assert(
    fc.property(anyEvents, anyRule, fc.infiniteStream(fc.nat()), (events, rule, numbers) => {
      for (const entry of [...(rule.select ?? []), ...(rule.exclude ?? [])]) ruleEntry.parse(entry);
      const observation = createObservation();
      for (const event of events) observation.add(event);
      const { processes } = observation.result();
      const { included, excluded } = evaluate(processes, rule, now);
      const hashes = [...included, ...excluded].map(({ entry }) => entry.hash);
      expect(hashes.sort()).toEqual(processes.map(({ hash }) => hash).sort());
      for (const { entry } of [...included, ...excluded]) expect(entry.reasons.length).toBeGreaterThan(0);
      expect(decide(shuffledWith(events, numbers), rule)).toEqual({
        included,
        excluded,
        unobserved: expect.anything() as unknown,
      });
    }),
    { numRuns: 1000 },
  );
});
