import { isIP } from "node:net";
import { ConfigurationError } from "../errors.js";
import { isSameCloud, regionOf, serviceHost } from "../hss/cloud.js";
import { hssEndpoint, regionEndpoint, type EndpointSettings } from "../hss/endpoint.js";
import { isLoopback } from "../runtime/address.js";

/** What of the settings says where buckets are. */
export interface BucketSettings extends EndpointSettings {
  readonly archiveEndpoint?: URL;
  /** The account is the emulator's: its keys open no bucket. */
  readonly emulator?: boolean;
}

export interface BucketPlace {
  readonly bucket: string;
  /** Of every object's name: empty, or with `/` at its end. */
  readonly prefix: string;
  /** Undefined for AWS's own. */
  readonly endpoint?: URL;
  /** That requests are signed for; undefined where the environment says it. */
  readonly region?: string;
  /** `https://host/bucket/name`, and not `https://bucket.host/name`. */
  readonly pathStyle: boolean;
  /** Whose keys: those that HSS is read with are sent to nobody but their own cloud. */
  readonly keys: "account" | "environment";
  /** Object storage of Huawei's clouds. */
  readonly isObs: boolean;
}

const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Services that take the bucket in the host's name only. */
const virtualHosts = /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|aliyuncs\.com|myqcloud\.com)$/;

/** Where an archive `s3://bucket/prefix` is. Throws a `ConfigurationError` for another form. */
export function bucketPlace(archive: string, settings: BucketSettings): BucketPlace {
  const refused = (reason: string) => new ConfigurationError([{ property: "archive", reason }]);
  const [, bucket = "", path = ""] = /^s3:\/\/([^/]*)(?:\/(.*))?$/i.exec(archive) ?? [];
  if (!bucketPattern.test(bucket) || bucket.includes("..") || isIP(bucket) !== 0)
    throw refused("is to be s3://bucket/prefix, with the name of a bucket: 3 to 63 of a-z, 0-9, `-` and `.`");
  const prefix = path.replace(/\/+$/, "");
  const names = prefix === "" ? [] : prefix.split("/");
  if (!/^[A-Za-z0-9!_.*'()=/-]{0,512}$/.test(prefix) || names.some((name) => /^\.{0,2}$/.test(name)))
    throw refused("has a prefix with other characters than A-Z, a-z, 0-9, `!_.*'()=-` and single `/`");
  const account = settings.emulator || !(settings.endpoint ?? settings.region) ? undefined : hssEndpoint(settings);
  const endpoint = settings.archiveEndpoint ?? (account && besideHss(account, settings));
  const isObs = endpoint !== undefined && serviceHost(endpoint, settings.region)?.service === "obs";
  const region = endpoint && regionIn(endpoint, settings);
  const isOwn = endpoint !== undefined && account !== undefined && isSameCloud(endpoint, account, settings.region);
  return {
    ...{ bucket, prefix: prefix === "" ? "" : `${prefix}/`, isObs, pathStyle: isPathStyle(endpoint, isObs) },
    ...(endpoint && { endpoint }),
    ...(region !== undefined && { region }),
    keys: isOwn ? "account" : "environment",
  };
}

/** The address of object storage in the cloud and the region of HSS; undefined where that is unknown. */
function besideHss(hss: URL, { region, cloud }: BucketSettings): URL | undefined {
  const host = serviceHost(hss, region);
  const place = host?.region ?? region;
  const domain = host?.cloud ?? cloud;
  return place === undefined || domain === undefined ? undefined : regionEndpoint("obs", place, domain);
}

/** Of an address like `s3.eu-west-1.amazonaws.com` its own; else what the account says, which most stores don't look at. */
function regionIn(endpoint: URL, { region }: BucketSettings): string | undefined {
  const ofAws = /(?:^|\.)s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/.exec(
    endpoint.hostname,
  );
  if (ofAws) return ofAws[1];
  if (endpoint.hostname.endsWith(".amazonaws.com")) return undefined;
  return regionOf(endpoint, region);
}

function isPathStyle(endpoint: URL | undefined, isObs: boolean): boolean {
  if (endpoint === undefined) return false;
  const { hostname } = endpoint;
  const isName = !isLoopback(hostname) && !hostname.startsWith("[") && isIP(hostname) === 0;
  return !(isName && (isObs || virtualHosts.test(hostname)));
}
