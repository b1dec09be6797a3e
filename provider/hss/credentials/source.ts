import type { Settings } from "../../settings/index.js";
import { proxyPasswords } from "../../runtime/proxy.js";
import { sha256 } from "../signing.js";
import { chooseIssuer, type Chosen } from "./chain.js";
import type { CredentialDependencies, Issuer } from "./dependencies.js";
import { assumeAgency } from "./login.js";
import { findProfile } from "./profile.js";
import { Renewing } from "./renewing.js";
import type { Credentials, CredentialSource } from "./types.js";
import { unlessAborted } from "../../abort.js";

/**
 * The credentials of the settings. Nothing is read or asked before the first `get`; a choice that failed is made anew
 * with the next one.
 */
export function credentialSource(settings: Settings, deps: CredentialDependencies): CredentialSource {
  return new Source(settings, deps);
}

class Source implements CredentialSource {
  private readonly known: Set<string>;
  private opening: Promise<Renewing> | undefined;
  private opened: Renewing | undefined;
  private from: Issuer | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly deps: CredentialDependencies,
  ) {
    this.known = new Set([
      ...settings.credentialLevels.flatMap(({ values }) => {
        const { accessKey, secretKey, securityToken, token, password } = values;
        return [accessKey, secretKey, securityToken, token, password].filter((value) => value !== undefined);
      }),
      ...proxyPasswords(deps.env ?? {}),
    ]);
  }

  get description(): string {
    return this.from?.description ?? "credentials";
  }

  async account(signal?: AbortSignal): Promise<string> {
    await unlessAborted(this.open(), signal, "getting credentials");
    return sha256(JSON.stringify(this.from?.account));
  }

  async get(signal?: AbortSignal): Promise<Credentials> {
    return (await unlessAborted(this.open(), signal, "getting credentials")).get(signal);
  }

  reject(credentials: Credentials): boolean {
    return this.opened?.reject(credentials) ?? false;
  }

  secrets(): string[] {
    return [...this.known];
  }

  private open(): Promise<Renewing> {
    const opening = (this.opening ??= this.choose());
    opening.catch(() => {
      if (this.opening === opening) this.opening = undefined;
    });
    return opening;
  }

  private async choose(): Promise<Renewing> {
    const chosen = await chooseIssuer(this.settings, {
      ...this.deps,
      readFile: (path) => this.deps.readFile(path),
      remember: (secret) => this.known.add(secret),
    });
    const { clock } = this.deps.runtime;
    const onIssued = (credentials: Credentials) => {
      for (const secret of secretsOf(credentials)) this.known.add(secret);
    };
    const base = new Renewing(firstIssued(chosen), clock, onIssued);
    const agency = this.settings.assumeRole ?? chosen.agency;
    const context = { settings: this.settings, runtime: this.deps.runtime };
    const assumed: Issuer | undefined = agency && {
      description: `the agency ${agency.agencyName}, assumed with ${chosen.issuer.description}`,
      account: ["agency", agency.agencyName, agency.domainName, agency.domainId, ...chosen.issuer.account],
      renewable: true,
      issue: async (signal) => assumeAgency(context, agency, await base.get(signal), signal),
    };
    this.from = assumed ?? chosen.issuer;
    this.opened = assumed ? new Renewing(assumed, clock, onIssued) : base;
    return this.opened;
  }
}

/** What the choice already asked for is not asked for again. */
function firstIssued({ issuer, issued }: Chosen): Issuer {
  let first = issued;
  return {
    ...issuer,
    issue: (signal) => {
      const credentials = first;
      first = undefined;
      return credentials ? Promise.resolve(credentials) : issuer.issue(signal);
    },
  };
}

function secretsOf(credentials: Credentials): string[] {
  if (credentials.kind === "token") return [credentials.token];
  const { accessKey, secretKey, securityToken } = credentials;
  return [accessKey, secretKey, ...(securityToken === undefined ? [] : [securityToken])];
}

/**
 * The settings with the region and project of the profile, where neither the program nor the environment says. Only where
 * the credentials come from that profile too: another account's project is of no use.
 */
export async function withProfile(
  settings: Settings,
  deps: Pick<CredentialDependencies, "readFile" | "homeDirectory">,
): Promise<Settings> {
  const hasOther = settings.credentialLevels.some((level) => !level.fromEnvironment || !settings.profileFirst);
  const isWhole = settings.projectId !== undefined && (settings.region ?? settings.endpoint) !== undefined;
  if (hasOther || isWhole) return settings;
  const { profile } = await findProfile(settings, deps);
  if (!profile || profile.unusable !== undefined) return settings;
  const projectId = settings.projectId ?? (settings.projectName === undefined ? profile.projectId : undefined);
  return { ...settings, region: settings.region ?? profile.region, projectId };
}
