import { createHash } from "node:crypto";
import { printable } from "../../text.js";
import { sha256 } from "../../sha256.js";
import { lastMillisecond } from "../../time.js";
import { documentJson, type Plain } from "../canonical.js";
import { provenanceLines } from "../provenance.js";
import { recognise, remarks, type Format } from "./format.js";

/**
 * A STIX 2.1 bundle: one indicator of type `benign` for each hash, the maker's identity, and notes that say what they rest
 * on. Ids are UUIDs of version 5. An object is never changed: what could differ from day to day stands in notes, whose ids
 * come from what they say, and an indicator is its hash and the end of its review, nothing else. So two bundles of different
 * days agree wherever they share an id, and nothing depends on a clock or on chance. SHA-1 and MD5 are refused: their
 * collisions can be made, and an indicator would cover the forged file too.
 */
export const stix: Format = {
  mediaType: "application/stix+json;version=2.1",
  fileName: "hss-whitelist.stix.json",
  problem: ({ hash, hashAlgorithm }) =>
    hashAlgorithm in patternNames
      ? undefined
      : hashAlgorithm === "sha1" || hashAlgorithm === "md5"
        ? `would allow a forged file too: collisions of ${hashAlgorithm.toUpperCase()} can be made`
        : `knows SHA-256 and SHA-512, and ${hash.length} hexadecimal digits are neither`,
  render({ provenance, summary, included, notExpressible }) {
    const identity = {
      type: "identity",
      spec_version: "2.1",
      id: `identity--${uuid5("identity")}`,
      created: beginning,
      modified: beginning,
      name: "pulumi-hss",
      identity_class: "system",
    };
    const indicators = included.map(({ process, entry }) => {
      const until = timestamp(entry.expires);
      return {
        type: "indicator",
        spec_version: "2.1",
        id: `indicator--${uuid5(`indicator ${entry.hash} ${until ?? ""}`)}`,
        created_by_ref: identity.id,
        created: beginning,
        modified: beginning,
        name: `allowed by a whitelist policy: ${entry.hash}`,
        indicator_types: ["benign"],
        pattern: `[file:hashes.${patternNames[process.hashAlgorithm] ?? ""} = '${entry.hash}']`,
        pattern_type: "stix",
        valid_from: beginning,
        ...(until !== undefined && { valid_until: until }),
      };
    });
    const noteOf = (abstract: string, lines: readonly string[], refs: readonly string[]) => ({
      type: "note",
      spec_version: "2.1",
      id: `note--${uuid5(["note", abstract, ...lines, ...refs].join("\n"))}`,
      created_by_ref: identity.id,
      created: beginning,
      modified: beginning,
      abstract,
      content: lines.map(text).join("\n"),
      object_refs: refs,
    });
    const made = noteOf(
      "What this bundle was made from",
      [
        ...provenanceLines(provenance, summary),
        ...notExpressible.map(({ hash, reason }) => `not expressed: ${hash} (the format ${reason})`),
      ],
      [identity.id, ...indicators.map(({ id }) => id)],
    );
    const notes = included.map(({ process, entry }, at) =>
      noteOf(
        "Why it is allowed",
        [recognise(process), ...remarks(entry), ...entry.reasons],
        [indicators[at]?.id ?? ""],
      ),
    );
    const objects = [identity, made, ...indicators, ...notes] as unknown as Plain[];
    return documentJson({ type: "bundle", id: `bundle--${uuid5(`bundle ${sha256(documentJson(objects))}`)}`, objects });
  },
};

const patternNames: Readonly<Partial<Record<string, string>>> = { sha256: "'SHA-256'", sha512: "'SHA-512'" };

/** Of everything: an object that never changes needs no other. */
const beginning = "1970-01-01T00:00:00.000Z";

/** The one way for a text into this format. */
const text = (raw: string): string => printable(raw, 2000);

function timestamp(textual: string | undefined): string | undefined {
  const time = Date.parse(textual ?? "");
  return time >= 0 && time <= lastMillisecond ? new Date(time).toISOString() : undefined;
}

// the namespace is this project's own: UUID 5 of "pulumi-hss" in the DNS namespace
const namespace = uuid("6ba7b8109dad11d180b400c04fd430c8", "pulumi-hss").replace(/-/g, "");

function uuid5(name: string): string {
  return uuid(namespace, name);
}

/** RFC 9562, version 5. */
function uuid(space: string, name: string): string {
  const bytes = createHash("sha1").update(Buffer.from(space, "hex")).update(name, "utf8").digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
