import type { EventRecord } from "../../provider/hss/event.js";
import { maxOffset, maxPageSize, type TimeFilter } from "../../provider/hss/request.js";
import type { Behaviours, Lag, ModelDescription, Pace, Ties } from "./modelDescription.js";

interface Row {
  readonly key: number;
  readonly id: string | undefined;
  readonly at: number;
  readonly process: number;
  /** Place in an arbitrary order. */
  readonly rank: number;
  /** Request before which it came into the list; 0: it was there. */
  readonly since: number;
  readonly handledAt?: number;
}

interface View {
  readonly rows: readonly Row[];
  readonly from: number;
  readonly to: number;
}

/** When the model's clock starts. */
export const modelStart = Date.parse("2026-11-24T12:00:00Z");
const dayMs = 86_400_000;
const defaultStep = 250;
const hashStart = "9f".repeat(28);

/** The reader asked without end. */
export class RunawayError extends Error {}

/** The service of a description, asked; and the truth that a read of it is held to. */
export class ModelService {
  /** How many requests it has answered. */
  requests = 0;
  private readonly random: () => number;
  private readonly behaviours: Behaviours;
  private clock = modelStart;
  private rows: Row[] = [];
  private version = 0;
  private readonly earlier: { version: number; rows: Row[] }[] = [];
  /** Rows are in the order of their times, so that a window is a piece of the list. */
  private readonly sorted: boolean;
  private readonly tied: boolean;
  /** Events whose process is another's, by all that tells them apart; any other has its own key for a process. */
  private readonly sharing = new Map<string, number>();
  private readonly listed = new Set<number>();
  private newKey: number;
  private lastNew = 0;
  private oldest = 0;
  /** No row is older. */
  private earliest = Infinity;
  private newest = 0;
  private edge: Row | undefined;
  /** The answer before, unless it lagged. */
  private before: readonly Row[] | undefined;
  private repeated = false;
  private lastOffset = 0;
  private readonly ended = new Set<string>();
  /** The request that last showed a window's end for the first time, and the first that did. */
  private endedAt = 0;
  private firstEnd: number | undefined;
  private lagged = false;
  private readonly counts = new Map<string, { at: number; value: number }>();
  private readonly steadyError: number;
  private readonly filtered = new Map<string, { version: number; view: View }>();
  private readonly salt: number;
  private readonly mostRequests: number;

  constructor(readonly description: ModelDescription) {
    const { seed, events, behaviours } = description;
    this.behaviours = behaviours;
    this.random = randomOf(seed);
    this.salt = Math.floor(this.random() * 2 ** 32);
    this.steadyError = this.random() * 2 - 1;
    this.newKey = events;
    this.mostRequests = 4000 + events;
    this.tied = behaviours.ties !== undefined && behaviours.ties.order !== "stable";
    this.sorted = behaviours.order !== "arbitrary" && !behaviours.moves && !behaviours.swaps && !behaviours.copies?.far;
    this.fill();
    for (const row of this.rows) if (this.inSpan(row)) this.listed.add(row.key);
  }

  /** The service's clock, in milliseconds since the epoch. */
  readonly now = (): number => this.clock;

  /** One answer as the service gives it, items of `data_list`. The world moves on before it, but for the first. */
  answer(time: TimeFilter, offset: number, limit: number): { totalNum: number; items: Record<string, unknown>[] } {
    mustBeAskable(time, offset, limit);
    const n = ++this.requests;
    if (n > this.mostRequests) throw new RunawayError(`request ${n} of a list of ${this.rows.length} events`);
    this.clock += this.behaviours.sliding ?? defaultStep;
    const name = "lastDays" in time ? "days" : `${time.beginSecond} ${time.endSecond}`;
    const most = this.pageSize(limit);
    if (n > 1) this.move(n, time, name, offset, offset + most);
    this.remember();
    let view = this.view(this.rows, time);
    const showsEnd = offset + most >= view.to - view.from;
    const lags = this.lags(n, showsEnd);
    if (lags) view = this.laggingView(view, time);
    const fault = this.windowFault(time, view);
    view = fault.view;
    const rows = this.page(view, n, offset, limit, most);
    const totalNum = fault.count ?? this.count(view, name, n);
    if (showsEnd && !this.ended.has(name)) {
      this.ended.add(name);
      this.endedAt = n;
      this.firstEnd ??= n;
    }
    this.lastOffset = offset;
    this.edge = rows.at(-1);
    const repeats = !this.repeated && this.before !== undefined && n >= (this.behaviours.repeatedAnswer ?? Infinity);
    const shown = repeats ? (this.before as readonly Row[]) : rows;
    this.repeated ||= repeats;
    this.before = lags ? undefined : rows;
    return { totalNum, items: shown.map((row) => this.item(row)) };
  }

