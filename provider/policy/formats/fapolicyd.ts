import { printable } from "../../text.js";
import { provenanceLines } from "../provenance.js";
import { needsLinux, needsSha256, recognise, type Format } from "./format.js";

/**
 * Rules of fapolicyd (fapolicyd.rules(5)), one a hash; the hash is all that a rule holds, texts stand in comments only.
 *
 * The file holds no deny rule in either mode, so nothing is blocked that is not blocked already: first match wins across
 * rules.d, and a deny here would stop the trusted software that later files allow. `audit` writes `allow_audit`, so that
 * each use leaves an audit event; `enforce` writes `allow`. What is in no rule and not trusted is denied by fapolicyd's own
 * last file (90-deny-execute.rules), unless fapolicyd runs with `permissive = 1`.
 */
export const fapolicyd: Format = {
  mediaType: "text/plain; charset=utf-8",
  fileName: "80-hss-whitelist.rules",
  problem: (process) => needsSha256(process) ?? needsLinux(process),
  render({ provenance, summary, mode, included, notExpressible }) {
    const decision = mode === "audit" ? "allow_audit" : "allow";
    const lines = [
      ...provenanceLines(provenance, summary).map(comment),
      ...(mode === "audit"
        ? [
            "each use of an allowed file leaves an audit event; nothing is blocked by this file",
            "to see what enforcing would block, run fapolicyd with permissive = 1",
          ]
        : ["what no rule allows is blocked by the deny rules that follow in rules.d; this file holds none"]
      ).map(comment),
      ...notExpressible.map(({ hash, reason }) => comment(`not expressed: ${hash} (the format ${reason})`)),
    ];
    for (const { process, entry } of included) {
      lines.push("", comment(recognise(process)), ...entry.reasons.map(comment));
      lines.push(`${decision} perm=execute all : sha256hash=${entry.hash}`);
    }
    return `${lines.join("\n")}\n`;
  },
};

/** The one way for a text into this format. */
const comment = (text: string): string => `# ${printable(text, 1000)}`;
