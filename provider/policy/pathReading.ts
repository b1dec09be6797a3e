import { anything, optional, separator, symbolsOf, type Symbols } from "./pathSymbols.js";

/** One name of a file, as one system writes it: with `/` between the parts, on Windows after drive or share. */
export interface PathName {
  readonly system: "linux" | "windows";
  readonly symbols: Symbols;
}

/** One file that a reported path may mean. */
export interface PathReading {
  /** Names that the file has for certain: a pattern that matches one of them matches the file. */
  readonly names: readonly PathName[];
  /** Names that it may have besides. */
  readonly possible: readonly PathName[];
  /** The file's content may be another one's (an alternate stream): it is never surely within a pattern. */
  readonly doubtful?: boolean;
}

/** Every file that the path may mean; none: it can't be told. */
export type PathReadings = readonly PathReading[];

export const linuxName = (symbols: Symbols): PathName => ({ system: "linux", symbols });
export const windowsName = (symbols: Symbols): PathName => ({ system: "windows", symbols });

export const optionalText = (text: string): number[] => symbolsOf(text).map((one) => (one < 0 ? one : optional(one)));

export const anywhereBelow = (root: Symbols): number[] => [...root, separator, anything];
