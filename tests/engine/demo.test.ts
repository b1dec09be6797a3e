import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Demo } from "../support/demo.js";
import { checkout } from "./harness.js";

const demo = new Demo();
afterAll(() => demo.close());

test("npm run demo under the engine: two screens, no noise, an edit found and undone, files that stay", async () => {
  const failure = process.env["ENGINE_FAILURE"];
  if (failure) throw new Error(failure);
  const { code, stdout, stderr } = await demo.start([], process.env).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });

  // npm itself says four lines more
  expect(stdout.split("\n").length + 4).toBeLessThanOrEqual(60);
  expect(stdout.match(/SAMPLE DATA/g)).toHaveLength(1);
  expect(stdout).not.toMatch(/\u001b|warning:|from \$PATH|^@ /m);
  expect(stdout).toContain("pulumi/35-hss-whitelist.rules is byte for byte the file that the command line made");
  expect(stdout).toMatch(
    /was edited by somebody else; it will be restored\. The edit:\n +line \d+:\n +- (allow_audit) (.*)\n +\+ allow \2\n/,
  );
  expect(stdout).toContain("the file is again what was written");

  const [folder = ""] = readdirSync(demo.folders).filter((name) => name.startsWith("pulumi-hss-demo-"));
  expect(stdout.trimEnd().endsWith(folder)).toBe(true);
  expect(readdirSync(path.join(demo.folders, folder, "pulumi")).sort()).toEqual([
    "35-hss-whitelist.rules",
    "whitelist.json",
  ]);
  // the engine's own state does not
  expect(readdirSync(demo.folders).filter((name) => name.startsWith("pulumi-hss-"))).toEqual([folder]);

  // README opens with a rule and a policy, and then shows what is printed here: its lines, in this order
  const readme = readFileSync(path.join(checkout, "README.md"), "utf8");
  const block = (kind: string) => new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, "m").exec(readme)?.[1] ?? "";
  for (const opening of [block("yaml"), block("conf")]) {
    expect(opening).not.toBe("");
    expect(stdout).toContain(opening.trimEnd().replace(/^/gm, "   "));
  }
  const example = block("text");
  const wanted = example.split("\n").filter((line) => line.trim() !== "" && line.trim() !== "\u2026");
  expect(wanted.length).toBeGreaterThan(15);
  let at = 0;
  const lines = stdout.split("\n");
  for (const line of wanted) {
    const found = lines.indexOf(line, at);
    expect(found < 0 ? line : "").toBe("");
    at = found + 1;
  }
});
