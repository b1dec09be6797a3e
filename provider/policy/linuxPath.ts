import { containerRoots } from "./container.js";
import { anything, separator, symbolsOf } from "./pathSymbols.js";
import { anywhereBelow, linuxName, optionalText, windowsName } from "./pathReading.js";
import type { PathName, PathReading, PathReadings } from "./pathReading.js";

/** What a path that a Linux system reports may mean. Nothing if it is relative. */
export function linuxReadings(path: string, cut: boolean): PathReadings {
  if (!path.startsWith("/")) return [];
  const noFile = /^\/+memfd:/.test(path);
  if (cut) return [anywhere, ...(noFile ? [outside] : [])];
  const { parts, climbs } = resolve(path);
  const [last] = parts.slice(-1);
  if (last === undefined) return [];
  return [
    ...(linkReadings(parts) ?? [plainReading(parts)]),
    // a folder on the way may be a link, and its parent elsewhere
    ...(climbs ? [anywhere] : []),
    ...(noFile ? [outside] : []),
  ];
}

const anywhere: PathReading = { names: [linuxName(anywhereBelow([]))], possible: [] };
/** A file in memory is in no folder, and may be a copy of any. */
const outside: PathReading = { names: [linuxName([anything])], possible: [] };

function resolve(path: string): { parts: string[]; climbs: boolean } {
  const parts: string[] = [];
  let climbs = false;
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() !== undefined) climbs = true;
  }
  return { parts, climbs };
}

/** The kernel adds this to the path of a program whose file is gone; a file may be called so, too. */
const gone = " (deleted)";

function symbolsOfParts(parts: readonly string[]): number[] {
  const text = `/${parts.join("/")}`;
  let end = text.length;
  while (text.endsWith(gone, end)) end -= gone.length;
  return [...symbolsOf(text.slice(0, end)), ...optionalText(text.slice(end))];
}

const nameOf = (parts: readonly string[]): PathName => linuxName(symbolsOfParts(parts));

function plainReading(parts: readonly string[]): PathReading {
  const inContainer = containerRoots(parts).flatMap(({ root, inside }) => {
    const rest = parts.slice(root);
    return [inside, ...aliases(inside).certain].flatMap((own) => [
      nameOf(own),
      nameOf([...parts.slice(0, root), ...own.slice(inside.length - rest.length)]),
    ]);
  });
  const { certain, possible } = aliases(parts);
  return {
    names: [parts, ...certain].map(nameOf),
    possible: [...possible.map(nameOf), ...inContainer, ...mountedDrive(parts), ...respelled(parts)],
  };
}

/** Windows drives as WSL mounts them. */
function mountedDrive([mnt, letter = "", ...rest]: readonly string[]): PathName[] {
  if (mnt !== "mnt" || !/^[A-Za-z]$/.test(letter) || rest.length === 0) return [];
  return [windowsName([...symbolsOf(`${letter}:`), ...symbolsOfParts(rest)])];
}

function respelled(parts: readonly string[]): PathName[] {
  const whole = parts.join("/");
  const out: PathName[] = [];
  // the kernel and some programs write blanks and other characters as numbers
  if (escape.test(whole)) out.push(nameOf(parts.map((part) => part.replace(escapes, plainOf))));
  // a character that a program could not write
  if (whole.includes("?")) out.push(nameOf(parts.map((part) => part.replaceAll("?", "\ufffd"))));
  // links to the folder that they are in
  const direct = withoutSelfLinks(parts);
  if (direct.length < parts.length) out.push(nameOf(direct), ...aliases(direct).certain.map(nameOf));
  return out;
}

const escape = /\\(?:[0-3][0-7]{2}|x[0-9a-f]{2})/i;
const escapes = new RegExp(escape, "gi");

/** A byte of a longer character, or a control character, is not read. */
function plainOf(escaped: string): string {
  const code =
    escaped[1] === "x" || escaped[1] === "X" ? parseInt(escaped.slice(2), 16) : parseInt(escaped.slice(1), 8);
  return code < 0x20 || code > 0x7e ? "\ufffd" : String.fromCharCode(code);
}

/** Debian's `/usr/bin/X11` and `/boot/boot` are links to `.`. */
function withoutSelfLinks(parts: readonly string[]): readonly string[] {
  const from = parts[0] === "usr" ? 2 : 1;
  const name = parts[from - 1] === "bin" ? "X11" : "boot";
  if (name === "boot" && parts[0] !== "boot") return parts;
  let to = from;
  while (parts[to] === name) to += 1;
  return [...parts.slice(0, from), ...parts.slice(to)];
}

