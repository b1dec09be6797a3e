import type { z } from "zod";
import type { FunctionDefinition } from "../../provider/functions/definition.js";
import type { Clock, Transport } from "../../provider/runtime/runtime.js";
import { Session } from "../../provider/session.js";

/** An event as the service writes it. */
export type WireEvent = Readonly<Record<string, unknown>>;

export interface EventServiceOptions {
  /** The service's time and the machine's, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Absent: one that waits for nothing. */
  readonly clock?: Clock;
  /** Enterprise projects whose events an account may list; `all_granted_eps` lists all of them. */
  readonly enterpriseProjects?: readonly string[];
}

const dayMs = 24 * 60 * 60 * 1000;

/** HSS with the given events, newest first, and the filters of its API; and the package's functions on top of it. */
export class EventService {
  readonly queries: string[] = [];
  readonly warnings: string[] = [];
  private readonly session: Session;

  constructor(
    public events: readonly WireEvent[],
    private readonly options: EventServiceOptions,
  ) {
    const log = {
      debug: () => undefined,
      info: () => undefined,
      progress: () => undefined,
      warn: (message: string) => void this.warnings.push(message),
    };
    // whoever waits for longer than a minute waits for a limit, and nothing here takes that long
    const sleep = (ms: number) => new Promise<void>((resolve) => void (ms < 60_000 && setImmediate(resolve)));
    const clock = options.clock ?? { now: options.now, sleep };
    const send: Transport["send"] = ({ url }) => Promise.resolve(this.answer(url.searchParams));
    this.session = new Session({ log, env: {}, runtime: { clock, transport: { send } } });
  }

  /** A function of the package, asked of this service. */
  ask<Args extends z.ZodObject, Result extends z.ZodObject>(
    definition: FunctionDefinition<Args, Result>,
    args: Readonly<Record<string, unknown>>,
    settings: Readonly<Record<string, unknown>> = {},
  ): Promise<z.output<Result>> {
    const config = { endpoint: "https://hss.example", projectId: "project-1", token: "token", ...settings };
    return this.session.call(definition, args, { config });
  }

  private answer(query: URLSearchParams) {
    this.queries.push(query.toString());
    const now = this.options.now();
    const resource = (event: WireEvent) => (event["resource_info"] ?? {}) as WireEvent;
    const enterpriseProject = query.get("enterprise_project_id");
    const is = (name: string, ...values: unknown[]) => !query.has(name) || values.includes(query.get(name));
    const times = {
      from: query.has("begin_time")
        ? Number(query.get("begin_time")) * 1000
        : now - Number(query.get("last_days") ?? 30) * dayMs,
      to: query.has("end_time") ? Number(query.get("end_time")) * 1000 : now,
    };
    const found = this.events
      .filter(
        (event) =>
          Number(event["occur_time"]) >= Math.max(times.from, now - 30 * dayMs) &&
          Number(event["occur_time"]) <= times.to &&
          is("handle_status", event["handle_status"]) &&
          is("host_name", event["host_name"], resource(event)["host_name"]) &&
          is("host_ip", resource(event)["host_ip"], event["private_ip"], event["public_ip"]) &&
          is("private_ip", event["private_ip"]) &&
          (enterpriseProject === null ||
            enterpriseProject === "all_granted_eps" ||
            resource(event)["enterprise_project_id"] === enterpriseProject),
      )
      .sort((a, b) => Number(b["occur_time"]) - Number(a["occur_time"]));
    const offset = Number(query.get("offset"));
    const body = { total_num: found.length, data_list: found.slice(offset, offset + Number(query.get("limit"))) };
    const headers = { "content-type": "application/json", date: new Date(now).toUTCString() };
    return { status: 200, headers, body: JSON.stringify(body) };
  }
}
