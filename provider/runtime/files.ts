import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, readFile, rename, unlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConfigurationError } from "../errors.js";
import { repeatedPath } from "../repeated.js";
import { printable } from "../text.js";
import type { FileEntry, Files, PrivateDirectory } from "./runtime.js";

export const systemFiles: Files = {
  get home() {
    return homedir();
  },
  async readText(path) {
    try {
      return await readFile(path, "utf8");
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw new ConfigurationError([
        { property: repeatedPath(path), reason: `can't be read (${code ?? printable(String(cause))})` },
      ]);
    }
  },
  privateDirectory: (path) => new SystemDirectory(path),
};

const temporary = ".tmp";
/** A process that was killed while writing leaves a temporary file. */
const abandonedMs = 60 * 60 * 1000;

class SystemDirectory implements PrivateDirectory {
  constructor(private readonly path: string) {}

  async read(name: string, maxBytes: number): Promise<string> {
    await this.mustBePrivate();
    const file = await open(join(this.path, name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const stat = await file.stat();
      if (!stat.isFile() || !isPrivate(stat) || stat.size > maxBytes) throw new Error("not a private file");
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await this.mustBePrivate();
    const scratch = join(this.path, `${name}.${randomUUID()}${temporary}`);
    try {
      const file = await open(scratch, "wx", 0o600);
      await file.writeFile(text).finally(() => file.close());
      // the umask may have taken more than it should, never less
      await chmod(scratch, 0o600);
      await rename(scratch, join(this.path, name));
    } catch (error) {
      await unlink(scratch).catch(() => undefined);
      throw error;
    }
  }

  async list(): Promise<FileEntry[]> {
    const entries: FileEntry[] = [];
    for (const name of await readdir(this.path)) {
      const stat = await lstat(join(this.path, name)).catch(() => undefined);
      if (stat?.isFile()) entries.push({ name, size: stat.size, modifiedAt: stat.mtimeMs });
    }
    entries.sort((a, b) => b.modifiedAt - a.modifiedAt);
    const abandoned = ({ name, modifiedAt }: FileEntry) =>
      name.endsWith(temporary) && (entries[0]?.modifiedAt ?? 0) - modifiedAt > abandonedMs;
    for (const { name } of entries.filter(abandoned)) await this.remove(name);
    return entries.filter(({ name }) => !name.endsWith(temporary));
  }

  async remove(name: string): Promise<void> {
    // another process may have done the same at the same time
    await unlink(join(this.path, name)).catch(() => undefined);
  }

  /** A directory that others can write to could hold anything. */
  private async mustBePrivate(): Promise<void> {
    const stat = await lstat(this.path);
    if (!stat.isDirectory() || !isPrivate(stat)) throw new Error("not a private directory");
  }
}

/** Owned by this user and closed to everyone else. Windows has neither. */
const isPrivate = (stat: { uid: number; mode: number }): boolean =>
  process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o077) === 0);
