import { fc } from "../../support/properties.js";
import type { Outcome } from "../../../provider/policy/outcome.js";
import { compilePathPattern, pathPatternProblem, pathPatternWarning } from "../../../provider/policy/pathPattern.js";
import { cpuMs } from "../../support/timing.js";

const ask = (pattern: string, path: string | undefined, os: string | undefined): Outcome =>
  compilePathPattern(pattern).matches(path, os);

/** Another spelling of /tmp/evil or of what may be it: it must stay excluded. */
const linuxSpellings = [
  "/tmp/evil",
  "/tmp//evil",
  "//tmp/evil",
  "/./tmp/./evil",
  "/tmp/evil/",
  "/tmp/evil/.",
  "/../tmp/evil",
  "/usr/../tmp/evil",
  "/tmp/x/../evil",
  "/tmp/evil (deleted)",
  "/tmp/evil (deleted) (deleted)",
  "/proc/1/root/tmp/evil",
  "/proc/self/root/tmp/evil",
  "/proc/thread-self/root//tmp/evil",
  "/proc/1/task/1/root/tmp/evil",
  "/proc/1/root/proc/2/root/tmp/evil",
  "/proc/1/cwd/evil",
  "/proc/self/exe",
  "/proc/self/exe (deleted)",
  "/proc/9/fd/3",
  "/proc/9/fd/3/evil",
  "/proc/9/task/9/fd/3",
  "/proc/9/map_files/400000-500000",
  "/dev/fd/3",
  "/dev/fd/3/evil",
  "/dev/stdin",
  "/memfd:evil (deleted)",
  "/memfd:../tmp/evil (deleted)",
  "/var/lib/docker/overlay2/0a1b/merged/tmp/evil",
  "/data/docker/overlay2/0a1b/diff/tmp/evil",
  "/var/lib/docker/overlay/0a1b/root/tmp/evil",
  "/var/lib/docker/aufs/diff/0a1b/tmp/evil",
  "/var/lib/docker/vfs/dir/0a1b/tmp/evil",
  "/var/lib/isulad/storage/overlay/0a1b/merged/tmp/evil",
  "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/12/fs/tmp/evil",
  "/run/containerd/io.containerd.runtime.v2.task/k8s.io/0a1b/rootfs/tmp/evil",
  "/home/u/.local/share/containers/storage/overlay/0a1b/diff/tmp/evil",
  "/var/lib/lxc/web/rootfs/tmp/evil",
  "/var/lib/machines/web/tmp/evil",
  "/snap/core/1/tmp/evil",
  "/host/tmp/evil",
  "/run/host/tmp/evil",
  "/rofs/tmp/evil",
  "/tmp/systemd-private-0a1b-web.service-1/tmp/evil",
  "/var/lib/docker/rootfs/overlayfs/0a1b/tmp/evil",
  "/var/lib/containerd/io.containerd.snapshotter.v1.native/snapshots/7/tmp/evil",
  "/tmp/\\145vil",
  "/tmp/\\x65vil",
  "/var/lib/docker/overlay2/l/QWERTY/tmp/evil",
  "/.snapshots/1/snapshot/tmp/evil",
  "/tmp/?vil",
  "/tmp/ev??l",
  "/tmp/ev\ufffdil",
  "/tmp/\ufffdvil",
  "/tmp/e*l",
  "*",
  "tmp/evil",
  "evil",
  "",
  "/tmp/evil\n",
  "/tmp/\u0085evil",
  "/tmp/e\ud800il",
  "unreachable)/tmp/evil",
  `/tmp/${"./".repeat(120)}`.padEnd(256, "a"),
  `/opt/${"é".repeat(300)}`.slice(0, 256),
];

describe.each(linuxSpellings)("on Linux %j", (path) => {
  test("escapes no exclusion of /tmp/evil", () => {
    for (const pattern of ["/tmp/evil", "/tmp/**", "/tmp/*", "**/evil", "/t?p/ev[a-z]l"]) {
      expect([pattern, ask(pattern, path, "Linux")]).not.toEqual([pattern, "no"]);
      expect([pattern, ask(pattern, path, undefined)]).not.toEqual([pattern, "no"]);
    }
  });
});

