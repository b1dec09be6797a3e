import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeDirectory, syncDirectory } from "./disk.js";

/**
 * A folder that is there as a whole or not at all: files are written into a temporary one beside it, synced, and the folder gets
 * its name last.
 */
export class NewFolder {
  private constructor(
    private readonly parent: string,
    readonly path: string,
  ) {}

  static async in(parent: string): Promise<NewFolder> {
    await makeDirectory(resolve(parent));
    const path = join(parent, `.new-${randomBytes(6).toString("hex")}`);
    await mkdir(path, { mode: 0o755 });
    return new NewFolder(parent, path);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    const file = await this.create(name);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  create(name: string): Promise<FileHandle> {
    return open(join(this.path, name), "wx", 0o644);
  }

  names(): Promise<string[]> {
    return readdir(this.path);
  }

  /** Its name from now on; false where a folder of that name is there already, which is left as it is. */
  async commit(name: string): Promise<boolean> {
    const target = join(this.parent, name);
    await syncDirectory(this.path);
    if (await isThere(target)) {
      await this.discard();
      return false;
    }
    await rename(this.path, target);
    await syncDirectory(this.parent);
    return true;
  }

  async discard(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
