import { slashed } from "./glob.js";
import { anyChar, anyName, anything, optional, separator, symbolsOf, type Symbols } from "./pathSymbols.js";
import { presentFolders } from "./windowsFolders.js";
import {
  anywhereBelow,
  optionalText,
  windowsName,
  type PathName,
  type PathReading,
  type PathReadings,
} from "./pathReading.js";

/** What a path that a Windows system reports may mean. Nothing if it is relative. */
export function windowsReadings(path: string, cut: boolean): PathReadings {
  const root = rootOf(slashed(path));
  if (root === undefined) return [];
  if (!cut) return root.readings();
  // an alternate stream may follow
  return [{ names: [windowsName(root.drive ? anywhereBelow(root.drive) : [anything])], possible: [], doubtful: true }];
}

interface Root {
  /** The drive, if it is certain. */
  readonly drive?: Symbols;
  readonly readings: () => PathReadings;
}

const unknownDrive: Symbols = [anyChar, ...symbolsOf(":")];
const driveOf = (letter: string): Symbols => symbolsOf(`${letter}:`);
const anyFile: PathReading = { names: [windowsName([anything])], possible: [] };
const anyRoot: Root = { readings: () => [anyFile] };

/** Spellings that name the same objects: each prefix stands before a path that is read again. */
const devicePrefix = /^(?:\/{1,2}[?.]\/+|\/\?\?\/+|\/global\?\?\/+|\/dosdevices\/+|\/(?=device\/|systemroot(?:\/|$)))/i;

function rootOf(text: string): Root | undefined {
  const prefix = devicePrefix.exec(text)?.[0];
  if (prefix !== undefined) return deviceRoot(text.slice(prefix.length), 0);
  if (/^[A-Za-z]:/.test(text)) return driveRoot(text, false);
  if (text.startsWith("//")) return shareRoot(text.slice(2), false);
  if (text.startsWith("/")) return { readings: () => rootedReadings(text) };
  return text.startsWith("%")
    ? { readings: () => variableReadings(text).map((reading) => ({ ...reading, doubtful: true })) }
    : undefined;
}

/** What stands behind `\\?\`, `\??\` or a single `\` before the name of a device. */
function deviceRoot(text: string, depth: number): Root {
  if (depth > 8) return anyRoot;
  const again = /^\/*(?:globalroot|\?\?|global\?\?|dosdevices|[?.])(?:\/+|$)/i.exec(text)?.[0];
  if (again !== undefined) return deviceRoot(text.slice(again.length), depth + 1);
  if (/^[A-Za-z]:/.test(text)) return driveRoot(text, true);
  const share = /^(?:unc|device\/+(?:mup|lanmanredirector)(?:\/+;[^/]*)*)\/+/i.exec(text)?.[0];
  if (share !== undefined) return shareRoot(text.slice(share.length), true);
  const system = /^systemroot(?=\/|$)/i.exec(text)?.[0];
  if (system !== undefined) {
    return {
      readings: () => withLiteral("/SYSTEMROOT", inFolder(unknownDrive, `/Windows${text.slice(system.length)}`, true)),
    };
  }
  const volume = /^(?:device\/+)?(harddiskvolume\d+)(?=\/|$)/i.exec(text);
  if (volume) {
    const literal = `/DEVICE/${(volume[1] as string).toUpperCase()}`;
    return { readings: () => withLiteral(literal, inFolder(unknownDrive, text.slice(volume[0].length), true)) };
  }
  const partition = /^device\/+harddisk\d+\/+partition\d+(?=\/|$)/i.exec(text)?.[0];
  const guid = partition ?? /^volume\{[^/{}]*\}(?=\/|$)/i.exec(text)?.[0];
  return {
    readings: () => {
      const own = inFolder(/^device\//i.test(text) ? [] : symbolsOf("//?"), `/${text}`, true);
      const other = guid === undefined ? [anyFile] : inFolder(unknownDrive, text.slice(guid.length), true);
      return own.map((reading) => ({ ...reading, possible: [...reading.possible, ...namesOf(other)] }));
    },
  };

  /** The same under the name that it is reported by. */
  function withLiteral(literal: string, readings: PathReadings): PathReadings {
    const rest = text.replace(/^(?:device\/+)?[^/]*/i, "");
    const [named] = inFolder(symbolsOf(literal), rest, true);
    return readings.map((reading) => ({ ...reading, names: [...reading.names, ...(named?.names ?? [])] }));
  }
}

