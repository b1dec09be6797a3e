import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FormatName, ObservedEvent } from "../../provider/policy/index.js";
import { sha256 } from "../../provider/sha256.js";
import { documentOf } from "../support/policy.js";
import { everything, hashOf, hostileEvents } from "../unit/policy/hostile.js";

const make = (events: readonly ObservedEvent[], format: FormatName, more: Parameters<typeof documentOf>[2] = {}) =>
  documentOf(events, format, {
    rule: everything,
    source: { query: { hostName: "a\nallow perm=execute all : all" } },
    ...more,
  });

/** An event against which nothing speaks. */
const plain = { eventName: "Untrusted process running", handleStatus: "unhandled" };

const run = (command: string, args: readonly string[], input?: string) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", input, timeout: 300_000 });
  return { status, text: `${stdout ?? ""}${stderr ?? ""}`, error };
};

/** A suite where the reader is installed; elsewhere a skipped test that says which reader is missing. */
const withReader = (reader: string, missing: string | undefined, suite: () => void): void => {
  if (missing === undefined) describe(reader, suite);
  else describe.skip(`${reader} (${missing})`, () => test("is not tried", () => undefined));
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "policy-formats-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const fapolicydMissing = (): string | undefined => {
  if (!existsSync("/usr/sbin/fapolicyd")) return "the package fapolicyd is not installed";
  if (process.getuid?.() !== 0) return "needs root for a private mount namespace";
  return run("unshare", ["--mount", "true"]).status === 0 ? undefined : "no private mount namespace here";
};

withReader("fapolicyd's own parser", fapolicydMissing(), () => {
  /** What fapolicyd says when it starts on the rules; without capabilities it stops before it watches anything. */
  const load = (document: string): string => {
    const etc = mkdtempSync(join(folder, "etc-"));
    chmodSync(etc, 0o755);
    for (const name of ["rules.d", "trust.d"]) mkdirSync(join(etc, name));
    writeFileSync(
      join(etc, "fapolicyd.conf"),
      "permissive = 1\ntrust = file\nsyslog_format = rule,dec,perm,exe,:,path\n",
    );
    writeFileSync(join(etc, "fapolicyd.trust"), "");
    writeFileSync(join(etc, "compiled.rules"), document);
    return run("unshare", [
      "--mount",
      "sh",
      "-c",
      'mount --bind "$0" /etc/fapolicyd && exec setpriv --bounding-set=-all fapolicyd --debug --permissive',
      etc,
    ]).text;
  };

  test.each(["audit", "enforce"] as const)("loads two rules for each allowed hash, mode %s", (mode) => {
    const { document, included } = make(hostileEvents(), "fapolicyd", { mode });
    const said = load(document);
    expect(included.length).toBeGreaterThan(300);
    expect(said).toContain(`Loaded ${2 * included.length} rules`);
    const complaints = said
      .split("\n")
      .filter((line) => !line.startsWith("#") && / line \d|unknown|missing|error/i.test(line));
    expect(complaints).toEqual([]);
  });

  test("finds no rule in a policy that allows nothing", () => {
    expect(load(make(hostileEvents(), "fapolicyd", { rule: {} }).document)).toContain("No rules in file");
  });

  test("would have said so of a rule that is not one", () => {
    expect(load(`${make(hostileEvents(), "fapolicyd").document}allow perm=execute all : nonsense=1\n`)).toMatch(
      /nonsense\) is unknown in line/,
    );
  });
});

withReader("sha256sum --check", run("sha256sum", ["--version"]).error && "coreutils are not installed", () => {
  test("finds the files, one line a path, and complains of no line", () => {
    const paths = ["plain", "with space", "名前", "é", "a,b;c", "-dash", "#hash", "100%s", "quote'\"", "star*"].map(
      (name) => join(folder, name),
    );
    const events = paths.map((path, i): ObservedEvent => {
      writeFileSync(path, `content ${i}`);
      return {
        ...plain,
        osType: "Linux",
        processInfo: [{ processHash: sha256(`content ${i}`), processPath: path, processName: "x" }],
      };
    });
    const { document } = make([...events, ...hostileEvents()], "sha256sum");
    const { status, text } = run("sha256sum", ["--check", "--strict", "--ignore-missing", "-"], document);
    expect(text.trimEnd().split("\n").sort()).toEqual(paths.map((path) => `${path}: OK`).sort());
    expect(status).toBe(0);
    const lines = document.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    for (const line of lines) expect(line).toMatch(/^[0-9a-f]{64} {2}\/.+$/);
    expect(run("sha256sum", ["--check", "--strict", "-"], document).text).not.toMatch(/improperly formatted/);
  });

  test("has no line for what is on no disk, and tells several versions of one path", () => {
    const at = (hash: string, path: string, more: object = {}): ObservedEvent => ({
      ...plain,
      osType: "Linux",
      processInfo: [{ processHash: hash, processPath: path }],
      ...more,
    });
    const { document, notExpressible } = make(
      [
        at(hashOf(1), "/usr/bin/curl"),
        at(hashOf(2), "/usr/bin/curl"),
        at(hashOf(3), "/usr/bin/sshd (deleted)"),
        at(hashOf(4), "/memfd:x"),
        at(hashOf(5), "/proc/7/root/x"),
        at(hashOf(6), "/usr/sbin/x", { resourceInfo: { containerId: "c1", imageName: "nginx:1" } }),
      ],
      "sha256sum",
      { rule: { select: [{ minEvents: 1, containers: "include" }] } },
    );
    const lines = document.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines).toEqual([`${hashOf(1)}  /usr/bin/curl`, `${hashOf(2)}  /usr/bin/curl`]);
    expect(document).toContain("# 1 path below with several versions");
    expect(document).toContain("# one of 2 versions of /usr/bin/curl");
    expect(notExpressible.map(({ hash }) => hash)).toEqual([3, 4, 5, 6].map((seed) => hashOf(seed)));
    expect(notExpressible.at(-1)?.reason).toMatch(/in containers only/);
  });

  test("sees a file that is another one", () => {
    const path = join(folder, "changed");
    writeFileSync(path, "other content");
    const { document } = make(
      [{ ...plain, osType: "Linux", processInfo: [{ processHash: hashOf(1), processPath: path }] }],
      "sha256sum",
    );
    expect(run("sha256sum", ["--check", "--strict", "-"], document)).toMatchObject({ status: 1 });
  });
});

