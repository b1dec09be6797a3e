import { plural, printable } from "../../text.js";
import { mayBeInContainer } from "../path.js";
import type { ObservedProcess } from "../process.js";
import { provenanceLines } from "../provenance.js";
import { isContainerOnly, needsLinux, needsSha256, recognise, remarks, type Format } from "./format.js";

/**
 * A check file for `sha256sum --check` (GNU coreutils): `<hash>  <path>`, one line for each hash and path. Only absolute paths
 * of visible characters are written, of files that can be on a disk of the host; coreutils' escaped form of other names (a
 * leading backslash) is not used. Where several versions of one path are allowed each has its line, and the file says so.
 */
export const sha256sum: Format = {
  mediaType: "text/plain; charset=utf-8",
  fileName: "hss-whitelist.sha256",
  problem: (process) =>
    needsSha256(process) ??
    needsLinux(process) ??
    (isContainerOnly(process)
      ? "checks files of the host, and this one was seen in containers only"
      : process.paths.some(writable)
        ? undefined
        : process.paths.length === 0
          ? "needs a path, and no event tells one"
          : "needs an absolute path of a file on disk without backslashes, `::`, control or invisible characters, and no observed path is one"),
  render({ provenance, summary, included, notExpressible }) {
    const versions = new Map<string, number>();
    for (const { process } of included) {
      for (const path of process.paths.filter(writable)) versions.set(path, (versions.get(path) ?? 0) + 1);
    }
    const several = [...versions].filter(([, count]) => count > 1).map(([path]) => path);
    const lines = [
      ...provenanceLines(provenance, summary),
      ...(several.length > 0
        ? [
            `${plural(several.length, "path")} below with several versions: a host has one of them, and the lines of the others fail`,
          ]
        : []),
      ...notExpressible.map(({ hash, reason }) => `not expressed: ${hash} (the format ${reason})`),
    ].map(comment);
    for (const { process, entry } of included) {
      lines.push(...[recognise(process), ...remarks(entry), ...leftOut(process)].map(comment));
      for (const path of process.paths.filter(writable)) {
        const count = versions.get(path) ?? 1;
        if (count > 1) lines.push(comment(`one of ${count} versions of ${path}`));
        lines.push(`${entry.hash}  ${path}`);
      }
    }
    return `${lines.join("\n")}\n`;
  },
};

/** `-` would be standard input, a relative path whatever folder the check runs in, and what is too long for Linux an error. */
const writable = (path: string): boolean =>
  path.startsWith("/") &&
  !path.includes("\\") &&
  !isNotOnDisk.test(path) &&
  !mayBeInContainer(path) &&
  printable(path, Infinity) === path &&
  Buffer.byteLength(path) < 4096 &&
  path.split("/").every((part) => Buffer.byteLength(part) <= 255);

/** Deleted while it ran, never a file, a number of an open file, or of a process that is gone. */
const isNotOnDisk = / \(deleted\)$|^\/memfd:|^\/(?:proc|dev\/fd|sys)\/|^\/\[/;

const leftOut = (process: ObservedProcess): string[] => [
  ...process.paths.filter((path) => !writable(path)).map((path) => `path left out: ${path}`),
  ...(process.truncated?.includes("paths") ? ["more paths were seen than are listed"] : []),
];

/** The one way for a text into this format's comments. */
const comment = (text: string): string => `# ${printable(text, 1000)}`;
