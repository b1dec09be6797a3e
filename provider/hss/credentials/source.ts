import { sha256 } from "../../sha256.js";
import { proxyPasswords } from "../../runtime/proxy.js";
import type { Runtime } from "../../runtime/runtime.js";
import { printable } from "../../text.js";
import { SharedWork } from "../../sharedWork.js";
import { chooseIssuer, type Chosen } from "./chain.js";
import { Iam } from "./iam.js";
import { Renewing, withRenewal } from "./renewing.js";
import type { Agency, Credentials, CredentialSettings, CredentialSource, Issuer } from "./types.js";

/**
 * The credentials of the settings. Nothing is read or asked before the first `get`; a choice that failed is made anew
 * with the next one.
 */
export function credentialSource(settings: CredentialSettings, runtime: Runtime): CredentialSource {
  return new Source(settings, runtime);
}

interface Opened {
  readonly renewing: Renewing;
  /** See `Issuer`. */
  readonly account: readonly unknown[];
}

class Source implements CredentialSource {
  private readonly known: Set<string>;
  private readonly opening = new SharedWork((signal) => this.choose(signal), "getting credentials");
  private opened: Opened | undefined;

  constructor(
    private readonly settings: CredentialSettings,
    private readonly runtime: Runtime,
  ) {
    this.known = new Set([
      ...settings.credentialLevels.flatMap(({ values }) => {
        const { accessKey, secretKey, securityToken, token, password } = values;
        return [accessKey, secretKey, securityToken, token, password].filter((value) => value !== undefined);
      }),
      ...proxyPasswords(runtime.env),
    ]);
  }

  async account(signal?: AbortSignal): Promise<string> {
    return sha256(JSON.stringify((await this.open(signal)).account));
  }

  async get(signal?: AbortSignal): Promise<Credentials> {
    return (await this.open(signal)).renewing.get(signal);
  }

  reject(credentials: Credentials): boolean {
    return this.opened?.renewing.reject(credentials) ?? false;
  }

  secrets(): string[] {
    return [...this.known];
  }

  private async open(signal?: AbortSignal): Promise<Opened> {
    return this.opened ?? this.opening.wait(signal);
  }

  private async choose(signal: AbortSignal): Promise<Opened> {
    const { settings, runtime } = this;
    const iam = new Iam(settings, runtime, this.known);
    const chosen = await chooseIssuer({ settings, runtime, iam, signal });
    const onIssued = (credentials: Credentials) => {
      for (const secret of secretsOf(credentials)) this.known.add(secret);
    };
    const base = new Renewing(firstIssued(chosen), runtime.clock, onIssued);
    const agency = agencyOf(settings, chosen, runtime);
    const assumed: Issuer | undefined = agency && {
      account: ["agency", agency.agencyName, agency.domainName, agency.domainId, ...chosen.issuer.account],
      renewable: true,
      issue: (renewing) => withRenewal(base, renewing, (own) => iam.assumeAgency(agency, own, renewing)),
    };
    const renewing = assumed ? new Renewing(assumed, runtime.clock, onIssued) : base;
    return (this.opened = { renewing, account: (assumed ?? chosen.issuer).account });
  }
}

/** The program's agency, else that of the place that comes first; the other one is told of. */
function agencyOf(
  { assumeRole, roleVariable, profileFirst }: CredentialSettings,
  { agency: profiles }: Chosen,
  { log }: Pick<Runtime, "log">,
): Agency | undefined {
  if (assumeRole === undefined || profiles === undefined || roleVariable === undefined) return assumeRole ?? profiles;
  const { agencyName, domainName, domainId } = profiles;
  const isSame =
    assumeRole.agencyName === agencyName &&
    ((domainName !== undefined && assumeRole.domainName === domainName) ||
      (domainId !== undefined && assumeRole.domainId === domainId));
  if (isSame) return assumeRole;
  const named = `the agency ${printable(agencyName, 64)} of the profile`;
  log.warn(
    profileFirst
      ? `hss: ${roleVariable} is not followed: ${named} comes first`
      : `hss: ${named} is not assumed: ${roleVariable} names another`,
  );
  return profileFirst ? profiles : assumeRole;
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
