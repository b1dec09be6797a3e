import { Agent as HttpAgent, type AgentOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import { Connector, type Progress } from "./connector.js";
import type { Env } from "./runtime.js";
import { timedOut, transportError } from "./transportError.js";

export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

export interface AgentsOptions {
  /** Certificate authorities (PEM) to trust beside the usual ones. */
  readonly ca?: string;
  /** Proxies, as for all other requests. */
  readonly env: Env;
  /** Until a connection is ready, in milliseconds. */
  readonly timeoutMs: number;
}

type Created = (error: Error | null, socket?: Socket) => void;
interface Target {
  readonly host?: string | null;
  readonly port?: string | number | null;
}

const keeping: AgentOptions = { keepAlive: true, maxSockets: 16 };

/** Agents for a client that brings its own HTTP: connections through the same proxies and with the same trust as ours. */
export function connectingAgents({ ca, env, timeoutMs }: AgentsOptions): Agents {
  const connector = new Connector(ca, env);
  const connect = (scheme: string, { host, port }: Target, created: Created): void => {
    const name = host ?? "localhost";
    const url = new URL(
      `${scheme}://${name.includes(":") && !name.startsWith("[") ? `[${name}]` : name}:${port ?? ""}`,
    );
    const stop = new AbortController();
    const progress: Progress = { signal: stop.signal, doing: "connecting" };
    const timer = setTimeout(() => {
      stop.abort(timedOut(url, timeoutMs, progress));
    }, timeoutMs);
    connector
      .connect(url, progress)
      .then(
        (socket) => {
          created(null, socket);
        },
        (error: unknown) => {
          created((stop.signal.aborted ? stop.signal.reason : transportError(url, error, progress)) as Error);
        },
      )
      .finally(() => {
        clearTimeout(timer);
      });
  };
  const agent = <T extends HttpAgent>(made: T, scheme: string): T =>
    Object.assign(made, {
      createConnection: (target: Target, created: Created) => {
        connect(scheme, target, created);
      },
    });
  return { httpAgent: agent(new HttpAgent(keeping), "http"), httpsAgent: agent(new HttpsAgent(keeping), "https") };
}
