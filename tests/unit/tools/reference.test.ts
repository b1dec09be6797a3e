import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const root = path.join(__dirname, "../../..");

test("the reference page is what the schema says (npm run schema makes it anew)", () => {
  const page = execFileSync(process.execPath, [path.join(root, "tools/reference.mjs"), "--print"], {
    encoding: "utf8",
  });
  expect(readFileSync(path.join(root, "docs/reference.md"), "utf8")).toBe(page);
});
