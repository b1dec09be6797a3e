import { z } from "zod";
import type { DoubtKind } from "../policy/doubts.js";
import { markdownTable } from "../policy/markdown.js";
import type { PolicyInForce, ReadObservation } from "../policy/index.js";
import { plural, printable } from "../text.js";

export const changeKinds = [
  "newHash",
  "goneHash",
  "newlyMalicious",
  "newlyTrusted",
  "newlyDistrusted",
  "newlyAllowed",
  "noLongerAllowed",
  "newServer",
  "silentServer",
] as const;

export const snapshotChange = z
  .object({
    kind: z.enum(changeKinds).meta({
      description:
        "`newHash`, `goneHash`; `newlyMalicious`, `newlyTrusted`, `newlyDistrusted`; `newlyAllowed`, `noLongerAllowed` by the policy; `newServer`, `silentServer`.",
    }),
    hash: z.string().optional().meta({ description: "The hash concerned." }),
    server: z.string().optional().meta({ description: "Name of the server concerned." }),
    text: z.string().meta({ description: "One line for a person." }),
  })
  .meta({ id: "SnapshotChange", description: "What differs between two snapshots." });

export type SnapshotChange = z.output<typeof snapshotChange>;

export interface SnapshotContent {
  readonly observation: ReadObservation;
  readonly policy?: PolicyInForce;
}

/** What the second says and the first does not, and the other way round; in the order of the kinds, then by hash or name. */
export function snapshotChanges(before: SnapshotContent, after: SnapshotContent): SnapshotChange[] {
  const changes: SnapshotChange[] = [];
  const [old, fresh] = [processesOf(before), processesOf(after)];
  const hashes = [...new Set([...old.keys(), ...fresh.keys(), ...doubtsIn(after).keys()])].sort();
  const named = (hash: string) => {
    const names = (fresh.get(hash) ?? old.get(hash))?.names ?? [];
    return `${hash}${names.length > 0 ? ` (${printable(names.slice(0, 3).join(", "), 120)})` : ""}`;
  };
  const add = (kind: SnapshotChange["kind"], hash: string, says: string) =>
    changes.push({ kind, hash, text: `${named(hash)} ${says}` });
  for (const hash of hashes) {
    const [was, is] = [old.get(hash), fresh.get(hash)];
    if (!was && is) add("newHash", hash, `is new, on ${plural(is.hostCount, "server")}`);
    if (was && !is) add("goneHash", hash, "is reported no more");
    const count = (content: SnapshotContent, kind: DoubtKind) => doubtsIn(content).get(hash)?.[kind] ?? 0;
    const grew = (kind: DoubtKind) => count(after, kind) > count(before, kind);
    if (grew("maliciousCount")) add("newlyMalicious", hash, "was reported as malicious");
    const trusts = (process: typeof is) => process?.handleMethods.includes("mark_as_trust") === true;
    if (trusts(is) && !trusts(was)) add("newlyTrusted", hash, "was marked as trusted");
    if (grew("killedCount")) add("newlyDistrusted", hash, "was isolated and killed");
    if (grew("distrustedCount")) add("newlyDistrusted", hash, "was handled otherwise than by trust");
  }
  if (before.policy || after.policy) {
    // without a rule nothing is allowed
    const [allowedBefore, allowedNow] = [before.policy?.included ?? new Map(), after.policy?.included ?? new Map()];
    for (const hash of [...allowedNow.keys()].sort()) {
      if (!allowedBefore.has(hash)) add("newlyAllowed", hash, "is allowed now");
    }
    for (const hash of [...allowedBefore.keys()].sort()) {
      if (!allowedNow.has(hash)) add("noLongerAllowed", hash, "is allowed no longer");
    }
  }
  const [oldServers, servers] = [serversOf(before), serversOf(after)];
  for (const server of unknownTo(oldServers, servers))
    changes.push({ kind: "newServer", server, text: `${printable(server, 120)} reports for the first time` });
  for (const server of unknownTo(servers, oldServers))
    changes.push({ kind: "silentServer", server, text: `${printable(server, 120)} reports no more` });
  const rank = ({ kind }: SnapshotChange) => changeKinds.indexOf(kind);
  return changes.sort((a, b) => rank(a) - rank(b));
}

const processesOf = ({ observation }: SnapshotContent) =>
  new Map(observation.evidence.processes.map((process) => [process.hash, process]));

const doubtsIn = ({ observation }: SnapshotContent) => observation.evidence.doubts;

interface Server {
  readonly label: string;
  /** Any of them is enough: a server that was installed again has a new id, and its old name and address. */
  readonly marks: readonly string[];
}

function serversOf({ observation: { evidence } }: SnapshotContent): readonly Server[] {
  const servers = new Map<string, Server>();
  for (const { hash } of evidence.processes) {
    for (const { seen } of evidence.fileOf?.(hash)?.sightings ?? []) {
      for (const { place } of seen) {
        const { hostId, hostNames, addresses } = place;
        const isTold = hostId !== undefined && !hostId.includes("*");
        const pairs = hostNames.flatMap((name) => addresses.map((address) => `${name} at ${address}`));
        const alone = isTold || pairs.length > 0 ? [] : [...hostNames, ...addresses];
        const marks = [...(isTold ? [hostId.replaceAll("-", "").toLowerCase()] : []), ...pairs, ...alone];
        const label = hostNames[0] ?? hostId ?? addresses[0];
        if (label !== undefined) servers.set(marks.join("\n"), { label, marks });
      }
    }
  }
  return [...servers.values()];
}

/** Names of those that are not among the known. */
function unknownTo(known: readonly Server[], servers: readonly Server[]): string[] {
  const marks = new Set(known.flatMap((server) => server.marks));
  const unknown = servers.filter((server) => !server.marks.some((mark) => marks.has(mark)));
  return [...new Set(unknown.map(({ label }) => label))].sort();
}

/** One line: how many of each kind. */
export function changesSummary(changes: readonly SnapshotChange[]): string {
  if (changes.length === 0) return "nothing changed";
  const words: Readonly<Record<SnapshotChange["kind"], string>> = {
    newHash: "hash new",
    goneHash: "hash gone",
    newlyMalicious: "newly malicious",
    newlyTrusted: "newly trusted",
    newlyDistrusted: "newly distrusted",
    newlyAllowed: "newly allowed",
    noLongerAllowed: "no longer allowed",
    newServer: "server new",
    silentServer: "server silent",
  };
  return changeKinds
    .flatMap((kind) => {
      const count = changes.filter((change) => change.kind === kind).length;
      return count === 0 ? [] : [`${count} ${words[kind]}`];
    })
    .join(", ");
}

export const changesTable = (changes: readonly SnapshotChange[]): string =>
  markdownTable(
    ["change", "what"],
    changes.map(({ kind, text }) => [kind, text]),
  );
