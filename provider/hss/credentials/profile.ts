import { join } from "node:path";
import type { Settings } from "../../settings/index.js";
import { CredentialsError } from "../../errors.js";
import { printable } from "../../text.js";
import { regionPattern } from "../endpoint.js";
import type { CredentialDependencies } from "./dependencies.js";
import { parseIni } from "./ini.js";
import { parseKooCli } from "./kooCli.js";
import type { Profile } from "./types.js";

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

type Reading = Pick<CredentialDependencies, "readFile" | "homeDirectory">;

/**
 * The profile of the settings: in `sharedConfigFile`, else in the SDK's credentials file, then KooCLI's. Throws
 * `CredentialsError` where one is asked for that isn't there.
 */
export async function findProfile(settings: Settings, { readFile, homeDirectory }: Reading): Promise<ProfileSearch> {
  const files = filesOf(settings, homeDirectory);
  let first: Profile | undefined;
  for (const file of files) {
    const text = await readFile(file.path);
    const found = text === undefined ? undefined : parseProfile(text, file, settings.profile);
    // a profile that can't be used does not hide one in the next file
    if (found && found.unusable === undefined) return { profile: found, places: shown(files) };
    first ??= found;
  }
  if (first) return { profile: first, places: shown(files) };
  if (settings.profile === undefined && settings.sharedConfigFile === undefined) return { places: shown(files) };
  const wanted = settings.profile === undefined ? "profile" : `profile ${printable(settings.profile, 64)}`;
  throw new CredentialsError(`no ${wanted} in ${shown(files).join(" or ")}: check profile and sharedConfigFile`);
}

const shown = (files: readonly File[]): string[] => files.map((file) => file.shown);

function filesOf({ sharedConfigFile }: Settings, home: string): File[] {
  if (sharedConfigFile !== undefined) {
    const path = sharedConfigFile.replace(/^~(?=[/\\])/, () => home);
    return [{ path, shown: printable(sharedConfigFile) }];
  }
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
  return {
    source: `profile [${printable(section, 64)}] of ${path}`,
    accessKey: read("ak"),
    secretKey: read("sk"),
    securityToken: read("security_token"),
    idpId: read("idp_id"),
    idTokenFile: read("id_token_file"),
    projectId: read("project_id"),
    region: read("region"),
  };
}
