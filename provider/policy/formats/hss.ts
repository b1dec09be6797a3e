import { documentJson, type Plain } from "../canonical.js";
import type { Decided } from "../evaluate.js";
import type { Format, FormatInput } from "./format.js";

/**
 * Requests to HSS's own whitelist policies, ready to send and not sent. `requests` marks the hashes as trusted in the policy
 * in which the sightings stand that the rule selects (ChangeAppWhitelistPolicyProcessStatus); `addRequests` adds the same processes to it
 * (AddAppWhitelistPolicyProcess), for policies that turn out not to know a hash. The mode changes nothing here: whether a
 * policy blocks is its own setting `intercept`, which no request touches.
 */
export const hss: Format = {
  mediaType: "application/json",
  fileName: "hss-whitelist-requests.json",
  problem(process, { entry, policies = [] }) {
    if (process.hashAlgorithm === "other")
      return `takes a hash, and ${process.hash.length} hexadecimal digits are no known one`;
    if (policies.length > 0 || entry.policyIds?.some(isId)) return undefined;
    return entry.policyIds === undefined
      ? "needs a policy to change, and no sighting that the rule selects tells one; `policies` spreads to further ones"
      : "needs a policy to change, and every one of the selected sightings is masked or malformed";
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
const longestContainer = 128;
/** Hashes in one request; the service documents no maximum. */
const chunkSize = 100;

function target({ provenance: { project, query, enterpriseProject } }: FormatInput, policyId: string) {
  // an argument of the query, or a setting
  const enterpriseProjectId = query.enterpriseProjectId ?? enterpriseProject;
  return {
    path: `/v5/${project !== undefined && isId(project) ? project : "{project_id}"}/app/${policyId}/process`,
    query: typeof enterpriseProjectId === "string" ? { enterprise_project_id: enterpriseProjectId } : {},
  };
}

/** For the policies in which the selected sightings stand, and those to spread to on purpose. */
function markRequests(input: FormatInput): Plain[] {
  const hashes = new Map<string, string[]>();
  for (const { entry } of input.included) {
    const policies = new Set([...(entry.policyIds ?? []).filter(isId), ...(input.policies ?? [])]);
    for (const policyId of policies) append(hashes, policyId, entry.hash);
  }
  return sorted(hashes).flatMap(([policyId, list]) =>
    chunks(list).map((chunk) => ({
      operation: "ChangeAppWhitelistPolicyProcessStatus",
      method: "PUT",
      ...target(input, policyId),
      body: { process_status: "trust", process_hash_list: chunk },
    })),
  );
}

function addRequests(input: FormatInput): Plain[] {
  const items = new Map<string, Plain[]>();
  for (const { entry } of input.included) {
    for (const { policyId, hostId, name, path, containerId } of entry.placements ?? []) {
      if (!isId(policyId) || !isId(hostId)) continue;
      append(items, `${policyId} ${hostId}`, {
        process_hash: entry.hash,
        ...(name !== undefined && name.length <= longestName && { process_name: name }),
        ...(path !== undefined && path.length <= longestPath && { process_path: path }),
        ...(containerId !== undefined && containerId.length <= longestContainer && { container_id: containerId }),
      });
    }
  }
  return sorted(items).flatMap(([place, list]) => {
    const [policyId = "", hostId = ""] = place.split(" ");
    const { path, query } = target(input, policyId);
    return chunks(list).map((chunk) => ({
      operation: "AddAppWhitelistPolicyProcess",
      method: "POST",
      path,
      query: { ...query, host_id: hostId },
      body: { process_info_list: chunk },
    }));
  });
}

function notes(included: readonly Decided[]): string[] {
  const places = included.filter(({ entry }) => entry.placements?.length === mostPlacements).length;
  const narrower = included.filter(({ entry }) => entry.narrower !== undefined).length;
  return [
    "The mode is in the policies' own setting `intercept`, which these requests leave alone.",
    "The service does not document which of an event's hashes its policies compare; `hashSource` tells which one this is.",
    ...(places > 0
      ? [`${places} hashes were seen in ${mostPlacements} places or more; addRequests names ${mostPlacements} of each.`]
      : []),
    ...(narrower > 0
      ? [
          `${narrower} hashes are allowed for every user and path of a policy's servers, though the rule names some only.`,
        ]
      : []),
  ];
}

const mostPlacements = 8;

function append<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const known = map.get(key);
  if (known) known.push(item);
  else map.set(key, [item]);
}

const sorted = <Item>(map: Map<string, Item>): [string, Item][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

const chunks = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / chunkSize) }, (_, i) =>
    items.slice(i * chunkSize, (i + 1) * chunkSize),
  );