/** Spellings that look like /opt/app/good without being it for certain. */
describe.each([
  "/opt/app/../../tmp/good",
  "/opt/app/../app/good",
  "/opt/app/good (deleted)",
  "/proc/7/root/opt/app/good",
  "/proc/7/cwd/opt/app/good",
  "/proc/self/fd/3/opt/app/good",
  "/memfd:/../opt/app/good",
  "/memfd:/../opt/app/good (deleted)",
  "/var/lib/docker/overlay2/0a1b/merged/opt/app/good",
  "/run/containerd/io.containerd.runtime.v2.task/k8s.io/0a1b/rootfs/opt/app/good",
  "opt/app/good",
  "/opt/app/go*d",
  "/opt/app/g\ufffdod",
  "/opt/app/good\u0000",
  "/opt/app/good\t",
  "/OPT/app/good",
  "/opt/app/good ",
  "/opt/app\u200b/good",
  "/opt/app\\good",
  `/opt/app/${"./".repeat(130)}`.slice(0, 256),
  `/opt/app/${"a".repeat(247)}`,
  undefined,
])("on Linux %j", (path) => {
  test("enters no selection of /opt/app/good", () => {
    expect(ask("/opt/app/good", path, "Linux")).not.toBe("yes");
    expect(ask("/opt/app/goo[a-z]", path, undefined)).not.toBe("yes");
    if (path !== "/opt/app/good (deleted)")
      expect(ask("/opt/app/go*", path, "Linux")).not.toBe(path === "/opt/app/good " ? "no" : "yes");
  });
});

/** Other spellings of C:\Temp\evil.exe, or of what may be it. */
const windowsSpellings = [
  "C:\\Temp\\evil.exe",
  "c:\\TEMP\\Evil.EXE",
  "C:/Temp/evil.exe",
  "C:\\Temp\\\\evil.exe",
  "C:\\\\Temp\\evil.exe",
  "C:\\.\\Temp\\.\\evil.exe",
  "C:\\Windows\\..\\Temp\\evil.exe",
  "C:\\..\\..\\Temp\\evil.exe",
  "C:\\Temp.\\evil.exe",
  "C:\\Temp...\\evil.exe",
  "C:\\Temp \\evil.exe",
  "C:\\Temp\\evil.exe.",
  "C:\\Temp\\evil.exe . .",
  "C:\\Temp\\ \\evil.exe",
  "C:\\Temp\\...\\evil.exe",
  "C:\\Temp\\evil",
  "C:\\Temp\\evil.exe\\",
  "C:\\Temp\\evil.exe::$DATA",
  "C:\\Temp\\evil.exe::$data",
  "C:\\Temp\\evil.exe:hidden.exe",
  "C:\\Temp\\evil.exe:hidden:$DATA",
  "C:\\Temp::$INDEX_ALLOCATION\\evil.exe",
  "C:\\Temp:$I30:$INDEX_ALLOCATION\\evil.exe",
  "C:\\TEMPDI~1\\evil.exe",
  "C:\\Temp\\EVIL~1.EXE",
  "C:\\TEMP~1\\EVIL~1.EXE",
  "C:evil.exe",
  "C:Temp\\evil.exe",
  "C:",
  "\\\\?\\C:\\Temp\\evil.exe",
  "\\\\?\\c:/Temp/evil.exe",
  "//?/C:/Temp/evil.exe",
  "\\\\?\\C:\\Temp\\..\\Temp\\evil.exe",
  "\\??\\C:\\Temp\\evil.exe",
  "\\\\.\\C:\\Temp\\evil.exe",
  "\\\\.\\GLOBALROOT\\??\\C:\\Temp\\evil.exe",
  "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume2\\Temp\\evil.exe",
  "\\GLOBAL??\\C:\\Temp\\evil.exe",
  "\\DosDevices\\C:\\Temp\\evil.exe",
  "\\\\?\\\\?\\C:\\Temp\\evil.exe",
  "\\Device\\HarddiskVolume2\\Temp\\evil.exe",
  "\\device\\harddiskvolume12\\temp\\evil.exe",
  "\\\\?\\HarddiskVolume2\\Temp\\evil.exe",
  "\\Device\\Harddisk0\\Partition1\\Temp\\evil.exe",
  "\\Device\\HarddiskVolumeShadowCopy1\\Temp\\evil.exe",
  "\\\\?\\Volume{6b3c1c8e-0000-0000-0000-100000000000}\\Temp\\evil.exe",
  "\\\\?\\BootPartition\\Temp\\evil.exe",
  "\\SystemRoot\\..\\Temp\\evil.exe",
  "\\Sessions\\0\\DosDevices\\00000000-000003e7\\C:\\Temp\\evil.exe",
  "\\ArcName\\multi(0)disk(0)rdisk(0)partition(1)\\Temp\\evil.exe",
  "C:\\\\?\\C:\\Temp\\evil.exe",
  "\\\\?\\Z:\\C:\\Temp\\evil.exe",
  "C:\\Windows\\%UP%\\Temp\\evil.exe",
  "C:\\%TEMP_AND_MORE%\\..\\evil.exe",
  "C:\\Temp\\evil.exe\\::$DATA",
  "\\\\.\\Global\\C:\\Temp\\evil.exe",
  "\\Device\\HarddiskVolume2\\$Extend\\$Deleted\\0012345",
  "C:\\ProgramData\\docker\\windowsfilter\\0a1b\\Files\\Temp\\evil.exe",
  "\\\\wsl$\\Ubuntu\\mnt\\c\\Temp\\evil.exe",
  "%SystemDrive%\\Temp\\evil.exe",
  "%TEMP%\\evil.exe",
  "%SystemRoot%\\..\\Temp\\evil.exe",
  "C:\\%DIR%\\evil.exe",
  "\\\\localhost\\c$\\Temp\\evil.exe",
  "\\\\127.0.0.1\\C$\\Temp\\evil.exe",
  "\\\\127.1.2.3\\C$\\Temp\\evil.exe",
  "\\\\::1\\C$\\Temp\\evil.exe",
  "\\\\web-1\\C$\\Temp\\evil.exe",
  "\\\\web-1.example.com@SSL\\C$\\Temp\\evil.exe",
  "//localhost/c$/Temp/evil.exe",
  "\\\\localhost\\\\c$\\\\Temp\\evil.exe",
  "\\\\?\\UNC\\localhost\\c$\\Temp\\evil.exe",
  "\\Device\\Mup\\localhost\\c$\\Temp\\evil.exe",
  "\\Device\\LanmanRedirector\\;Z:000000000000abcd\\localhost\\c$\\Temp\\evil.exe",
  "\\\\localhost\\temp\\evil.exe",
  "\\Temp\\evil.exe",
  "/c/Temp/evil.exe",
  "/cygdrive/c/Temp/evil.exe",
  "/mnt/c/Temp/evil.exe",
  "C:\\Temp\\ev?l.exe",
  "C:\\Temp\\ev\ufffdl.exe",
  "C:\\Te*\\evil.exe",
  "Temp\\evil.exe",
  "evil.exe",
  '"C:\\Temp\\evil.exe"',
  " C:\\Temp\\evil.exe",
  "C:\\Temp\\evil.exe\u0000",
  `\\\\?\\C:\\Temp\\${"a".repeat(244)}`,
];

