import { ConfigurationError } from "../errors.js";
import { isLinkLocal, isLoopback } from "../runtime/address.js";
import { printable } from "../text.js";
import { isSameCloud, publicCloud, regionPattern, serviceHost } from "./cloud.js";

export type ServiceName = "hss" | "iam" | "sts" | "obs";

/** The address of a service in a region, of the public cloud unless `cloud` is given. Throws `ConfigurationError` for anything else. */
export function regionEndpoint(service: ServiceName, region: string, cloud = publicCloud(region)): URL {
  if (!regionPattern.test(region)) {
    throw new ConfigurationError([
      { property: "region", reason: `is not the name of a region, like cn-north-4: ${printable(region, 64)}` },
    ]);
  }
  return new URL(`https://${service}.${region}.${cloud}`);
}

export interface EndpointSettings {
  readonly endpoint?: URL;
  readonly authUrl?: URL;
  readonly region?: string;
  readonly cloud?: string;
}

/** Where HSS is: the endpoint of the configuration, else the region's. */
export function hssEndpoint(settings: EndpointSettings): URL {
  if (settings.endpoint !== undefined) return settings.endpoint;
  if (settings.region !== undefined) return regionEndpoint("hss", settings.region, settings.cloud);
  throw new ConfigurationError([
    {
      property: "region",
      reason: "is needed, or endpoint: set hss:region (or HW_REGION_NAME), for example cn-north-4",
    },
  ]);
}

/**
 * Where IAM or STS is: beside `authUrl` where that is given, else of the endpoint's or the region's cloud. The only places that
 * see a password. Throws `ConfigurationError` where that would be another cloud than the endpoint's.
 */
export function identityEndpoint(service: "iam" | "sts", settings: EndpointSettings): URL {
  const { endpoint, authUrl, region } = settings;
  const found = authUrl === undefined ? besideEndpoint(service, settings) : besideAuthUrl(service, authUrl);
  if (endpoint === undefined && region === undefined) return found;
  const target = hssEndpoint(settings);
  if (isSameCloud(found, target, region)) return found;
  const property = authUrl === undefined ? "cloud" : "authUrl";
  const leading = endpoint === undefined ? "region" : "endpoint";
  throw new ConfigurationError([
    { property, reason: `leads to ${found.host}, and ${leading} to ${target.host} of another cloud: ${otherCloud}` },
  ]);
}

export const otherCloud = "nothing that authenticates is sent from one cloud to another, so give both of one cloud";

function besideAuthUrl(service: "iam" | "sts", authUrl: URL): URL {
  const isPublic = serviceHost(authUrl)?.service === "iam" && authUrl.port === "";
  return isPublic ? new URL(authUrl.origin.replace("//iam.", `//${service}.`)) : authUrl;
}

function besideEndpoint(service: "iam" | "sts", { endpoint, region, cloud }: EndpointSettings): URL {
  const host = endpoint && serviceHost(endpoint, region);
  const domain = cloud ?? host?.cloud;
  const place = region ?? host?.region;
  if (cloud === undefined && endpoint !== undefined && host?.service !== "hss") {
    throw new ConfigurationError([
      {
        property: "authUrl",
        reason: `is needed beside endpoint: from ${endpoint.host} alone it is unknown where IAM of the same cloud is`,
      },
    ]);
  }
  // an address without a region: `hss.example.com` has `iam.example.com` beside it
  if (host !== undefined && host.region === undefined && cloud === undefined)
    return new URL(`https://${service}.${host.cloud}`);
  if (place !== undefined) return regionEndpoint(service, place, domain);
  throw new ConfigurationError([
    { property: "authUrl", reason: "is needed, or region: without either it is unknown where IAM is" },
  ]);
}

/** Paths that the peers' IAM addresses carry. */
export const iamPaths = ["/v3", "/v3.0"];

/**
 * An endpoint that a user wrote: its origin, or why it is refused. `paths` may follow the origin and are dropped. What a reader
 * could take for another host than the one that would be connected is refused: user info, backslashes, numbers for
 * addresses, letters of other alphabets.
 */
export function parseEndpoint(text: string, paths: readonly string[] = []): { url: URL } | { reason: string } {
  const written = /^(https?):\/\/([^/?#\\]*)(\/[^?#\\]*)?$/i.exec(text);
  if (!written || !URL.canParse(text)) {
    return { reason: "must be an origin like https://hss.cn-north-4.myhuaweicloud.com, without query or fragment" };
  }
  const url = new URL(text);
  const reason = refusal(url, written[2] ?? "", written[3] ?? "", paths);
  return reason === undefined ? { url: new URL(url.origin) } : { reason };
}

function refusal(url: URL, authority: string, path: string, paths: readonly string[]): string | undefined {
  if (authority.includes("@")) return "must not hold a user name or password";
  if (![...paths, ""].includes(path.replace(/\/$/, ""))) return "must not have a path";
  const host = authority.toLowerCase().replace(/:\d*$/, "");
  if (isUnusableAddress(url.hostname)) return "is an address of a metadata service, or of no single machine";
  if (host !== url.hostname) return `would connect to ${url.hostname}: write the host that way`;
  if (host.endsWith(".")) return "must not end in a dot";
  if (url.protocol === "http:" && !isLoopback(host)) return "must be https: plain http is for loopback addresses only";
  return undefined;
}

const isUnusableAddress = (hostname: string): boolean =>
  isLinkLocal(hostname) ||
  // the wildcard address, multicast, IPv4 within IPv6, the metadata address of another vendor
  /^(?:0|22[4-9]|2[34]\d|25[0-5])(?:\.\d{1,3}){3}$/.test(hostname) ||
  /^\[(?:::\]|::[0-9a-f]+:[0-9a-f]+\]|::ffff:|64:ff9b:|ff|fd00:ec2:)/.test(hostname);
