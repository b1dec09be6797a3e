import { lastMillisecond } from "../time.js";
import { doubtsOf, isLastingDoubt, type DoubtKind, type Doubts } from "./doubts.js";
import type { ObservedEvent } from "./event.js";
import { mostTelling } from "./hash.js";
import { systemOf } from "./osType.js";
import { larger, Pairs } from "./pairs.js";
import { hashSources, type ObservedProcess, type SharedPath, type WithoutHash } from "./process.js";
import { said, sightingsOf, usableHashes, type Sighting } from "./sighting.js";
import { summarise } from "./summary.js";

/** Where an event happened: the server as it names it, and the policy that reported it. */
export interface ObservedPlace {
  readonly policyId?: string;
  readonly hostId?: string;
  /** Two where the event and its resource name it differently. */
  readonly hostNames: readonly string[];
  readonly addresses: readonly string[];
}

/** What an event says of one process, besides its hash. */
export interface ObservedPart {
  readonly name?: string;
  readonly path?: string;
  readonly user?: string;
  readonly uid?: string;
  readonly euid?: string;
  readonly aliases?: readonly string[];
}

/** Where and when events of one kind were seen. */
export interface Seen {
  readonly place: ObservedPlace;
  readonly events: number;
  /** Newest time that had passed when the event was read, in milliseconds since the epoch. */
  readonly last?: number;
  /** Some event has no usable time, or one that was still to come. */
  readonly undated?: true;
}

/** Events that say the same of a file, but for place and time. */
export interface FileSighting {
  readonly eventName?: string;
  readonly severity?: string;
  readonly handleStatus?: string;
  readonly handleMethod?: string;
  readonly osType?: string;
  readonly containerId?: string;
  readonly imageName?: string;
  readonly podName?: string;
  /** The event names several processes, so its handling belongs to none of them. */
  readonly severalProcesses?: true;
  /** The processes of the event that have this hash. */
  readonly processes: readonly ObservedPart[];
  readonly seen: readonly Seen[];
}

/** Everything that events say of one hash: what stood together stands together. */
export interface ObservedFile {
  readonly hash: string;
  readonly hashSource: (typeof hashSources)[number];
  readonly eventCount: number;
  /** Of all events, those with times still to come too; milliseconds since the epoch. */
  readonly first?: number;
  readonly last?: number;
  readonly sightings: readonly FileSighting[];
}

export interface Observation {
  /** One process per distinct hash, ordered by `eventCount` descending, then `hash`. */
  readonly processes: ObservedProcess[];
  /** Ordered by `eventCount` descending, then `reason`. */
  readonly withoutHash: WithoutHash[];
  /** Paths (as far as the processes list them) under which different files were seen, ordered by path. */
  readonly sharedPaths: SharedPath[];
  /** Of each hash that a doubtful event names, in whichever field. */
  readonly doubts: ReadonlyMap<string, Doubts>;
  /** Hashes that one event gives for one file, in no order. */
  readonly together: readonly (readonly string[])[];
  /** What stood together, of a hash among `processes`. */
  fileOf(hash: string): ObservedFile | undefined;
}

/** `now` is in milliseconds since the epoch; a time after it is one still to come. */
export interface ObservationOptions {
  readonly now: () => number;
}

const eventTexts = [
  "eventName",
  "severity",
  "handleStatus",
  "handleMethod",
  "osType",
  "containerId",
  "imageName",
  "podName",
] as const;
const partTexts = ["name", "path", "user", "uid", "euid"] as const;

