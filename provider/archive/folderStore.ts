import type * as fs from "node:fs/promises";
import { dirname, join } from "node:path";
import { FileError } from "../errors.js";
import { printable } from "../text.js";
import type { ArchiveStore, StoredFile } from "./store.js";

/** What is asked of the file system, as `node:fs/promises` has it. */
export type FolderIo = Pick<typeof fs, "link" | "mkdir" | "open" | "readdir" | "rename" | "rm" | "stat" | "unlink">;

/** What a write that was stopped may leave behind; nobody reads it. */
const temporary = ".new-";

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
      const file = await this.io.open(this.at(path), "r").catch(absent);
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
    return this.doing(`write ${path}`, async () => {
      try {
        await this.written(path, bytes, async (from, to) => {
          await this.io.link(from, to).catch(async (error: NodeJS.ErrnoException) => {
            if (error.code === "EEXIST") throw error;
            // a file system without links: nobody is overwritten, but a power cut may leave half a file
            await this.durable(to, bytes);
          });
          await this.io.unlink(from);
        });
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
        throw error;
      }
    });
  }

  publish(from: string, to: string): Promise<void> {
    return this.doing(`move ${from} to ${to}`, async () => {
      await this.makeFolder(dirname(to));
      try {
        await this.io.rename(this.at(from), this.at(to));
      } catch (error) {
        // somebody else was faster
        if (!(await this.io.stat(this.at(to)).catch(absent))) throw error;
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
      else if (!entry.name.startsWith(temporary)) {
        const stats = await this.io.stat(this.at(path)).catch(absent);
        if (stats) found.push({ path, size: stats.size });
      }
    }
    return found;
  }

  private async written(
    path: string,
    bytes: Uint8Array,
    place: (from: string, to: string) => Promise<void>,
  ): Promise<void> {
    await this.makeFolder(dirname(path));
    const scratch = this.at(join(dirname(path), `${temporary}${this.unique()}`));
    try {
      await this.durable(scratch, bytes);
      await place(scratch, this.at(path));
    } catch (error) {
      await this.io.unlink(scratch).catch(() => undefined);
      throw error;
    }
    await this.sync(dirname(path));
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

  private async makeFolder(folder: string): Promise<void> {
    const first = await this.io.mkdir(this.at(folder), { recursive: true });
    if (first === undefined) return;
    // a new folder is safe once the one that holds it knows of it
    for (let made = this.at(folder); made.length >= first.length && dirname(made) !== made; made = dirname(made))
      await syncFolder(this.io, dirname(made));
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
