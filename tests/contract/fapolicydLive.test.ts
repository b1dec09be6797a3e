import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ObservedEvent } from "../../provider/policy/index.js";
import { documentOf } from "../support/policy.js";

const samples = "/usr/share/fapolicyd/sample-rules";

/** Why it can't be tried here. */
const missing = (): string | undefined => {
  if (!existsSync("/usr/sbin/fapolicyd") || !existsSync(samples)) return "the package fapolicyd is not installed";
  if (process.getuid?.() !== 0) return "needs root for fanotify and a private mount namespace";
  if (spawnSync("cc", ["--version"]).error) return "there is no C compiler to make programs with";
  if (spawnSync("unshare", ["--mount", "true"]).status !== 0) return "no private mount namespace here";
  return undefined;
};

/** The rules that the distribution calls its known-libs policy, without our file. */
const distribution = /^(?:10|20|21|30|40|41|42|70|72|90|95)-/;

let folder: string;
let programs: string;
let place: string;
const names = ["plain", "pie", "static", "setuid", "python", "perl", "shell", "odd", "withLibrary"] as const;

function makePrograms(): void {
  const source = (name: string, text: string) => {
    const file = path.join(folder, `${name}.c`);
    writeFileSync(file, text);
    return file;
  };
  const main = (name: string) =>
    source(name, `#include <stdio.h>\nint main() { puts("${"ran"}"); return ${name.length} * 0; }\n`);
  const cc = (...args: string[]) => execFileSync("cc", args, { cwd: programs });
  cc("-no-pie", main("plain"), "-o", "plain");
  cc("-pie", "-fPIE", main("pie"), "-o", "pie");
  cc("-static", main("static"), "-o", "static");
  cc("-no-pie", "-g", main("setuid"), "-o", "setuid");
  chmodSync(path.join(programs, "setuid"), 0o4755);
  cc("-shared", "-fPIC", source("own", '#include <stdio.h>\nvoid hello() { puts("ran"); }\n'), "-o", "libown.so");
  const user = source("user", "void hello(); int main() { hello(); return 0; }\n");
  cc(user, "-L.", "-lown", `-Wl,-rpath,${place}`, "-o", "withLibrary");
  const script = (name: string, text: string) => writeFileSync(path.join(programs, name), text, { mode: 0o755 });
  script("python", '#!/usr/bin/python3\nprint("ran")\n');
  script("perl", '#!/usr/bin/perl\nprint "ran\\n";\n');
  script("shell", "#!/bin/sh\necho ran\n");
  // an interpreter that no list of languages knows
  script("odd", "#!/usr/bin/tail -n1\nran\n");
}

const hashOf = (name: string) =>
  createHash("sha256")
    .update(readFileSync(path.join(programs, name)))
    .digest("hex");

/** What each program says under the distribution's rules and ours. */
function tried(fileName?: string, document?: string): Record<string, string> {
  const etc = mkdtempSync(path.join(folder, "etc-"));
  for (const name of ["rules.d", "trust.d"]) mkdirSync(path.join(etc, name));
  for (const name of readdirSync(samples).filter((one) => distribution.test(one)))
    copyFileSync(path.join(samples, name), path.join(etc, "rules.d", name));
  if (fileName !== undefined) writeFileSync(path.join(etc, "rules.d", fileName), document ?? "");
  writeFileSync(
    path.join(etc, "fapolicyd.conf"),
    "permissive = 0\nuid = root\ngid = root\nq_size = 640\nwatch_fs = ramfs\ntrust = file\nintegrity = none\nsyslog_format = rule,dec,perm,exe,:,path,ftype\n",
  );
  writeFileSync(path.join(etc, "fapolicyd.trust"), "");
  const script = path.join(__dirname, "../support/fapolicyd.sh");
  const { stdout } = spawnSync("unshare", ["--mount", "sh", script, etc, programs, place, ...names], {
    encoding: "utf8",
    timeout: 60_000,
  });
  const log = readFileSync(path.join(etc, "fapolicyd.log"), "utf8");
  expect(log).toContain("Starting to listen");
  expect(log).not.toMatch(/unknown in line|is missing/);
  return Object.fromEntries(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line.endsWith(": ran") ? "runs" : "is blocked"]),
  );
}

const reason = missing();
const suite = reason === undefined ? describe : describe.skip;

suite(`a live fapolicyd that enforces the distribution's rules${reason === undefined ? "" : ` (${reason})`}`, () => {
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "fapolicyd-"));
    [programs, place] = [path.join(folder, "programs"), path.join(folder, "place")];
    mkdirSync(programs);
    mkdirSync(place);
    makePrograms();
  }, 60_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const eventOf = (name: string): ObservedEvent => ({
    eventName: "white list alert suspicious process",
    handleStatus: "handled",
    handleMethod: "mark_as_trust",
    osType: "Linux",
    processInfo: [{ processHash: hashOf(name), processPath: path.join(place, name), processName: name }],
  });
  const policyOf = (allowed: readonly string[], mode: "audit" | "enforce") =>
    documentOf(allowed.map(eventOf), "fapolicyd", { rule: { select: [{ handleMethods: ["mark_as_trust"] }] }, mode });

  test("blocks all but shell scripts without our file", () => {
    expect(tried()).toEqual({
      ...Object.fromEntries(names.map((name) => [name, "is blocked"])),
      shell: "runs",
    });
  });

  test.each(["audit", "enforce"] as const)(
    "runs what a document allows, mode %s, and says what may not run",
    (mode) => {
      const made = policyOf(names, mode);
      expect(made.included.length).toBe(names.length);
      expect(tried(made.fileName, made.document)).toEqual({
        ...Object.fromEntries(names.map((name) => [name, "runs"])),
        // its library is nobody's process: HSS does not report it
        withLibrary: "is blocked",
      });
      expect(made.document).toContain("# a program may still be blocked, because HSS reports no libraries");
      expect(made.warnings.join("\n")).toMatch(/may still be blocked, because/);
    },
  );

  test("and nothing else", () => {
    const made = policyOf(["plain", "perl"], "enforce");
    expect(tried(made.fileName, made.document)).toEqual({
      ...Object.fromEntries(names.map((name) => [name, "is blocked"])),
      ...{ plain: "runs", perl: "runs", shell: "runs" },
    });
  });
});
