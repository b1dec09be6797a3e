import { printable } from "../../provider/text.js";

test.each([
  ["GitHub's", "::set-output name=x::y", ":\\u{3a}set-output name=x:\\u{3a}y"],
  ["Azure's", "##vso[task.setvariable]y", "#\\u{23}vso[task.setvariable]y"],
  ["Azure's short one", "##[error]x", "#\\u{23}[error]x"],
  ["TeamCity's", "##teamcity[setParameter name='x']", "#\\u{23}teamcity[setParameter name='x']"],
  ["in capitals", "##TeamCity[x]", "#\\u{23}TeamCity[x]"],
  ["none", "## a heading, ##teamcity and ##vso", "## a heading, ##teamcity and ##vso"],
])("a command of a CI system is broken up: %s", (_name, text, expected) => {
  expect(printable(text)).toBe(expected);
});
