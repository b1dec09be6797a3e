import { join } from "node:path";
import { CredentialsError } from "../../errors.js";
import type { Files } from "../../runtime/runtime.js";
import { printable } from "../../text.js";
import { iamPaths, parseEndpoint, regionPattern } from "../endpoint.js";
import { parseKooCli } from "./kooCli.js";
import type { Profile, ProfileSettings } from "./types.js";

interface File {
  readonly path: string;
  /** For messages: with `~`, not the home directory itself. */
  readonly shown: string;
}

export interface ProfileSearch {
  readonly profile?: Profile;
  /** Where it was looked for. */
  readonly places: readonly string[];
}

/**
 * The profile of the settings: in `sharedConfigFile`, else in the SDK's credentials file, then KooCLI's. Throws
 * `CredentialsError` where one is asked for that isn't there.
 */
export async function findProfile(settings: ProfileSettings, files: Files): Promise<ProfileSearch> {
  const candidates = filesOf(settings, files);
  const places = candidates.map(({ shown }) => shown);
  let first: Profile | undefined;
  for (const file of candidates) {
    const text = await files.readText(file.path);
    const found = text === undefined ? undefined : parseProfile(text, file, settings.profile);
    // a profile that can't be used does not hide one in the next file
    if (found && found.unusable === undefined) return { profile: found, places };
    first ??= found;
  }
  if (first) return { profile: first, places };
  if (settings.profile === undefined && settings.sharedConfigFile === undefined) return { places };
  const wanted = settings.profile === undefined ? "profile" : `profile ${printable(settings.profile, 64)}`;
  throw new CredentialsError(`no ${wanted} in ${places.join(" or ")}: check profile and sharedConfigFile`);
}

function filesOf({ sharedConfigFile }: ProfileSettings, files: Files): File[] {
  if (sharedConfigFile !== undefined) {
    const path = sharedConfigFile.replace(/^~(?=[/\\])/, () => files.home);
    return [{ path, shown: printable(sharedConfigFile) }];
  }
  const { home } = files;
  return [
    { path: join(home, ".huaweicloud", "credentials"), shown: "~/.huaweicloud/credentials" },
    { path: join(home, ".hcloud", "config.json"), shown: "~/.hcloud/config.json" },
  ];
}

/** JSON is KooCLI's, anything else the SDK's. */
function parseProfile(text: string, file: File, name: string | undefined): Profile | undefined {
  const profile = /^\s*\{/.test(text.replace(/^\ufeff/, ""))
    ? parseKooCli(text, file.shown, name)
    : parseSdkProfile(text, file.shown, name);
  const { region } = profile ?? {};
  return profile && { ...profile, region: region !== undefined && regionPattern.test(region) ? region : undefined };
}

/** `[basic]` is the SDK's section for project services, `[global]` the one for services of the whole account. */
function parseSdkProfile(text: string, path: string, name: string | undefined): Profile | undefined {
  const sections = parseIni(text);
  const section = (name === undefined ? ["basic", "global"] : [name]).find((candidate) => sections.has(candidate));
  const values = section === undefined ? undefined : sections.get(section);
  if (section === undefined || values === undefined) return undefined;
  const read = (key: string) => values.get(key) || undefined;
  const source = `profile [${printable(section, 64)}] of ${path}`;
  const iam = read("iam_endpoint");
  const parsed =
    iam === undefined ? undefined : parseEndpoint(/^https?:/i.test(iam) ? iam : `https://${iam}`, iamPaths);
  if (parsed && "reason" in parsed) return { source, unusable: `has an iam_endpoint that ${parsed.reason}` };
  return {
    source,
    authUrl: parsed?.url,
    accessKey: read("ak"),
    secretKey: read("sk"),
    securityToken: read("security_token"),
    idpId: read("idp_id"),
    idTokenFile: read("id_token_file"),
    projectId: read("project_id"),
    region: read("region"),
  };
}

/** Sections of an INI file, keys in lower case; what stands before the first section is left out. */
function parseIni(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const raw of text.replace(/^\ufeff/, "").split(/\r\n?|\n/)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const section = /^\[\s*(.*?)\s*\]$/.exec(line)?.[1];
    if (section !== undefined) {
      current = sections.get(section) ?? new Map<string, string>();
      sections.set(section, current);
      continue;
    }
    const equals = line.indexOf("=");
    if (equals > 0) current?.set(line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim());
  }
  return sections;
}
