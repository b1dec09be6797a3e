import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Demo } from "../support/demo.js";

let demo: Demo;
beforeEach(() => (demo = new Demo()));
afterEach(() => demo.close());

const filesOf = ({ folders }: Demo) => {
  const [folder = ""] = readdirSync(folders);
  return { folder: path.join(folders, folder), files: readdirSync(path.join(folders, folder)).sort() };
};

// programs on PATH are links and shell scripts here
(process.platform === "win32" ? describe.skip : describe)("npm run demo", () => {
  test("without Pulumi and Go: the job through the command line, and one sentence on how to get the rest", async () => {
    const { code, stdout, stderr } = await demo.start().ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n").length).toBeLessThanOrEqual(60);
    expect(stdout.match(/SAMPLE DATA/g)).toHaveLength(1);
    expect(stdout).not.toMatch(/\u001b|warning:|from \$PATH/);
    const { folder, files } = filesOf(demo);
    expect(files).toEqual(
      [
        "35-hss-whitelist.rules",
        "observation.json",
        "review.md",
        "rule.yaml",
        "stricter.yaml",
        "whitelist.json",
      ].sort(),
    );
    expect(stdout.trimEnd().endsWith(folder)).toBe(true);
    expect(stdout.match(/^To see the rest, .*$/m)?.[0]).toMatch(
      /under Pulumi .* install Pulumi 3\.200 or newer \(https:.*\), or Go 1\.\d+\S* or newer \(https:.*\), and run this again\.$/,
    );

    // the figures are those of the files
    const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
    const { source } = JSON.parse(read("observation.json")) as { source: { counts: Record<string, number> } };
    const { included, excluded } = JSON.parse(read("whitelist.json")) as Record<string, { hash: string }[]>;
    const rules = read("35-hss-whitelist.rules").split("\n");
    const allowed = rules.filter((line) => line.includes("perm=execute")).length;
    expect(allowed).toBeGreaterThan(0);
    expect(source.counts["hashes"]).toBe(included!.length + excluded!.length);
    expect(stdout).toContain(
      `${source.counts["hashes"]} hashes observed, ${included!.length} trusted, ${allowed} of them expressible`,
    );
    const lines = stdout.split("\n").map((line) => line.trim());
    expect(rules.filter((line) => line !== "" && !line.startsWith("%") && lines.includes(line))).toHaveLength(5);
    const refused = /^ +([0-9a-f]{64}) is excluded\n +because: reported as malicious/m.exec(stdout)?.[1];
    expect(excluded!.map(({ hash }) => hash)).toContain(refused);
    expect(stdout).toMatch(
      /0 hashes added, 2 removed.*\n +removed \S+ \/usr\/bin\/git, .*\n +removed \S+ \/usr\/bin\/make, /,
    );
  });

  test("settings of the person's own account play no part", async () => {
    const own = { HW_ENDPOINT: "https://example.com", HW_ACCESS_KEY: "key", HW_PROJECT_ID: "mine", OS_TOKEN: "token" };
    const { code, stdout } = await demo.start([], { PATH: demo.programs, HOME: demo.at("home"), ...own }).ended;
    expect({ code, isSample: stdout.includes(" 4715 events") }).toEqual({ code: 0, isSample: true });
  });

  test("while the engine is built all of the command line's part is shown; a build that fails is told", async () => {
    const gate = demo.at("gate");
    demo.program(
      "go",
      `case "$1" in
        env) echo go1.99 ;;
        list) printf + ;;
        build) while [ ! -e "${gate}" ]; do sleep 0.1; done; echo "go: no such module" >&2; exit 1 ;;
      esac`,
    );
    const { ended, until } = demo.start();
    // not one package is built by then
    const shown = await until(/\[\d+:\d\d\] building the .*\n/);
    expect(shown).toMatch(/4\. Review .*\n[^]*removed .*\n\nThe same under Pulumi follows .* five minutes\.\n/);
    writeFileSync(gate, "");
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("go: no such module") as string });
    // no terminal: a line each 30 seconds
    expect(stdout.match(/building the/g)!.length).toBeLessThanOrEqual(2);
    expect(stdout).toContain(filesOf(demo).folder);
  });

  test("--slow: in the first seconds what is read, how much is left, how long", async () => {
    const { child, ended, until } = demo.start(["--slow"]);
    await until(/ left at .*\n/);
    child.kill();
    const { stdout } = await ended;
    expect(stdout).toContain("HSS documents 5 requests a minute");
    expect(stdout).toMatch(
      /\[0:\d\d\] reading HSS events: \d+ of 4715, \d+ requests to go, about [456] min left at 5 requests a minute\n/,
    );
  });

  test("an argument that is none: how it is used", async () => {
    const { code, stderr } = await demo.start(["--fast"]).ended;
    expect({ code, usage: stderr.startsWith("usage: ") }).toEqual({ code: 64, usage: true });
  });
});
