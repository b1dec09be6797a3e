import { ArgumentError } from "../errors.js";
import { ArchivedReader, type AnsweredFrom, type Earlier } from "../archive/answer.js";
import { isBucket, openStore } from "../archive/openStore.js";
import type { ArchiveStore } from "../archive/store.js";
import type { ReadQuery } from "../reading/query.js";
import type { EventReader, ReadStream } from "../reading/reader.js";
import type { CallContext } from "./definition.js";
import { isLonger, tooLong, type QueryArguments } from "./query.js";

/** Where a function's events come from: the service, or an archive that keeps what it showed. */
export interface EventSource extends Pick<EventReader, "readAll" | "placeOf"> {
  /** `earlier`: sees what an archive keeps of an event beside its latest state. */
  stream(query: ReadQuery, signal?: AbortSignal, earlier?: Earlier): ReadStream;
  /** Of an archive, once it answered. */
  readonly archived?: AnsweredFrom | undefined;
}

export type SourceArguments = Pick<QueryArguments, "archive" | "refresh">;

/** `reader`: of the account that the archive is of. */
export function sourceOf(
  context: CallContext,
  { archive, refresh = true }: SourceArguments,
  reader: EventReader,
  queries: readonly ReadQuery[],
): EventSource {
  const place = archive ?? reader.access.settings.archive;
  if (place !== undefined) {
    const { archiveSyncs: syncs, log, unique } = context;
    return new ArchivedReader({ reader, store: storeAt(place, context, reader), refresh, syncs, log, unique });
  }
  if (queries.some(({ time }) => "lastDays" in time && isLonger(time.lastDays)))
    throw new ArgumentError(context.name, [{ property: "lastDays", reason: tooLong }]);
  return reader;
}

const storeAt = (place: string, { files, signal }: CallContext, { access }: EventReader): ArchiveStore =>
  openStore(place, files.home, { ...access, ...(signal && { signal }) });

/** An archive that nothing is to be read into: of a folder no settings are needed. */
export async function storeOf(context: CallContext, archive: string | undefined): Promise<ArchiveStore> {
  if (archive !== undefined && !isBucket(archive)) return openStore(archive, context.files.home);
  const reader = await context.openReader();
  const place = archive ?? reader.access.settings.archive;
  if (place === undefined) {
    const reason = "is needed: a folder, or s3://bucket/prefix; or the setting archive";
    throw new ArgumentError(context.name, [{ property: "archive", reason }]);
  }
  return storeAt(place, context, reader);
}
