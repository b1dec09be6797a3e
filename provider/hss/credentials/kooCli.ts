import { repeatedName } from "../../repeated.js";
import { printable } from "../../text.js";
import { at } from "../../values.js";
import type { Profile } from "./types.js";

const decrypt = "hcloud configure set --cli-auth-encrypt=false";

/** A profile of KooCLI's `config.json`: the named one, else its current one; undefined where it isn't there. */
export function parseKooCli(text: string, path: string, name: string | undefined): Profile | undefined {
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return { source: path, unusable: "is not complete JSON", isHalf: true };
  }
  const wanted = name ?? textOf(file, "current") ?? "default";
  const profiles = at(file, "profiles");
  const entry: unknown = Array.isArray(profiles)
    ? profiles.find((candidate: unknown) => textOf(candidate, "name") === wanted)
    : undefined;
  if (entry === undefined) return undefined;
  const common = {
    source: `profile ${printable(wanted, 64)} of ${path}`,
    region: textOf(entry, "region"),
    projectId: textOf(entry, "projectId"),
  };
  return { ...common, ...byMode(entry) };
}

function byMode(entry: unknown): Partial<Profile> {
  const mode = (textOf(entry, "mode") ?? "AKSK").toLowerCase();
  if (mode === "aksk") return { ...keys(entry), ignored: ignoredAgency(entry) };
  if (mode === "sso") return keys(at(entry, "ssoAuth", "stsToken"));
  if (mode === "ecsagency") return { metadata: true };
  if (mode === "agency") return agency(entry);
  if (mode === "token") {
    const token = textOf(entry, "token") ?? textOf(entry, "authToken") ?? textOf(entry, "xAuthToken");
    return token === undefined ? { unusable: "holds no token" } : { token };
  }
  return { unusable: `has the mode ${repeatedName(mode)}, which is not supported here` };
}

/** KooCLI follows an agency in its own mode only, the Terraform provider in every mode. */
function ignoredAgency(entry: unknown): string | undefined {
  const name = textOf(entry, "agencyName");
  if (name === undefined) return undefined;
  return `names the agency ${printable(name, 64)}, which is not assumed in its mode AKSK: set assumeRole to assume it`;
}

function keys(entry: unknown): Partial<Profile> {
  const accessKey = textOf(entry, "accessKeyId");
  const secretKey = textOf(entry, "secretAccessKey");
  const securityToken = textOf(entry, "securityToken");
  if (accessKey === undefined && secretKey === undefined) return { unusable: "holds no access keys" };
  if (isEncrypted(accessKey, 40) || isEncrypted(secretKey, 64)) {
    return { unusable: `is encrypted: run \`${decrypt}\`, or give the keys another way` };
  }
  return { accessKey, secretKey, securityToken };
}

function agency(entry: unknown): Partial<Profile> {
  const own = keys(entry);
  const agencyName = textOf(entry, "agencyName");
  const domainName = textOf(entry, "agencyDomainName");
  const domainId = textOf(entry, "agencyDomainId");
  if (agencyName === undefined || (domainName ?? domainId) === undefined) {
    return { unusable: "names no agency and its account" };
  }
  return { ...own, agency: { agencyName, domainName, domainId } };
}

// keys are short and alphanumeric; cipher texts are long, or base64
const isEncrypted = (text: string | undefined, longest: number): boolean =>
  text !== undefined && (text.length > longest || /[^A-Za-z0-9_-]/.test(text));

function textOf(value: unknown, key: string): string | undefined {
  const found = at(value, key);
  return typeof found === "string" && found !== "" ? found : undefined;
}
