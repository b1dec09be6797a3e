import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, mkdir, open, realpath, rename, rm, unlink, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { sha256 } from "../sha256.js";

/** What is at a path, without following a link there. */
export type Found =
  | { readonly kind: "absent" }
  | { readonly kind: "file"; readonly bytes: Buffer; readonly sha256: string; readonly mode: string }
  | { readonly kind: "other"; readonly what: string };

/** The files of this machine. Methods reject with the system's own error, which has a `code`. */
export interface Disk {
  /** The one name of a place, whichever links lead there. Relative paths start at the working directory. */
  locate(path: string): Promise<string>;
  inspect(path: string): Promise<Found>;
  /**
   * Readers see the old file or the new one, never a part, also after a power cut. Missing directories are made. `mode`: four
   * octal digits. `fresh`: nothing may be there, and what appears meanwhile is not replaced.
   */
  write(path: string, bytes: Buffer, options: { readonly mode: string; readonly fresh: boolean }): Promise<void>;
  remove(path: string): Promise<void>;
  /** Windows keeps no modes. */
  readonly keepsModes: boolean;
}

export const systemDisk: Disk = {
  keepsModes: process.platform !== "win32",
  locate: async (path) => join(await realFolder(dirname(resolve(path))), basename(path)),

  async inspect(path) {
    try {
      const stats = await lstat(path);
      if (stats.isSymbolicLink()) return { kind: "other", what: "a symbolic link" };
      if (stats.isDirectory()) return { kind: "other", what: "a directory" };
      if (!stats.isFile()) return { kind: "other", what: "a special file" };
      const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      try {
        const { size, mode: bits } = await file.stat();
        if (size > maxBytes) return { kind: "other", what: `a file of ${size} bytes` };
        const bytes = await firstBytes(file, size);
        const mode = (bits & 0o7777).toString(8).padStart(4, "0");
        return { kind: "file", bytes, sha256: sha256(bytes), mode };
      } finally {
        await file.close();
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
      throw error;
    }
  },

  async write(path, bytes, { mode, fresh }) {
    const file = resolve(path);
    const directory = dirname(file);
    const temporary = join(directory, `.pulumi-hss-${randomBytes(6).toString("hex")}.tmp`);
    await makeDirectory(directory);
    try {
      const handle = await open(temporary, "wx", 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.chmod(parseInt(mode, 8));
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (!fresh || !(await linked(temporary, file))) await rename(temporary, file);
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
    await syncDirectory(directory);
  },

  remove: (path) => unlink(path),
};

/** As far as it is there. */
const realFolder = (path: string): Promise<string> =>
  realpath(path).catch(async () =>
    dirname(path) === path ? path : join(await realFolder(dirname(path)), basename(path)),
  );

/** Larger than any policy. */
const maxBytes = 1 << 28;

/** As many as the file says that it has: what the kernel makes as it is read may have no end. */
async function firstBytes(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(bytes, at, size - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

/** One level at a time: `mkdir` with `recursive` never ends under a file system that has a folder and can't make another. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isDirectory()) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    if (dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
  }
  await mkdir(path).catch((error: unknown) => {
    // another process was faster, or it is a link to a directory
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
}

/** False where the file system has no hard links, which it says in many ways. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    return false;
  }
}

export async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows can't, some network file systems neither; the file itself is safe
  }
}
