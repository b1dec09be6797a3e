import { join } from "node:path";
import { CredentialsError } from "../../errors.js";
import type { Files, Runtime } from "../../runtime/runtime.js";
import { expandHome } from "../../runtime/trust.js";
import { repeatedName, repeatedPath } from "../../repeated.js";
import { printable } from "../../text.js";
import { regionPattern } from "../cloud.js";
import { iamPaths, parseEndpoint } from "../endpoint.js";
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
  /** A file that is there was empty or ended too early: its writer may not be done. */
  readonly isHalf?: boolean;
  /** The file's last line has no end. */
  readonly isOpenEnded?: boolean;
}

/** How long a file may take to be written. */
const writingMs = 2000;
const pollMs = 100;

/** As `findProfile`; a file that is half written is read again until it is whole, or its time is up. */
export async function findWholeProfile(
  settings: ProfileSettings,
  { files, clock }: Pick<Runtime, "files" | "clock">,
  signal?: AbortSignal,
): Promise<ProfileSearch> {
  for (const until = clock.now() + writingMs; ; await clock.sleep(pollMs, signal)) {
    const found = await findProfile(settings, files);
    if (found.isHalf !== true || clock.now() >= until) return found;
  }
}

/** Equal reads that show a file to be at rest; one that does not end with its line may still be written. */
const restingReads = { whole: 1, openEnded: 6 };

/** As `findWholeProfile`, until reads agree: what was just replaced may still be written. */
export async function findSettledProfile(
  settings: ProfileSettings,
  runtime: Pick<Runtime, "files" | "clock">,
  signal: AbortSignal,
): Promise<ProfileSearch> {
  const { clock } = runtime;
  let last = "";
  let equal = 0;
  for (const until = clock.now() + writingMs; ; await clock.sleep(pollMs, signal)) {
    const found = await findWholeProfile(settings, runtime, signal);
    const text = JSON.stringify(found);
    equal = text === last ? equal + 1 : 0;
    if (equal >= restingReads[found.isOpenEnded === true ? "openEnded" : "whole"] || clock.now() >= until) return found;
    last = text;
  }
}

/**
 * The profile of the settings: in `sharedConfigFile`, else in the SDK's credentials file, then KooCLI's. Throws
 * `CredentialsError` where one is asked for that isn't there.
 */
export async function findProfile(settings: ProfileSettings, files: Files): Promise<ProfileSearch> {
  const candidates = filesOf(settings, files);
  const places = candidates.map(({ shown }) => shown);
  let first: Profile | undefined;
  let isEmpty = false;
  for (const file of candidates) {
    const text = await files.readText(file.path);
    isEmpty ||= text?.trim() === "";
    const found = text === undefined ? undefined : parseProfile(text, file, settings.profile);
    // a profile that can't be used does not hide one in the next file
    if (found && found.unusable === undefined)
      return {
        profile: found,
        places,
        // nor does it leave its place to another before it had time to be written
        isHalf: isHalf(found) || isEmpty || first?.isHalf === true,
        isOpenEnded: !/[\n}]\s*$/.test(text ?? ""),
      };
    first ??= found;
  }
  if (first) return { profile: first, places, isHalf: first.isHalf === true };
  if (isEmpty || (settings.profile === undefined && settings.sharedConfigFile === undefined))
    return { places, isHalf: isEmpty };
  const wanted = settings.profile === undefined ? "profile" : `profile ${repeatedName(settings.profile)}`;
  throw new CredentialsError(`no ${wanted} in ${places.join(" or ")}: check profile and sharedConfigFile`);
}

function filesOf({ sharedConfigFile }: ProfileSettings, files: Files): File[] {
  if (sharedConfigFile !== undefined) {
    const path = expandHome(sharedConfigFile, files.home);
    return [{ path, shown: repeatedPath(sharedConfigFile) }];
  }
  const { home } = files;
  return [
    { path: join(home, ".huaweicloud", "credentials"), shown: "~/.huaweicloud/credentials" },
    { path: join(home, ".hcloud", "config.json"), shown: "~/.hcloud/config.json" },
  ];
}

const isHalf = ({ accessKey, secretKey, token, metadata, idpId }: Profile): boolean =>
  token === undefined && metadata !== true && idpId === undefined && (accessKey ?? secretKey) === undefined
    ? true
    : (accessKey === undefined) !== (secretKey === undefined);

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
  // a host that other tools take has a dot; a key that stands there by mistake would be told as one
  if (iam !== undefined && !iam.includes(".")) return { source, unusable: "has an iam_endpoint that is no address" };
  const parsed =
    iam === undefined ? undefined : parseEndpoint(/^https?:/i.test(iam) ? iam : `https://${iam}`, iamPaths);
  if (parsed && "reason" in parsed) return { source, unusable: `has an iam_endpoint that ${parsed.reason}` };
  const [accessKey, secretKey, idpId, idTokenFile] = ["ak", "sk", "idp_id", "id_token_file"].map(read);
  if ((accessKey ?? secretKey) === undefined && (idpId === undefined || idTokenFile === undefined))
    return { source, unusable: "holds no credentials", isHalf: true };
  return {
    source,
    authUrl: parsed?.url,
    accessKey,
    secretKey,
    securityToken: read("security_token"),
    idpId,
    idTokenFile,
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
    const delimiter = line.search(/[=:]/);
    if (delimiter > 0)
      current?.set(line.slice(0, delimiter).trim().toLowerCase(), iniValue(line.slice(delimiter + 1).trim()));
  }
  return sections;
}

/** Without the comment after it and the quotes around it, as the vendor's Go SDK reads it. */
function iniValue(text: string): string {
  const value = text.replace(/(?:^|\s+)[#;].*$/, "");
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}
