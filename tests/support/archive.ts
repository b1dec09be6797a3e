import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { Archive } from "../../provider/archive/archive.js";
import { FolderStore, type FolderIo } from "../../provider/archive/folderStore.js";
import { eventKey, eventState } from "../../provider/archive/identity.js";
import type { ArchiveScope } from "../../provider/archive/layout.js";
import type { Manifest } from "../../provider/archive/manifest.js";
import type { ArchivedRow } from "../../provider/archive/parts.js";
import type { ArchiveStore } from "../../provider/archive/store.js";
import type { EventRecord } from "../../provider/hss/event.js";

export const unique = () => randomBytes(6).toString("hex");

export const folderStore = (folder: string, io: FolderIo = fs) => new FolderStore(folder, io, unique);

export const scope: ArchiveScope = {
  region: "cn-north-4",
  project: "project-1",
  endpoint: "hss.cn-north-4.myhuaweicloud.com",
  sample: false,
};

export const rowOf = (event: EventRecord, seenAt = Date.UTC(2026, 0, 31)): ArchivedRow => ({
  ...{ event, json: JSON.stringify(event), key: eventKey(event), state: eventState(event), seenAt },
});

/** A sync that read these rows and found those gone. */
export async function added(
  store: ArchiveStore,
  rows: readonly ArchivedRow[],
  gone: readonly Buffer[] = [],
  readAt = Date.UTC(2026, 0, 31),
) {
  const archive = await Archive.open(store, unique);
  const draft = archive.draft(scope);
  for (const row of rows) await draft.add({ ...row, seenAt: readAt });
  for (const key of gone) draft.gone(key);
  return draft.commit(syncOf(rows.length, readAt, gone.length), [
    { ...scope, spans: [[0, readAt]], lastReadAt: readAt, damaged: [] },
  ]);
}

export const syncOf = (events: number, readAt = Date.UTC(2026, 0, 31), gone = 0): Manifest["sync"] => ({
  ...{ scope, kind: "full", readAt, span: [0, readAt], whole: true, doubts: [] },
  counts: { total: events, requests: 1 },
  added: { events, states: 0, gone, back: 0 },
  damaged: [],
});

export async function eventsOf(
  store: ArchiveStore,
  span: readonly [number, number] = [0, 8e15],
  of: Pick<ArchiveScope, "region" | "project"> = scope,
): Promise<EventRecord[]> {
  const archive = await Archive.open(store, unique);
  const events: EventRecord[] = [];
  for await (const batch of archive.events(of, span)) events.push(...batch.map(({ event }) => event));
  return events;
}

/** Every operation of the file system that a store asks for, those of open files too, counted; the n-th and later ones fail. */
export const failingFrom = (n: number, partly: boolean) => faulty((count) => count >= n, partly ? "half" : "not");

/** Only the n-th fails, as on a disk that is full for a moment. `done`: it was done, and nobody was told. */
export const failingAt = (n: number, how: "not" | "half" | "done", code = "EIO") =>
  faulty((count) => count === n, how, code);

const nothing = () => Promise.resolve();

function faulty(
  fails: (count: number) => boolean,
  how: "not" | "half" | "done",
  code = "ENOSPC",
): { io: FolderIo; count: () => number } {
  let count = 0;
  const counted =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>, half?: (...args: A) => Promise<unknown>) =>
    async (...args: A): Promise<R> => {
      const isFirst = !fails(count);
      if (!fails(++count)) return work(...args);
      if (isFirst && how !== "not") await (how === "half" || half === nothing ? half : work)?.(...args);
      throw Object.assign(new Error("stopped"), { code });
    };
  const names = ["link", "mkdir", "readdir", "rename", "rm", "stat", "unlink"] as const;
  const io = Object.fromEntries(names.map((name) => [name, counted(fs[name] as () => Promise<unknown>)]));
  const open = counted(async (file: string, flags?: string, mode?: number) => {
    const handle = await fs.open(file, flags, mode);
    return {
      readFile: counted(() => handle.readFile()),
      writeFile: counted(
        (bytes: Uint8Array) => handle.writeFile(bytes),
        (bytes: Uint8Array) => handle.writeFile(bytes.subarray(0, bytes.length >> 1)),
      ),
      sync: counted(() => handle.sync()),
      close: () => handle.close(),
    };
  }, nothing);
  return { io: { ...io, open } as unknown as FolderIo, count: () => count };
}
