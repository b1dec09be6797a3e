import { join } from "node:path";
import { sha256 } from "../sha256.js";
import type { PrivateDirectory, Runtime } from "../runtime/runtime.js";

/** Whole reads on disk, for programs that are run again and again. A cache that does not work is not an error. */
export interface DiskCache {
  /** The value that was put at most so long ago. */
  get(key: string, maxAgeSeconds: number): Promise<string | undefined>;
  /** Whether it was kept. The caller puts nothing that is incomplete, and no secret into the key. */
  put(key: string, value: string): Promise<boolean>;
}

type CacheRuntime = Pick<Runtime, "clock" | "env" | "files">;

/** In the user's cache directory. */
export function createDiskCache(runtime: CacheRuntime): DiskCache {
  const { env, files } = runtime;
  const caches = env["XDG_CACHE_HOME"] || join(files.home, ".cache");
  return new Cache(files.privateDirectory(join(caches, "pulumi-hss", "reads")), runtime);
}

const maxEntries = 64;
/** Of all entries together. */
const maxBytes = 512 * 1024 * 1024;
const suffix = ".cache";
const headBytes = 256;

const nameOf = (key: string): string => `${sha256(key)}${suffix}`;

class Cache implements DiskCache {
  constructor(
    private readonly directory: PrivateDirectory,
    private readonly runtime: CacheRuntime,
  ) {}

  async get(key: string, maxAgeSeconds: number): Promise<string | undefined> {
    try {
      return maxAgeSeconds > 0
        ? this.content(await this.directory.read(nameOf(key), maxBytes), maxAgeSeconds)
        : undefined;
    } catch {
      return undefined;
    }
  }

  async put(key: string, value: string): Promise<boolean> {
    const head = `${JSON.stringify({ version: 1, at: this.runtime.clock.now(), sha256: sha256(value) })}\n`;
    if (Buffer.byteLength(value) + head.length > maxBytes) return false;
    try {
      await this.directory.write(nameOf(key), head + value);
      await this.prune();
      return true;
    } catch {
      return false;
    }
  }

  private content(text: string, maxAgeSeconds: number): string | undefined {
    const end = text.slice(0, headBytes).indexOf("\n");
    if (end < 0) return undefined;
    const head = JSON.parse(text.slice(0, end)) as { version?: unknown; at?: unknown; sha256?: unknown };
    const value = text.slice(end + 1);
    if (head.version !== 1 || typeof head.at !== "number" || head.sha256 !== sha256(value)) return undefined;
    // an entry from the future: a clock was changed, so its age is unknown
    const age = this.runtime.clock.now() - head.at;
    return age >= 0 && age <= maxAgeSeconds * 1000 ? value : undefined;
  }

  /** Drops the oldest beyond the bounds. */
  private async prune(): Promise<void> {
    const entries = (await this.directory.list()).filter(({ name }) => name.endsWith(suffix));
    let bytes = 0;
    for (const [index, { name, size }] of entries.entries()) {
      bytes += size;
      if (index >= maxEntries || bytes > maxBytes) await this.directory.remove(name);
    }
  }
}
