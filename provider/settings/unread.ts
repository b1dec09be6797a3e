import type { Env } from "../runtime/runtime.js";

/** A variable that other tools read and this package does not, although it would change the account, the place or the safety of a call. */
export interface UnreadVariable {
  readonly variable: string;
  /** What it decides for the tools that read it. */
  readonly decides: "credentials" | "address" | "safety";
  /** What to do instead, after "set ...: ". */
  readonly instead: string;
}

const keys = "use access keys, a token or a password (accessKey, token, password)";
const adopt = (setting: string, variable: string) => `set ${setting}, or ${variable}`;

/** Only what other tools document or read in their source, see docs/credentials.md. */
export const unreadVariables: readonly UnreadVariable[] = [
  { variable: "OS_CLOUD", decides: "credentials", instead: `clouds.yaml is not read; ${keys}` },
  { variable: "OS_APPLICATION_CREDENTIAL_ID", decides: "credentials", instead: keys },
  { variable: "OS_APPLICATION_CREDENTIAL_NAME", decides: "credentials", instead: keys },
  { variable: "OS_APPLICATION_CREDENTIAL_SECRET", decides: "credentials", instead: keys },
  { variable: "OS_TRUST_ID", decides: "credentials", instead: "set assumeRole for another account's agency" },
  { variable: "OS_SYSTEM_SCOPE", decides: "credentials", instead: "HSS is a service of projects: set projectId" },
  { variable: "OS_PASSCODE", decides: "credentials", instead: "log in elsewhere and set token (HW_AUTH_TOKEN)" },
  { variable: "OS_DEFAULT_DOMAIN", decides: "credentials", instead: adopt("domainId", "HW_DOMAIN_ID") },
  { variable: "HUAWEI_ACCESS_KEY_ID", decides: "credentials", instead: adopt("accessKey", "HW_ACCESS_KEY") },
  { variable: "HUAWEI_SECRET_ACCESS_KEY", decides: "credentials", instead: adopt("secretKey", "HW_SECRET_KEY") },
  { variable: "HUAWEI_DEFAULT_REGION", decides: "address", instead: adopt("region", "HW_REGION_NAME") },
  { variable: "HUAWEI_PROJECT_ID", decides: "credentials", instead: adopt("projectId", "HW_PROJECT_ID") },
  { variable: "OS_ENDPOINT_OVERRIDE", decides: "address", instead: adopt("endpoint", "HW_HSS_ENDPOINT") },
  { variable: "HUAWEICLOUD_SDK_REGIONS_FILE", decides: "address", instead: adopt("endpoint", "HW_HSS_ENDPOINT") },
  { variable: "HUAWEICLOUD_SDK_STS_ENDPOINT", decides: "address", instead: adopt("authUrl", "HW_AUTH_URL") },
  { variable: "HW_INSECURE", decides: "safety", instead: "certificates are always verified; set caFile (HW_CACERT)" },
  { variable: "OS_INSECURE", decides: "safety", instead: "certificates are always verified; set caFile (OS_CACERT)" },
  { variable: "OS_CERT", decides: "safety", instead: "client certificates are not supported" },
  { variable: "OS_KEY", decides: "safety", instead: "client certificates are not supported" },
  { variable: "HW_SIGNING_ALGORITHM", decides: "safety", instead: "requests are signed with HmacSHA256" },
];

/** Values that say what this package does anyway. */
const harmless: Readonly<Record<string, RegExp>> = {
  HW_INSECURE: /^(?:0|f|false|no|off)$/i,
  OS_INSECURE: /^(?:0|f|false|no|off)$/i,
  HW_SIGNING_ALGORITHM: /^HmacSHA256$/i,
};

export interface Given {
  /** Which families of variables, or the program, give credentials; the first counts. */
  readonly credentials: string | undefined;
  /** Where the endpoint is from. */
  readonly isEndpointGiven: boolean;
  readonly isRegionGiven: boolean;
}

/** One line for each variable of this shell that would decide something, were it read. */
export function unreadIn(env: Env, { credentials, isEndpointGiven, isRegionGiven }: Given): string[] {
  const isSettled = ({ variable, decides }: UnreadVariable): boolean => {
    if (decides === "safety") return false;
    if (decides === "address") return isEndpointGiven || (variable === "HUAWEI_DEFAULT_REGION" && isRegionGiven);
    // an OpenStack's variables beside credentials that come before them
    return credentials !== undefined && !(credentials === "OS_" && variable.startsWith("OS_"));
  };
  return unreadVariables
    .filter((it) => (env[it.variable] ?? "") !== "" && !harmless[it.variable]?.test(env[it.variable] ?? ""))
    .filter((it) => !isSettled(it))
    .map(({ variable, instead }) => `${variable} is set and not followed: ${instead}`);
}
