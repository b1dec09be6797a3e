import { createHash } from "node:crypto";

/** A page's body, of items that are JSON texts, so that integers of any size can be sent. */
export function pageOf(items: readonly string[], query: URLSearchParams): string {
  const offset = Number(query.get("offset"));
  const limit = Number(query.get("limit"));
  return `{"total_num":${items.length},"data_list":[${items.slice(offset, offset + limit).join(",")}]}`;
}

const hashOf = (name: string) => createHash("sha256").update(name).digest("hex");

/** So many plain events, newest first. */
export const plainItems = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, i) =>
      `{"event_id":"event-${String(i).padStart(6, "0")}","severity":"High","occur_time":${1_790_000_000_000 - i * 1000},"handle_status":"unhandled","host_id":"host-${i % 17}","process_info":[{"process_name":"p${i % 40}","process_path":"/opt/p${i % 40}","process_pid":${i},"process_hash":"${hashOf(`p${i % 40}`)}"}]}`,
  );