const namesOf = (readings: PathReadings): PathName[] =>
  readings.flatMap((reading) => [...reading.names, ...reading.possible]);

/** What `ADMIN$` shares. */
const systemFolder: Symbols = [...unknownDrive, ...symbolsOf("/WINDOWS")];

function driveRoot(text: string, native: boolean): Root {
  const drive = driveOf(text[0] as string);
  const rest = text.slice(2);
  // C:foo is below the folder that is current on C
  if (!rest.startsWith("/")) {
    return { drive, readings: () => [{ names: [windowsName(anywhereBelow(drive))], possible: [], doubtful: true }] };
  }
  return { drive, readings: () => inFolder(drive, rest, native) };
}

function shareRoot(text: string, native: boolean): Root {
  const [host = "", share = ""] = text.split("/", 8).filter((part) => part !== "");
  if (share === "" || host === "?" || host === ".") return anyRoot;
  const start = text.indexOf(share, text.indexOf(host) + host.length) + share.length;
  const rest = text.slice(start);
  const own = inFolder([...symbolsOf(`//${host}/`), ...nameSymbols(share).symbols], rest, native);
  const local = localFolder(share);
  // any share may be one of this server
  const here = local ? inFolder(local, rest, native) : [anyFile];
  const names = here.flatMap((reading) => reading.names);
  const possible = here.flatMap((reading) => reading.possible);
  const certain = isThisServer(host) && local !== undefined;
  return {
    readings: () =>
      own.map((reading) => ({
        ...reading,
        names: certain ? [...reading.names, ...names] : reading.names,
        possible: [...reading.possible, ...possible, ...(certain ? [] : names)],
      })),
  };
}

/** Only these spellings are surely this server; any other host may be, too. */
const isThisServer = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host);

/** Folder of an administrative share. */
function localFolder(share: string): Symbols | undefined {
  if (/^admin\$$/i.test(share)) return systemFolder;
  return /^[A-Za-z]\$$/.test(share) ? driveOf(share.slice(0, 1)) : undefined;
}

/** `\Temp\x` is on the current drive; Cygwin and MSYS write drives and their own folders so. */
function rootedReadings(text: string): PathReadings {
  const mounted = /^\/+(?:cygdrive\/+|mnt\/+)?([A-Za-z])(?=\/)/.exec(text);
  // a path of the object manager, which has drives and devices below other folders
  const object = text.includes(":") || /^\/+(?:arcname|sessions|filesystem|driver)\//i.test(text);
  const possible = namesOf([
    ...(object ? [anyFile] : []),
    ...inFolder([...unknownDrive, anything], text, false),
    ...(mounted ? inFolder(driveOf(mounted[1] as string), text.slice(mounted[0].length), false) : []),
  ]);
  return inFolder([], text, false).map((reading) => ({ ...reading, possible: [...reading.possible, ...possible] }));
}

/** A variable that nobody has replaced; a program may set it to anything. */
function variableReadings(text: string): PathReadings {
  const [whole, name = ""] = /^%([^%/]+)%(?=\/|$)/.exec(text) ?? [];
  if (whole === undefined) return [];
  const rest = text.slice(whole.length);
  if (/^(?:systemroot|windir)$/i.test(name)) return inFolder(unknownDrive, `/Windows${rest}`, false);
  if (/^(?:systemdrive|homedrive)$/i.test(name)) return inFolder(unknownDrive, rest, false);
  return inFolder([anything], rest, false);
}

