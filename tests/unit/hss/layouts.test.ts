import { Layouts } from "../../../provider/hss/layouts.js";

type Wire = Record<string, unknown>;

function counted() {
  const worked: Wire[] = [];
  const layouts = new Layouts((source) => {
    worked.push(source);
    return Object.keys(source).filter((name) => source[name] !== null);
  });
  return { layouts, worked };
}

test("the same names in the same order are worked out once, whatever the values and those that are null", () => {
  const { layouts, worked } = counted();
  const plan = layouts.planFor({ a: 1, b: 2 });
  expect(layouts.planFor({ a: "x", c: null, b: [] })).toBe(plan);
  expect(plan).toEqual(["a", "b"]);
  expect(worked).toHaveLength(1);
});

test("other names, fewer, more, or another order are another layout", () => {
  const { layouts, worked } = counted();
  const objects: Wire[] = [{}, { a: 1 }, { a: 1, b: 1 }, { b: 1 }, { b: 1, a: 1 }, { a: null, b: 1, c: 1 }];
  for (const object of [...objects, ...objects])
    expect(layouts.planFor(object)).toEqual(Object.keys(object).filter((name) => object[name] !== null));
  expect(worked).toHaveLength(objects.length);
});

test("what never comes again is not remembered for ever", () => {
  const { layouts, worked } = counted();
  const known = { x_0: 1 };
  for (let n = 0; n < 60_000; n++) layouts.planFor({ [`x_${n}`]: 1 });
  expect(worked).toHaveLength(60_000);
  const long = { ["x".repeat(1000)]: 1 };
  for (const object of [known, { x_59999: 1 }, long, long])
    expect(layouts.planFor(object)).toEqual(Object.keys(object));
  // the first is known; the others are worked out each time
  expect(worked).toHaveLength(60_000 + 3);
});

test("layouts that begin alike are not remembered for ever either", () => {
  const { layouts, worked } = counted();
  const names: Wire = {};
  for (let n = 0; n < 1000; n++) {
    names[`x_${n}`] = 1;
    layouts.planFor({ ...names });
  }
  const before = worked.length;
  for (let n = 0; n < 2; n++) expect(layouts.planFor({ ...names })).toEqual(Object.keys(names));
  expect(worked).toHaveLength(before + 2);
});
