import type { EventRecord } from "../hss/event.js";
import type { SchemaElement } from "hyparquet";
import { isRecord } from "../values.js";

const rowGroup = 2_000;

/** What people filter by, each a column; `event` is the whole event as JSON, integers beyond 2^53 as decimal strings. */
const columns = {
  event_id: ({ eventId }) => eventId,
  occur_time: ({ occurTime }) => integer(occurTime),
  event_name: ({ eventName }) => eventName,
  severity: ({ severity }) => severity,
  handle_status: ({ handleStatus }) => handleStatus,
  handle_method: ({ handleMethod }) => handleMethod,
  handle_time: ({ handleTime }) => integer(handleTime),
  host_id: ({ hostId, resourceInfo }) => hostId ?? resourceInfo?.hostId,
  host_name: ({ hostName, resourceInfo }) => hostName ?? resourceInfo?.hostName,
  private_ip: ({ privateIp }) => privateIp,
  os_type: ({ osType, resourceInfo }) => osType ?? resourceInfo?.osType,
  policy_id: ({ policyId }) => policyId,
  process_hash: ({ processInfo }) => processInfo?.[0]?.processHash,
  process_name: ({ processInfo }) => processInfo?.[0]?.processName,
  process_path: ({ processInfo }) => processInfo?.[0]?.processPath,
} satisfies Record<string, (event: EventRecord) => string | bigint | undefined>;

const names = Object.keys(columns) as (keyof typeof columns)[];
const isInteger = (name: string) => name.endsWith("_time");

/** A column: its name, its shape, and what it holds of a row. */
export interface Column<Row> {
  readonly name: string;
  readonly shape: Shape;
  readonly value: (row: Row) => unknown;
  /** Without statistics and places of its pages: in a file of few rows they are most of it. */
  readonly lean?: boolean;
}

export type Shape = "text" | "int32" | "int64" | { readonly [field: string]: Shape } | readonly [Shape];

export interface EventRow {
  readonly event: EventRecord;
  /** The event as JSON. */
  readonly json: string;
}

/** What people filter by, and the event itself. */
export const eventColumns: readonly Column<EventRow>[] = [
  ...names.map((name): Column<EventRow> => ({
    name,
    shape: isInteger(name) ? "int64" : "text",
    value: ({ event }) => columns[name](event) ?? null,
  })),
  { name: "event", shape: "text", value: ({ json }) => json },
];

/** Writes rows as Parquet, a row group at a time. Equal rows in equal order are equal bytes. */
export class ParquetRows<Row> {
  private rows: Row[] = [];
  private opened: Promise<Writer> | undefined;
  private readonly chunks: Uint8Array[] = [];

  constructor(
    private readonly columns: readonly Column<Row>[],
    private readonly rowGroup: number,
    private readonly write: (bytes: Uint8Array) => Promise<void> | void,
  ) {}

  /** `isFull`: a row group ends here, however few rows it has. */
  async add(batch: readonly Row[], isFull = false): Promise<void> {
    this.rows.push(...batch);
    if (isFull || this.rows.length >= this.rowGroup) await this.flush();
  }

  async finish(): Promise<void> {
    await this.flush();
    const writer = await this.writer();
    writer.finish();
    await this.drain();
  }

  private async flush(): Promise<void> {
    const { rows } = this;
    this.rows = [];
    const writer = await this.writer();
    if (rows.length > 0) {
      writer.write({
        columnData: this.columns.map(({ name, shape, value, lean }) => ({
          name,
          data: rows.map((row) => value(row)),
          ...(typeof shape === "string" && { type: types[shape] }),
          ...(lean && { statistics: false, offsetIndex: false }),
        })),
        rowGroupSize: rows.length,
      });
    }
    await this.drain();
  }

  private async drain(): Promise<void> {
    for (const chunk of this.chunks.splice(0)) await this.write(chunk);
  }

  private writer(): Promise<Writer> {
    return (this.opened ??= this.open());
  }

  private async open(): Promise<Writer> {
    const { ByteWriter, ParquetWriter } = await import("hyparquet-writer");
    const { chunks } = this;
    // what is full goes to the file: a row group is never held twice
    class FileWriter extends ByteWriter {
      flush(): void {
        if (this.index > 0) chunks.push(this.getBytes().slice());
        this.index = 0;
      }
      override finish(): void {
        this.flush();
      }
    }
    const schema = [
      { name: "event_record", num_children: this.columns.length },
      ...this.columns.flatMap(({ name, shape }) => elements(name, shape)),
    ];
    return new ParquetWriter({ writer: new FileWriter(), schema, createdBy: "pulumi-hss" });
  }
}

/** The events of a snapshot. */
export class ParquetEvents extends ParquetRows<EventRow> {
  constructor(write: (bytes: Uint8Array) => Promise<void> | void) {
    super(eventColumns, rowGroup, write);
  }
}

interface Writer {
  write(options: object): void;
  finish(): void;
}

const types = { text: "STRING", int32: "INT32", int64: "INT64" } as const;
const optional = { repetition_type: "OPTIONAL" } as const;
const leaves = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", ...optional },
  int32: { type: "INT32", ...optional },
  int64: { type: "INT64", ...optional },
} as const;

/** An element of Parquet's schema and those below it; everything may be absent. */
function elements(name: string, shape: Shape): SchemaElement[] {
  if (typeof shape === "string") return [{ name, ...leaves[shape] }];
  if (Array.isArray(shape)) {
    const [item] = shape as readonly [Shape];
    return [
      { name, ...optional, num_children: 1, converted_type: "LIST" },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      ...elements("element", item),
    ];
  }
  const fields = Object.entries(shape);
  return [
    { name, ...optional, num_children: fields.length },
    ...fields.flatMap(([key, inner]) => elements(key, inner)),
  ];
}

function integer(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^-?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** A file that can be read: how many rows it says that it has, and those columns of so many at a time. */
export async function openParquet(bytes: Uint8Array) {
  const { parquetMetadata, parquetReadObjects } = await import("hyparquet");
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const rows = Number(metadata.num_rows);
  return {
    rows,
    rowsInGroups: metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0),
    async *batches(columns: string[], together: number): AsyncGenerator<Record<string, unknown>[]> {
      for (let rowStart = 0; rowStart < rows; rowStart += together) {
        const rowEnd = Math.min(rows, rowStart + together);
        yield await parquetReadObjects({ file, metadata, columns, rowStart, rowEnd });
      }
    },
  };
}

/** The event of a row, with its own JSON. Throws for anything else. */
export function eventIn({ event }: Record<string, unknown>): EventRow {
  const json = String(event);
  const parsed: unknown = JSON.parse(json);
  if (!isRecord(parsed)) throw new Error("a row is no event");
  return { event: parsed as EventRecord, json };
}

/** Every event of a file, in its order. Rejects for what is no file of so many events. */
export async function* parquetEvents(bytes: Uint8Array, count: number): AsyncGenerator<EventRow[]> {
  const { rows, rowsInGroups, batches } = await openParquet(bytes);
  // before anything is read: a footer may say anything
  if (rows !== count || rowsInGroups !== count || count > bytes.length)
    throw new Error(`it has ${rows} rows, and ${count} events were read`);
  for await (const batch of batches(["event"], rowGroup)) yield batch.map(eventIn);
}
