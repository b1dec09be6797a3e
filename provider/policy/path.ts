import { inContainer } from "./container.js";
import { linuxReadings, partsOf, throughProcessRoot } from "./linuxPath.js";
import type { Outcome } from "./outcome.js";
import type { PathName, PathReadings } from "./pathReading.js";
import { codeOf, isOptional, separator, type Symbols } from "./pathSymbols.js";
import { composed } from "./unicodeForm.js";
import { upcase } from "./windowsCase.js";
import { windowsReadings } from "./windowsPath.js";

/**
 * What a reported path may mean, by the rules of each system that may have reported it: the sighting's own, or both if
 * it is not known. An empty list: nothing can be told.
 */
export type ReadPath = readonly PathReadings[];

/**
 * Reads a path as the operating system (`Linux`, `Windows`; anything else: either) would resolve it. Links other than
 * those of the distributions, mapped and substituted drives, mounts and hard links can't be seen in a text.
 */
export function readPath(path: string | undefined, osType: string | undefined): ReadPath {
  const known = path === undefined ? undefined : comparable(path);
  if (known === undefined) return [[]];
  const cut = mayBeCut(path ?? "");
  return systemsOf(osType).map((system) => readings[system](known, cut));
}

/** The outcome of a question about one name, asked of everything that the path may mean. */
export function askReadings(read: ReadPath, ask: (name: PathName) => Outcome): Outcome {
  let common: Outcome | undefined;
  for (const outcome of outcomes()) {
    if (outcome === "unknown" || (common !== undefined && outcome !== common)) return "unknown";
    common = outcome;
  }
  return common ?? "unknown";

  function* outcomes(): Generator<Outcome> {
    for (const readings of read) {
      if (readings.length === 0) yield "unknown";
      for (const reading of readings) yield askOne(reading);
    }
  }

  function askOne({ names, possible, doubtful }: PathReadings[number]): Outcome {
    let may = false;
    for (const name of names) {
      const outcome = ask(name);
      if (outcome === "yes" && !doubtful) return "yes";
      may ||= outcome !== "no";
    }
    return may || possible.some((name) => ask(name) !== "no") ? "unknown" : "no";
  }
}

/** Whether both are surely one file's path, however each is written. */
export function isSamePath(one: string, other: string, osType: string | undefined): boolean {
  if (one === other) return true;
  const key = JSON.stringify([one, other, osType]);
  const known = samePaths.get(key);
  if (known !== undefined) return known;
  const [a, b] = [readPath(one, osType), readPath(other, osType)];
  const isSame = a.every((readings, at) => shareName(readings, b[at] ?? []));
  if (samePaths.size < 10_000) samePaths.set(key, isSame);
  return isSame;
}

const samePaths = new Map<string, boolean>();

function shareName(some: PathReadings, others: PathReadings): boolean {
  const names = ([reading, ...more]: PathReadings): string[] =>
    !reading || more.length > 0 || reading.doubtful ? [] : reading.names.flatMap((name) => plainName(name) ?? []);
  const known = new Set(names(some));
  return names(others).some((name) => known.has(name));
}

/** As the system compares names; undefined if some part of it is not known. */
function plainName({ system, symbols }: PathName): string | undefined {
  if (symbols.some((symbol) => symbol < 0 || isOptional(symbol))) return undefined;
  return JSON.stringify(system === "windows" ? symbols.map(upcase) : symbols);
}

type System = PathName["system"];

const readings: Readonly<Record<System, (path: string, cut: boolean) => PathReadings>> = {
  linux: linuxReadings,
  windows: windowsReadings,
};

function systemsOf(osType = ""): readonly System[] {
  const word = osType.trim().toLowerCase();
  return word === "linux" || word === "windows" ? [word] : ["linux", "windows"];
}

/** More than any system takes: 32,767 UTF-16 units on Windows, 4,096 bytes on Linux. */
const longestPath = 32_767;

/** The path in one Unicode form; undefined if it is masked, damaged or no path at all. */
function comparable(path: string): string | undefined {
  if (path === "" || path.length > longestPath || path.includes("*")) return undefined;
  if (/[\p{Cc}\p{Cs}]/u.test(path)) return undefined;
  return composed(path);
}

/** What the API cuts texts at, in characters, UTF-16 units or bytes. */
const longestText = 256;

/** Whether the text may be the beginning of a longer one: it fills the limit up to a character that did not fit. */
function mayBeCut(path: string): boolean {
  const text = path.replace(/\ufffd{1,3}$/, "");
  const units = text.length;
  if (units > longestText * 2 || units * 3 < longestText - 3) return false;
  const bytes = Buffer.byteLength(text);
  const between = (low: number, size: number) => low <= size && size <= longestText;
  return [...path].length === longestText || between(longestText - 1, units) || between(longestText - 3, bytes);
}

/**
 * The file names that the program may have: last parts of all that the path may mean, as they are written. Undefined
 * if any name is possible. Of a relative path the last part is known, too.
 */
export function baseNames(path: string | undefined, osType: string | undefined): readonly string[] | undefined {
  if (path === undefined) return undefined;
  const names = new Set<string>();
  for (const read of [readPath(path, osType), ...(isRelative(path) ? [readPath(`/${path}`, osType)] : [])]) {
    for (const reading of read.flat()) {
      for (const name of [...reading.names, ...reading.possible]) {
        const own = lastParts(name.symbols);
        if (!own) return undefined;
        for (const one of own) names.add(one);
      }
    }
  }
  return names.size === 0 ? undefined : [...names];
}

const isRelative = (path: string): boolean => !/^(?:[\\/%]|[A-Za-z]:)/.test(path);

/** With and without what may be absent; undefined if parts of it are unknown. */
function lastParts(symbols: Symbols): string[] | undefined {
  const last = symbols.slice(symbols.lastIndexOf(separator) + 1);
  if (last.some((symbol) => symbol < 0)) return undefined;
  const text = (codes: readonly number[]) => codes.map((code) => String.fromCodePoint(codeOf(code))).join("");
  return [...new Set([text(last), text(last.filter((code) => !isOptional(code)))])];
}

/** Whether the path says that the file is a container's: a layer of an engine's storage, or another process's root. */
export function mayBeInContainer(path: string | undefined): boolean {
  if (path === undefined || path.length > longestPath) return false;
  return [path, path.replaceAll("\\", "/")].some((text) => inContainer(partsOf(text)) || throughProcessRoot(text));
}