describe.each(windowsSpellings)("on Windows %j", (path) => {
  test("escapes no exclusion of C:\\Temp\\evil.exe", () => {
    for (const pattern of [
      "C:\\Temp\\evil.exe",
      "c:/temp/**",
      "C:\\Temp\\*",
      "**\\evil.exe",
      "?:\\Temp\\**",
      "\\\\?\\C:\\Temp\\**",
      "\\??\\C:\\Temp\\**",
      "\\\\.\\C:\\Temp\\**",
      "\\\\?\\C:\\Temp.\\evil.exe ",
      "\\\\localhost\\C$\\Temp\\**",
      "\\Device\\HarddiskVolume2\\Temp\\**",
    ].map((one) => one.trim())) {
      expect([pattern, ask(pattern, path, "Windows")]).not.toEqual([pattern, "no"]);
      expect([pattern, ask(pattern, path, "weird")]).not.toEqual([pattern, "no"]);
    }
  });
});

describe.each([
  "C:\\Windows\\System32\\notepad.exe:evil.exe",
  "C:\\Windows\\System32\\notepad.exe:evil:$DATA",
  "C:\\Windows\\System32:evil.exe",
  "C:\\Windows \\System32\\notepad.exe",
  "C:\\Windows.\\System32\\notepad.exe",
  "C:\\Windows\\System32 \\notepad.exe",
  "C:\\WINDOW~1\\System32\\notepad.exe",
  "C:\\Windows\\SYSTEM~1\\notepad.exe",
  "C:Windows\\System32\\notepad.exe",
  "C:\\Windows\\System32\\..\\Temp\\notepad.exe",
  "\\\\?\\C:\\Windows\\System32\\..\\..\\Temp\\notepad.exe",
  "\\Device\\HarddiskVolume9\\Windows\\System32\\notepad.exe",
  "\\\\web-1\\C$\\Windows\\System32\\notepad.exe",
  "\\\\127.0.0.1.example.com\\C$\\Windows\\System32\\notepad.exe",
  "\\Windows\\System32\\notepad.exe",
  "/c/Windows/System32/notepad.exe",
  "%SystemRoot%\\System32\\notepad.exe",
  "\\SystemRoot\\System32\\notepad.exe",
  "C:\\W\u0131ndows\\System32\\notepad.exe",
  "C:\\Window\u017f\\System32\\notepad.exe",
  "C:\\Windows\u200e\\System32\\notepad.exe",
  "C:\\Windows\\System32\\note?ad.exe:x",
  "D:\\Windows\\System32\\notepad.exe",
  "C:\\Windows\\System32\\x\\notepad.exe",
  `C:\\Windows\\System32\\${"a".repeat(236)}`,
  undefined,
])("on Windows %j", (path) => {
  test("enters no selection of C:\\Windows\\System32\\*", () => {
    expect(ask("C:\\Windows\\System32\\*", path, "Windows")).not.toBe("yes");
    expect(ask("C:\\Windows\\System32\\*", path, undefined)).not.toBe("yes");
  });
});

