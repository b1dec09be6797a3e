import type * as pulumi from "@pulumi/pulumi";

/**
 * The provider of `WhitelistPolicyFile`. Pulumi turns this object into source text, keeps that in the stack's state and
 * runs it in another process, on another machine even. So everything here must be self-contained: no imports but types,
 * modules loaded inside the functions, nothing captured but functions of this file.
 */

/** What the state holds, and (being all that is wanted) what is wanted. */
export interface PolicyFileState {
  /** Relative paths start at the directory that Pulumi runs the project in; a state serves other checkouts, too. */
  readonly path: string;
  readonly content: string;
  /** Lower-case hex of the file's bytes. Made in the program, so that it is secret where the content is. */
  readonly sha256: string;
  /** Four octal digits. */
  readonly mode: string;
  readonly overwrite: boolean;
}

/** `written`: the digest of what was written last. After a refresh `sha256` is that of the file, whoever wrote it. */
export type PolicyFileOutputs = PolicyFileState & { readonly written?: string };

type Found =
  | { readonly kind: "absent" }
  | { readonly kind: "file"; readonly bytes: Buffer; readonly sha256: string; readonly mode: string }
  | { readonly kind: "other"; readonly what: string };

/** How Pulumi writes a value that a preview can't know yet. */
function isUnknown(value: unknown): boolean {
  return value === "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
}

/** A path for one line of a message: no control, bidi or invisible characters. */
function shown(path: string): string {
  return JSON.stringify(path).replace(
    /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? String(message);
}

async function locate(path: string): Promise<string> {
  const { resolve } = await import("node:path");
  return resolve(process.cwd(), path);
}

/** What is at the path, without following a link there. */
async function inspect(path: string): Promise<Found> {
  const { constants, lstat, open } = await import("node:fs/promises");
  const { createHash } = await import("node:crypto");
  const file = await locate(path);
  try {
    const stats = await lstat(file);
    if (stats.isSymbolicLink()) return { kind: "other", what: "a symbolic link" };
    if (stats.isDirectory()) return { kind: "other", what: "a directory" };
    if (!stats.isFile()) return { kind: "other", what: "a special file" };
    const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const bytes = await handle.readFile();
      const mode = ((await handle.stat()).mode & 0o777).toString(8).padStart(4, "0");
      return { kind: "file", bytes, sha256: createHash("sha256").update(bytes).digest("hex"), mode };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === "ENOENT" || reason === "ENOTDIR") return { kind: "absent" };
    throw new Error(`WhitelistPolicyFile: can't read ${shown(path)}: ${reason}`, { cause: error });
  }
}

/** Windows keeps no such modes. */
function sameMode(one: string, other: string): boolean {
  return process.platform === "win32" || one === other;
}

function refusal(path: string, found: Found, wanted: PolicyFileState): string | undefined {
  if (found.kind === "other") return `${shown(path)} is ${found.what}, not a file; name the file itself`;
  if (found.kind === "absent" || found.sha256 === wanted.sha256 || wanted.overwrite) return undefined;
  return `${shown(path)} exists and holds something else; move it away, or set overwrite: true to replace it`;
}

/**
 * Readers see the old file or the new one, never a part, also after a power cut. `fresh`: nothing may be there, and what
 * appears meanwhile is not replaced.
 */
