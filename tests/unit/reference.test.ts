import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const root = path.join(__dirname, "../..");
const page = () => readFileSync(path.join(root, "docs/reference.md"), "utf8");

test("the reference page is what the schema says (npm run schema makes it anew)", () => {
  const committed = page();
  execFileSync(process.execPath, [path.join(root, "tools/reference.mjs")]);
  expect(page()).toBe(committed);
});
