import { ConfigurationError } from "../errors.js";
import { isLinkLocal, isLoopback } from "../runtime/address.js";
import { printable } from "../text.js";

/** `cn-north-4`, `eu-west-101`, `my-kualalumpur-1`. The list of regions is not closed, so only the form is checked. */
export const regionPattern = /^[a-z]{2,16}(-[a-z0-9]{1,32}){1,4}$/;

export type ServiceName = "hss" | "iam" | "sts";

/** The public address of a service in a region. Throws `ConfigurationError` for anything else. */
export function regionEndpoint(service: ServiceName, region: string): URL {
  if (!regionPattern.test(region)) {
    throw new ConfigurationError([
      { property: "region", reason: `is not the name of a region, like cn-north-4: ${printable(region, 64)}` },
    ]);
  }
  const cloud = region.startsWith("eu-west-1") ? "myhuaweicloud.eu" : "myhuaweicloud.com";
  return new URL(`https://${service}.${region}.${cloud}`);
}

/** The region that an address of the vendor names; undefined for any other address. */
export function regionOf(endpoint: URL): string | undefined {
  return /^[a-z]+\.([a-z0-9-]+)\.myhuaweicloud\.(?:com|eu)$/.exec(endpoint.hostname)?.[1];
}

export interface EndpointSettings {
  readonly endpoint?: URL;
  readonly authUrl?: URL;
  readonly region?: string;
}

/** Where HSS is: the endpoint of the configuration, else the region's. */
export function hssEndpoint(settings: EndpointSettings): URL {
  if (settings.endpoint !== undefined) return settings.endpoint;
  if (settings.region !== undefined) return regionEndpoint("hss", settings.region);
  throw new ConfigurationError([
    {
      property: "region",
      reason: "is needed, or endpoint: set hss:region (or HW_REGION_NAME), for example cn-north-4",
    },
  ]);
}

/** Where IAM or STS is: beside `authUrl` where that is given, else the region's. The only places that see a password. */
export function identityEndpoint(service: "iam" | "sts", settings: EndpointSettings): URL {
  const { authUrl } = settings;
  if (authUrl !== undefined) {
    const own = regionOf(authUrl) !== undefined && authUrl.hostname.startsWith("iam.");
    return own ? new URL(authUrl.origin.replace("//iam.", `//${service}.`)) : authUrl;
  }
  const region = settings.region ?? (settings.endpoint && regionOf(settings.endpoint));
  if (region !== undefined) return regionEndpoint(service, region);
  throw new ConfigurationError([
    { property: "authUrl", reason: "is needed, or region: without either it is unknown where IAM is" },
  ]);
}

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