  /** Keys of the events that the span held from the first request to now. */
  throughout(): Set<string> {
    const keys = new Set<string>();
    for (const row of this.rows) if (row.since === 0 && this.inSpan(row)) keys.add(nameOf(row.key));
    return keys;
  }

  /** Keys of all events that the span ever held. */
  everListed(): Set<string> {
    return new Set([...this.listed].map(nameOf));
  }

  /** The model's key of a wire item, or of the event decoded from it; of both versions of one that recurred. */
  keyOf(event: Record<string, unknown> | EventRecord): string | undefined {
    const wire = "occur_time" in event;
    const id = (wire ? event["event_id"] : event["eventId"]) as string | undefined;
    const at = Number(wire ? event["occur_time"] : event["occurTime"]);
    const processes = (wire ? event["process_info"] : event["processInfo"]) as Record<string, unknown>[] | undefined;
    const command = processes?.[0]?.[wire ? "process_cmdline" : "processCmdline"];
    const process = Number(/\d+$/.exec(String(command))?.[0]);
    if (!(process >= 0 && process < this.newKey)) return undefined;
    return nameOf(this.sharing.get(signature(id, at, process)) ?? process);
  }

  /** How often others get their turn before the next answer is made, where several requests are under way. */
  delay(): number {
    return Math.floor(this.random() * 5);
  }

  // --- the list at the start

  private fill(): void {
    const { events, time, behaviours } = this.description;
    const [begin, end] = this.span();
    const length = end - begin;
    const sliding = "lastDays" in time ? (behaviours.sliding ?? 0) : 0;
    const margin = Math.min(length * 0.02, 3_600_000);
    this.newest = end - 1 - Math.floor((this.random() * length) / (events + 2));
    this.oldest = begin + (sliding > 0 ? sliding : Math.floor(margin));
    const gap = (this.newest - this.oldest) / Math.max(1, events);
    const times: number[] = [];
    for (let i = 0; i < events; i++) times.push(Math.floor(this.newest - (i + 0.8 * this.random()) * gap));
    // an old end that the sliding window reaches while the read goes on
    if (sliding > 0)
      for (let i = 1; i <= events / 8; i++) times[events - i] = this.oldest + Math.floor(i * sliding * 0.7);
    if (!("lastDays" in time)) this.crowd(times, begin, end);
    if (behaviours.ties) this.tie(times, behaviours.ties.group);
    times.sort((a, b) => b - a);
    this.oldest = times.at(-1) ?? this.oldest;
    const processes = this.processes(times);
    const ids = this.ids(events);
    const rows = times.map((at, key): Row => {
      const process = processes[key] as number;
      return { key, id: ids[key], at, process, rank: this.random(), since: 0 };
    });
    if (!("lastDays" in time)) this.addOutside(rows, time.begin, time.end);
    this.copy(rows);
    this.rows = rows;
    for (const { at } of rows) this.earliest = Math.min(this.earliest, at);
    if (behaviours.order === "oldest") rows.reverse();
    if (behaviours.order === "arbitrary") rows.sort((a, b) => a.rank - b.rank);
  }

  /** Events within a second of where two windows of two days are likely to meet. */
  private crowd(times: number[], begin: number, end: number): void {
    if (times.length < 40) return;
    const first = Math.floor(begin / 1000) * 1000;
    const last = Math.ceil(end / 1000) * 1000;
    let i = 0;
    for (let away = 2 * dayMs; away < end - begin && i < times.length / 2; away += 2 * dayMs) {
      for (const boundary of [first + away, last - away])
        for (const off of [-1000, -1, 0, 1, 500, 999, 1000]) {
          const at = boundary + off;
          if (at > begin && at < end && 2 * i < times.length) times[2 * i++] = at;
        }
    }
    times.sort((a, b) => b - a);
  }

  /** Groups of random sizes, up to the longest; at least one has that size where there are events enough. */
  private tie(times: number[], longest: number): void {
    for (let i = 0, first = true; i < times.length; first = false) {
      const size = first ? longest : 1 + Math.floor(this.random() * longest);
      const at = times[i] as number;
      for (let j = i; j < Math.min(i + size, times.length); j++) times[j] = at;
      i += size;
    }
  }

