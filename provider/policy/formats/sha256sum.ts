import { printable } from "../../text.js";
import type { ObservedProcess } from "../process.js";
import { provenanceLines } from "../provenance.js";
import { needsLinux, needsSha256, recognise, type Format } from "./format.js";

/**
 * A check file for `sha256sum --check` (GNU coreutils): `<hash>  <path>`, one line a hash and path. Only absolute paths of
 * visible characters are written; coreutils' escaped form of other names (a leading backslash) is not used. Of different
 * files under one path each has its line, so one of them fails the check.
 */
export const sha256sum: Format = {
  mediaType: "text/plain; charset=utf-8",
  fileName: "hss-whitelist.sha256",
  problem: (process) =>
    needsSha256(process) ??
    needsLinux(process) ??
    (process.paths.some(writable)
      ? undefined
      : process.paths.length === 0
        ? "needs a path, and no event tells one"
        : "needs an absolute path without backslashes, `::`, control or invisible characters, and no observed path is one"),
  render({ provenance, summary, included, notExpressible }) {
    const lines = [
      ...provenanceLines(provenance, summary).map(comment),
      ...notExpressible.map(({ hash, reason }) => comment(`not expressed: ${hash} (the format ${reason})`)),
    ];
    for (const { process, entry } of included) {
      lines.push(comment(recognise(process)), ...leftOut(process).map(comment));
      for (const path of process.paths.filter(writable)) lines.push(`${entry.hash}  ${path}`);
    }
    return `${lines.join("\n")}\n`;
  },
};

/** `-` would be standard input, a relative path whatever folder the check runs in, and what is too long for Linux an error. */
const writable = (path: string): boolean =>
  path.startsWith("/") &&
  !path.includes("\\") &&
  printable(path, Infinity) === path &&
  Buffer.byteLength(path) < 4096 &&
  path.split("/").every((part) => Buffer.byteLength(part) <= 255);

const leftOut = (process: ObservedProcess): string[] => [
  ...process.paths.filter((path) => !writable(path)).map((path) => `path left out: ${path}`),
  ...(process.truncated?.includes("paths") ? ["more paths were seen than are listed"] : []),
];

/** The one way for a text into this format's comments. */
const comment = (text: string): string => `# ${printable(text, 1000)}`;
