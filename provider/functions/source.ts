import { ArgumentError } from "../errors.js";
import { ArchivedReader } from "../archive/answer.js";
import { openStore } from "../archive/openStore.js";
import type { ReadQuery } from "../reading/query.js";
import type { EventReader } from "../reading/reader.js";
import type { CallContext } from "./definition.js";
import { serviceDays, type QueryArguments } from "./query.js";

/** Where a function's events come from: the service, or an archive that keeps what it showed. */
export interface EventSource extends Pick<EventReader, "stream" | "readAll" | "placeOf"> {
  /** Of an archive, once it answered: as of when. */
  readonly asOf?: number | undefined;
  readonly manifest?: { readonly sequence: number; readonly sha256: string } | undefined;
}

export type SourceArguments = Pick<QueryArguments, "archive" | "refresh">;

export function sourceOf(
  { name, archiveSyncs: syncs, files, log, unique, signal }: CallContext,
  { archive, refresh = true }: SourceArguments,
  reader: EventReader,
  queries: readonly ReadQuery[],
): EventSource {
  const { access } = reader;
  const place = archive ?? access.settings.archive;
  if (place !== undefined) {
    const store = openStore(place, files.home, { ...access, ...(signal && { signal }) });
    return new ArchivedReader({ reader, store, refresh, syncs, log, unique });
  }
  const isLonger = ({ time }: ReadQuery) => "lastDays" in time && time.lastDays > serviceDays;
  if (queries.some(isLonger)) {
    const reason = `takes 1 to ${serviceDays} days, which is what the service keeps; more with an archive`;
    throw new ArgumentError(name, [{ property: "lastDays", reason }]);
  }
  return reader;
}
