import * as fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { syncArchive } from "../../../provider/archive/sync.js";
import { verifyArchive } from "../../../provider/archive/verify.js";
import { eventsOf, failingAt, folderStore, scope, unique } from "../../support/archive.js";
import { HssWorld } from "../../support/hssWorld.js";
import type { FolderIo } from "../../../provider/archive/folderStore.js";

// A disk that fails for a moment and then works again, so that what a sync does after its own error is done.

const dayMs = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 20);

let folder: string;
let base: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), "archive-"));
  base = `${folder}-base`;
  world = new HssWorld(start);
});
afterEach(() => {
  for (const one of [folder, base]) fs.rmSync(one, { recursive: true, force: true });
});

let world: HssWorld;
const sync = (into: string, io?: FolderIo) =>
  syncArchive({
    ...{ store: folderStore(into, io), reader: world.reader, query: { filter: {} }, unique },
    log: { warn: (message) => expect(message).toBe("") },
  });

/** Ids as the archive has them, in their order: an event that is there twice is here twice. */
const idsIn = async () =>
  (await eventsOf(folderStore(folder), [0, 8e15], { ...scope, region: "r" })).map(({ eventId }) => eventId);

test.each([
  ["not", "EIO"],
  ["half", "ENOSPC"],
  ["done", "EIO"],
] as const)("an operation that was %s done says %s once: before or after, nothing lost or twice", async (how, code) => {
  world.add("old", start);
  await sync(base);
  for (let n = 0; n < 2; n++) world.add(`new-${n}`, start + 1 - n * dayMs);
  let operations = Infinity;
  const now = world.now;
  for (let n = 1; n <= operations; n++) {
    world.now = now;
    fs.rmSync(folder, { recursive: true, force: true });
    fs.cpSync(base, folder, { recursive: true });
    const { io, count } = failingAt(n, how, code);
    const error = await sync(folder, io).then(
      () => undefined,
      (reason: Error) => reason,
    );
    if (count() < n) operations = n;
    if (error) expect(error.message).toMatch(/^archive .*(EIO|no space is left)/);
    const then = await idsIn();
    expect([n, error ? [1, 3] : [3]]).toEqual([n, expect.arrayContaining([then.length])]);
    await sync(folder);
    const ids = await idsIn();
    expect([n, new Set(ids).size, ids.length]).toEqual([n, 3, 3]);
    // the files of a sync that was stopped, too
    const { checks } = n % 4 === 0 ? await verifyArchive(folderStore(folder)) : { checks: [] };
    expect([n, checks.filter(({ ok }) => !ok)]).toEqual([n, []]);
  }
  expect(operations).toBeGreaterThan(60);
});
