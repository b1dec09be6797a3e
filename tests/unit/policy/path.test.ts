import { fc } from "../../support/properties.js";
import { all, any, type Outcome } from "../../../provider/policy/outcome.js";
import { baseNames, mayBeInContainer } from "../../../provider/policy/path.js";
import { casePartners, upcase } from "../../../provider/policy/windowsCase.js";

describe.each<[string | undefined, string | undefined, readonly string[] | undefined]>([
  ["/usr/bin/bash", "Linux", ["bash"]],
  ["/usr/bin//bash/.", "Linux", ["bash"]],
  ["bash", "Linux", ["bash"]],
  ["./bin/bash", "Linux", ["bash"]],
  ["/tmp/x (deleted)", "Linux", ["x (deleted)", "x"]],
  ["/opt/x/../bash", "Linux", undefined],
  ["/proc/self/exe", "Linux", undefined],
  ["/proc/1/root/usr/bin/bash", "Linux", ["bash"]],
  ["/memfd:bash", "Linux", undefined],
  ["/var/lib/docker/overlay2/a/merged/bin/bash", "Linux", ["bash"]],
  ["/usr/bin/ba\ufffdh", "Linux", undefined],
  ["/usr/bin/b*h", "Linux", undefined],
  ["/".padEnd(256, "a"), "Linux", undefined],
  ["", "Linux", undefined],
  [undefined, "Linux", undefined],
  ["C:\\Windows\\System32\\cmd.exe", "Windows", ["cmd.exe"]],
  ["c:/windows/CMD.EXE", "Windows", ["CMD.EXE"]],
  ["cmd.exe", "Windows", ["cmd.exe"]],
  ["C:\\Tools\\cmd", "Windows", ["cmd", "cmd.EXE"]],
  ["C:\\Tools\\cmd.exe. ", "Windows", ["cmd.exe. ", "cmd.exe"]],
  ["C:\\Tools\\a.txt:cmd.exe", "Windows", ["a.txt:cmd.exe", "a.txt"]],
  ["C:\\Tools\\cmd.exe::$DATA", "Windows", ["cmd.exe"]],
  ["C:\\Tools\\LONGFI~1.EXE", "Windows", undefined],
  ["\\Device\\HarddiskVolume1\\Windows\\cmd.exe", "Windows", ["cmd.exe"]],
  ["\\\\server\\share\\cmd.exe", "Windows", undefined],
  ["C:cmd.exe", "Windows", undefined],
  ["/usr/bin/bash", undefined, ["bash", "bash.EXE"]],
])("the program of %j on %j", (path, os, expected) => {
  test(`is called ${JSON.stringify(expected)}`, () => {
    expect(baseNames(path, os)).toEqual(expected);
  });
});

test.each([
  "/var/lib/docker/overlay2/a/merged/usr/bin/x",
  "/data/docker/overlay2/a/diff/x",
  "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/7/fs/x",
  "/run/containerd/io.containerd.runtime.v2.task/k8s.io/a/rootfs/x",
  "/home/u/.local/share/containers/storage/overlay/a/diff/x",
  "/var/lib/machines/web/usr/bin/x",
  "/proc/7/root/usr/bin/x",
  "/proc/7/task/9/root/x",
  "/proc//7/./root/x",
  "C:\\ProgramData\\docker\\windowsfilter\\a\\x.exe",
])("a container may own %s", (path) => {
  expect(mayBeInContainer(path)).toBe(true);
});

test.each([
  undefined,
  "",
  "/usr/bin/x",
  "/var/lib/docker/x",
  "/opt/overlay2/x",
  "/snap/core/1/x",
  "/proc/7/exe",
  "C:\\Windows\\x",
])("no container is seen in %j", (path) => {
  expect(mayBeInContainer(path)).toBe(false);
});

describe("letter case of NTFS", () => {
  test("pairs the letters of Latin, Greek and Cyrillic", () => {
    for (const [small, capital] of [
      "aA",
      "zZ",
      "\u00e9\u00c9",
      "\u00ff\u0178",
      "\u0101\u0100",
      "\u013a\u0139",
      "\u017e\u017d",
      "\u03b1\u0391",
      "\u03c2\u03a3",
      "\u03ce\u038f",
      "\u044f\u042f",
      "\u0451\u0401",
      "\uff41\uff21",
    ])
      expect([small, String.fromCodePoint(upcase(point(small)))]).toEqual([small, capital]);
  });

  test("leaves everything else as it is", () => {
    for (const char of [
      "\u00f7",
      "\u00df",
      "\u00b5",
      "\u0131",
      "\u0130",
      "\u017f",
      "\u0149",
      "\u212a",
      "\u212b",
      "\u2126",
      "\u{10428}",
      "\u4e00",
      "1",
    ])
      expect([upcase(point(char)), casePartners(point(char))]).toEqual([point(char), []]);
  });

  test("agrees with Unicode wherever it pairs letters, and never chains", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x2fff }), (code) => {
        const up = upcase(code);
        expect(upcase(up)).toBe(up);
        if (up !== code) expect(String.fromCodePoint(code).toUpperCase()).toBe(String.fromCodePoint(up));
      }),
      { numRuns: 5000 },
    );
  });

  function point(char = ""): number {
    return char.codePointAt(0) ?? 0;
  }
});

test("conditions are all met, or any", () => {
  const outcomes: readonly (readonly [readonly Outcome[], Outcome, Outcome])[] = [
    [[], "yes", "no"],
    [["yes", "yes"], "yes", "yes"],
    [["yes", "unknown"], "unknown", "yes"],
    [["unknown", "no"], "no", "unknown"],
    [["yes", "no"], "no", "yes"],
    [["no", "no"], "no", "no"],
  ];
  for (const [of, together, either] of outcomes) expect([all(of), any(of)]).toEqual([together, either]);
});
