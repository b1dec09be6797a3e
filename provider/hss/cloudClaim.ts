import { ConfigurationError } from "../errors.js";
import { cloudOf, isSameCloud, isSameDomain, publicCloud, regionOf } from "./cloud.js";
import { hssEndpoint, otherCloud, type EndpointSettings } from "./endpoint.js";

/** What a place says of the cloud that its credentials are of, and the setting or variable that says it. */
export type CloudClaim = { readonly property: string } & (
  | { readonly url: URL }
  | { readonly cloud: string }
  /** Its public cloud, unless the region is the one that is asked, whatever cloud has it. */
  | { readonly region: string }
  /** Why it can't be understood. */
  | { readonly problem: string }
);

/** Whether credentials may be used where HSS is. Throws a `ConfigurationError` that names what speaks against it. */
export function requireSameCloud(claims: readonly CloudClaim[], settings: EndpointSettings): void {
  if (settings.endpoint === undefined && settings.region === undefined) return;
  const target = hssEndpoint(settings);
  const given = settings.endpoint === undefined ? "region" : "endpoint";
  const problems = claims.flatMap((claim) => {
    const { property } = claim;
    if ("problem" in claim)
      return [{ property, reason: `${claim.problem}; without it the cloud of the credentials beside it is unknown` }];
    const other = otherPlace(claim, target, settings);
    if (other === undefined) return [];
    return [{ property, reason: `is of another cloud (${other}) than ${given} (${target.host}): ${otherCloud}` }];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** The other cloud that a claim is about; undefined where it is the target's. */
function otherPlace(
  claim: Exclude<CloudClaim, { problem: string }>,
  target: URL,
  { region, cloud }: EndpointSettings,
): string | undefined {
  if ("url" in claim) return isSameCloud(claim.url, target, region) ? undefined : claim.url.host;
  const asked = cloudOf(target, region);
  if ("cloud" in claim) return claim.cloud === cloud || isSameDomain(claim.cloud, asked) ? undefined : claim.cloud;
  if (claim.region === region || claim.region === regionOf(target, region) || asked === undefined) return undefined;
  const implied = publicCloud(claim.region);
  return isSameDomain(implied, asked) ? undefined : implied;
}
