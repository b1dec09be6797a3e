import { globProblem } from "./glob.js";

/** Why the pattern is refused, with the spelling that works; undefined if it is a pattern that some path can match. */
export function pathPatternProblem(source: string): string | undefined {
  const general = globProblem(source);
  if (general !== undefined) return general;
  if (/[\p{Cc}\p{Cs}]/u.test(source)) return "has a control character; a path that has one is never compared";
  if (/\p{M}{31}/u.test(source)) return "has more combining marks in a row than any writing";
  if (source.trim() !== source) return `has blanks around it; write ${source.trim() || "a path"}`;
  return unreplaced(source) ?? rootProblem(source) ?? partProblem(source);
}

/** What a pattern probably does not say that its author means; undefined: nothing. */
export function pathPatternWarning(source: string): string | undefined {
  if (pathPatternProblem(source) !== undefined) return undefined;
  if (/^(?:\/|\?:[\\/])?\*\*$/.test(source)) return "matches every path";
  const windows = isWindowsForm(source);
  const parts = source.split(windows ? /[\\/]/ : "/");
  const last = parts.at(-1) ?? "";
  const below = `${source}${windows && !source.includes("/") ? "\\" : "/"}**`;
  if ((windows && /^[^.*?[]+$/.test(last)) || (!windows && linuxFolders.test(source))) {
    return `matches a file of this name only; for everything below it write ${below}`;
  }
  if (windows && parts.some((part) => /^[^.*?[\]]{1,7}~\d(?:\.[^.]{0,3})?$/.test(part))) {
    return "has a short name (8.3): it matches no long name for certain; write the long name";
  }
  if (windows && parts.some((part) => /[^. *?][. ]+$/.test(part))) {
    return "has a name that ends in a dot or a blank: Windows drops both, so that no path matches for certain";
  }
  if (windows && parts.slice(1).some((part) => /[^\]?*[A-Za-z]:|.{2}:/.test(part))) {
    return "names an alternate stream, which never matches for certain";
  }
  if (/^\/(?:usr\/)?sbin\//.test(source)) {
    return `does not match programs reported below /usr/bin, where some distributions keep those of /usr/sbin; add ${source.replace(/^\/(?:usr\/)?sbin/, "/usr/bin")} if they are meant`;
  }
  return undefined;
}

/** Folders of every Linux system that no file can be in the place of. */
const linuxFolders =
  /^\/(?:bin|boot|dev|dev\/shm|etc|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|usr\/(?:s?bin|lib|lib64|libexec|local|local\/(?:s?bin|lib)|share)|var|var\/(?:lib|log|opt|run|spool|tmp|www))$/;

/** What only shells and other programs replace. */
function unreplaced(source: string): string | undefined {
  if (/^(["']).*\1$/.test(source)) return `has quotes around it; write ${source.slice(1, -1)}`;
  if (/^file:/i.test(source)) {
    const path = source.replace(/^file:\/*(?:localhost\/)?/i, "");
    return `is an address; write ${/^[A-Za-z]:/.test(path) ? path : `/${path}`}`;
  }
  if (/^\(?\^/.test(source))
    return "begins with ^, and is no regular expression; write * within a folder, ** across folders";
  if (/^!/.test(source))
    return `begins with !, which excepts nothing here; write ${source.slice(1) || "a path"} into exclude`;
  if (source.startsWith("~")) {
    const [user = ""] = source.slice(1).split(/[\\/]/);
    return `begins with ~, which only a shell replaces; write /home/${user || "*"}${source.slice(1 + user.length)}`;
  }
  const shell = /^(?:\$\{[^}]*\}|\$(?:env:)?\w+)/i.exec(source)?.[0];
  if (shell !== undefined) {
    const rest = source.slice(shell.length);
    return `begins with a variable, which is not replaced; write the folder itself, such as ${folderOf(shell)}${rest}`;
  }
  const variable = /^%[^%\\/]+%/.exec(source)?.[0];
  if (variable !== undefined) {
    const rest = source.slice(variable.length);
    return `begins with a variable, which is not replaced; write the folder itself, such as ${folderOf(variable)}${rest}`;
  }
  const braces = /\{([^{},]*),([^{}]*)\}/.exec(source);
  if (braces) {
    const [whole, first = "", second = ""] = braces;
    const other = second.split(",")[0] ?? "";
    const [one, two] = [first, other].map((text) => source.replace(whole, () => text));
    return `has braces, which are not alternatives here; write two patterns, ${one} and ${two}`;
  }
  return undefined;
}

const folders: Readonly<Record<string, string>> = {
  home: "/home/*",
  windir: "?:\\Windows",
  systemroot: "?:\\Windows",
  systemdrive: "?:",
  programfiles: "?:\\Program Files",
  "programfiles(x86)": "?:\\Program Files (x86)",
  programdata: "?:\\ProgramData",
  allusersprofile: "?:\\ProgramData",
  userprofile: "?:\\Users\\*",
  appdata: "?:\\Users\\*\\AppData\\Roaming",
  localappdata: "?:\\Users\\*\\AppData\\Local",
  temp: "?:\\Users\\*\\AppData\\Local\\Temp",
  tmp: "?:\\Users\\*\\AppData\\Local\\Temp",
  public: "?:\\Users\\Public",
};

function folderOf(variable: string): string {
  const name = variable.replace(/^\$(?:env:)?|[{}%]/gi, "").toLowerCase();
  if (variable === "$TMPDIR" || variable === "$TMP" || variable === "$TEMP") return "/tmp";
  return Object.hasOwn(folders, name) ? (folders[name] as string) : "**";
}

/** Patterns that only paths of Windows can match. */
const isWindowsForm = (source: string): boolean => /^(?:(?:[A-Za-z?*]|\[[^\]]*\]):|\\|\*\*\\)/.test(source);

/** Names of the object manager that paths may begin with. */
const isDevice = (source: string): boolean =>
  /^\\(?:\?\?|GLOBAL\?\?|DosDevices|Device|SystemRoot)\\|^\\\\[?.]\\/i.test(source);

function rootProblem(source: string): string | undefined {
  const slash = source.includes("\\") && !source.includes("/") ? "\\" : "/";
  const drive = /^(?:[A-Za-z?*]|\[[^\]]*\]):/.exec(source)?.[0];
  if (drive !== undefined) {
    const rest = source.slice(drive.length);
    if (rest === "" || rest === "**") return `has a drive without its root; write ${drive}\\**`;
    return /^[\\/]/.test(rest) ? undefined : `is relative to a folder of the drive; write ${drive}\\${rest}`;
  }
  if (isDevice(source)) return undefined;
  if (source.startsWith("\\\\")) {
    const parts = source.split(/[\\/]/).filter((part) => part !== "");
    if (parts.length > 2 || source.includes("**")) return undefined;
    return `names a server or a share, and no file; write ${source.replace(/[\\/]+$/, "")}\\**`;
  }
  if (source.startsWith("\\")) return `names no drive; write ?:${source}`;
  if (source.startsWith("/") || source.startsWith("**")) return undefined;
  return `is relative, and paths are compared from their root; write **${slash}${source.replace(/^(?:\.[\\/]+)+/, "")}`;
}

function partProblem(source: string): string | undefined {
  const windows = isWindowsForm(source);
  if (windows ? /[\\/]$/.test(source) : source.endsWith("/")) return `ends with a separator; write ${source}**`;
  const separators = windows ? /[\\/]+/ : /\/+/;
  const parts = (/^\\\\\.\\/.test(source) ? source.slice(4) : source).split(separators);
  if (parts.some((part) => part === "." || part === "..")) {
    const resolved: string[] = [];
    for (const part of parts) {
      if (part === "..") resolved.pop();
      else if (part !== ".") resolved.push(part);
    }
    const written = resolved.join(windows ? "\\" : "/");
    return `has . or .. in it, which paths are compared without; write ${written === "" ? "the folder itself" : written}`;
  }
  const wrong = windows ? /[<>"|]/.exec(source)?.[0] : undefined;
  if (wrong !== undefined) return `has the character ${wrong}, which no file name on Windows has; write ? for it`;
  return undefined;
}