/** Groups events by file hash as they stream by. The order of the events makes no difference to the result. */
export function createObservation({ now }: ObservationOptions) {
  const texts = new Texts();
  /** Tuples and lists of texts, each the pair of what stands before it and its last member. */
  const tuples = new Pairs();
  /** A hash, and what one event says of it. */
  const records = new Pairs();
  /** A hash, and its aliases in one event. */
  const aliased = new Pairs();
  const files = new Files();
  let eventsOf = new Uint32Array(1024);
  let newest = new Float64Array(1024).fill(-Infinity);
  let undated = new Uint8Array(1024);
  const doubts = new Map<string, Record<DoubtKind, number>>();
  const without = new Map<WithoutHash["reason"], { events: number; processes: number; doubted: number }>();

  const tuple = (members: readonly number[]): number => members.reduce((before, member) => tuples.idOf(before, member));
  // 0 is the empty list
  const list = (members: readonly number[]): number =>
    members.reduce((before, member) => tuples.idOf(before, member) + 1, 0);
  const textList = (members: readonly string[]): number => list(members.map((text) => texts.idOf(text)));

  const withoutOf = (reason: WithoutHash["reason"]) => {
    const known = without.get(reason) ?? { events: 0, processes: 0, doubted: 0 };
    without.set(reason, known);
    return known;
  };

  function speak(event: ObservedEvent, against: Iterable<DoubtKind>): void {
    for (const doubt of against) {
      for (const hash of usableHashes(event)) {
        const known = doubts.get(hash) ?? noDoubts();
        known[doubt] += 1;
        doubts.set(copyOf(hash), known);
      }
    }
  }

  /** What an event said before it was handled otherwise goes on speaking against its files; what it still says counts once.
   * True where that is anything. */
  function addEarlier(event: ObservedEvent, states: readonly ObservedEvent[]): boolean {
    const now = doubtsOf(event);
    const before = [...new Set(states.flatMap(doubtsOf))].filter(
      (doubt) => isLastingDoubt(doubt) && !now.includes(doubt),
    );
    speak(event, before);
    return before.length > 0;
  }

  function add(event: ObservedEvent): void {
    const { sightings, unusable, processCount } = sightingsOf(event);
    for (const reason of unusable) withoutOf(reason).processes += 1;
    const why = processCount === 0 ? "noProcess" : mostTelling(unusable);
    if (sightings.length === 0) withoutOf(why).events += 1;
    const against = doubtsOf(event);
    const isUnnamed = unusable.length > 0 || processCount === 0;
    if (isUnnamed && against.some(isLastingDoubt)) withoutOf(why).doubted += 1;
    speak(event, against);
    if (sightings.length === 0) return;
    const whole = tuple([eventOf(event), processCount > 1 ? 1 : 0, placeOf(event)]);
    const time = millisecondsOf(event.occurTime);
    const [first, ...others] = sightings;
    if (first && others.length === 0) note(first.hash, whole, [first], time);
    else {
      for (const hash of new Set(sightings.map((sighting) => sighting.hash))) {
        const same = sightings.filter((sighting) => sighting.hash === hash);
        note(hash, whole, same, time);
      }
    }
  }

  function eventOf(event: ObservedEvent): number {
    const { resourceInfo: resource } = event;
    return tuple([
      texts.idOf(said(event.eventName)),
      texts.idOf(said(event.severity)),
      texts.idOf(said(event.handleStatus)),
      texts.idOf(said(event.handleMethod)),
      texts.idOf(systemOf(said(event.osType), said(resource?.osType))),
      texts.idOf(said(resource?.containerId)),
      texts.idOf(said(resource?.imageName)),
      texts.idOf(said(resource?.podName) ?? said(resource?.podUid)),
    ]);
  }

  function placeOf(event: ObservedEvent): number {
    const { resourceInfo: resource } = event;
    const ids = [said(event.hostId), said(resource?.hostId)];
    const id = ids.find((text) => text !== undefined && !text.includes("*")) ?? ids[0] ?? ids[1];
    return tuple([
      texts.idOf(said(event.policyId)),
      texts.idOf(id),
      textList(distinct([event.hostName, resource?.hostName])),
      textList(distinct([event.privateIp, resource?.hostIp, event.publicIp, resource?.publicIp])),
    ]);
  }

  function partOf(sighting: Sighting): number {
    return tuple([...partTexts.map((name) => texts.idOf(sighting[name])), textList(sighting.aliases)]);
  }

  function note(hash: string, whole: number, sightings: readonly Sighting[], time: number | undefined): void {
    const parts = sightings.map(partOf);
    const partList = parts.length === 1 ? list(parts) : list([...new Set(parts)].sort((a, b) => a - b));
    const file = files.idOf(hash);
    for (const { aliases } of sightings) if (aliases.length > 0) aliased.idOf(file, textList(aliases));
    files.note(file, Math.min(...sightings.map(({ sourceRank }) => sourceRank)), time);
    const record = records.idOf(file, tuples.idOf(whole, partList));
    if (record === eventsOf.length) {
      eventsOf = larger(eventsOf);
      newest = larger(newest).fill(-Infinity, record);
      undated = larger(undated);
    }
    (eventsOf[record] as number) += 1;
    if (time === undefined || time > now()) undated[record] = 1;
    else if (time > (newest[record] as number)) newest[record] = time;
  }

  function result(): Observation {
    const byFile = new Grouped(records, files.size);
    const textOf = (id: number) => texts.of(id);

    function members(id: number, count: number): number[] {
      const found: number[] = [];
      for (; found.length < count - 1; id = tuples.leftOf(id)) found.push(tuples.rightOf(id));
      return [...found, id].reverse();
    }
    function listed(id: number): number[] {
      const found: number[] = [];
      for (; id > 0; id = tuples.leftOf(id - 1)) found.push(tuples.rightOf(id - 1));
      return found.reverse();
    }
    const textsOf = (id: number): string[] => listed(id).map((text) => textOf(text) ?? "");

    const places = new Map<number, ObservedPlace>();
    function placeAt(id: number): ObservedPlace {
      const known = places.get(id);
      if (known) return known;
      const [policyId = 0, hostId = 0, names = 0, addresses = 0] = members(id, 4);
      const place = {
        ...named(["policyId", "hostId"], [policyId, hostId]),
        ...{ hostNames: textsOf(names), addresses: textsOf(addresses) },
      };
      places.set(id, place);
      return place;
    }
    function named<Name extends string>(names: readonly Name[], ids: readonly number[]): Partial<Record<Name, string>> {
      const out: Partial<Record<Name, string>> = {};
      names.forEach((name, at) => {
        const text = textOf(ids[at] ?? 0);
        if (text !== undefined) out[name] = text;
      });
      return out;
    }
    function partAt(id: number): ObservedPart {
      const ids = members(id, partTexts.length + 1);
      const aliases = textsOf(ids.at(-1) ?? 0);
      return { ...named(partTexts, ids), ...(aliases.length > 0 && { aliases }) };
    }

    // a few are asked for more often than made; of many that would be all of the memory
    const kept = records.size <= keptRecords ? new Map<number, ObservedFile>() : undefined;
    function fileAt(file: number): ObservedFile {
      const known = kept?.get(file) ?? makeFile(file);
      kept?.set(file, known);
      return known;
    }

    function makeFile(file: number): ObservedFile {
      const grouped = new Map<string, { sighting: FileSighting; seen: Seen[] }>();
      for (const record of byFile.of(file)) {
        const said = records.rightOf(record);
        const [event = 0, several = 0, place = 0] = members(tuples.leftOf(said), 3);
        const parts = tuples.rightOf(said);
        const key = `${event} ${several} ${parts}`;
        let group = grouped.get(key);
        if (!group) {
          const sighting = {
            ...named(eventTexts, members(event, eventTexts.length)),
            ...(several === 1 && { severalProcesses: true as const }),
            processes: sorted(listed(parts).map(partAt)),
          };
          group = { sighting: sighting as unknown as FileSighting, seen: [] };
          grouped.set(key, group);
        }
        const last = newest[record] as number;
        group.seen.push({
          place: placeAt(place),
          events: eventsOf[record] as number,
          ...(last > -Infinity && { last }),
          ...(undated[record] === 1 && { undated: true }),
        });
      }
      const sightings = [...grouped.values()].map(({ sighting, seen }) => ({ ...sighting, seen: sorted(seen) }));
      return { ...files.describe(file), sightings: sorted(sightings) };
    }

    const processes: ObservedProcess[] = [];
    for (let file = 0; file < files.size; file += 1) {
      const observed = fileAt(file);
      processes.push(summarise(observed, doubts.get(observed.hash)));
    }
    processes.sort((a, b) => b.eventCount - a.eventCount || (a.hash < b.hash ? -1 : 1));
    const withoutHash = [...without]
      .map(([reason, { events, processes, doubted }]) => ({
        ...{ reason, eventCount: events, processCount: processes },
        ...(doubted > 0 && { doubtedCount: doubted }),
      }))
      .sort((a, b) => b.eventCount - a.eventCount || (a.reason < b.reason ? -1 : 1));
    return {
      processes,
      withoutHash,
      sharedPaths: sharedPathsOf(processes),
      doubts,
      together: Array.from({ length: aliased.size }, (_, at) => [
        files.hashOf(aliased.leftOf(at)),
        ...textsOf(aliased.rightOf(at)),
      ]),
      fileOf: (hash) => {
        const file = files.known(hash);
        return file === undefined ? undefined : fileAt(file);
      },
    };
  }

  return { add, addEarlier, result };
}

