import { whichCredentials, type Credentials, type CredentialSource } from "../hss/credentials/index.js";
import { hssEndpoint, identityEndpoint } from "../hss/endpoint.js";
import { proxyFor } from "../runtime/proxy.js";
import type { Runtime } from "../runtime/runtime.js";
import { isPem } from "../runtime/trust.js";
import type { Settings } from "../settings/index.js";
import { duration, plural, printable } from "../text.js";
import type { Pace } from "./pace.js";

/** One thing that a diagnosis found out, in a line for a person. */
export interface Finding {
  /** "credentials" */
  readonly about: string;
  readonly says: string;
}

interface Probe {
  readonly events: readonly unknown[];
  readonly totalNum: number;
  /** How far the service's clock is ahead of ours, in milliseconds. */
  readonly clockOffsetMs: number;
}

interface Patient {
  readonly settings: Settings;
  readonly runtime: Pick<Runtime, "clock" | "env">;
  readonly credentials: CredentialSource;
  readonly pace: Pace;
  /** The project's id, looked up where it must be. */
  project(): Promise<string>;
  /** One request for a few events. */
  probe(): Promise<Probe>;
}

/** A smaller difference is that of HTTP's dates and of the way. */
const notableMs = 5000;

/**
 * What a call would use and how far it would come, step by step, without any secret: the first step that fails throws its
 * error, as the call would. Costs what a page costs, and a login or a look-up where those are needed.
 */
export async function* diagnose(patient: Patient, signal: AbortSignal): AsyncGenerator<Finding, void> {
  const { settings, runtime, credentials, pace } = patient;
  for (const note of settings.notes) yield { about: "environment", says: note };
  const endpoint = hssEndpoint(settings);
  const iam = addressOf(() => identityEndpoint("iam", settings));
  yield { about: "address", says: `HSS at ${endpoint.host}, IAM at ${iam}` };
  yield { about: "network", says: [wayTo(endpoint, runtime.env), ...authorities(settings, runtime.env)].join(", ") };
  yield { about: "credentials", says: describe(await credentials.get(signal)) };
  yield { about: "project", says: printable(await patient.project()) };
  const { events, totalNum, clockOffsetMs } = await patient.probe();
  yield {
    about: "permission",
    says: `HSS may be read: ${plural(events.length, "event")} of ${totalNum} in the last 30 days`,
  };
  const isOff = Math.abs(clockOffsetMs) > notableMs;
  const direction = clockOffsetMs > 0 ? "behind" : "ahead of";
  yield {
    about: "clock",
    says: isOff
      ? `this machine's is ${duration(Math.abs(clockOffsetMs))} ${direction} the service's, which requests are corrected for where it refuses them`
      : "as the service's",
  };
  yield { about: "pace", says: paceOf(settings, pace) };
}

function addressOf(address: () => URL): string {
  try {
    return address().host;
  } catch (error) {
    return `no known place (${printable(error instanceof Error ? error.message : "", 200)})`;
  }
}

function wayTo(endpoint: URL, env: Runtime["env"]): string {
  const proxy = proxyFor(endpoint, env);
  return proxy === undefined ? "directly" : `through the proxy ${proxy.url.host} (${proxy.variable})`;
}

function authorities({ caFile }: Settings, { SSL_CERT_FILE, NODE_EXTRA_CA_CERTS }: Runtime["env"]): string[] {
  const own = caFile === undefined ? "" : isPem(caFile) ? "caFile (PEM text)" : `caFile ${printable(caFile)}`;
  const shells = Object.entries({ SSL_CERT_FILE, NODE_EXTRA_CA_CERTS });
  const all = [own, ...shells.map(([name, path]) => (path ? `${name} ${printable(path)}` : ""))].filter(Boolean);
  return all.length === 0 ? [] : [`trusting also ${all.join(" and ")}`];
}

function paceOf({ maxConcurrency, requestsPerMinute }: Settings, pace: Pace): string {
  const { limit } = pace.state;
  const most = `at most ${plural(maxConcurrency, "request")} at once`;
  if (requestsPerMinute !== undefined) return `${most}, ${requestsPerMinute} a minute as set`;
  return limit === undefined
    ? `${most}, no limit known yet`
    : `${most}, ${limit.requests} in ${duration(limit.perMs)} as the service said`;
}

function describe(credentials: Credentials): string {
  return (
    whichCredentials(credentials) ??
    (credentials.kind === "aksk" ? "temporary keys that were issued" : "a token that was issued")
  );
}