  private processes(times: readonly number[]): number[] {
    const processes = times.map((_, i) => i);
    const share = this.behaviours.sharedProcesses ?? 0;
    for (let i = 1; i < processes.length && share > 0; i++) {
      const other = Math.floor(this.random() * i);
      if (this.random() < share && times[other] !== times[i] && other === processes[other]) processes[i] = other;
    }
    // two of one process and one time would be one event
    const seen = new Set<string>();
    return processes.map((process, i) => {
      const own = seen.has(`${process} ${times[i]}`) ? i : process;
      seen.add(`${own} ${times[i]}`);
      return own;
    });
  }

  private ids(events: number): (string | undefined)[] {
    const { ids } = this.behaviours;
    const list = Array.from({ length: events }, (_, i) => this.id(i));
    if (ids?.kind !== "equal") return list;
    for (let i = 0; i + ids.apart < events; i++) if (this.random() < ids.share) list[i + ids.apart] = list[i] as string;
    return list;
  }

  private ownId(key: number): string {
    return `${hex(key, 8)}-be4f-11ef-9ac9-${hex(this.salt, 12)}`;
  }

  /** Drawn once for an event; without such a behaviour its own id is made as it is shown. */
  private id(key: number): string | undefined {
    const { ids } = this.behaviours;
    if (ids === undefined) return undefined;
    if (ids.kind === "equal" || this.random() >= ids.share) return this.ownId(key);
    if (ids.kind === "missing") return undefined;
    return ids.kind === "masked" ? "********" : `${hex(key % 7, 4)}****-be4f-11ef-9ac9-********`;
  }

  /** Neighbours of the span, by a millisecond, some seconds, and more. */
  private addOutside(rows: Row[], begin: number, end: number): void {
    for (const off of [1, 900, 5_000, 3_600_000]) {
      for (const at of [end + off, begin - off]) {
        if (at > modelStart) continue;
        const key = this.newKey++;
        const row = { key, id: this.id(key), at, process: key, rank: this.random(), since: 0 };
        if (at > end) rows.unshift(row);
        else rows.push(row);
      }
    }
  }

  private copy(rows: Row[]): void {
    const { copies } = this.behaviours;
    if (!copies) return;
    for (let i = rows.length - 1; i >= 0; i--) {
      if (this.random() >= copies.share) continue;
      const to = copies.far ? Math.floor(this.random() * (rows.length + 1)) : i + 1;
      rows.splice(to, 0, { ...(rows[i] as Row), rank: copies.far ? this.random() : (rows[i] as Row).rank });
    }
  }

  private span(): [number, number] {
    const { time } = this.description;
    if ("lastDays" in time) return [modelStart - time.lastDays * dayMs, modelStart];
    return [time.begin, Math.max(time.begin + 1, Math.min(time.end, modelStart))];
  }

  private inSpan({ at }: Row): boolean {
    const { time } = this.description;
    if ("lastDays" in time) return at >= this.clock - time.lastDays * dayMs;
    return at >= time.begin && at <= time.end;
  }

  // --- what an answer shows

  private range(time: TimeFilter): [number, number] {
    if ("lastDays" in time) return [this.clock - time.lastDays * dayMs, Infinity];
    const rest = this.behaviours.endSecond === "whole" ? 999 : 0;
    return [time.beginSecond * 1000, time.endSecond * 1000 + rest];
  }

  private view(rows: readonly Row[], time: TimeFilter): View {
    const [begin, end] = this.range(time);
    if (this.sorted) {
      if (this.behaviours.order === "oldest")
        return { rows, from: firstIndex(rows, ({ at }) => at >= begin), to: firstIndex(rows, ({ at }) => at > end) };
      return { rows, from: firstIndex(rows, ({ at }) => at <= end), to: firstIndex(rows, ({ at }) => at < begin) };
    }
    if (begin <= this.earliest && end >= this.clock) return { rows, from: 0, to: rows.length };
    const name = rows === this.rows && !("lastDays" in time) ? JSON.stringify(time) : undefined;
    const known = name === undefined ? undefined : this.filtered.get(name);
    if (known?.version === this.version) return known.view;
    const matching = rows.filter(({ at }) => at >= begin && at <= end);
    const view = { rows: matching, from: 0, to: matching.length };
    if (name !== undefined) this.filtered.set(name, { version: this.version, view });
    return view;
  }