const keptRecords = 20_000;

/** The hashes, numbered, with what is counted of all their events. */
class Files {
  private readonly ids = new Map<string, number>();
  private readonly hashes: string[] = [];
  private ranks = new Uint8Array(1024);
  private counts = new Uint32Array(1024);
  private first = new Float64Array(1024);
  private last = new Float64Array(1024);

  get size(): number {
    return this.hashes.length;
  }

  hashOf(id: number): string {
    return this.hashes[id] as string;
  }

  known(hash: string): number | undefined {
    return this.ids.get(hash);
  }

  idOf(hash: string): number {
    const known = this.ids.get(hash);
    if (known !== undefined) return known;
    const id = this.hashes.length;
    if (id === this.counts.length) {
      this.ranks = larger(this.ranks);
      this.counts = larger(this.counts);
      this.first = larger(this.first);
      this.last = larger(this.last);
    }
    const copy = copyOf(hash);
    this.hashes.push(copy);
    this.ids.set(copy, id);
    this.ranks[id] = hashSources.length - 1;
    this.first[id] = Infinity;
    this.last[id] = -Infinity;
    return id;
  }

  note(id: number, rank: number, time: number | undefined): void {
    (this.counts[id] as number) += 1;
    if (rank < (this.ranks[id] as number)) this.ranks[id] = rank;
    if (time === undefined) return;
    if (time < (this.first[id] as number)) this.first[id] = time;
    if (time > (this.last[id] as number)) this.last[id] = time;
  }