withReader("Python's csv module", run("python3", ["--version"]).error && "python3 is not installed", () => {
  test("reads the rows and columns that were written", () => {
    const { document, included, excluded } = make(hostileEvents(), "csv");
    const script =
      "import csv,io,json,sys; print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode('utf-8-sig'), newline=''), strict=True))))";
    const rows = JSON.parse(
      execFileSync("python3", ["-c", script], { input: document, encoding: "utf8" }),
    ) as string[][];
    const [head = []] = rows;
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([head.length]));
    const of = (decision: string) => rows.filter((row) => row[0] === decision).map((row) => row[1]);
    expect(of("included")).toEqual(included.map(({ hash }) => hash));
    expect(of("excluded")).toEqual(excluded.map(({ hash }) => hash));
  });
});

const stix2 = run("python3", ["-c", "import stix2"]).status === 0 ? "python3" : ".ci/.venv/bin/python";

withReader(
  "the stix2 library's stores",
  run(stix2, ["-c", "import stix2"]).status === 0 ? undefined : "the Python package stix2 is not installed",
  () => {
    test("take two bundles of different days", () => {
      const day = 86_400_000;
      const at = (seed: number, time: number, hostId: string): ObservedEvent => ({
        ...plain,
        ...{ hostId, hostName: hostId, occurTime: String(time) },
        processInfo: [{ processHash: hashOf(seed), processName: `tool${seed}` }],
      });
      const bundles = [
        make([at(1, 40 * day, "h1"), at(2, 40 * day, "h1")], "stix", { rule: { select: [{ minEvents: 1 }] } }),
        make([at(1, 45 * day, "h1"), at(1, 45 * day, "h2"), at(3, 45 * day, "h1")], "stix", {
          rule: { select: [{ minEvents: 2 }, { hashes: [{ hash: hashOf(3), reason: "r", expires: "2027-01-31" }] }] },
        }),
      ].map(({ document }, index) => {
        const file = join(folder, `day${index}.json`);
        writeFileSync(file, document);
        return file;
      });
      const script = `
import json, sys, stix2
from stix2.datastore import DataSourceError
first, second = (stix2.parse(json.load(open(name))) for name in sys.argv[1:3])
memory = stix2.MemoryStore()
memory.add(first)
memory.add(second)
files = stix2.FileSystemStore(sys.argv[3])
known = {}
for thing in [*first.objects, *second.objects]:
    if (thing.id, thing.modified) in known:
        assert known[thing.id, thing.modified] == thing, thing.id
        continue
    known[thing.id, thing.modified] = thing
    files.add(thing)
assert all(len(memory.all_versions(thing.id)) == 1 for thing in known.values())
print(len(known), len([one for one in known.values() if one.type == "indicator"]), [str(one.valid_until) for one in known.values() if "valid_until" in one])
`;
      const store = mkdtempSync(join(folder, "store-"));
      const { status, text } = run(stix2, ["-c", script, ...bundles, store]);
      expect({ status, text }).toMatchObject({ status: 0 });
      expect(text).toMatch(/^\d+ 3 \['2027-01-31 00:00:00\+00:00'\]\n$/);
    });
  },
);

const validator = process.env.STIX2_VALIDATOR ?? "stix2_validator";

withReader(
  "stix2_validator",
  run(validator, ["--help"]).error && "stix2-validator is not installed; STIX2_VALIDATOR may name it",
  () => {
    const validate = (document: string) => {
      const file = join(folder, "bundle.json");
      writeFileSync(file, document);
      return run(validator, ["--version", "2.1", file]);
    };

    test.each([
      ["the hostile corpus", hostileEvents()],
      ["nothing", []],
    ])("accepts the bundle of %s", (_, events) => {
      const { status, text } = validate(make(events, "stix").document);
      expect(text).toMatch(/STIX JSON: Valid/);
      expect(text).not.toMatch(/\[X\]/);
      expect(status).toBe(0);
    });

    test("would have refused another hash", () => {
      const document = make(hostileEvents(), "stix").document.replace(
        /'SHA-256' = '[0-9a-f]{64}'/,
        "'SHA-256' = 'abc'",
      );
      expect(validate(document).status).not.toBe(0);
    });
  },
);
