import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.join(__dirname, "../../..");
const page = readFileSync(path.join(root, "docs/policy.md"), "utf8");

/** The numbered sentences of the page, each with the test files that it links to. */
const sentences = new Map(
  [...page.matchAll(/^- <a id="p(\d+)"><\/a>\*\*P\1\.\*\* .*(?:\n {2}.*)*/gm)].map(([text, number]) => [
    `P${number ?? ""}`,
    [...text.matchAll(/\]\(\.\.\/(tests\/[\w./]+)\)/g)].map(([, file]) => file ?? ""),
  ]),
);

/** The sentences that the names of a file's tests carry. */
const heldBy = (file: string): Set<string> =>
  new Set([...readFileSync(path.join(root, file), "utf8").matchAll(/\[(P\d+)\]/g)].map(([, number]) => number ?? ""));

const files = ["tests/unit/policy", "tests/contract"].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith(".test.ts") && name !== "page.test.ts")
    .map((name) => `${folder}/${name}`),
);

test("the page's sentences are numbered from 1 without a gap", () => {
  expect([...sentences.keys()]).toEqual(Array.from({ length: sentences.size }, (_, at) => `P${at + 1}`));
  expect(sentences.size).toBeGreaterThan(30);
});

test("each sentence links to tests, and these carry its number", () => {
  for (const [number, linked] of sentences) {
    expect({ number, linked }).not.toEqual({ number, linked: [] });
    for (const file of linked)
      expect({ file, holds: heldBy(file).has(number), number }).toEqual({ file, holds: true, number });
  }
});

test("no test names a sentence that the page does not have, or is not linked from it", () => {
  for (const file of files) {
    for (const number of heldBy(file))
      expect({ file, number, linked: sentences.get(number)?.includes(file) }).toMatchObject({ linked: true });
  }
});
