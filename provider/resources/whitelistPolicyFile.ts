import { normalize, sep } from "node:path";
import { z } from "zod";
import { FileError } from "../errors.js";
import type { Found } from "../runtime/disk.js";
import { sha256 } from "../sha256.js";
import { printable } from "../text.js";
import { defineResource, textIn, type Complete, type ResourceContext } from "./definition.js";
import { lineChanges } from "./lineChanges.js";

const inputs = z.object({
  path: z
    .string("is empty; name the file to write")
    .min(1, "is empty; name the file to write")
    .refine((path) => !path.includes("\0"), "holds a NUL byte")
    .refine((path) => !/(^|\/)\.{0,2}$/.test(tidy(path)), "names a directory; name the file to write")
    .meta({
      description:
        "Where to write. A relative path starts at the directory that Pulumi runs the project in (that of Pulumi.yaml, or its `main`); the state holds it as it is, so that the stack works from any checkout. Missing directories are made. Another path replaces the resource.",
    }),
  content: z
    .string("is not a text")
    .refine((text) => text.isWellFormed(), "holds half of a surrogate pair, which no UTF-8 file can hold")
    .meta({
      description:
        "The text, such as the `document` of `getWhitelistPolicyDocument`. Written as UTF-8, byte for byte. A secret stays one.",
    }),
  mode: z
    .string('is not three octal digits that let the owner read, as in "0644"')
    .regex(/^0?[4-7][0-7]{2}$/, 'is not three octal digits that let the owner read, as in "0644"')
    .optional()
    .meta({ description: 'Permissions as octal digits. Default: `"0644"`. Ignored on Windows.' }),
  overwrite: z.boolean("is not true or false").optional().meta({
    description:
      "Whether creation may replace a file that is there already and holds something else. Default: false, which fails and leaves that file alone. A file that holds exactly this content is taken over in either case.",
  }),
});

const outputs = z.object({
  sha256: z
    .string()
    .meta({ description: "SHA-256 of the file's bytes, lower-case hex; a secret where the content is." }),
});

type Wanted = Complete<typeof inputs>;

/**
 * The state's `written` is the digest of what was written last: after a refresh `sha256` is that of the file, whoever wrote it.
 */
export const whitelistPolicyFile = defineResource({
  name: "WhitelistPolicyFile",
  description: `A policy document in a file, for a review, a commit or an agent to pick up.

Previews show what changes in the text. They also notice a file that was edited or removed behind Pulumi's back, on this machine, and the next \`pulumi up\` restores it; after \`pulumi refresh\` they show the edit. Writing is atomic: a reader sees the old file or the new one. Where the path itself is a symbolic link or a directory, nothing is written. Deletion removes only the file that was written: one that was edited since stays, with a note. Two resources on one path are an error; rename a resource with an alias. A file that is there already can be imported by its path.`,
  example: `
resources:
  file:
    type: hss:WhitelistPolicyFile
    properties: { path: policy/35-hss-whitelist.rules, content: "\${policy.document}" }
outputs:
  sha256: \${file.sha256}
`,
  inputs,
  outputs,
  tellsOf: { sha256: ["content"], written: ["content"] },
  // Created first, the new file may be the old one (another spelling of its path, a replacement that the person asks for): it
  // would be taken over, and then deleted. What creation would refuse is found before the deletion.
  deleteBeforeReplace: true,

  async check({ disk, claims, owner }, given, old, problems) {
    const { path, content } = given;
    const checked = {
      ...(path !== undefined && { path: tidy(path) }),
      ...(content !== undefined && { content }),
      mode: (given.mode ?? "0644").padStart(4, "0"),
      overwrite: given.overwrite ?? false,
    };
    if (path === undefined) return checked;
    const place = await disk.locate(tidy(path));
    const other = claims.get(place);
    if (owner !== undefined && other !== undefined && other !== owner) {
      const reason = `is the path of ${shortName(other)} already; give each resource a path of its own`;
      problems.push({ property: "path", reason });
    } else if (owner !== undefined) claims.set(place, owner);
    // a preview should say already what the creation will refuse
    if (content !== undefined && old === undefined && problems.length === 0) {
      const reason = refusal(checked.path ?? "", await find(disk, path), { ...checked, content });
      if (reason) problems.push({ property: "path", reason });
    }
    return checked;
  },

  foresee: ({ content }) => ({ sha256: sha256(content) }),

  async diff({ disk, log, secrets }, state, { path, content, mode }) {
    const before = textIn(state, "path");
    const found = await find(disk, before);
    const isSame = (one: string, other: string) => !disk.keepsModes || one === other;
    const isAsRecorded =
      found.kind === "file" && found.sha256 === textIn(state, "sha256") && isSame(found.mode, textIn(state, "mode"));
    const moved = path !== before ? ["path"] : [];
    const changed = [
      ...moved,
      ...(content === undefined || sha256(content) !== textIn(state, "sha256") ? ["content"] : []),
      ...(mode === undefined || !isSame(mode, textIn(state, "mode")) ? ["mode"] : []),
    ];
    if (!isAsRecorded) log.info(edit(before, textIn(state, "content"), found, secrets.has("content")));
    // an edit that the program has taken over since: from now on it is the file that was written
    const isAdopted = state["written"] !== undefined && state["written"] !== state["sha256"] && changed.length === 0;
    return { changed, replaces: moved, drifted: !isAsRecorded || isAdopted };
  },

  async create(context, wanted) {
    await put(context, wanted, false);
    return { id: wanted.path, state: written(wanted) };
  },

  async read({ disk }, id, state) {
    const path = state ? textIn(state, "path") : tidy(id);
    const found = await find(disk, path);
    if (found.kind === "absent") return undefined;
    if (!state) {
      if (found.kind === "other") throw failure(`${shown(path)} is ${found.what}, not a file`);
      const text = textOf(found.bytes);
      if (text === undefined) throw failure(`${shown(path)} is not UTF-8 text`);
      const mode = disk.keepsModes ? found.mode : "0644";
      const imported = { path, content: text, mode, overwrite: false };
      return { id: path, state: written(imported), inputs: imported };
    }
    const digest = textIn(state, "sha256");
    const mode = textIn(state, "mode");
    const real = {
      ...{ path, overwrite: state["overwrite"] === true },
      ...(found.kind === "other"
        ? { content: `(${found.what})`, mode }
        : {
            // bytes that are equal may stem from a text that is not (a lone surrogate)
            content: found.sha256 === digest ? textIn(state, "content") : (textOf(found.bytes) ?? noText(found.bytes)),
            mode: disk.keepsModes ? found.mode : mode,
          }),
    };
    // as inputs, too: the next preview then shows the way from this text back to the wanted one
    const sum = found.kind === "file" ? found.sha256 : "";
    return { id, state: { ...real, sha256: sum, written: state["written"] }, inputs: real };
  },

  async update(context, _state, wanted) {
    await put(context, wanted, true);
    return written(wanted);
  },

  async delete({ disk, log }, state) {
    const path = textIn(state, "path");
    const found = await find(disk, path);
    if (found.kind === "absent") return;
    if (found.kind === "file" && found.sha256 === state["written"]) await failing(path, "remove", disk.remove(path));
    else log.warn(`WhitelistPolicyFile: ${shown(path)} is no longer what was written; it was left in place`);
  },
});

