import { fc } from "../../support/properties.js";
import { evaluate, ruleEntry, type ObservedEvent, type Rule } from "../../../provider/policy/index.js";
import { now, observationOf } from "../../support/policy.js";
import { anyEvents, anyRule, shuffledWith } from "./arbitrary.js";
import { allowedBy } from "./meaning.js";

const decide = (events: readonly ObservedEvent[], rule: Rule, project?: readonly ObservedEvent[]) =>
  evaluate({ admit: observationOf(events), against: project && observationOf(project), rule, now }).included.map(
    ({ hash }) => hash,
  );

test("[P6] 10,000 random rules and worlds: what is allowed is what the page allows", () => {
  let admissions = 0;
  let worldsWithOne = 0;
  fc.assert(
    fc.property(anyEvents, anyRule, (events, rule) => {
      const included = decide(events, rule);
      expect(included).toEqual([...allowedBy({ query: events, project: events }, rule, now)].sort());
      admissions += included.length;
      worldsWithOne += included.length > 0 ? 1 : 0;
    }),
    { numRuns: 10_000 },
  );
  // a test in which nothing is ever allowed would prove nothing
  expect(admissions).toBeGreaterThan(800);
  expect(worldsWithOne).toBeGreaterThan(500);
});

test("[P20] 5,000 narrowed queries: what is allowed is what the page allows", () => {
  let admissions = 0;
  fc.assert(
    fc.property(anyEvents, anyRule, fc.integer({ min: 0, max: 4095 }), (project, rule, mask) => {
      const query = project.filter((_, at) => (mask >> at) & 1);
      const included = decide(query, rule, project);
      expect(included).toEqual([...allowedBy({ query, project }, rule, now)].sort());
      admissions += included.length;
    }),
    { numRuns: 5000 },
  );
  expect(admissions).toBeGreaterThan(150);
});

test("the order of the events makes no difference", () => {
  fc.assert(
    fc.property(anyEvents, anyRule, fc.infiniteStream(fc.nat()), (events, rule, numbers) => {
      const one = evaluate({ admit: observationOf(events), rule, now });
      expect(evaluate({ admit: observationOf(shuffledWith(events, numbers)), rule, now })).toEqual(one);
    }),
    { numRuns: 500 },
  );
});

test("every rule that is made here is one", () => {
  fc.assert(
    fc.property(anyRule, ({ select = [], exclude = [] }) => {
      for (const entry of [...select, ...exclude]) expect(ruleEntry.safeParse(entry).error?.issues).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});