  /** States of the list for a replica that is some requests behind. */
  private remember(): void {
    const { lag } = this.behaviours;
    if (!lag || !("requests" in lag.lost) || this.lagged) return;
    const last = this.earlier.at(-1);
    const rows = last?.version === this.version ? last.rows : [...this.rows];
    this.earlier.push({ version: this.version, rows });
    if (this.earlier.length > lag.lost.requests + 1) this.earlier.shift();
  }

  private lags(n: number, showsEnd: boolean): boolean {
    const { lag } = this.behaviours;
    if (!lag || this.lagged) return false;
    const { answer } = lag;
    if (typeof answer === "number") this.lagged = n === answer;
    else if (answer === "end") this.lagged = showsEnd;
    else this.lagged = this.firstEnd !== undefined && n === this.firstEnd + answer.after;
    return this.lagged;
  }

  private laggingView(view: View, time: TimeFilter): View {
    const lag = this.behaviours.lag as Lag;
    if ("requests" in lag.lost) return this.view((this.earlier[0] as { rows: Row[] }).rows, time);
    const length = view.to - view.from;
    const lost = Math.min(length, "rows" in lag.lost ? lag.lost.rows : Math.ceil(lag.lost.share * length));
    const atFront = (lag.at === "new") === (this.behaviours.order !== "oldest");
    return atFront ? { ...view, from: view.from + lost } : { ...view, to: view.to - lost };
  }

  private windowFault(time: TimeFilter, view: View): { view: View; count?: number } {
    const { windows } = this.behaviours;
    if (!windows) return { view };
    const nothing = { rows: [], from: 0, to: 0 };
    const seconds = "lastDays" in time ? time.lastDays * 86_400 : time.endSecond - time.beginSecond;
    if (seconds > windows.longerThan) return { view: windows.list === "all" ? view : nothing, count: windows.count };
    if (windows.parts === "all") return { view };
    if (windows.parts === "none") return { view: nothing };
    const rows = view.rows.slice(view.from, view.to).filter(({ key }) => key % 10 !== 3);
    return { view: { rows, from: 0, to: rows.length } };
  }

  private pageSize(asked: number): number {
    const { pages } = this.behaviours;
    if (pages === undefined) return asked;
    return Math.min(asked, "most" in pages ? pages.most : 10 + Math.floor(this.random() * 191));
  }

  private page(view: View, n: number, askedOffset: number, askedLimit: number, limit: number): Row[] {
    const { pages, roundedOffset, beyondEnd } = this.behaviours;
    const length = view.to - view.from;
    const step = pages !== undefined && "most" in pages ? limit : askedLimit;
    let offset = roundedOffset ? Math.floor(askedOffset / step) * step : askedOffset;
    if (beyondEnd && offset >= length && length > 0)
      offset = beyondEnd === "page" ? Math.floor((length - 1) / limit) * limit : Math.max(0, length - limit);
    const start = view.from + Math.min(offset, length);
    const end = Math.min(start + limit, view.to);
    return this.tied ? this.shuffled(view, start, end, n) : view.rows.slice(start, end);
  }

  /** These rows, where the order within a group of equal times is this request's or this replica's. */
  private shuffled({ rows, from, to }: View, start: number, end: number, n: number): Row[] {
    const { order, replicas = 2 } = this.behaviours.ties as Ties;
    const salt = this.salt + (order === "request" ? n : Math.floor(this.random() * replicas));
    const at = (i: number) => (rows[i] as Row).at;
    let first = start;
    while (first > from && first < to && at(first - 1) === at(first)) first--;
    const out: Row[] = [];
    for (let i = first; i < end;) {
      let next = i + 1;
      while (next < to && at(next) === at(i)) next++;
      const group = rows.slice(i, next);
      if (group.length > 1) {
        const places = new Map(group.map((row) => [row, mixed(row.key, salt)]));
        group.sort((a, b) => (places.get(a) as number) - (places.get(b) as number));
      }
      out.push(...group);
      i = next;
    }
    return out.slice(start - first, end - first);
  }

  private count(view: View, name: string, n: number): number {
    const length = view.to - view.from;
    const { count } = this.behaviours;
    if (count === undefined) return length;
    switch (count.kind) {
      case "capped":
        return Math.min(length, count.at);
      case "approximate": {
        const error = count.steady ? this.steadyError : this.random() * 2 - 1;
        return Math.max(0, Math.round(length * (1 + count.error * error)));
      }
      case "cached": {
        const known = this.counts.get(name);
        if (known && (count.refresh === 0 || n < known.at + count.refresh)) return known.value;
        const value = Math.max(0, length + (known ? 0 : count.off));
        this.counts.set(name, { at: n, value });
        return value;
      }
      case "distinct":
        return this.behaviours.copies
          ? new Set(view.rows.slice(view.from, view.to).map(({ key }) => key)).size
          : length;
    }
  }

