import * as pulumi from "@pulumi/pulumi";
import * as hss from "pulumi-hss";

// The team's rule, as stack configuration: it lives in the repository and is reviewed like code.
const config = new pulumi.Config();
const trustedHandleMethods = config.getObject<string[]>("trustedHandleMethods") ?? ["mark_as_trust"];
const minHosts = config.getNumber("minHosts") ?? 2;

const read = hss.getAppWhitelistEventsOutput({ lastDays: 30 });

interface Candidate {
  hash: string;
  name: string;
  hosts: Set<string>;
  events: number;
  methods: Set<string>;
  malicious: boolean;
}

/** One candidate for each distinct SHA-256 that was observed. */
function candidates(events: readonly hss.AppWhitelistEvent[]): Candidate[] {
  const byHash = new Map<string, Candidate>();
  for (const event of events) {
    for (const process of event.processInfo ?? []) {
      const hash = (process.processHash ?? process.processFileHash ?? "").toLowerCase();
      if (!/^[0-9a-f]{64}$/.test(hash)) continue;
      const candidate = byHash.get(hash) ?? {
        hash,
        name: "",
        hosts: new Set(),
        events: 0,
        methods: new Set(),
        malicious: false,
      };
      byHash.set(hash, candidate);
      candidate.name ||= process.processName ?? "";
      candidate.hosts.add(event.hostId ?? event.resourceInfo?.hostId ?? "");
      candidate.methods.add(event.handleMethod ?? "unhandled");
      candidate.events++;
      candidate.malicious ||= /malicious/.test(event.eventName ?? "") || event.handleMethod === "isolate_and_kill";
    }
  }
  return [...byHash.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
}

const trusted = ({ methods, hosts, malicious }: Candidate): boolean =>
  !malicious && hosts.size >= minHosts && trustedHandleMethods.some((method) => methods.has(method));

const observed = read.events.apply(candidates);
const kept = observed.apply((all) => all.filter(trusted));

const policy = new hss.WhitelistPolicyFile("policy", {
  path: config.get("policyFile") ?? "whitelist.sha256",
  content: kept.apply((list) => list.map(({ hash }) => `${hash}\n`).join("")),
});

export const eventsRead = read.events.length;
export const complete = read.complete;
export const hashesKept = kept.length;
export const hashesLeftOut = pulumi.all([observed, kept]).apply(([all, some]) => all.length - some.length);
export const policyFile = policy.path;
export const sha256 = policy.sha256;
