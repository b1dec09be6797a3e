import { isLoopback } from "../runtime/address.js";

/** `cn-north-4`, `eu-west-101`, `my-kualalumpur-1`. The list of regions is not closed, so only the form is checked. */
export const regionPattern = /^[a-z]{2,16}(-[a-z0-9]{1,32}){1,4}$/;

/** A domain of at least two labels, lower case: `myhuaweicloud.com`, `otc.t-systems.com`. */
export const cloudPattern =
  /^(?=.{4,200}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.[a-z]{2,63}$/;

/** The domain of the public cloud that a region belongs to. */
export const publicCloud = (region: string): string =>
  region.startsWith("eu-west-1") ? "myhuaweicloud.eu" : "myhuaweicloud.com";

/** Clouds of the vendor and its partners. Their addresses are `<service>.<region>.<cloud>` or `<service>.<cloud>`. */
const knownClouds = [
  "myhuaweicloud.com",
  "myhuaweicloud.eu",
  "otc.t-systems.com",
  "prod-cloud-ocb.orange-business.com",
  "hc.sbercloud.ru",
  "g42cloud.com",
];

interface ServiceHost {
  /** `hss`, `iam`; as it is written, `iam-pub` too. */
  readonly service: string;
  readonly region?: string;
  /** The domain that all services of a cloud are below. */
  readonly cloud: string;
}

/**
 * The parts of an address like `hss.cn-north-4.myhuaweicloud.com` or `iam.example.com`; undefined for IP addresses and short
 * names. Of a domain that is not known, a label is a region only where it is `region` or looks like nothing else: were
 * `acme-cloud.co.uk` taken for a region of `co.uk`, anybody's address there would be of the same cloud.
 */
export function serviceHost({ hostname }: URL, region?: string): ServiceHost | undefined {
  const [service = "", second = "", ...rest] = hostname.split(".");
  if (rest.length === 0 || !cloudPattern.test(hostname)) return undefined;
  const known = knownClouds.find((cloud) => hostname.endsWith(`.${cloud}`));
  if (known !== undefined) {
    const place = hostname.slice(0, -known.length - 1).split(".");
    const last = place.length > 1 ? place.at(-1) : undefined;
    return { service, cloud: known, ...(last !== undefined && regionPattern.test(last) && { region: last }) };
  }
  const domain = rest.join(".");
  if (!isPublicSuffix(domain) && (second === region || /^[a-z]{2}(?:-[a-z]+)*-\d{1,3}$/.test(second)))
    return { service, region: second, cloud: domain };
  return { service, cloud: `${second}.${domain}` };
}

const secondLevel =
  "ac|ad|adv|art|arts|asn|asso|biz|blog|blogspot|co|com|ebiz|ed|edu|eng|eti|fin|firm|game|gen|go|gob|gouv|gov|gr|gub|id|idf|idv|inc|ind|inf|info|int|law|lg|lib|ltd|me|med|mil|muni|name|ne|net|nhs|nic|nom|or|org|pe|plc|pol|pp|press|pro|pub|re|res|sc|sch|school|store|tm|tv|web|wiki";
const publicSuffix = new RegExp(
  `^[^.]+$|^(?:${secondLevel})\\.[a-z]{2}$|^(?:cn|eu|uk|us|br|de|jp|ru|za|gb)\\.(?:com|net|org)$`,
);

/** Below which anybody may have a domain: `com`, `co.uk`, `com.br`. */
const isPublicSuffix = (domain: string): boolean => publicSuffix.test(domain);

/** The region that an address names; undefined for one that names none. */
export const regionOf = (endpoint: URL, region?: string): string | undefined => serviceHost(endpoint, region)?.region;

/** The domain of the cloud that an address is of; undefined for IP addresses and short names. */
export const cloudOf = (url: URL, region?: string): string | undefined => serviceHost(url, region)?.cloud;

/** Whether two addresses are of one cloud, so that what authenticates at one may be sent to the other. */
export function isSameCloud(a: URL, b: URL, region?: string): boolean {
  if (a.hostname === b.hostname || (isLoopback(a.hostname) && isLoopback(b.hostname))) return true;
  return isSameDomain(cloudOf(a, region), cloudOf(b, region));
}

/** Whether the domains of two clouds are one cloud's: equal, or one below the other. */
export function isSameDomain(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const [wide, narrow] = one.length < other.length ? [one, other] : [other, one];
  return !isPublicSuffix(wide) && (wide === narrow || (narrow.endsWith(`.${wide}`) && !knownClouds.includes(narrow)));
}