  private item(row: Row): Record<string, unknown> {
    const id = this.behaviours.ids ? row.id : this.ownId(row.key);
    if (row.process !== row.key) this.sharing.set(signature(id, row.at, row.process), row.key);
    return {
      ...(id !== undefined && { event_id: id }),
      event_name: "Untrusted process running",
      occur_time: row.at,
      handle_status: row.handledAt === undefined ? "unhandled" : "handled",
      ...(row.handledAt !== undefined && { handle_time: row.handledAt, handle_method: "mark_as_trust" }),
      host_name: `ecs-${row.process % 50}`,
      process_info: [
        {
          process_name: "run",
          process_path: `/opt/job-${row.process % 400}/run`,
          process_pid: 1000 + (row.process % 30_000),
          process_cmdline: `run --job ${row.process}`,
          process_hash: hashStart + hex(row.process, 8),
        },
      ],
    };
  }

  // --- movement

  private move(n: number, time: TimeFilter, name: string, offset: number, end: number): void {
    const b = this.behaviours;
    const view = this.view(this.rows, time);
    const moment = {
      n,
      reachingEnd: !this.ended.has(name) && end >= view.to - view.from,
      afterEnd: this.endedAt === n - 1,
      lookingBack: this.endedAt > 0 && offset <= this.lastOffset,
    };
    const kinds: [Pace | undefined, () => void][] = [
      [b.arrivalsNew, () => this.arrive("new")],
      [b.arrivalsOld, () => this.arrive("old")],
      [b.arrivalsMiddle, () => this.arrive("middle")],
      [b.recurrence, () => this.recur()],
      [b.swaps, () => this.swap()],
      [b.moves, () => this.moveOne()],
      [b.status, () => this.changeStatus()],
      [b.deletions, () => this.remove()],
    ];
    for (const [pace, act] of kinds) {
      if (pace === undefined) continue;
      for (let left = this.times(pace, moment); left > 0; left--) act();
    }
  }

  private times(
    pace: Pace,
    moment: { n: number; reachingEnd: boolean; afterEnd: boolean; lookingBack: boolean },
  ): number {
    if ("each" in pace) return Math.floor(pace.each) + (this.random() < pace.each % 1 ? 1 : 0);
    if ("before" in pace) return moment.n === pace.before ? pace.size : 0;
    if ("chance" in pace) return this.random() < pace.chance ? pace.size : 0;
    return moment[pace.when] ? pace.size : 0;
  }

  private arrive(where: "new" | "old" | "middle"): void {
    const key = this.newKey++;
    let process = key;
    let at = this.present();
    if (where === "old") at = this.oldest - 1 - Math.floor(this.random() * 900);
    if (where === "middle") at = this.oldest + Math.floor(this.random() * (this.newest - this.oldest));
    if (where === "new" && this.behaviours.ties && !this.behaviours.sharedProcesses) at -= at % 1000;
    const inside = this.inSpan({ at } as Row);
    if (where === "old" && !inside) return;
    let id = this.id(key);
    const other = this.pick();
    if (other !== undefined) {
      const known = this.rows[other] as Row;
      if (this.random() < (this.behaviours.sharedProcesses ?? 0)) process = known.process;
      const { ids } = this.behaviours;
      if (ids?.kind === "equal" && this.random() < ids.share) id = known.id;
    }
    const rank = where === "middle" ? this.random() : where === "new" ? -this.requests : 1 + this.requests;
    this.insert({ key, id, at, process, rank: rank + this.random() / 1e3, since: this.requests });
    if (where === "old") this.oldest = at;
    if (inside) this.listed.add(key);
  }

  private recur(): void {
    const index = this.pick();
    if (index === undefined) return;
    const old = this.rows[index] as Row;
    const present = this.present();
    const second = present - (present % 1000);
    const at = this.behaviours.ties && !this.behaviours.sharedProcesses && second > old.at ? second : present;
    const since = this.inSpan(old) ? old.since : this.requests;
    const row = { ...old, at, since };
    this.removeRows(index, true);
    this.insert(row);
    if (this.inSpan(row)) this.listed.add(row.key);
  }