async function write(wanted: PolicyFileState, fresh: boolean): Promise<void> {
  const { link, mkdir, open, rename, rm } = await import("node:fs/promises");
  const { dirname, join } = await import("node:path");
  const { randomBytes } = await import("node:crypto");
  const file = await locate(wanted.path);
  const directory = dirname(file);
  const temporary = join(directory, `.pulumi-hss-${randomBytes(6).toString("hex")}.tmp`);
  try {
    await mkdir(directory, { recursive: true });
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(wanted.content, "utf8");
      await handle.chmod(parseInt(wanted.mode, 8));
      await handle.sync();
    } finally {
      await handle.close();
    }
    let placed = false;
    if (fresh) {
      try {
        await link(temporary, file);
        placed = true;
      } catch (error) {
        // file systems without hard links answer in many ways
        if (reasonOf(error) === "EEXIST") throw error;
      }
    }
    if (!placed) await rename(temporary, file);
  } catch (error) {
    throw new Error(`WhitelistPolicyFile: can't write ${shown(wanted.path)}: ${reasonOf(error)}`, { cause: error });
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
  try {
    const handle = await open(directory, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows can't, some network file systems neither; the file itself is safe
  }
}

/** A dynamic provider has no way to warn; what it prints reaches the engine's diagnostics. */
function warn(text: string): void {
  console.error(text);
}

function state(from: PolicyFileState): PolicyFileState {
  const { path, content, sha256, mode, overwrite } = from;
  return { path, content, sha256, mode, overwrite };
}

/** The file's text as far as it is text. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return `(${bytes.length} bytes that are not UTF-8 text)`;
  }
}

export const whitelistPolicyFileProvider: pulumi.dynamic.ResourceProvider<PolicyFileState, PolicyFileOutputs> = {
  async check(olds: Partial<PolicyFileState>, news: Partial<Record<keyof PolicyFileState, unknown>>) {
    const { normalize, sep } = await import("node:path");
    const failures: { property: string; reason: string }[] = [];
    const bad = (property: string, reason: string) => failures.push({ property, reason });

    let path = news.path;
    if (!isUnknown(path)) {
      if (typeof path !== "string" || path === "") bad("path", "is empty; name the file to write");
      else if (path.includes("\0")) bad("path", "holds a NUL byte");
      else {
        path = normalize(path).split(sep).join("/");
        if (/(^|\/)\.{0,2}$/.test(path as string)) bad("path", "names a directory; name the file to write");
      }
    }
    if (typeof news.content !== "string") bad("content", "is not a text");
    else if (!news.content.isWellFormed())
      bad("content", "holds half of a surrogate pair, which no UTF-8 file can hold");
    let mode = news.mode ?? "0644";
    if (!isUnknown(mode)) {
      if (typeof mode === "string" && /^0?[4-7][0-7]{2}$/.test(mode)) mode = mode.padStart(4, "0");
      else bad("mode", 'is not three octal digits that let the owner read, as in "0644"');
    }
    const overwrite = news.overwrite ?? false;
    if (typeof overwrite !== "boolean" && !isUnknown(overwrite)) bad("overwrite", "is not true or false");

    // what is missing must stay missing: Pulumi can't send an undefined
    const given = Object.entries({ path, content: news.content, sha256: news.sha256, mode, overwrite });
    const inputs = Object.fromEntries(given.filter(([, value]) => value !== undefined)) as unknown as PolicyFileState;
    // a preview should say already what the creation will refuse
    const isNew = olds.path === undefined;
    if (failures.length === 0 && isNew && ![path, inputs.sha256, overwrite].some(isUnknown)) {
      const reason = refusal(inputs.path, await inspect(inputs.path), inputs);
      if (reason) bad("path", reason);
    }
    return { inputs, failures };
  },

  async diff(_id, olds, news) {
    const moved = news.path !== olds.path;
    const found = await inspect(olds.path);
    const asRecorded = found.kind === "file" && found.sha256 === olds.sha256 && sameMode(found.mode, olds.mode);
    return {
      changes: moved || !asRecorded || news.sha256 !== olds.sha256 || !sameMode(news.mode, olds.mode),
      replaces: moved ? ["path"] : [],
      // see the constructor
      deleteBeforeReplace: true,
    };
  },

  async create(inputs) {
    const found = await inspect(inputs.path);
    const reason = refusal(inputs.path, found, inputs);
    if (reason) throw new Error(`WhitelistPolicyFile: ${reason}`);
    if (found.kind !== "file" || found.sha256 !== inputs.sha256 || !sameMode(found.mode, inputs.mode))
      await write(inputs, found.kind === "absent");
    return { id: inputs.path, outs: { ...state(inputs), written: inputs.sha256 } };
  },

  async read(id, props) {
    if (!props) return {};
    const found = await inspect(props.path);
    if (found.kind === "absent") return {};
    const real =
      found.kind === "other"
        ? { ...state(props), content: `(${found.what})`, sha256: "" }
        : {
            ...state(props),
            // bytes that are equal may stem from a text that is not (a lone surrogate)
            content: found.sha256 === props.sha256 ? props.content : textOf(found.bytes),
            sha256: found.sha256,
            mode: sameMode(found.mode, props.mode) ? props.mode : found.mode,
          };
    // as inputs, too: the next preview then shows the way from this text back to the wanted one
    return { id, props: { ...real, written: props.written }, inputs: real };
  },

  async update(_id, _olds, news) {
    const found = await inspect(news.path);
    const reason = refusal(news.path, found, { ...news, overwrite: true });
    if (reason) throw new Error(`WhitelistPolicyFile: ${reason}`);
    if (found.kind !== "file" || found.sha256 !== news.sha256 || !sameMode(found.mode, news.mode))
      await write(news, found.kind === "absent");
    return { outs: { ...state(news), written: news.sha256 } };
  },

  async delete(_id, props) {
    const { unlink } = await import("node:fs/promises");
    const found = await inspect(props.path);
    if (found.kind === "absent") return;
    if (found.kind === "other" || found.sha256 !== props.written) {
      warn(`WhitelistPolicyFile: ${shown(props.path)} is no longer what was written; it was left in place`);
      return;
    }
    await unlink(await locate(props.path));
  },
};
