import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

const root = path.join(__dirname, "../../..");

test.each(["events-to-policy.svg", "logo.svg"])("docs/%s is what its script draws (npm run pictures)", (name) => {
  const drawn = execFileSync(process.execPath, [path.join(root, "tools/picture.mjs"), "--print", name], {
    encoding: "utf8",
  });
  expect(readFileSync(path.join(root, "docs", name), "utf8")).toBe(drawn);
});