  private swap(): void {
    const [i, j] = [this.pick(), this.pick()];
    if (i === undefined || j === undefined) return;
    this.version++;
    const [a, b] = [this.rows[i] as Row, this.rows[j] as Row];
    // in an arbitrary order the places are ranks, which arrivals go by
    this.rows[i] = { ...b, rank: a.rank };
    this.rows[j] = { ...a, rank: b.rank };
  }

  private moveOne(): void {
    const [i, j] = [this.pick(), this.pick()];
    if (i === undefined || j === undefined) return;
    this.version++;
    const rank = (this.rows[j] as Row).rank;
    const [row] = this.rows.splice(i, 1) as [Row];
    this.rows.splice(j, 0, { ...row, rank });
  }

  private changeStatus(): void {
    const index = this.pick();
    if (index === undefined) return;
    this.version++;
    const old = this.rows[index] as Row;
    const changed = {
      ...old,
      handledAt: old.handledAt === undefined ? this.clock : undefined,
    };
    for (const i of this.placesOf(index)) this.rows[i] = { ...changed, rank: (this.rows[i] as Row).rank };
  }

  private remove(): void {
    const index = this.pick();
    if (index !== undefined) this.removeRows(index, this.random() < 0.5);
  }

  private removeRows(index: number, copiesToo: boolean): void {
    this.version++;
    for (const i of (copiesToo ? this.placesOf(index) : [index]).reverse()) this.rows.splice(i, 1);
  }

  /** Where this event is listed, upwards. */
  private placesOf(index: number): number[] {
    if (!this.behaviours.copies) return [index];
    const { key } = this.rows[index] as Row;
    return this.rows.flatMap((row, i) => (row.key === key ? [i] : []));
  }

  /** Where the next change happens: anywhere, close to where the reader is, or at an end. */
  private pick(): number | undefined {
    const where = this.random();
    const { length } = this.rows;
    if (length === 0) return undefined;
    let index = Math.floor(this.random() * length);
    if (where < 0.3 && this.edge) {
      const place = this.rows.indexOf(this.edge);
      if (place >= 0) index = place + Math.floor(this.random() * 40) - 20;
    } else if (where < 0.4) index = Math.floor(this.random() * 20);
    else if (where < 0.5) index = length - 1 - Math.floor(this.random() * 20);
    return Math.min(length - 1, Math.max(0, index));
  }

  private insert(row: Row): void {
    this.version++;
    this.earliest = Math.min(this.earliest, row.at);
    const { order } = this.behaviours;
    const below = {
      newest: (other: Row) => other.at <= row.at,
      oldest: (other: Row) => other.at >= row.at,
      arbitrary: (other: Row) => other.rank >= row.rank,
    }[order ?? "newest"];
    this.rows.splice(firstIndex(this.rows, below), 0, row);
  }

  /** The present time; where processes are shared, no two events have the same, or they could be one. */
  private present(): number {
    if (this.behaviours.sharedProcesses === undefined) return this.clock;
    return (this.lastNew = Math.max(this.clock, this.lastNew + 1));
  }
}

function mustBeAskable(time: TimeFilter, offset: number, limit: number): void {
  const whole = Number.isInteger(offset) && Number.isInteger(limit);
  if (!whole || offset < 0 || offset > maxOffset || limit < 10 || limit > maxPageSize)
    throw new RangeError(`offset ${offset}, limit ${limit}`);
  if ("lastDays" in time) return;
  const seconds = time.endSecond - time.beginSecond;
  if (!Number.isInteger(time.beginSecond) || !Number.isInteger(time.endSecond) || seconds < 0 || seconds > 172_800)
    throw new RangeError(`from ${time.beginSecond} to ${time.endSecond}`);
}

const nameOf = (key: number): string => `e${key}`;
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const signature = (id: string | undefined, at: number, process: number): string => `${id ?? ""}|${at}|${process}`;

/** The first index from which on the condition holds. */
function firstIndex(rows: readonly Row[], holds: (row: Row) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(rows[middle] as Row)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mixed(key: number, salt: number): number {
  let t = Math.imul(key ^ salt, 0x9e3779b1) ^ (salt >>> 7);
  t = Math.imul(t ^ (t >>> 16), 0x85ebca6b);
  t = Math.imul(t ^ (t >>> 13), 0xc2b2ae35);
  return (t ^ (t >>> 16)) >>> 0;
}
