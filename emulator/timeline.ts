import type { IndexedEvents } from "./indexed.js";
import { fits, timeOf } from "./listed.js";
import type { View } from "./view.js";
import { FilteredView, RangeView } from "./view.js";
import type { EventQuery, EventSource, HandleMethod, WireEvent } from "./wire.js";
import { DAY_MS, midnight } from "./wire.js";

const VIEWS_KEPT = 32;

/** Events that can change while somebody reads them: inserted, removed and handled ones lie over the base. */
export class Timeline implements EventSource {
  private inserted: WireEvent[] = [];
  private readonly removed = new Set<number>();
  private readonly handledLater = new Map<number, Partial<WireEvent>>();
  private readonly views = new Map<string, View>();

  constructor(
    private readonly base: IndexedEvents,
    private readonly now: () => number,
    private readonly order: "newest" | "oldest",
  ) {}

  total(query: EventQuery): number {
    return this.view(query).total + this.insertedFor(query).length;
  }

  page(query: EventQuery, offset: number, limit: number): WireEvent[] {
    if (this.order === "newest") return this.newestFirst(query, offset, limit);
    const end = this.total(query) - offset;
    const start = Math.max(end - limit, 0);
    return end <= 0 ? [] : this.newestFirst(query, start, end - start).reverse();
  }

  /** Adds events at the place in time that their `occur_time` gives them. */
  insert(events: readonly WireEvent[]): void {
    this.inserted = [...this.inserted, ...events.map((event) => ({ ...event }))].sort((a, b) => timeOf(b) - timeOf(a));
  }

  /** @returns how many of them were there */
  remove(ids: readonly string[]): number {
    const wanted = new Set(ids);
    const before = this.inserted.length;
    this.inserted = this.inserted.filter((event) => !wanted.has(event.event_id ?? ""));
    const indices = this.find(wanted);
    for (const index of indices) this.removed.add(index);
    this.views.clear();
    return before - this.inserted.length + indices.length;
  }

  /** @returns how many of them were there */
  handle(ids: readonly string[], method: HandleMethod): number {
    const wanted = new Set(ids);
    const change = { handle_status: "handled", handle_method: method, handle_time: this.now() };
    let changed = 0;
    for (const event of this.inserted) {
      if (!wanted.has(event.event_id ?? "")) continue;
      Object.assign(event, change);
      changed++;
    }
    const indices = this.find(wanted);
    for (const index of indices) this.handledLater.set(index, change);
    this.views.clear();
    return changed + indices.length;
  }

  private find(ids: ReadonlySet<string>): number[] {
    const found: number[] = [];
    for (let index = 0; index < this.base.count && found.length < ids.size; index++) {
      const id = this.base.id(index);
      if (id !== undefined && ids.has(id) && !this.removed.has(index)) found.push(index);
    }
    return found;
  }

  /** A page as if the order were newest first. */
  newestFirst(query: EventQuery, offset: number, limit: number): WireEvent[] {
    const view = this.view(query);
    const added = this.insertedFor(query).map((event, place) => ({
      event,
      position: view.rank(this.base.ordered ? this.firstNotAfter(timeOf(event)) : 0) + place,
    }));
    const before = added.filter(({ position }) => position < offset).length;
    const page: WireEvent[] = view.slice(offset - before, limit).map((index) => this.event(index));
    for (const { event, position } of added) {
      if (position >= offset && position < offset + limit) page.splice(position - offset, 0, { ...event });
    }
    return page.slice(0, limit);
  }

  private event(index: number): WireEvent {
    const event = this.base.at(index);
    const later = this.handledLater.get(index);
    return later ? { ...event, ...later } : event;
  }

  private insertedFor(query: EventQuery): WireEvent[] {
    const [begin, end] = this.bounds(query);
    return this.inserted.filter(
      (event) =>
        timeOf(event) >= begin &&
        timeOf(event) <= end &&
        fits(event, query) &&
        (query.handleStatus === undefined || (event.handle_status ?? "unhandled") === query.handleStatus),
    );
  }

  private view(query: EventQuery): View {
    const [begin, end] = this.bounds(query);
    const from = this.base.ordered ? this.firstNotAfter(end) : 0;
    const to = this.base.ordered ? this.firstNotAfter(begin - 1) : this.base.count;
    const plain = this.base.ordered && query.handleStatus === undefined && this.base.everyoneBelongs(query);
    if (plain && this.removed.size === 0) return new RangeView(from, to);
    const key = JSON.stringify([query, begin, end, midnight(this.now())]);
    const known = this.views.get(key);
    if (known) return known;
    const view = new FilteredView(from, to, (index) => this.accepts(index, query, begin, end));
    const [oldest] = this.views.keys();
    if (oldest !== undefined && this.views.size >= VIEWS_KEPT) this.views.delete(oldest);
    this.views.set(key, view);
    return view;
  }

  private accepts(index: number, query: EventQuery, begin: number, end: number): boolean {
    if (this.removed.has(index)) return false;
    if (query.handleStatus !== undefined) {
      const handled = this.handledLater.has(index) || this.base.handled(index);
      if (handled !== (query.handleStatus === "handled")) return false;
    }
    if (!this.base.ordered) {
      const time = this.base.time(index);
      if (time < begin || time > end) return false;
    }
    return this.base.belongs(index, query);
  }

  /** Days are counted back from midnight, so that a preview and the update after it see the same events. */
  private bounds(query: EventQuery): [begin: number, end: number] {
    if (query.beginMs !== undefined && query.endMs !== undefined) return [query.beginMs, query.endMs];
    return [midnight(this.now()) - (query.lastDays ?? 30) * DAY_MS, Number.MAX_SAFE_INTEGER];
  }

  /** The first index whose time is not after the given one (newest come first). */
  private firstNotAfter(time: number): number {
    let low = 0;
    let high = this.base.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.base.time(middle) <= time) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
