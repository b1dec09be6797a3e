import type { Stats } from "node:fs";
import type * as fs from "node:fs/promises";
import { dirname, join } from "node:path";
import { FileError } from "../errors.js";
import { printable } from "../text.js";
import type { ArchiveStore, StoredFile } from "./store.js";

/** What is asked of the file system, as `node:fs/promises` has it. */
export type FolderIo = Pick<typeof fs, "link" | "mkdir" | "open" | "readdir" | "rename" | "rm" | "stat" | "unlink">;

/** What a write that was stopped may leave behind; nobody reads it. */
const temporary = /^\.new-\w+$/;

/** What file systems without hard links say; some say that there are too many. */
const withoutLinks = ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "EINVAL", "EACCES"];

/** An archive in a folder of a local disk, or of a file system that is mounted. */
export class FolderStore implements ArchiveStore {
  readonly name: string;

  /** `unique`: a name that nobody else draws. */
  constructor(
    private readonly folder: string,
    private readonly io: FolderIo,
    private readonly unique: () => string,
  ) {
    this.name = printable(folder, 400);
  }

  async list(prefix: string): Promise<StoredFile[]> {
    const found = await this.doing(`list ${prefix}`, () => this.filesIn(prefix.replace(/\/$/, "")));
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  read(path: string): Promise<Buffer | undefined> {
    return this.doing(`read ${path}`, async () => {
      const stats = await this.statsOf(path);
      // a pipe would be waited for without end
      if (stats && !stats.isFile()) throw new Error("it is not a file");
      const file = stats && (await this.io.open(this.at(path), "r").catch(absent));
      if (!file) return undefined;
      return file.readFile().finally(() => file.close());
    });
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return this.doing(`write ${path}`, () =>
      this.written(path, bytes, async (from, to) => {
        await this.io.rename(from, to);
      }),
    );
  }

  create(path: string, bytes: Uint8Array): Promise<boolean> {
    let isFirst = false;
    return this.doing(`write ${path}`, async () => {
      await this.written(path, bytes, async (from, to) => {
        isFirst = await this.placed(from, to);
      });
      return isFirst;
    });
  }

  publish(from: string, to: string): Promise<void> {
    return this.doing(`move ${from} to ${to}`, async () => {
      await this.makeFolder(this.at(dirname(to)));
      try {
        await this.io.rename(this.at(from), this.at(to));
      } catch (error) {
        // somebody else was faster; after any other error the file is still where it was
        const isMoved = (error as NodeJS.ErrnoException).code === "ENOENT" && (await this.statsOf(to));
        if (!isMoved) throw error;
      }
      await this.sync(dirname(to));
    });
  }

  clear(prefix: string): Promise<void> {
    return this.doing(`remove ${prefix}`, () => this.io.rm(this.at(prefix), { recursive: true, force: true }));
  }

  private at(path: string): string {
    return join(this.folder, path);
  }

  private async filesIn(folder: string): Promise<StoredFile[]> {
    const entries = await this.io.readdir(this.at(folder), { withFileTypes: true }).catch(absent);
    const found: StoredFile[] = [];
    for (const entry of entries ?? []) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) found.push(...(await this.filesIn(path)));
      else if (!temporary.test(entry.name)) found.push({ path });
    }
    return found;
  }

  private async written(
    path: string,
    bytes: Uint8Array,
    place: (from: string, to: string) => Promise<void>,
  ): Promise<void> {
    await this.makeFolder(this.at(dirname(path)));
    const scratch = this.at(join(dirname(path), `.new-${this.unique()}`));
    try {
      await this.durable(scratch, bytes);
      await place(scratch, this.at(path));
    } finally {
      await this.io.unlink(scratch).catch(() => undefined);
    }
    await this.sync(dirname(path));
  }

  /** False where somebody else was first. The file is there with all its bytes, or not at all. */
  private async placed(from: string, to: string): Promise<boolean> {
    try {
      await this.io.link(from, to);
      return true;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return false;
      if (!withoutLinks.includes(code)) throw error;
    }
    // who makes the empty file is first; if it is stopped before the next line, it stays empty
    const claim = await this.io.open(to, "wx", 0o644).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    await claim?.close();
    if (claim) await this.io.rename(from, to);
    return claim !== undefined;
  }

  private async durable(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.io.open(path, "wx", 0o644);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** One level at a time: `mkdir` with `recursive` never ends under a file system that has a folder and can't make another. */
  private async makeFolder(folder: string): Promise<void> {
    const stats = await this.io.stat(folder).catch(absent);
    if (stats?.isDirectory()) return;
    if (dirname(folder) !== folder) await this.makeFolder(dirname(folder));
    await this.io.mkdir(folder).catch(async (error: NodeJS.ErrnoException) => {
      // another process was faster
      if (error.code !== "EEXIST" || !(await this.io.stat(folder)).isDirectory()) throw error;
    });
    // a new folder is safe once the one that holds it knows of it
    await syncFolder(this.io, dirname(folder));
  }

  private statsOf(path: string): Promise<Stats | undefined> {
    return this.io.stat(this.at(path)).catch(absent);
  }

  private sync(folder: string): Promise<void> {
    return syncFolder(this.io, this.at(folder));
  }

  private async doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      const why = code === "ENOSPC" ? "no space is left" : (code ?? printable(message, 200));
      throw new FileError(`archive ${this.name}: can't ${printable(what, 300)} (${why})`, { cause });
    }
  }
}

async function syncFolder(io: FolderIo, path: string): Promise<void> {
  // Windows can't, some network file systems neither; the file itself is safe
  const handle = await io.open(path, "r").catch(() => undefined);
  await handle
    ?.sync()
    .catch((error: NodeJS.ErrnoException) => {
      if (!["EISDIR", "EPERM", "EINVAL", "EBADF", "ENOTSUP"].includes(error.code ?? "")) throw error;
    })
    .finally(() => handle.close());
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}
