import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { gatewayError, Refusal, type Answer } from "./answers.js";
import { Credentials } from "./credentials.js";
import { answerEvents, isEventsPath, type EventsApi } from "./eventsApi.js";
import { inflict, type RequestInfo } from "./faults.js";
import { GeneratedEvents } from "./generated.js";
import { answerIdentity, isIdentityPath, type IdentityApi } from "./identity.js";
import { ListedEvents } from "./listed.js";
import { isMetadataPath, MetadataService } from "./metadata.js";
import {
  DEFAULT_EVENTS,
  MAX_EVENTS,
  SAMPLE_ACCESS_KEY,
  SAMPLE_SECRET_KEY,
  SAMPLE_TOKEN,
  type EmulatorOptions,
} from "./options.js";
import type { RawRequest } from "./signature.js";
import { Throttle } from "./throttle.js";
import { Timeline } from "./timeline.js";
import type { EventSource, HandleMethod, WireEvent } from "./wire.js";

/** Older requests fall out of the list, so that a long run needs no more memory than a short one. */
const REQUESTS_KEPT = 20_000;
const MAX_BODY_BYTES = 1_048_576;

export interface RecordedRequest extends RequestInfo {
  /** Milliseconds of the emulator's clock. */
  startedAt: number;
  /** Absent while there is no answer, and where a fault took its place. */
  status?: number;
}

export interface EmulatorStats {
  requests: number;
  byStatus: Record<number, number>;
  faults: number;
  connections: number;
  inFlight: number;
  mostInFlight: number;
}

export interface Emulator {
  /** Origin, without a slash at the end. */
  readonly url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly token: string;
  readonly requests: RecordedRequest[];
  readonly stats: EmulatorStats;
  /**
   * Adds events between two requests: these, or so many generated ones that occur now (or at the given epoch milliseconds).
   * @returns the events as added
   */
  insert(events: number | readonly WireEvent[], occurTime?: number): WireEvent[];
  /** Takes events away: those ids, or so many of the newest. @returns their ids */
  remove(events: number | readonly string[]): Promise<string[]>;
  /** Marks events as handled: those ids, or so many of the newest. @returns their ids */
  handle(events: number | readonly string[], method?: HandleMethod): Promise<string[]>;
  /** Lets the process end while the emulator still listens: for one that runs inside a program. */
  unref(): void;
  /** Ends at once, whatever hangs on its connections. */
  close(): Promise<void>;
}

/** Starts an HSS on this machine. @throws Error when the address can't be bound or an option is out of its range */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = new RunningEmulator(options);
  await emulator.listen(options.host ?? "127.0.0.1", options.port ?? 0);
  return emulator;
}

class RunningEmulator implements Emulator {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly token: string;
  readonly requests: RecordedRequest[] = [];
  readonly stats: EmulatorStats = {
    requests: 0,
    byStatus: {},
    faults: 0,
    connections: 0,
    inFlight: 0,
    mostInFlight: 0,
  };
  url = "";
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly seen = new Map<string, number>();
  private readonly now: () => number;
  private readonly generated: GeneratedEvents;
  private readonly timeline?: Timeline;
  private readonly events: EventsApi;
  private readonly identity: IdentityApi;
  private readonly metadata: MetadataService;
  private additions = 0;

