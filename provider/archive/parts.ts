import { isRecord } from "../values.js";
import { version } from "../version.js";
import { eventKey, contentKey, eventState } from "./identity.js";
import { dayOf } from "./layout.js";
import { ocsfFinding, type OcsfPlace } from "./ocsf.js";
import { eventColumns, eventIn, openParquet, ParquetRows, type Column, type EventRow, type Shape } from "./parquet.js";

/** One state of one event, as a part of the archive holds it. */
export interface ArchivedRow extends EventRow {
  readonly key: Buffer;
  readonly state: Buffer;
  /** When a sync first saw this state, by the service's clock, in milliseconds since the epoch. */
  readonly seenAt: number;
}

/** Rows of one group: events of some kilobytes, so 5 MB. Where they are larger, a group ends after so many characters. */
const rowGroup = 2000;
const groupCharacters = 1 << 24;

/**
 * The columns: what a snapshot has, what the archive knows an event by, and an OCSF Detection Finding but for what stands in
 * `event`. Security Lake and its like read the latter.
 */
function columnsOf(place: OcsfPlace, sequence: number, by: string): Column<ArchivedRow>[] {
  const findings = new WeakMap<object, Record<string, unknown>>();
  const finding = ({ event }: ArchivedRow) => {
    const made = findings.get(event) ?? ocsfFinding(event, place, by);
    findings.set(event, made);
    return made;
  };
  return [
    ...eventColumns,
    { name: "event_key", shape: "text", value: ({ key }) => key.toString("hex") },
    { name: "event_state", shape: "text", value: ({ state }) => state.toString("hex") },
    { name: "seen_at", shape: "int64", value: ({ seenAt }) => BigInt(seenAt) },
    { name: "sequence", shape: "int64", value: () => BigInt(sequence) },
    ...Object.entries(ocsfShapes).map(([name, shape]): Column<ArchivedRow> => ({
      name,
      shape,
      value: (row) => fitted(finding(row)[name], shape),
      lean: true,
    })),
  ];
}

const hash = { algorithm_id: "int32", algorithm: "text", value: "text" } as const;
const file = { name: "text", path: "text", type_id: "int32", hashes: [hash] } as const;
const ocsfShapes: Readonly<Record<string, Shape>> = {
  activity_id: "int32",
  activity_name: "text",
  category_uid: "int32",
  category_name: "text",
  class_uid: "int32",
  class_name: "text",
  type_uid: "int32",
  time: "int64",
  severity_id: "int32",
  status_id: "int32",
  status: "text",
  metadata: {
    version: "text",
    profiles: ["text"],
    product: { name: "text", vendor_name: "text" },
    log_provider: "text",
    uid: "text",
  },
  cloud: { provider: "text", region: "text", account: { uid: "text" } },
  device: { type_id: "int32", uid: "text", hostname: "text", ip: "text", os: { name: "text", type_id: "int32" } },
  finding_info: { uid: "text", title: "text", created_time: "int64" },
  evidences: [{ process: { pid: "int64", name: "text", cmd_line: "text", user: { name: "text", uid: "text" }, file } }],
  resources: [{ uid: "text", name: "text", type: "text" }],
};

/** The value as Parquet takes it; what does not fit is left out, and stands in `event`. */
function fitted(value: unknown, shape: Shape): unknown {
  if (value === undefined || value === null) return null;
  if (shape === "text") return String(value);
  if (shape === "int32") return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31 ? value : null;
  if (shape === "int64") return Number.isSafeInteger(value) ? BigInt(value as number) : null;
  if (Array.isArray(shape)) {
    const [item] = shape as readonly [Shape];
    return Array.isArray(value) ? value.map((one) => fitted(one, item)) : null;
  }
  if (!isRecord(value)) return null;
  return Object.fromEntries(Object.entries(shape).map(([name, inner]) => [name, fitted(value[name], inner as Shape)]));
}

/** The rows of one part, to its bytes. */
export class PartWriter {
  private readonly chunks: Uint8Array[] = [];
  private readonly parquet: ParquetRows<ArchivedRow>;
  rows = 0;
  private inGroup = 0;
  private characters = 0;
  /** Of all rows. */
  size = 0;

  /** `by`: the version of this package that is said to have made the findings. */
  constructor(place: OcsfPlace, sequence: number, by = version) {
    this.parquet = new ParquetRows(columnsOf(place, sequence, by), rowGroup, (bytes) => void this.chunks.push(bytes));
  }

  async add(row: ArchivedRow): Promise<void> {
    this.rows++;
    this.size += row.json.length;
    this.characters += row.json.length;
    const isFull = ++this.inGroup >= rowGroup || this.characters >= groupCharacters;
    if (isFull) this.inGroup = this.characters = 0;
    await this.parquet.add([row], isFull);
  }

  async finish(): Promise<Buffer> {
    await this.parquet.finish();
    return Buffer.concat(this.chunks.splice(0));
  }
}

/** What `known` needs of a row. */
export interface KnownRow {
  readonly key: Buffer;
  readonly state: Buffer;
  readonly occurTime: number;
  readonly handleStatus: string | undefined;
}

export async function* knownRows(bytes: Buffer): AsyncGenerator<KnownRow> {
  for await (const row of rowsOf(bytes, ["event_key", "event_state", "occur_time", "handle_status"])) {
    const { event_key: key, event_state: state, occur_time: time, handle_status: status } = row;
    yield {
      key: Buffer.from(String(key), "hex"),
      state: Buffer.from(String(state), "hex"),
      occurTime: typeof time === "bigint" ? Number(time) : NaN,
      handleStatus: typeof status === "string" ? status : undefined,
    };
  }
}

export async function* partRows(bytes: Buffer): AsyncGenerator<ArchivedRow> {
  for await (const row of rowsOf(bytes, ["event_key", "event_state", "seen_at", "event"])) {
    yield {
      ...eventIn(row),
      key: Buffer.from(String(row["event_key"]), "hex"),
      state: Buffer.from(String(row["event_state"]), "hex"),
      seenAt: Number(row["seen_at"]),
    };
  }
}

async function* rowsOf(bytes: Buffer, columns: string[]): AsyncGenerator<Record<string, unknown>> {
  const { rows, rowsInGroups, batches } = await openParquet(bytes);
  // before anything is read: a footer may say anything
  if (rows !== rowsInGroups || rows > bytes.length) throw new Error(`it can't have ${rows} rows`);
  for await (const batch of batches(columns, rowGroup)) yield* batch;
}

/** The part again, from its own events: an edited one is another. `by`: the version that made it. */
export async function madeAgain(
  rows: AsyncIterable<ArchivedRow>,
  { scope, readAt }: { readonly scope: OcsfPlace; readonly readAt: number },
  sequence: number,
  by: string,
  day: string,
): Promise<{ bytes: Buffer; problems: string[]; count: number }> {
  const writer = new PartWriter(scope, sequence, by);
  const problems = new Set<string>();
  for await (const row of rows) {
    const { event, key, state, seenAt } = row;
    if (!key.equals(eventKey(event)) && !key.equals(contentKey(event)))
      problems.add("has a key that is not its event's");
    if (!state.equals(eventState(event))) problems.add("has a state that is not its event's");
    if (dayOf(event.occurTime) !== day) problems.add("has an event of another day");
    if (seenAt !== readAt) problems.add("has an event that was seen at another time");
    await writer.add(row);
  }
  return { bytes: await writer.finish(), problems: [...problems], count: writer.rows };
}
