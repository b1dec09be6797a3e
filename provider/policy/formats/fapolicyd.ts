import { plural, printable } from "../../text.js";
import { provenanceLines } from "../provenance.js";
import { needsLinux, needsSha256, recognise, remarks, runsAnything, type Format } from "./format.js";

/**
 * Rules of fapolicyd (fapolicyd.rules(5)); the hash is all that a rule holds, texts stand in comments only.
 *
 * The number 35 puts them before the distribution's own files that deny by type: 40 (broken programs), 70 (scripts) and 90
 * (everything else); what 30 denies by pattern stays denied. Each hash has two rules, as no name tells a program from a script:
 * both are executed, and a script is also opened, by its interpreter. The second rule is limited to the types of scripts, since
 * a rule of a hash makes fapolicyd read the whole of each file that it is asked about.
 *
 * The file holds no deny rule in either mode, so nothing is blocked that is not blocked already. `audit` writes
 * `allow_audit`, so that each use leaves an audit event; `enforce` writes `allow`. Shared objects that a program brings are
 * not reported by HSS, and not allowed here: 41-shared-obj.rules denies them unless they are trusted.
 */
export const fapolicyd: Format = {
  mediaType: "text/plain; charset=utf-8",
  fileName: "35-hss-whitelist.rules",
  problem: (process) => needsSha256(process) ?? needsLinux(process),
  warnings: (included) => (included.length > 0 ? [mayBeBlocked] : []),
  render({ provenance, summary, mode, included, notExpressible }) {
    const decision = mode === "audit" ? "allow_audit" : "allow";
    const open = included.filter(({ entry }) => entry.kinds?.some(runsAnything)).length;
    const lines = [
      ...provenanceLines(provenance, summary).map(comment),
      ...(mode === "audit"
        ? [
            "each use of an allowed file leaves an audit event; nothing is blocked by this file",
            "to see what enforcing would block, run fapolicyd with permissive = 1",
          ]
        : ["what no rule allows is blocked by the deny rules that follow in rules.d; this file holds none"]
      ).map(comment),
      ...(included.length > 0 ? [comment(mayBeBlocked)] : []),
      ...(open > 0 ? [comment(`${plural(open, "file")} of these can run anything that is given to them`)] : []),
      ...notExpressible.map(({ hash, reason }) => comment(`not expressed: ${hash} (the format ${reason})`)),
    ];
    if (included.length > 0) lines.push("", `%hss_scripts=${scriptTypes.join(",")}`);
    for (const { process, entry } of included) {
      lines.push("", ...[recognise(process), ...remarks(entry), ...entry.reasons].map(comment));
      lines.push(`${decision} perm=execute all : sha256hash=${entry.hash}`);
      lines.push(`${decision} perm=open all : ftype=%hss_scripts sha256hash=${entry.hash}`);
    }
    return `${lines.join("\n")}\n`;
  },
};

const mayBeBlocked =
  "a program may still be blocked, because HSS reports no libraries: shared objects that it brings and that are not trusted are denied by 41-shared-obj.rules";

/** The types of 10-languages.rules, which not every host has, and of shell scripts. */
const scriptTypes = [
  "application/x-bytecode.ocaml",
  "application/x-bytecode.python",
  "application/java-archive",
  "text/x-java",
  "application/x-java-applet",
  "application/javascript",
  "text/javascript",
  "text/x-awk",
  "text/x-gawk",
  "text/x-lisp",
  "application/x-elc",
  "text/x-lua",
  "text/x-m4",
  "text/x-nftables",
  "text/x-perl",
  "text/x-php",
  "text/x-python",
  "text/x-R",
  "text/x-ruby",
  "text/x-script.guile",
  "text/x-tcl",
  "text/x-luatex",
  "text/x-systemtap",
  "text/x-shellscript",
];

/** The one way for a text into this format. */
const comment = (text: string): string => `# ${printable(text, 1000)}`;
