import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventRecord } from "../hss/event.js";

const flushAt = 1 << 20;
const batchRows = 2000;

/**
 * Holds a read on disk until it is whole, and gives it back in one order whatever order it came in: newest first, then by id,
 * then by all that it says. A million events take 20 MB of memory.
 */
export class EventSpool {
  private readonly times: number[] = [];
  private readonly offsets: number[] = [];
  private size = 0;
  private pending: string[] = [];
  private pendingSize = 0;

  private constructor(
    private readonly folder: string,
    private readonly file: FileHandle,
  ) {}

  static async open(): Promise<EventSpool> {
    const folder = await mkdtemp(join(tmpdir(), "pulumi-hss-events-"));
    return new EventSpool(folder, await open(join(folder, "events"), "wx+", 0o600));
  }

  get count(): number {
    return this.times.length;
  }

  /** Times beyond what a number holds exactly are ordered as the nearest one. */
  async add(event: EventRecord): Promise<void> {
    const line = JSON.stringify(event);
    this.times.push(Number(event.occurTime ?? -1));
    this.offsets.push(this.size);
    const bytes = Buffer.byteLength(line);
    this.size += bytes;
    this.pending.push(line);
    this.pendingSize += bytes;
    if (this.pendingSize >= flushAt) await this.flush();
  }

  /** Batches of events; each event's own JSON beside it. */
  async *inOrder(): AsyncGenerator<{ event: EventRecord; json: string }[]> {
    await this.flush();
    const { times } = this;
    const order = Uint32Array.from(times, (_, at) => at).sort((a, b) => (times[b] ?? 0) - (times[a] ?? 0) || a - b);
    let batch: { event: EventRecord; json: string }[] = [];
    for (let start = 0; start < order.length;) {
      let end = start + 1;
      while (end < order.length && times[order[end] ?? 0] === times[order[start] ?? 0]) end++;
      const group: { event: EventRecord; json: string }[] = [];
      for (const at of order.subarray(start, end)) group.push(await this.read(at));
      batch.push(...group.sort(byId));
      if (batch.length >= batchRows) {
        yield batch;
        batch = [];
      }
      start = end;
    }
    if (batch.length > 0) yield batch;
  }

  async close(): Promise<void> {
    await this.file.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async read(at: number): Promise<{ event: EventRecord; json: string }> {
    const start = this.offsets[at] ?? 0;
    const bytes = Buffer.allocUnsafe((this.offsets[at + 1] ?? this.size) - start);
    await this.file.read(bytes, 0, bytes.length, start);
    const json = bytes.toString("utf8");
    return { event: JSON.parse(json) as EventRecord, json };
  }

  private async flush(): Promise<void> {
    const text = this.pending.join("");
    this.pending = [];
    this.pendingSize = 0;
    await this.file.appendFile(text);
  }
}

interface IdentifiedText {
  readonly event: Pick<EventRecord, "eventId">;
  readonly json: string;
}

/** Of events at one time: by id, then by all that they say. */
export function byId(a: IdentifiedText, b: IdentifiedText): number {
  const [x, y] = [a.event.eventId ?? "", b.event.eventId ?? ""];
  if (x !== y) return x < y ? -1 : 1;
  return a.json < b.json ? -1 : a.json > b.json ? 1 : 0;
}
