import { compileSymbolGlob, slashed } from "./glob.js";
import type { Outcome } from "./outcome.js";
import { askReadings, readPath, type ReadPath } from "./path.js";
import { pathPatternProblem } from "./pathPatternProblem.js";
import type { PathName } from "./pathReading.js";
import { presentFolders } from "./windowsFolders.js";
import { composed } from "./unicodeForm.js";

export { pathPatternProblem, pathPatternWarning } from "./pathPatternProblem.js";

/** A pattern of a rule, ready to be asked about many paths. */
export interface PathPattern {
  readonly source: string;
  /** `yes`: the file is within the pattern whatever the path may mean; `no`: it is not; `unknown`: it can't be told. */
  matches(path: string | undefined, osType: string | undefined): Outcome;
  /** The same for a path that was read once for several patterns. */
  matchesRead(read: ReadPath): Outcome;
}

/** Throws a RangeError for a pattern that `pathPatternProblem` refuses. */
export function compilePathPattern(source: string): PathPattern {
  const problem = pathPatternProblem(source);
  if (problem !== undefined) throw new RangeError(`path pattern ${JSON.stringify(source)} ${problem}`);
  const text = composed(source) ?? source;
  const linux = compileSymbolGlob(text.replace(/\/{2,}/g, "/"), "linux");
  const windows = windowsSpellings(text).map(({ source: spelling, certain }) => ({
    glob: compileSymbolGlob(spelling, "windows"),
    certain,
  }));
  const matchesRead = (read: ReadPath) => askReadings(read, ask);
  return { source, matches: (path, osType) => matchesRead(readPath(path, osType)), matchesRead };

  function ask({ system, symbols }: PathName): Outcome {
    if (system === "linux") return linux.matches(symbols);
    let may = false;
    for (const { glob, certain } of windows) {
      const outcome = glob.matches(symbols);
      if (outcome === "yes" && certain) return "yes";
      may ||= outcome !== "no";
    }
    return may ? "unknown" : "no";
  }
}

interface Spelling {
  readonly source: string;
  /** Whether it surely means the same files as the pattern. */
  readonly certain: boolean;
}

/** The ways to write a pattern as paths of Windows are compared: `/` for `\`, drive or share first. */
function windowsSpellings(source: string): readonly Spelling[] {
  const text = slashed(source)
    .replace(/^\/\/[?.]\/unc\/+/i, "//")
    .replace(/^(?:\/\/[?.]\/|\/(?:\?\?|global\?\?|dosdevices)\/)(?=[a-z?*]:)/i, "")
    .replace(/^\/\/[?.]\/(?:globalroot\/)?(?=device\/|harddiskvolume)/i, "/Device/")
    .replace(/^\/device\/device\//i, "/Device/")
    .replace(/^\/device\/(?:mup|lanmanredirector)\//i, "//")
    .replace(/^(?:\/\/[?.]|\/(?:\?\?|global\?\?|dosdevices))\//i, "//?/")
    .replace(/::\$data$/i, "");
  const plain = (text.startsWith("//") ? "/" : "") + text.replace(/\/{2,}/g, "/");
  const out: Spelling[] = [{ source: plain, certain: true }];
  const [, volume] =
    /^(?:\/device\/harddiskvolume[\d*?[][^/]*|\/device\/harddisk\d+\/partition[^/]*|\/\/\?\/volume\{[^/]*\})(\/.*)$/i.exec(
      plain,
    ) ?? [];
  if (volume !== undefined) out.push({ source: `?:${volume}`, certain: false });
  const [, system] = /^\/systemroot(\/.*)$/i.exec(plain) ?? [];
  if (system !== undefined) out.push({ source: `?:/Windows${system}`, certain: false });
  const [, host = "", share = "", rest = ""] = /^\/\/([^/]+)\/([a-z]|admin)\$(\/.*)$/i.exec(plain) ?? [];
  if (host !== "") {
    const folder = share.length === 1 ? `${share}:` : "?:/Windows";
    out.push({ source: folder + rest, certain: share.length === 1 && /^(?:localhost|127\.0\.0\.1)$/i.test(host) });
  }
  return out.flatMap((spelling) => [spelling, ...looser(spelling.source)]);
}

/** What the pattern may mean besides: short and old names, dots and blanks that Windows drops, no extension. */
function looser(source: string): readonly Spelling[] {
  const parts = source.split("/");
  const long = parts.map((part) => (/^[^.*?[\]]{1,7}~\d(?:\.[^.]{0,3})?$/.test(part) ? "*" : part));
  const bare = long.map((part) => (/[^. *?][. ]+$/.test(part) ? part.replace(/[. ]+$/, "") : part));
  const present = /^[^/]*:\//.test(source) ? presentFolders(bare.slice(1)) : undefined;
  const others = [bare.join("/"), ...(present ? [[parts[0], ...present].join("/")] : [])];
  const programs = [source, ...others].filter(
    (one) => /[^/.*?[\]:]$/.test(one) && !(one.split("/").at(-1) ?? "").includes("."),
  );
  return [...new Set([...others, ...programs.map((one) => `${one}.exe`)])]
    .filter((one) => one !== source)
    .map((one) => ({ source: one, certain: false }));
}
