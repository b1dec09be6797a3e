import { documentJson, type Plain } from "../canonical.js";
import type { Decided } from "../evaluate.js";
import type { ObservedProcess } from "../process.js";
import type { Format, FormatInput } from "./format.js";

/**
 * Requests to HSS's own whitelist policies, ready to send and not sent. `requests` marks the hashes as trusted in the policy
 * that reported them (ChangeAppWhitelistPolicyProcessStatus); `addRequests` adds the same processes to it
 * (AddAppWhitelistPolicyProcess), for policies that turn out not to know a hash. The mode changes nothing here: whether a
 * policy blocks is its own setting `intercept`, which no request touches.
 */
export const hss: Format = {
  mediaType: "application/json",
  fileName: "hss-whitelist-requests.json",
  problem(process) {
    if (process.hashAlgorithm === "other")
      return `takes a hash, and ${process.hash.length} hexadecimal digits are no known one`;
    if (process.policyIds.some(isId)) return undefined;
    return process.policyIds.length === 0
      ? "needs a policy to change, and no event tells a policyId"
      : "needs a policy to change, and every policyId is masked or malformed";
  },
  render: (input) =>
    documentJson({
      format: "pulumi-hss whitelist requests",
      version: 1,
      madeFrom: input.provenance,
      summary: input.summary,
      requests: markRequests(input),
      addRequests: addRequests(input),
      notExpressed: input.notExpressible,
      notes: notes(input.included),
    } as unknown as Plain),
};

/** What may stand in a path or query as it is: ids have 1 to 64 characters, masked ones have stars. */
const isId = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text);

const longestName = 128;
const longestPath = 256;

function target({ provenance: { query } }: FormatInput, policyId: string) {
  const { projectId, enterpriseProjectId } = query;
  return {
    path: `/v5/${typeof projectId === "string" && isId(projectId) ? projectId : "{project_id}"}/app/${policyId}/process`,
    query: typeof enterpriseProjectId === "string" ? { enterprise_project_id: enterpriseProjectId } : {},
  };
}

function markRequests(input: FormatInput): Plain[] {
  const hashes = new Map<string, string[]>();
  for (const { process, entry } of input.included) {
    for (const policyId of process.policyIds.filter(isId)) append(hashes, policyId, entry.hash);
  }
  return sorted(hashes).flatMap(([policyId, list]) =>
    chunks(list, input).map((chunk) => ({
      operation: "ChangeAppWhitelistPolicyProcessStatus",
      method: "PUT",
      ...target(input, policyId),
      body: { process_status: "trust", process_hash_list: chunk },
    })),
  );
}

function addRequests(input: FormatInput): Plain[] {
  const items = new Map<string, Plain[]>();
  for (const { process, entry } of input.included) {
    for (const { policyId, hostId, name, path } of process.placements ?? []) {
      if (!isId(policyId) || !isId(hostId)) continue;
      append(items, `${policyId} ${hostId}`, {
        process_hash: entry.hash,
        ...(name !== undefined && name.length <= longestName && { process_name: name }),
        ...(path !== undefined && path.length <= longestPath && { process_path: path }),
      });
    }
  }
  return sorted(items).flatMap(([place, list]) => {
    const [policyId = "", hostId = ""] = place.split(" ");
    const { path, query } = target(input, policyId);
    return chunks(list, input).map((chunk) => ({
      operation: "AddAppWhitelistPolicyProcess",
      method: "POST",
      path,
      query: { ...query, host_id: hostId },
      body: { process_info_list: chunk },
    }));
  });
}

function notes(included: readonly Decided[]): string[] {
  const cut = (field: keyof ObservedProcess) =>
    included.filter(({ process }) => process.truncated?.includes(field)).length;
  const policies = cut("policyIds");
  const places = cut("placements");
  return [
    "The mode is in the policies' own setting `intercept`, which these requests leave alone.",
    "The service does not document which of an event's hashes its policies compare; `hashSource` tells which one this is.",
    ...(policies > 0
      ? [`${policies} hashes were reported by more policies than are listed; those get no request.`]
      : []),
    ...(places > 0 ? [`${places} hashes were seen in more places than are listed; addRequests names 8 of each.`] : []),
  ];
}

function append<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const known = map.get(key);
  if (known) known.push(item);
  else map.set(key, [item]);
}

const sorted = <Item>(map: Map<string, Item>): [string, Item][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

function chunks<Item>(items: readonly Item[], { options }: FormatInput): Item[][] {
  const size = Math.max(1, Math.floor(options.hssChunkSize ?? 100));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