/** Links that every supported distribution has, so that both are one folder. */
const sameFolders: readonly (readonly [string, string])[] = [
  ...["bin", "sbin", "lib", "lib32", "lib64", "libx32"].map((name) => [name, `usr/${name}`] as const),
  ["var/run", "run"],
  ["var/lock", "run/lock"],
];

/** Links that some have: what is reported under the first may be the second. */
const maybeSameFolders: readonly (readonly [string, string])[] = [
  ...["sbin", "usr/sbin"].flatMap((one) => ["bin", "usr/bin"].map((other) => [one, other] as const)),
  ...[
    ["usr/tmp", "var/tmp"],
    ["run/shm", "dev/shm"],
    ["var/run/shm", "dev/shm"],
    ["var/home", "home"],
    ["var/roothome", "root"],
    ["var/opt", "opt"],
    ["var/srv", "srv"],
    ["var/mnt", "mnt"],
    ["var/usrlocal", "usr/local"],
    ["etc/init.d", "etc/rc.d/init.d"],
    ["var/mail", "var/spool/mail"],
  ].flatMap(([one = "", other = ""]) => [[one, other] as const, [other, one] as const]),
];

interface Renaming {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

const renaming = ([from, to]: readonly [string, string]): Renaming => ({ from: from.split("/"), to: to.split("/") });
const certainRenamings = sameFolders.flatMap(([one, other]) => [renaming([one, other]), renaming([other, one])]);
const possibleRenamings = maybeSameFolders.map(renaming);

function aliases(parts: readonly string[]): { certain: string[][]; possible: string[][] } {
  return { certain: renamed(parts, certainRenamings), possible: renamed(parts, possibleRenamings) };
}

function renamed(parts: readonly string[], table: readonly Renaming[]): string[][] {
  const out: string[][] = [];
  for (const { from, to } of table) {
    if (from.every((part, i) => parts[i] === part)) out.push([...to, ...parts.slice(from.length)]);
  }
  return out;
}

/** Readings of a path through a link that the kernel makes for each process; undefined: it holds none. */
function linkReadings(parts: readonly string[]): PathReadings | undefined {
  const rest = behindLink(parts);
  if (!rest) return undefined;
  const literal: PathReading = { names: [nameOf(parts)], possible: [] };
  if (rest.length === 0) return [literal, anywhere];
  const own = [rest, ...aliases(rest).certain];
  const below = own.map((one) => linuxName([separator, anything, ...symbolsOfParts(one)]));
  return [literal, plainReading(rest), { names: below, possible: [] }];
}

/** The parts behind the last such link. */
function behindLink(parts: readonly string[]): readonly string[] | undefined {
  for (let at = parts.length - 1; at >= 0; at -= 1) {
    const rest = linkAt(parts, at);
    if (rest) return rest;
  }
  return undefined;
}

function linkAt(parts: readonly string[], at: number): readonly string[] | undefined {
  const part = parts[at] as string;
  if (part === "dev") {
    if (parts[at + 1] === "fd" && parts.length > at + 2) return parts.slice(at + 3);
    return /^std(?:in|out|err)$/.test(bare(parts[at + 1])) ? [] : undefined;
  }
  if (!isProcess(part)) return undefined;
  const link = parts[at + 1] === "task" ? at + 3 : at + 1;
  switch (bare(parts[link])) {
    case "root":
    case "cwd":
      return parts.slice(link + 1);
    case "exe":
      return [];
    case "fd":
    case "map_files":
      return parts.length > link + 1 ? parts.slice(link + 2) : undefined;
    default:
      return undefined;
  }
}

const bare = (part = ""): string => part.replace(gone, "");

/** Ids of processes have at most seven digits (pid_max is 4,194,304). */
const isProcess = (part: string): boolean => /^(?:\d{1,7}|self|thread-self)$/.test(part);

/** Whether the path leads through the root folder of another process. */
export function throughProcessRoot(path: string): boolean {
  const { parts } = resolve(path);
  return parts.some((part, at) => {
    if (!isProcess(part)) return false;
    return parts[parts[at + 1] === "task" ? at + 3 : at + 1] === "root";
  });
}

export const partsOf = (path: string): readonly string[] => resolve(path).parts;