describe.each<[string, string, string | undefined, Outcome]>([
  ["/bin/nc", "/usr/bin/nc", "Linux", "yes"],
  ["/usr/bin/nc", "/bin/nc", "Linux", "yes"],
  ["/b?n/*", "/usr/bin/nc", "Linux", "yes"],
  ["/lib64/ld-linux*", "/usr/lib64/ld-linux-x86-64.so.2", "Linux", "yes"],
  ["/usr/bin/nc", "/usr/sbin/nc", "Linux", "unknown"],
  ["/usr/sbin/nc", "/sbin/nc", "Linux", "yes"],
  ["/usr/sbin/nc", "/usr/bin/nc", "Linux", "no"],
  ["/run/x", "/var/run/x", "Linux", "yes"],
  ["/var/run/**", "/run/a/b", "Linux", "yes"],
  ["/var/tmp/**", "/usr/tmp/x", "Linux", "unknown"],
  ["/home/*/x", "/var/home/u/x", "Linux", "unknown"],
  ["/tmp/**", "/tmp/miner (deleted)", "Linux", "yes"],
  ["/tmp/miner", "/tmp/miner (deleted)", "Linux", "unknown"],
  ["/tmp/miner", "/tmp/miner2 (deleted)", "Linux", "no"],
  ["/var/lib/docker/**", "/var/lib/docker/overlay2/a/merged/usr/bin/x", "Linux", "yes"],
  ["/usr/bin/x", "/var/lib/docker/overlay2/a/merged/bin/x", "Linux", "unknown"],
  ["/opt/**", "/var/lib/docker/overlay2/a/merged/bin/x", "Linux", "no"],
  ["/opt/**", "/opt/a//b/./c", "linux", "yes"],
  ["/opt/**", "/proc/1/root/tmp/x", "Linux", "unknown"],
  ["/opt/y", "/proc/1/root/tmp/x", "Linux", "no"],
  ["**/x", "/proc/1/root/tmp/x", "Linux", "yes"],
  ["/srv/20240101/root/x", "/srv/20240101/root/x", "Linux", "yes"],
  ["/opt/caf\u00e9/x", "/opt/cafe\u0301/x", "Linux", "yes"],
  ["/opt/cafe\u0301/?", "/opt/caf\u00e9/x", "Linux", "yes"],
  ["/opt/K", "/opt/\u212a", "Linux", "no"],
  ["/**", `/a${"\u0301".repeat(30)}`, "Linux", "yes"],
  ["/**", `/a${"\u0301".repeat(31)}`, "Linux", "unknown"],
  ["/tmp/my app", "/tmp/my\\040app", "Linux", "unknown"],
  ["C:\\Temp\\**", "/mnt/c/Temp/x", "Linux", "unknown"],
  ["/mnt/c/**", "/mnt/c/Temp/x", "Linux", "yes"],
  ["C:\\Windows\\**", "/usr/bin/x", "Linux", "no"],
  ["/**", `/${"a".repeat(255)}`, "Linux", "yes"],
  ["/opt/**", `/opt/${"a".repeat(251)}`, "Linux", "unknown"],
  ["D:\\**", `C:\\${"a".repeat(253)}`, "Windows", "no"],
  ["/opt/**", `/opt/${"a".repeat(252)}`, "Linux", "yes"],
  ["/opt/**", `/opt/${"a".repeat(247)}`, "Linux", "yes"],
  ["/opt/**", `/opt/${"\u00e9".repeat(125)}`, "Linux", "unknown"],
  ["/opt/**", `/opt/${"\u{1f600}".repeat(125)}x`, "Linux", "unknown"],
  ["/opt/**", `/opt/${"\u{1f600}".repeat(251)}`, "Linux", "unknown"],
  ["/opt/**", `/opt/${"a".repeat(249)}\ufffd`, "Linux", "unknown"],
  ["C:\\Windows\\**", "c:/WINDOWS/x", "Windows", "yes"],
  ["C:/Windows/**", "C:\\Windows\\System32\\x.exe", "Windows", "yes"],
  ["\\\\?\\C:\\Windows\\**", "C:\\Windows\\x", "Windows", "yes"],
  ["\\??\\C:\\Windows\\**", "\\\\?\\C:\\Windows\\x", "Windows", "yes"],
  ["C:\\Windows\\**", "\\\\?\\C:\\Windows\\x", "Windows", "yes"],
  ["C:\\Windows\\**", "\\??\\c:\\windows\\x", "Windows", "yes"],
  ["C:\\Windows\\**", "\\\\localhost\\C$\\Windows\\x", "Windows", "yes"],
  ["C:\\Windows\\**", "\\\\127.0.0.1\\admin$\\x", "Windows", "unknown"],
  ["?:\\Windows\\**", "\\\\127.0.0.1\\admin$\\x", "Windows", "yes"],
  ["?:\\Windows\\**", "\\SystemRoot\\x", "Windows", "yes"],
  ["?:\\Windows\\**", "%windir%\\x", "Windows", "unknown"],
  ["\\SystemRoot\\**", "\\SystemRoot\\x", "Windows", "yes"],
  ["\\SystemRoot\\**", "C:\\Windows\\x", "Windows", "unknown"],
  ["D:\\Tools\\**", "%windir%\\x", "Windows", "no"],
  ["\\\\server\\share\\**", "\\\\SERVER\\Share\\x", "Windows", "yes"],
  ["\\\\server\\share\\**", "\\\\?\\UNC\\server\\share\\x", "Windows", "yes"],
  ["\\\\server\\share\\**", "C:\\x", "Windows", "no"],
  ["\\\\server\\C$\\**", "C:\\x", "Windows", "unknown"],
  ["?:\\Windows\\**", "\\Device\\HarddiskVolume2\\Windows\\x", "Windows", "yes"],
  ["C:\\Users\\**", "\\Device\\HarddiskVolume2\\Windows\\x", "Windows", "no"],
  ["\\Device\\HarddiskVolume2\\Windows\\**", "\\Device\\HarddiskVolume2\\Windows\\x", "Windows", "yes"],
  ["\\Device\\HarddiskVolume*\\Windows\\**", "\\Device\\HarddiskVolume2\\Windows\\x", "Windows", "yes"],
  ["\\Device\\HarddiskVolume3\\**", "\\Device\\HarddiskVolume2\\Windows\\x", "Windows", "unknown"],
  ["C:\\Temp\\evil.exe", "C:\\Temp\\evil.exe::$DATA", "Windows", "yes"],
  ["C:\\Windows\\Temp\\**", "C:\\Windows\\System32\\..\\Temp\\x", "Windows", "yes"],
  ["C:\\Temp\\**", "C:\\Temp\\x.", "Windows", "yes"],
  ["C:\\PROGRA~1\\**", "C:\\Program Files\\x", "Windows", "unknown"],
  ["C:\\PROGRA~1\\**", "D:\\Program Files\\x", "Windows", "no"],
  ["C:\\*\\x.exe", "C:\\PROGRA~1\\x.exe", "Windows", "yes"],
  ["C:\\Users\\**", "C:\\Documents and Settings\\u\\x.exe", "Windows", "unknown"],
  ["C:\\Documents and Settings\\**", "C:\\Users\\u\\x.exe", "Windows", "unknown"],
  [
    "C:\\ProgramData\\**",
    "c:\\documents and settings.\\ALL USERS\\Application Data\\Application Data\\x.exe",
    "Windows",
    "unknown",
  ],
  ["C:\\Users\\*\\AppData\\Local\\Temp\\**", "C:\\Users\\u\\Local Settings\\Temp\\x.exe", "Windows", "unknown"],
  ["C:\\Windows\\System32\\*", "\\\\?\\C:\\Windows\\Sysnative\\x.exe", "Windows", "unknown"],
  ["C:\\Temp\\evil", "C:\\Temp\\evil.exe", "Windows", "unknown"],
  ["C:\\Temp\\evil.exe::$DATA", "C:\\Temp\\evil.exe", "Windows", "yes"],
  ["\\\\?\\Volume{1-2}\\**", "\\\\?\\Volume{1-2}\\x.exe", "Windows", "yes"],
  ["\\\\?\\Volume{1-2}\\**", "C:\\x.exe", "Windows", "unknown"],
  ["C:\\x.exe", "\\\\?\\Volume{1-2}\\x.exe", "Windows", "unknown"],
  ["\\Device\\HarddiskVolumeShadowCopy*\\**", "\\Device\\HarddiskVolumeShadowCopy1\\x.exe", "Windows", "yes"],
  ["\\Device\\HarddiskVolumeShadowCopy*\\**", "C:\\x.exe", "Windows", "no"],
  ["\\Device\\Mup\\server\\share\\**", "\\\\server\\share\\x.exe", "Windows", "yes"],
  ["\\DosDevices\\C:\\Temp\\**", "C:\\Temp\\x.exe", "Windows", "yes"],
  ["/usr/bin/nc", "/usr/bin/X11/X11/nc", "Linux", "unknown"],
  ["/usr/bin/nc", "/bin/X11/nc", "Linux", "unknown"],
  ["/etc/init.d/x", "/etc/rc.d/init.d/x", "Linux", "unknown"],
  ["C:\\KILL.exe", "C:\\\u212aill.exe", "Windows", "no"],
  ["C:\\[a-z]ill.exe", "C:\\\u212aill.exe", "Windows", "no"],
  ["C:\\\u00e9.exe", "C:\\\u00c9.EXE", "Windows", "yes"],
  ["C:\\\u044f.exe", "C:\\\u042f.EXE", "Windows", "yes"],
  ["C:\\\u03c3.exe", "C:\\\u03c2.EXE", "Windows", "yes"],
  ["C:\\\u0131.exe", "C:\\I.EXE", "Windows", "no"],
  ["C:\\\u0130.exe", "C:\\i.EXE", "Windows", "no"],
  ["C:\\\u00df.exe", "C:\\SS.EXE", "Windows", "no"],
  ["C:\\\u10d0.exe", "C:\\\u1c90.EXE", "Windows", "unknown"],
  ["C:\\\u10d0.exe", "C:\\\u10d0.EXE", "Windows", "yes"],
  ["C:\\[!\u10d0].exe", "C:\\\u1c90.EXE", "Windows", "unknown"],
  ["C:\\\u{10428}.exe", "C:\\\u{10400}.EXE", "Windows", "no"],
  ["/usr/bin/*", "/usr/bin/ls", undefined, "yes"],
  ["/usr/bin/*", "/usr/bin/ls", "AIX", "yes"],
  ["/usr/bin/*", "/USR/bin/ls", undefined, "unknown"],
  ["/opt/**", "/usr/bin/ls", undefined, "no"],
  ["C:\\usr\\**", "/usr/bin/ls", undefined, "unknown"],
  ["/usr/bin/*", "C:\\usr\\bin\\ls", "Windows", "no"],
  ["C:\\Windows\\**", "C:\\Windows\\x", undefined, "unknown"],
  ["C:\\Windows\\**", "C:\\Windows\\x", " WINDOWS ", "yes"],
  ["/tmp/a\\b", "/tmp/a\\b", "Linux", "yes"],
  ["/tmp/a/b", "/tmp/a\\b", "Linux", "no"],
  ["/opt//x", "/opt/x", "Linux", "yes"],
])("%j on %j of %j", (pattern, path, os, expected) => {
  test(`is ${expected}`, () => {
    expect(ask(pattern, path, os)).toBe(expected);
  });
});

