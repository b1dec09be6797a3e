import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../runtime/runtime.js";

/** Whole reads on disk, for programs that are run again and again. A cache that does not work is no error. */
export interface DiskCache {
  /** The value that was put at most so long ago. */
  get(key: string, maxAgeSeconds: number): Promise<string | undefined>;
  /** Whether it was kept. The caller puts nothing that is incomplete, and no secret into the key. */
  put(key: string, value: string): Promise<boolean>;
}

export interface DiskCacheOptions {
  /** Created where it is missing; used only where it belongs to this user and is closed to others. */
  readonly directory: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** Default 64. */
  readonly maxEntries?: number;
  /** Of all entries, default 512 MiB. */
  readonly maxBytes?: number;
}

const suffix = ".cache";
const temporary = ".tmp";
const headBytes = 256;
/** A process that was killed while writing leaves one. */
const abandonedMs = 60 * 60 * 1000;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Whose it is, and whether it is closed to everyone else. Windows has neither. */
const isPrivate = (stat: { uid: number; mode: number }): boolean =>
  process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o077) === 0);

export function createDiskCache(options: DiskCacheOptions): DiskCache {
  return new Cache(options);
}

class Cache implements DiskCache {
  private readonly maxEntries: number;
  private readonly maxBytes: number;

  constructor(private readonly options: DiskCacheOptions) {
    this.maxEntries = options.maxEntries ?? 64;
    this.maxBytes = options.maxBytes ?? 512 * 1024 * 1024;
  }

  async get(key: string, maxAgeSeconds: number): Promise<string | undefined> {
    try {
      if (!(maxAgeSeconds > 0) || !(await this.usable())) return undefined;
      const file = await open(this.path(key), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      try {
        const stat = await file.stat();
        if (!stat.isFile() || !isPrivate(stat) || stat.size > this.maxBytes) return undefined;
        return this.content(await file.readFile("utf8"), maxAgeSeconds);
      } finally {
        await file.close();
      }
    } catch {
      return undefined;
    }
  }

  async put(key: string, value: string): Promise<boolean> {
    const head = `${JSON.stringify({ version: 1, at: this.options.clock.now(), sha256: sha256(value) })}\n`;
    if (Buffer.byteLength(value) + head.length > this.maxBytes) return false;
    const path = this.path(key);
    const unique = `${process.pid}-${Math.floor(this.options.random() * 2 ** 48).toString(36)}`;
    const scratch = `${path}.${unique}${temporary}`;
    try {
      await mkdir(this.options.directory, { recursive: true, mode: 0o700 });
      if (!(await this.usable())) return false;
      await write(scratch, head + value);
      // others see the old entry or the new one, never half of one
      await rename(scratch, path);
      await this.prune();
      return true;
    } catch {
      await unlink(scratch).catch(() => undefined);
      return false;
    }
  }

  private path(key: string): string {
    return join(this.options.directory, `${sha256(key)}${suffix}`);
  }

  /** A directory that others can write to could hold anything. */
  private async usable(): Promise<boolean> {
    const stat = await lstat(this.options.directory);
    return stat.isDirectory() && isPrivate(stat);
  }

  private content(text: string, maxAgeSeconds: number): string | undefined {
    const end = text.slice(0, headBytes).indexOf("\n");
    if (end < 0) return undefined;
    const head = JSON.parse(text.slice(0, end)) as { version?: unknown; at?: unknown; sha256?: unknown };
    const value = text.slice(end + 1);
    if (head.version !== 1 || typeof head.at !== "number" || head.sha256 !== sha256(value)) return undefined;
    // an entry from the future tells that a clock was changed: its age is unknown
    const age = this.options.clock.now() - head.at;
    return age >= 0 && age <= maxAgeSeconds * 1000 ? value : undefined;
  }

  /** Drops the oldest beyond the bounds. Another process may do the same at the same time. */
  private async prune(): Promise<void> {
    const entries: { path: string; size: number; mtimeMs: number }[] = [];
    const scratch: { path: string; mtimeMs: number }[] = [];
    for (const name of await readdir(this.options.directory)) {
      const path = join(this.options.directory, name);
      if (!name.endsWith(suffix) && !name.endsWith(temporary)) continue;
      const stat = await lstat(path).catch(() => undefined);
      if (!stat?.isFile()) continue;
      if (name.endsWith(suffix)) entries.push({ path, size: stat.size, mtimeMs: stat.mtimeMs });
      else scratch.push({ path, mtimeMs: stat.mtimeMs });
    }
    entries.sort((a, b) => b.mtimeMs - a.mtimeMs);
    // by the file system's own time: the entry just written is the newest
    const now = entries[0]?.mtimeMs ?? 0;
    for (const { path, mtimeMs } of scratch) {
      if (now - mtimeMs > abandonedMs) await unlink(path).catch(() => undefined);
    }
    let bytes = 0;
    for (const [index, { path, size }] of entries.entries()) {
      bytes += size;
      if (index >= this.maxEntries || bytes > this.maxBytes) await unlink(path).catch(() => undefined);
    }
  }
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  // the umask may have taken more than it should, never less
  await chmod(path, 0o600);
}
