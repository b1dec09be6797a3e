import type { IndexedEvents } from "./indexed.js";
import type { EventQuery, WireEvent } from "./wire.js";

/** Events that a test wrote down, in the order given. */
export class ListedEvents implements IndexedEvents {
  readonly ordered: boolean;

  constructor(private readonly events: readonly WireEvent[]) {
    this.ordered = events.every((event, index) => index === 0 || timeOf(events[index - 1] ?? event) >= timeOf(event));
  }

  get count(): number {
    return this.events.length;
  }

  time(index: number): number {
    return timeOf(this.at(index));
  }

  id(index: number): string | undefined {
    return this.at(index).event_id;
  }

  handled(index: number): boolean {
    return this.at(index).handle_status === "handled";
  }

  belongs(index: number, query: EventQuery): boolean {
    return fits(this.at(index), query);
  }

  everyoneBelongs(): boolean {
    return false;
  }

  at(index: number): WireEvent {
    return this.events[index] ?? {};
  }
}

export function timeOf(event: WireEvent): number {
  return Number(event.occur_time ?? 0);
}

/** The filters but time and handle status, on a whole event. What an event doesn't say counts as the default project. */
export function fits(event: WireEvent, query: EventQuery): boolean {
  const resource = typeof event.resource_info === "object" && event.resource_info !== null ? event.resource_info : {};
  const known = Array.isArray(resource) ? {} : resource;
  const project = known.enterprise_project_id ?? "0";
  const isOne = (wanted: string | undefined, ...values: unknown[]): boolean =>
    wanted === undefined || values.includes(wanted);
  return (
    (query.enterpriseProjectId === "all_granted_eps" || project === query.enterpriseProjectId) &&
    isOne(query.hostName, event.host_name, known.host_name) &&
    isOne(query.hostIp, event.private_ip, event.public_ip, known.host_ip, known.public_ip) &&
    isOne(query.privateIp, event.private_ip, known.host_ip)
  );
}