  describe(id: number): Omit<ObservedFile, "sightings"> {
    const [first, last] = [this.first[id] as number, this.last[id] as number];
    return {
      hash: this.hashes[id] as string,
      hashSource: hashSources[this.ranks[id] as number] ?? hashSources[0],
      eventCount: this.counts[id] as number,
      ...(first <= last && { first, last }),
    };
  }
}

/** Distinct texts, numbered from 1; 0 is none. A text cut out of a page's JSON would keep the whole page alive: it is copied. */
class Texts {
  private readonly ids = new Map<string, number>();
  private readonly all: string[] = [];

  idOf(text: string | undefined): number {
    if (text === undefined) return 0;
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    // half a surrogate pair is no character: canonical JSON and digests have no place for it
    const whole = text.isWellFormed() ? text : text.toWellFormed();
    if (whole !== text) return this.idOf(whole);
    const copy = text.length < 13 ? text : Buffer.from(text, "utf16le").toString("utf16le");
    this.all.push(copy);
    this.ids.set(copy, this.all.length);
    return this.all.length;
  }

  of(id: number): string | undefined {
    return id === 0 ? undefined : this.all[id - 1];
  }
}

/** The records of each file. */
class Grouped {
  private readonly starts: Uint32Array;
  private readonly order: Uint32Array;

  constructor(records: Pairs, files: number) {
    this.starts = new Uint32Array(files + 1);
    this.order = new Uint32Array(records.size);
    for (let record = 0; record < records.size; record += 1) (this.starts[records.leftOf(record) + 1] as number) += 1;
    for (let file = 0; file < files; file += 1) (this.starts[file + 1] as number) += this.starts[file] as number;
    const next = this.starts.slice();
    for (let record = 0; record < records.size; record += 1) {
      const file = records.leftOf(record);
      this.order[next[file] as number] = record;
      (next[file] as number) += 1;
    }
  }

  of(file: number): Uint32Array {
    return this.order.subarray(this.starts[file], this.starts[file + 1]);
  }
}

const noDoubts = (): Record<DoubtKind, number> => ({
  maliciousCount: 0,
  unknownNameCount: 0,
  killedCount: 0,
  distrustedCount: 0,
  unknownHandlingCount: 0,
});

const distinct = (texts: readonly (string | undefined)[]): string[] =>
  [...new Set(texts.flatMap((text) => said(text) ?? []))].sort();

const copyOf = (hash: string): string => Buffer.from(hash, "latin1").toString("latin1");

/** In the order of their JSON, which is the same whatever came first. */
const sorted = <Item extends object>(items: readonly Item[]): readonly Item[] =>
  items.length < 2
    ? items
    : items
        .map((item) => ({ item, key: JSON.stringify(item) }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map(({ item }) => item);

function millisecondsOf(decimal: unknown): number | undefined {
  if (typeof decimal !== "string" || !/^\d{1,15}$/.test(decimal)) return undefined;
  const time = Number(decimal);
  return time <= lastMillisecond ? time : undefined;
}

function sharedPathsOf(processes: readonly ObservedProcess[]): SharedPath[] {
  const first = new Map<string, string>();
  const shared = new Map<string, string[]>();
  for (const { hash, paths } of processes) {
    for (const path of paths) {
      const known = first.get(path);
      if (known === undefined) first.set(path, hash);
      else if (!shared.get(path)?.push(hash)) shared.set(path, [known, hash]);
    }
  }
  return [...shared]
    .map(([path, hashes]) => ({ path, hashes: hashes.sort() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