const name = fc.constantFrom("a", "b", "Temp", "x.exe", "app", "usr", "bin", "proc", "1", "root", "é");
const names = fc.array(name, { minLength: 1, maxLength: 6 });

const noise = fc.constantFrom("", "", "/", "/.", "/./", "//./");
const noisy = (parts: readonly string[], noises: readonly string[], slash: string): string =>
  parts.map((part, i) => `${(noises[i % noises.length] as string).replaceAll("/", slash)}${slash}${part}`).join("");

const linuxPattern = (parts: readonly string[]) =>
  fc.constantFrom(
    `/${parts.join("/")}`,
    `/${parts.slice(0, -1).join("/")}/**`.replace("//", "/"),
    `**/${parts.at(-1) ?? ""}`,
    `/${parts.map(() => "*").join("/")}`,
  );

test("noise in a Linux path never turns yes into no, and never enters a selection", () => {
  fc.assert(
    fc.property(
      names.chain((parts) => fc.tuple(fc.constant(parts), linuxPattern(parts))),
      fc.array(noise, { minLength: 1, maxLength: 6 }),
      fc.constantFrom("", "/proc/self/root", "/proc/12/root", "/x/..", "/.."),
      fc.constantFrom("", " (deleted)", "/", "/."),
      fc.constantFrom("Linux", undefined),
      ([parts, pattern], noises, before, after, os) => {
        const plain = ask(pattern, `/${parts.join("/")}`, "Linux");
        const other = ask(pattern, before + noisy(parts, noises, "/") + after, os);
        if (plain === "yes") expect(other).not.toBe("no");
        if (plain === "no" && !before.includes("proc")) expect(other).not.toBe("yes");
      },
    ),
    { numRuns: 2000 },
  );
});