/** Readings of the path `rest`, which begins with a separator, below a folder. `native`: Windows does not resolve it. */
function inFolder(root: Symbols, rest: string, native: boolean): PathReadings {
  const parts: string[] = [];
  let unclear = false;
  for (const part of rest.split("/")) {
    if (part === "") continue;
    if (part === "." || part === "..") {
      // behind \\?\ these would be names, which no file system keeps
      unclear ||= native;
      if (part === "..") unclear ||= variable.test(parts.pop() ?? "");
    } else {
      // three dots, or dots with blanks: once the parent, now mostly a name
      unclear ||= /^[. ]+$/.test(part);
      // a whole path behind another
      if (/^[A-Za-z]:/.test(part)) return [anyFile];
      // a variable that nobody has replaced may hold `..`
      if (variable.test(part)) parts.length = 0;
      // a stream of what stands before
      parts.push(part.startsWith(":") && parts.length > 0 ? `${parts.pop() ?? ""}${part}` : part);
    }
  }
  // where NTFS keeps files that are deleted while they are open
  unclear ||= /^\$extend$/i.test(parts[0] ?? "");
  if (unclear) return [{ names: [windowsName(anywhereBelow(root))], possible: [], doubtful: true }];
  if (parts.length === 0) return [{ names: [windowsName(anywhereBelow(root))], possible: [] }];
  const last = parts.length - 1;
  // the file's own content; any other stream is another content
  const own = (parts[last] as string).replace(/(.)::\$DATA$/i, "$1");
  const named = [...parts.slice(0, -1), own].map(nameSymbols);
  const symbols = [...root];
  for (const part of named) {
    // a variable may be empty, or begin with a separator
    if (part.symbols[0] !== anything) symbols.push(separator);
    for (const symbol of part.symbols) symbols.push(symbol);
  }
  const isDrive = root.length === 2;
  const others = isDrive ? otherPlaces(root, parts) : [];
  const bare = !/[.:]/.test(parts[last] as string);
  return [
    {
      names: [windowsName(symbols)],
      // a program may be started without its extension
      possible: [...(bare ? [windowsName([...symbols, ...symbolsOf(".EXE")])] : []), ...others],
      doubtful: named.some(({ doubtful }) => doubtful),
    },
  ];
}

/** Where a file on a drive may be besides: behind an old name of a folder, or in a container. */
function otherPlaces(root: Symbols, parts: readonly string[]): PathName[] {
  const clean = parts.map((part) => (/[. ]$/.test(part) ? part.slice(0, trimmedLength(part)) : part));
  const present = presentFolders(clean);
  const layer = clean.findIndex((part) => /^windowsfilter$/i.test(part));
  const inside = layer < 0 ? [] : [clean.slice(layer + 2), clean.slice(layer + 3)].filter((rest) => rest.length > 0);
  return namesOf([
    ...(present ? inPresent(root, present) : []),
    ...inside.flatMap((rest) => inPresent(unknownDrive, rest)),
  ]);
}

const inPresent = (root: Symbols, parts: readonly string[]): PathReadings => [
  {
    names: [windowsName([...root, ...parts.flatMap((part) => [separator, ...nameSymbols(part).symbols])])],
    possible: [],
  },
];

/** Length without the dots and blanks at the end, which Windows mostly drops. */
function trimmedLength(name: string): number {
  let end = name.length;
  while (end > 0 && (name[end - 1] === "." || name[end - 1] === " ")) end -= 1;
  return end;
}

/** A variable, or a name with per cent signs. */
const variable = /%[^%]+%/;

/** One part of a path. */
function nameSymbols(part: string): { symbols: number[]; doubtful: boolean } {
  const stream = part.indexOf(":");
  const name = stream < 0 ? part : part.slice(0, stream);
  const doubtful = stream >= 0;
  const behind = doubtful ? optionalText(part.slice(stream)) : [];
  if (isShortName(name)) return { symbols: [anyName, ...behind], doubtful };
  if (variable.test(name)) return { symbols: [anything, ...behind], doubtful };
  const end = trimmedLength(name);
  const symbols = symbolsOf(name.slice(0, end)).map((code) => (lostChars.has(code) ? anyName : code));
  // mostly dropped by Windows, kept behind \\?\
  for (let i = end; i < name.length; i += 1) symbols.push(optional(name.charCodeAt(i)));
  return { symbols: [...symbols, ...behind], doubtful };
}

/** `PROGRA~1`: the short form of another name. */
const isShortName = (name: string): boolean =>
  name.length <= 64 && /^[^.]{0,7}~\d{1,6}(?:\.[^.]{0,3})?[. ]*$/.test(name);

/** No name on Windows has these: what is shown as `?` was another character. */
const lostChars = new Set([...'?<>"|'].map((char) => char.charCodeAt(0)));
