import { ConfigurationError, type Problem } from "../errors.js";
import { cloudOf, isSameCloud, isSameDomain, publicCloud, regionOf } from "../hss/cloud.js";
import { hssEndpoint, otherCloud, regionEndpoint } from "../hss/endpoint.js";
import type { Env } from "../runtime/runtime.js";
import type { Settings } from "./resolve.js";
import { regionOverride } from "./sources.js";

/** Which place a setting is from. */
export interface Origin {
  /** What it is called there. */
  readonly property: string;
  /** The lower one comes first. */
  readonly rank: number;
  readonly isExplicit: boolean;
  /** The region that the same place names. */
  readonly region?: string;
}

/** Settings that say where HSS and IAM are. */
export type PlaceSetting = "endpoint" | "cloud" | "region" | "authUrl";

type Origins = Settings["origins"];
type Address = Pick<Settings, PlaceSetting | "origins">;

/**
 * Where HSS and IAM are, decided once, when every place has been read: of two that contradict each other the first counts, and
 * what is left out is told. Throws `ConfigurationError` where the program itself says both.
 */
export function placed(settings: Settings, env: Env): { readonly settings: Settings; readonly notes: string[] } {
  const notes: string[] = [];
  const steps = [
    withRegionsAddress(env),
    withOneAddress,
    toldOfRegion(settings.region),
    withOneIdentity(settings.credentialLevels, settings),
  ];
  const address = steps.reduce<Address>((before, step) => step(before, notes), settings);
  return { settings: withProjectOfRegion({ ...settings, ...address }, notes), notes };
}

/** A project lives in one region: one that a shell names beside its own region is not asked for in another. */
function withProjectOfRegion(settings: Settings, notes: string[]): Settings {
  const { region, origins } = settings;
  const { project } = origins;
  if (project?.isExplicit !== false || project.region === undefined || region === undefined) return settings;
  if (project.region === region) return settings;
  const where = origins.region?.property ?? origins.endpoint?.property ?? "region";
  notes.push(
    `${project.property} is of ${project.region}, the region that the same place names, and is not followed: ${where} leads to ${region}; set projectId, or unset ${project.property}`,
  );
  return { ...settings, projectId: undefined, projectName: undefined };
}

type Step = (address: Address, notes: string[]) => Address;

/** The vendor's SDKs take a region's address from a variable; a cloud that is named is not left for it. */
const withRegionsAddress =
  (env: Env): Step =>
  (address, notes) => {
    const { endpoint, region, cloud, origins } = address;
    if (endpoint !== undefined || region === undefined) return address;
    const problems: Problem[] = [];
    const found = regionOverride(env, region, problems);
    if (problems.length > 0) throw new ConfigurationError(problems);
    if (found === undefined) return address;
    const { url, variable } = found;
    if (cloud !== undefined && !isSameCloud(url, regionEndpoint("hss", region, cloud), region)) {
      notes.push(`${variable} is of another cloud (${url.host}) than ${nameOf(origins, "cloud")} and is not followed`);
      return address;
    }
    // nothing is left that could come before it
    return {
      ...address,
      endpoint: url,
      origins: { ...origins, endpoint: { property: variable, rank: -1, isExplicit: false } },
    };
  };

/** The endpoint knows its region and its cloud better than what comes after it, and gives way to what comes before it. */
const withOneAddress: Step = (address, notes) => {
  const { endpoint, region, cloud, origins } = address;
  const own = origins.endpoint;
  if (endpoint === undefined) return address;
  const label = regionOf(endpoint, region);
  const isBefore = (name: PlaceSetting) => rankOf(origins, name) < (own?.rank ?? 0);
  const byCloud = cloud !== undefined && isBefore("cloud");
  const byRegion = region !== undefined && isBefore("region");
  const isOtherCloud = byCloud && !isSameDomain(cloud, cloudOf(endpoint, region));
  const isOtherRegion =
    byRegion &&
    ((label !== undefined && label !== region) || !isSameCloud(endpoint, regionEndpoint("hss", region, cloud), region));
  if (own !== undefined && (isOtherCloud || isOtherRegion)) {
    const first = nameOf(origins, isOtherCloud ? "cloud" : "region");
    notes.push(`${own.property} leads to ${endpoint.host}, elsewhere than ${first}, and is not followed`);
    return { ...address, endpoint: undefined };
  }
  const isAfter = (name: PlaceSetting) => rankOf(origins, name) > (own?.rank ?? Infinity);
  return {
    ...address,
    cloud: isAfter("cloud") ? undefined : cloud,
    region: label !== undefined && isAfter("region") ? label : region,
  };
};

/** A region has a cloud by itself; that another place's address takes it elsewhere is told, since its credentials may go along. */
const toldOfRegion =
  (given: string | undefined): Step =>
  (address, notes) => {
    const { endpoint, region, cloud, origins } = address;
    const leading = endpoint === undefined ? "cloud" : "endpoint";
    const isOnePlace = rankOf(origins, leading) === rankOf(origins, "region");
    if (region === undefined || region !== given || (endpoint ?? cloud) === undefined || isOnePlace) return address;
    const target = hssEndpoint(address);
    const asked = cloudOf(target, region);
    if (asked !== undefined && !isSameDomain(asked, publicCloud(region)))
      notes.push(
        `${nameOf(origins, "region")} (${region}) is of ${publicCloud(region)} by itself, and ${nameOf(origins, leading)} leads to ${target.host}`,
      );
    return address;
  };

/** No IAM of another cloud than HSS's: an error, unless a shell speaks of an OpenStack whose credentials are not used. */
const withOneIdentity =
  (levels: Settings["credentialLevels"], { profileFirst }: Pick<Settings, "profileFirst">): Step =>
  (address, notes) => {
    const { endpoint, region, authUrl, origins } = address;
    const origin = origins.authUrl;
    if (authUrl === undefined || origin === undefined || (endpoint ?? region) === undefined) return address;
    const target = hssEndpoint(address);
    if (isSameCloud(authUrl, target, region)) return address;
    const { property, isExplicit } = origin;
    const than = `is of another cloud (${authUrl.host}) than`;
    if (isExplicit) {
      const given = endpoint === undefined ? "region" : "endpoint";
      throw new ConfigurationError([{ property, reason: `${than} ${given} (${target.host}): ${otherCloud}` }]);
    }
    // of the credentials that are used: those are refused with it
    const used = levels.find((level) => level.fromEnvironment !== true || !profileFirst);
    if (used?.claims?.some((claim) => claim.property === property) === true) return address;
    notes.push(`${property} ${than} ${target.host} and is not followed`);
    return { ...address, authUrl: undefined };
  };

const rankOf = (origins: Origins, name: PlaceSetting): number => origins[name]?.rank ?? NaN;

const nameOf = (origins: Origins, name: PlaceSetting): string => origins[name]?.property ?? name;
