import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDiskCache } from "../../../provider/reading/diskCache.js";
import { systemFiles } from "../../../provider/runtime/files.js";
import type { Clock, FileEntry, Files } from "../../../provider/runtime/runtime.js";
import { virtualClock } from "../../support/virtualClock.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pulumi-hss-cache-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const clock = virtualClock();
const cache = (more: { clock?: Clock; env?: Record<string, string> } = {}) =>
  createDiskCache({ clock, files: systemFiles, env: { XDG_CACHE_HOME: root }, ...more });
const kept = (): string => join(root, "pulumi-hss", "reads");
const onlyFile = async (): Promise<string> => {
  const [name = ""] = await readdir(kept());
  return join(kept(), name);
};

it("keeps a value for as long as the reader accepts", async () => {
  const disk = cache();
  expect(await disk.get("key", 60)).toBeUndefined();
  expect(await disk.put("key", "välue\n€")).toBe(true);
  expect(await disk.get("key", 60)).toBe("välue\n€");
  expect(await disk.get("other", 60)).toBeUndefined();
  await clock.advance(60_000);
  expect(await disk.get("key", 60)).toBe("välue\n€");
  await clock.advance(1);
  expect(await disk.get("key", 60)).toBeUndefined();
  expect(await disk.get("key", 120)).toBe("välue\n€");
  expect(await disk.get("key", 0)).toBeUndefined();
  expect(await disk.put("key", "new")).toBe(true);
  expect(await disk.get("key", 1)).toBe("new");
});

it("is closed to others, and tells nothing by its names", async () => {
  await cache().put("account and query", "value");
  expect((await stat(kept())).mode & 0o777).toBe(0o700);
  const path = await onlyFile();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(path).toMatch(/[0-9a-f]{64}\.cache$/);
});

it.each<[string, (path: string) => Promise<void>]>([
  ["cut", async (path) => writeFile(path, (await readFile(path)).subarray(0, 100))],
  ["changed", async (path) => writeFile(path, (await readFile(path, "utf8")).replace("value", "velua"))],
  ["empty", (path) => writeFile(path, "")],
  ["of nonsense", (path) => writeFile(path, "{]\nvalue")],
  ["open to others", (path) => chmod(path, 0o640)],
  ["writable for all", (path) => chmod(path, 0o602)],
  [
    "a link",
    async (path) => {
      await writeFile(join(root, "elsewhere"), await readFile(path), { mode: 0o600 });
      await rm(path);
      await symlink(join(root, "elsewhere"), path);
    },
  ],
  [
    "a directory",
    async (path) => {
      await rm(path);
      await mkdir(path);
    },
  ],
  ["in a directory open to others", () => chmod(kept(), 0o755)],
])("takes an entry that is %s for none", async (_, change) => {
  await cache().put("key", "value");
  await change(await onlyFile());
  expect(await cache().get("key", 60)).toBeUndefined();
});

it("takes an entry from the future for none", async () => {
  await cache({ clock: virtualClock(clock.now() + 1000) }).put("key", "value");
  expect(await cache().get("key", 60)).toBeUndefined();
});

it("writes nothing into a directory that others can write to", async () => {
  await mkdir(kept(), { recursive: true });
  await chmod(kept(), 0o777);
  expect(await cache().put("key", "value")).toBe(false);
  expect(await readdir(kept())).toEqual([]);
});

it("is no error where it can't work", async () => {
  await writeFile(join(root, "file"), "");
  const disk = cache({ env: { XDG_CACHE_HOME: join(root, "file") } });
  expect(await disk.put("key", "value")).toBe(false);
  expect(await disk.get("key", 60)).toBeUndefined();
});

it("survives many writers and readers at once: every reader sees a whole value", async () => {
  const values = ["a", "b", "c"].map((letter) => letter.repeat(200_000));
  const [x, y] = [cache(), cache()];
  await x.put("key", values[0] as string);
  const writes = Array.from({ length: 30 }, (_, n) => (n % 2 ? x : y).put("key", values[n % 3] as string));
  const reads = Array.from({ length: 30 }, () => x.get("key", 60));
  for (const value of await Promise.all(reads)) expect(values).toContain(value);
  expect(await Promise.all(writes)).not.toContain(false);
  expect(await readdir(kept())).toHaveLength(1);
});

it("drops the oldest beyond 64 entries", async () => {
  const disk = cache();
  for (let n = 0; n < 66; n++) {
    const before = new Set(await readdir(kept()).catch(() => []));
    await disk.put(`key ${n}`, "value");
    const [name] = (await readdir(kept())).filter((file) => !before.has(file));
    if (name) await utimes(join(kept(), name), 1000 + n, 1000 + n);
  }
  expect(await readdir(kept())).toHaveLength(64);
  expect(await disk.get("key 0", 60)).toBeUndefined();
  expect(await disk.get("key 65", 60)).toBe("value");
});

it("drops the oldest beyond 512 MiB", async () => {
  const removed: string[] = [];
  const megabytes = (name: string, size: number, modifiedAt: number): FileEntry => ({
    name,
    size: size * 1024 * 1024,
    modifiedAt,
  });
  const entries = [megabytes("new.cache", 300, 3), megabytes("old.cache", 212, 2), megabytes("oldest.cache", 1, 1)];
  const files: Files = {
    ...systemFiles,
    privateDirectory: () => ({
      read: () => Promise.reject(new Error("nothing there")),
      write: () => Promise.resolve(),
      list: () => Promise.resolve(entries),
      remove: (name) => Promise.resolve(void removed.push(name)),
    }),
  };
  const disk = createDiskCache({ clock, files, env: {} });
  expect(await disk.put("key", "value")).toBe(true);
  expect(removed).toEqual(["oldest.cache"]);
});

it("clears away what a killed process has left, and nothing that is not its own", async () => {
  await cache().put("key", "value");
  const files = ["x.cache.1-a.tmp", "fresh.cache.2-b.tmp", "notes.txt"].map((name) => join(kept(), name));
  for (const file of files) await writeFile(file, "");
  for (const file of [files[0], files[2]] as string[]) await utimes(file, 1000, 1000);
  await cache().put("key", "value");
  const left = await readdir(kept());
  expect(left).toEqual(expect.arrayContaining(["fresh.cache.2-b.tmp", "notes.txt"]));
  expect(left).not.toContain("x.cache.1-a.tmp");
});