const failure = (reason: string, cause?: unknown): FileError =>
  new FileError(`WhitelistPolicyFile: ${reason}`, cause === undefined ? {} : { cause });

/** The way Pulumi's state keeps a path on every system. */
const tidy = (path: string): string => normalize(path).split(sep).join("/");

const written = ({ path, content, mode, overwrite }: Wanted) => ({
  ...{ path, content, mode, overwrite },
  ...{ sha256: sha256(content), written: sha256(content) },
});

/** Writes what is not there yet. */
async function put({ disk }: ResourceContext, wanted: Wanted, mayReplace: boolean): Promise<void> {
  const found = await find(disk, wanted.path);
  const reason = refusal(wanted.path, found, { ...wanted, overwrite: wanted.overwrite || mayReplace });
  if (reason) throw failure(reason);
  const isThere =
    found.kind === "file" &&
    found.sha256 === sha256(wanted.content) &&
    (!disk.keepsModes || found.mode === wanted.mode);
  if (isThere) return;
  const options = { mode: wanted.mode, fresh: found.kind === "absent" };
  await failing(wanted.path, "write", disk.write(wanted.path, Buffer.from(wanted.content), options));
}

function refusal(path: string, found: Found, wanted: Pick<Wanted, "content" | "overwrite">): string | undefined {
  if (found.kind === "other") return `${shown(path)} is ${found.what}, not a file; name the file itself`;
  if (found.kind === "absent" || wanted.overwrite || found.sha256 === sha256(wanted.content)) return undefined;
  return `${shown(path)} exists and holds something else; move it away, or set overwrite: true to replace it`;
}

const find = (disk: ResourceContext["disk"], path: string): Promise<Found> => failing(path, "read", disk.inspect(path));

async function failing<T>(path: string, verb: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw failure(`can't ${verb} ${shown(path)}: ${code ?? printable(message)}`, cause);
  }
}

const shown = (path: string): string => `"${printable(path, 400)}"`;

/** What happened to a file behind Pulumi's back, with the lines. */
function edit(path: string, recorded: string, found: Found, isSecret: boolean): string {
  const what = `WhitelistPolicyFile: ${shown(path)}`;
  if (found.kind === "absent") return `${what} was removed by somebody else; it will be written again`;
  if (found.kind === "other") return `${what} is ${found.what} now, not the file that was written`;
  const text = textOf(found.bytes);
  if (text === undefined) return `${what} was replaced by somebody else by ${noText(found.bytes)}; it will be restored`;
  if (text === recorded) return `${what} has mode ${found.mode} now; it will be restored`;
  const lines = isSecret ? ["its content is a secret: no lines are shown"] : lineChanges(recorded, text);
  return [`${what} was edited by somebody else; it will be restored. The edit:`, ...lines].join("\n  ");
}

/** The file's text as far as it is text. */
function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const noText = (bytes: Buffer): string => `(${bytes.length} bytes that are not UTF-8 text)`;

/** The last part of a URN. */
const shortName = (urn: string): string => printable(urn.split("::").slice(-1).join(""), 100);