test("noise in a Windows path never turns yes into no", () => {
  const cased = (text: string, flips: readonly boolean[]) =>
    [...text].map((char, i) => (flips[i % flips.length] ? char.toUpperCase() : char.toLowerCase())).join("");
  fc.assert(
    fc.property(
      names.chain((parts) =>
        fc.tuple(
          fc.constant(parts),
          fc.constantFrom(
            `C:\\${parts.join("\\")}`,
            `c:/${parts.join("/")}`,
            `\\\\?\\C:\\${parts.join("\\")}`,
            `?:\\${parts.map(() => "*").join("\\")}`,
            `**\\${parts.at(-1) ?? ""}`,
          ),
        ),
      ),
      fc.array(noise, { minLength: 1, maxLength: 6 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
      fc.constantFrom(
        "C:",
        "\\\\?\\C:",
        "\\??\\C:",
        "\\\\.\\c:",
        "\\\\localhost\\C$",
        "\\Device\\HarddiskVolume1",
        "\\\\h\\c$",
      ),
      fc.constantFrom("", ".", " ", "::$DATA", ":s", "\\"),
      fc.constantFrom("\\", "/"),
      fc.constantFrom("Windows", undefined),
      ([parts, pattern], noises, flips, before, after, slash, os) => {
        expect(ask(pattern, `C:\\${parts.join("\\")}`, "Windows")).toBe("yes");
        expect(ask(pattern, before + cased(noisy(parts, noises, slash), flips) + after, os)).not.toBe("no");
      },
    ),
    { numRuns: 2000 },
  );
});

test("what is not told never turns no or unknown into yes", () => {
  const paths = fc.oneof(
    names.map((parts) => `/${parts.join("/")}`),
    names.map((parts) => `C:\\${parts.join("\\")}`),
    fc.string({ maxLength: 20 }).map((text) => `/${text}`),
  );
  fc.assert(
    fc.property(paths, names.chain(linuxPattern), fc.constantFrom("Linux", "Windows"), (path, pattern, os) => {
      const told = ask(pattern, path, os);
      if (told === "yes") return;
      expect(ask(pattern, path, undefined)).not.toBe("yes");
      expect(ask(pattern, undefined, os)).toBe("unknown");
      expect(ask(pattern, `${path}*`, os)).toBe("unknown");
    }),
    { numRuns: 2000 },
  );
});

test("a cut path is known only where the whole one has the same answer", () => {
  fc.assert(
    fc.property(
      names,
      names,
      names.chain(linuxPattern),
      fc.constantFrom("/", "/../", "/../../../../../../../"),
      fc.constantFrom("Linux", "Windows", undefined),
      (before, after, pattern, between, os) => {
        const shown = `/${before.join("/")}/`.padEnd(256, "x");
        const cut = ask(pattern, shown, os);
        if (cut !== "unknown") expect(ask(pattern, shown + between + after.join("/"), os)).toBe(cut);
      },
    ),
    { numRuns: 2000 },
  );
});

test("takes time that grows with the length of a path, whatever it holds", async () => {
  const pieces = [
    "/",
    "/.",
    "/..",
    ".",
    " ",
    "a/",
    "\\",
    "~1/",
    "%",
    "%a",
    ":",
    " (deleted)",
    "e\u0301\u0323",
    "\u0301".repeat(30) + "a",
    "proc/1/root/",
    "overlay2/a/merged/",
    "../",
    "\\\\?\\",
    "??\\",
    "\ufffd",
    "rootfs/",
    "(deleted) ",
    "?",
    "a.",
    "\u10d0",
    "\\040",
    "..\\",
  ];
  const patterns = ["**/a*b*c*d/**/x", "/tmp/**", "C:\\Temp\\**\\*a*b", "**"].map(compilePathPattern);
  const work = (length: number) =>
    cpuMs(() => {
      for (const piece of pieces) {
        for (const start of ["/", "C:\\", "\\\\?\\"]) {
          const path = start + piece.repeat(Math.floor(length / piece.length));
          for (const pattern of patterns) pattern.matches(path, undefined);
        }
      }
    });
  await work(500);
  const [short, long] = [await work(1500), await work(12_000)];
  // eight times as long; a quadratic step would take 64 times as long
  expect(long).toBeLessThan(short * 24 + 200);
  for (const pattern of patterns) expect(pattern.matches("/".padEnd(100_000, "/."), "Linux")).toBe("unknown");
});

describe.each([
  ["", /empty/],
  ["x".repeat(1025), /1024/],
  ["/tmp/[a", /without its \]/],
  ["/tmp/a\u0000", /control character/],
  [" /tmp/x", /write \/tmp\/x$/],
  ["/tmp/x ", /write \/tmp\/x$/],
  ['"/tmp/x"', /write \/tmp\/x$/],
  ["*.sh", /write \*\*\/\*\.sh$/],
  ["nc", /write \*\*\/nc$/],
  ["./nc", /write \*\*\/nc$/],
  ["*", /write \*\*\/\*$/],
  ["tmp/*", /write \*\*\/tmp\/\*$/],
  ["Temp\\*", /write \*\*\\Temp\\\*$/],
  ["~/**", /write \/home\/\*\/\*\*$/],
  ["~bob/x", /write \/home\/bob\/x$/],
  ["$HOME/x", /write .*\/home\/\*\/x$/],
  ["${HOME}/x", /write .*\/home\/\*\/x$/],
  ["$env:TEMP\\x", /\?:\\Users\\\*\\AppData\\Local\\Temp\\x$/],
  ["%WINDIR%\\Temp\\*", /\?:\\Windows\\Temp\\\*$/],
  ["%X%\\Temp\\*", /\*\*\\Temp\\\*$/],
  ["/tmp/{a,b}/x", /two patterns, \/tmp\/a\/x and \/tmp\/b\/x$/],
  ["/tmp/", /write \/tmp\/\*\*$/],
  ["/", /write \/\*\*$/],
  ["C:\\Temp\\", /write C:\\Temp\\\*\*$/],
  ["C:\\", /write C:\\\*\*$/],
  ["C:", /write C:\\\*\*$/],
  ["C:Temp\\x", /write C:\\Temp\\x$/],
  ["\\Temp\\*", /write \?:\\Temp\\\*$/],
  ["\\\\server", /write \\\\server\\\*\*$/],
  ["\\\\server\\share", /write \\\\server\\share\\\*\*$/],
  ["file:///tmp/x", /write \/tmp\/x$/],
  ["file:///C:/x", /write C:\/x$/],
  ["/opt/../tmp/x", /write \/tmp\/x$/],
  ["/opt/./x", /write \/opt\/x$/],
  ["C:\\a\\..\\b", /write C:\\b$/],
  ["C:\\a|b", /write \?/],
])("refuses %j", (pattern, message) => {
  test("and says what works", () => {
    expect(pathPatternProblem(pattern)).toMatch(message);
    expect(() => compilePathPattern(pattern)).toThrow(RangeError);
    const [, better] =
      /write (?:the folder itself, such as |two patterns, )?(\S+)(?: and .*)?$/.exec(
        pathPatternProblem(pattern) ?? "",
      ) ?? [];
    if (better !== undefined && !better.startsWith("[") && better !== "?")
      expect(pathPatternProblem(better)).toBeUndefined();
  });
});

test.each([
  "/tmp/**",
  "**",
  "**/nc",
  "**\\nc.exe",
  "C:\\Windows\\Temp",
  "?:\\Temp\\*",
  "[C-E]:/x",
  "\\\\s\\s\\f",
  "\\\\s\\**",
  "\\\\?\\C:\\x",
  "\\Device\\HarddiskVolume1\\x",
  "\\SystemRoot\\x",
  "/opt/{guid}/x",
  "/opt/a$b",
  "/opt/a b",
  "/opt/..x/y...",
  "/tmp/a\\",
  "\\\\.\\C:\\x",
])("takes %j", (pattern) => {
  expect(pathPatternProblem(pattern)).toBeUndefined();
});

test("warns of patterns that probably mean more than they say", () => {
  expect(pathPatternWarning("C:\\Windows\\Temp")).toMatch(/write C:\\Windows\\Temp\\\*\*$/);
  expect(pathPatternWarning("C:/Windows/Temp")).toMatch(/write C:\/Windows\/Temp\/\*\*$/);
  expect(pathPatternWarning("/usr/bin")).toMatch(/write \/usr\/bin\/\*\*$/);
  expect(pathPatternWarning("/**")).toMatch(/every path/);
  expect(pathPatternWarning("C:\\PROGRA~1\\x.exe")).toMatch(/short name/);
  expect(pathPatternWarning("C:\\Temp.\\x.exe")).toMatch(/dot or a blank/);
  expect(pathPatternWarning("C:\\x.exe:y.exe")).toMatch(/stream/);
  expect(pathPatternWarning("/usr/sbin/*")).toMatch(/add \/usr\/bin\/\*/);
  for (const pattern of ["/usr/bin/nc", "C:\\x.exe", "\\\\?\\C:\\x.exe", "/tmp/**", "**/*.sh", "?:\\Temp\\*"])
    expect(pathPatternWarning(pattern)).toBeUndefined();
});
