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
  for (const row of rows) await draft.add(row);
  for (const key of gone) draft.gone(key);
  return draft.commit(syncOf(rows.length, readAt), [
    { ...scope, spans: [[0, readAt]], lastReadAt: readAt, damaged: [] },
  ]);
}

export const syncOf = (events: number, readAt = Date.UTC(2026, 0, 31)): Manifest["sync"] => ({
  ...{ scope, kind: "full", readAt, span: [0, readAt], whole: true, doubts: [] },
  counts: { total: events, requests: 1 },
  added: { events, states: 0, gone: 0, back: 0 },
  damaged: [],
});

export async function eventsOf(
  store: ArchiveStore,
  span: readonly [number, number] = [0, 8e15],
): Promise<EventRecord[]> {
  const archive = await Archive.open(store, unique);
  const events: EventRecord[] = [];
  for await (const batch of archive.events(scope, span)) events.push(...batch.map(({ event }) => event));
  return events;
}
