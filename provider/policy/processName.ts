import { agreed, type Outcome } from "./outcome.js";
import { composed } from "./unicodeForm.js";

export interface ProcessNamePattern {
  readonly source: string;
  matches(name: string | undefined, osType: string | undefined): Outcome;
}

/** Lengths at which a name is cut: by the Linux kernel (`comm`), and by the API. */
const cuts = { kernel: 15, api: 128 };

/**
 * A process's name as a rule gives it. What an event reports may be a name that was cut, or one that the process has dressed
 * up: `-bash` for a login shell, `sshd: root@pts/0`. Where that may be the name, it is unknown. On Windows case does not
 * count; without an OS the rules of both systems apply.
 */
export function compileProcessName(source: string): ProcessNamePattern {
  const wanted = normalForm(source);
  return { source, matches: (name, osType) => ask(wanted, name, osType?.trim().toLowerCase()) };
}

function ask(wanted: string, reported: string | undefined, system: string | undefined): Outcome {
  if (reported === undefined || reported.trim() === "" || reported.includes("*")) return "unknown";
  const name = normalForm(reported);
  const isLinux = system === "linux";
  const isWindows = system === "windows";
  const under = [
    ...(isWindows ? [] : [(text: string) => text]),
    ...(isLinux ? [] : [(text: string) => text.toUpperCase()]),
  ];
  const readings = readingsOf(name, isWindows);
  const answers = under.map((fold): Outcome => {
    const isCut = reported.length >= cuts.api || (!isWindows && isKernelCut(reported));
    if (isCut && fold(wanted).startsWith(fold(name))) return "unknown";
    if (fold(name) === fold(wanted)) return "yes";
    return readings.some((reading) => fold(reading) === fold(wanted)) ? "unknown" : "no";
  });
  return agreed(answers);
}

/** The kernel counts bytes, and cuts in the middle of a character too. */
const isKernelCut = (name: string): boolean => {
  const bytes = Buffer.byteLength(name);
  return (
    name.length === cuts.kernel ||
    bytes === cuts.kernel ||
    (bytes > name.length && bytes > cuts.kernel - 3 && bytes <= cuts.kernel + 2)
  );
};

/** The names that a reported one may stand for, itself first. */
function readingsOf(name: string, isWindows: boolean): string[] {
  const readings = new Set([name, name.trim(), name.replace(/ \(deleted\)$/, "")]);
  for (const one of [...readings]) {
    const plain = one.replace(/^-/, "").replace(/^[([](.*)[)\]]$/su, "$1");
    readings.add(plain);
    // a title: `sshd: root@pts/0`, `nginx: worker process`, `postgres -D /data`
    const title = /^([^\s:]+)(?::?\s|:$)/u.exec(plain)?.[1];
    if (title !== undefined) readings.add(title);
    const base = plain.split(/[/\\]/).at(-1);
    if (base !== undefined && base !== "") readings.add(base);
  }
  if (isWindows || /\.exe$/i.test(name)) {
    for (const one of [...readings]) readings.add(/\.exe$/i.test(one) ? one.slice(0, -4) : `${one}.exe`);
  }
  return [...readings].filter((reading) => reading !== "");
}

/** Both ways to write an accented letter are one. */
function normalForm(text: string): string {
  return composed(text) ?? text;
}