  constructor(private readonly options: EmulatorOptions) {
    const count = options.events ?? DEFAULT_EVENTS;
    if (!Number.isInteger(count) || count < 0 || count > MAX_EVENTS) {
      throw new RangeError(`events must be an integer from 0 to ${MAX_EVENTS}`);
    }
    this.accessKey = options.accessKey ?? SAMPLE_ACCESS_KEY;
    this.secretKey = options.secretKey ?? SAMPLE_SECRET_KEY;
    this.token = options.token ?? SAMPLE_TOKEN;
    const now = (this.now = options.now ?? Date.now);
    this.generated = new GeneratedEvents({
      events: count,
      seed: options.seed ?? "hss",
      now,
      enterpriseProjects: options.enterpriseProjects ?? [],
      processListName: options.processListName ?? "mixed",
      integersPastDocumentedRange: options.integersPastDocumentedRange ?? false,
    });
    const source = this.source();
    if (source instanceof Timeline) this.timeline = source;
    const credentials = new Credentials(this.accessKey, this.secretKey, this.token);
    const lifetimeSeconds = options.credentialLifetimeSeconds;
    this.events = {
      source,
      credentials,
      throttle: options.flowControl && new Throttle(options.flowControl),
      projectId: options.projectId,
      maxWindowSeconds: options.maxWindowSeconds ?? 172_800,
      now,
    };
    const identity = { ...options.identity };
    if (options.projectId !== undefined) identity.projectId ??= options.projectId;
    this.identity = { options: identity, credentials, lifetimeSeconds, now };
    this.metadata = new MetadataService({
      credentials,
      lifetimeSeconds,
      now,
      version: options.metadataVersion ?? "both",
    });
    const listener: RequestListener = (request, response) => void this.serve(request, response);
    this.server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
    this.server.on("connection", (socket) => {
      this.stats.connections++;
      this.sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.sockets.delete(socket));
    });
  }

  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, () => {
        const { port: bound } = this.server.address() as AddressInfo;
        this.url = `${this.options.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${bound}`;
        resolve();
      });
    });
  }

  unref(): void {
    this.server.unref();
    this.server.on("connection", (socket) => socket.unref());
    for (const socket of this.sockets) socket.unref();
  }

  insert(events: number | readonly WireEvent[], occurTime = this.now()): WireEvent[] {
    const added =
      typeof events === "number"
        ? Array.from({ length: events }, () => ({
            ...this.generated.at(this.generated.count + this.additions++),
            occur_time: occurTime,
          }))
        : [...events];
    this.changeable().insert(added);
    return added;
  }

  async remove(events: number | readonly string[]): Promise<string[]> {
    const ids = await this.ids(events);
    this.changeable().remove(ids);
    return ids;
  }

  async handle(events: number | readonly string[], method: HandleMethod = "mark_as_trust"): Promise<string[]> {
    const ids = await this.ids(events);
    this.changeable().handle(ids, method);
    return ids;
  }

  close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      for (const socket of this.sockets) socket.destroy();
    });
  }

  private source(): EventSource {
    const { dataset, order } = this.options;
    if (dataset === undefined) return new Timeline(this.generated, this.now, order ?? "newest");
    if (!Array.isArray(dataset)) return dataset as EventSource;
    const events = [...(dataset as readonly WireEvent[])];
    if (order !== undefined) events.sort((a, b) => Number(b.occur_time ?? 0) - Number(a.occur_time ?? 0));
    return new Timeline(new ListedEvents(events), this.now, order ?? "newest");
  }

  private changeable(): Timeline {
    if (!this.timeline) throw new Error("a dataset with its own functions changes by itself, not through the emulator");
    return this.timeline;
  }

  private async ids(events: number | readonly string[]): Promise<string[]> {
    if (typeof events !== "number") return [...events];
    const everything = { projectId: "-", enterpriseProjectId: "all_granted_eps" };
    const newest = this.changeable().newestFirst(everything, 0, events);
    return newest.flatMap((event) => (event.event_id === undefined ? [] : [event.event_id]));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const stats = this.stats;
    stats.requests++;
    stats.mostInFlight = Math.max(stats.mostInFlight, ++stats.inFlight);
    response.once("close", () => stats.inFlight--);
    try {
      await this.answerOne(request, response);
    } catch (error) {
      // What is left is a bug in the emulator or in a test's own function: say so on the wire, where the test will see it.
      if (!response.headersSent) response.writeHead(500).end(`emulator: ${String(error)}`);
      else response.destroy();
    }
  }

  private async answerOne(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readRequest(request);
    const info: RequestInfo = {
      area: areaOf(raw.rawPath),
      method: raw.method,
      path: raw.rawPath,
      query: raw.rawQuery,
      headers: request.headers,
    };
    const record: RecordedRequest = { ...info, startedAt: this.now() };
    this.requests.push(record);
    if (this.requests.length > REQUESTS_KEPT) this.requests.splice(0, this.requests.length - REQUESTS_KEPT);
    const n = (this.seen.get(info.area) ?? 0) + 1;
    this.seen.set(info.area, n);

    const requestId = createHash("md5").update(randomBytes(16)).digest("hex");
    const headers = {
      Date: new Date(this.now()).toUTCString(),
      "X-Request-Id": requestId,
      "Content-Type": "application/json",
    };
    const send = (answer: Answer): void => {
      record.status = answer.status;
      this.stats.byStatus[answer.status] = (this.stats.byStatus[answer.status] ?? 0) + 1;
      const body = Buffer.from(answer.body);
      response.writeHead(answer.status, { ...headers, ...answer.headers, "Content-Length": String(body.length) });
      response.end(body);
    };
    const answer = (): Promise<Answer> => this.answer(raw, info, requestId, record.startedAt);
    const fault = this.options.faults?.(info, n);
    const latency = this.options.latencyMs ? this.sleep(this.options.latencyMs) : undefined;
    if (!fault) {
      // the time in which the answer is made is part of it, as is the time in which others that came with it are made
      if (latency) await new Promise((resolve) => setImmediate(resolve));
      const made = await answer();
      await latency;
      return send(made);
    }
    await latency;
    this.stats.faults++;
    await inflict(fault, { request, response, headers, answer, send, sleep: (ms) => this.sleep(ms) });
  }

  private async answer(raw: RawRequest, info: RequestInfo, requestId: string, arrivedAt: number): Promise<Answer> {
    try {
      switch (info.area) {
        case "events":
          return await answerEvents(this.events, raw, requestId, arrivedAt);
        case "identity":
          return answerIdentity(this.identity, raw, requestId);
        case "metadata":
          return this.metadata.answer(raw);
        case "unknown": {
          const message = "The API does not exist or has not been published in the environment";
          return gatewayError(404, "APIGW.0101", message, requestId);
        }
      }
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        resolve();
      }, ms);
      this.timers.add(timer);
    });
  }
}

function areaOf(rawPath: string): RequestInfo["area"] {
  if (isEventsPath(rawPath)) return "events";
  if (isIdentityPath(rawPath)) return "identity";
  return isMetadataPath(rawPath) ? "metadata" : "unknown";
}

async function readRequest(request: IncomingMessage): Promise<RawRequest> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_BODY_BYTES) throw new Error("request body too large");
    pieces.push(piece);
  }
  const target = request.url ?? "/";
  const mark = target.indexOf("?");
  return {
    method: request.method ?? "GET",
    rawPath: mark < 0 ? target : target.slice(0, mark),
    rawQuery: mark < 0 ? "" : target.slice(mark + 1),
    headers: request.headers,
    body: Buffer.concat(pieces),
  };
}
