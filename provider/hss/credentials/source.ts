import { unlessAborted } from "../../abort.js";
import { sha256 } from "../../digest.js";
import { proxyPasswords } from "../../runtime/proxy.js";
import type { Runtime } from "../../runtime/runtime.js";
import { chooseIssuer, type Chosen } from "./chain.js";
import { Iam } from "./iam.js";
import { Renewing } from "./renewing.js";
import type { Credentials, CredentialSettings, CredentialSource, Issuer } from "./types.js";

/**
 * The credentials of the settings. Nothing is read or asked before the first `get`; a choice that failed is made anew
 * with the next one.
 */
export function credentialSource(settings: CredentialSettings, runtime: Runtime): CredentialSource {
  return new Source(settings, runtime);
}

class Source implements CredentialSource {
  private readonly known: Set<string>;
  private opening: Promise<Renewing> | undefined;
  private opened: Renewing | undefined;
  private from: Issuer | undefined;

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
    const { settings, runtime } = this;
    const iam = new Iam(settings, runtime, this.known);
    const chosen = await chooseIssuer({ settings, runtime, iam });
    const onIssued = (credentials: Credentials) => {
      for (const secret of secretsOf(credentials)) this.known.add(secret);
    };
    const base = new Renewing(firstIssued(chosen), runtime.clock, onIssued);
    const agency = settings.assumeRole ?? chosen.agency;
    const assumed: Issuer | undefined = agency && {
      account: ["agency", agency.agencyName, agency.domainName, agency.domainId, ...chosen.issuer.account],
      renewable: true,
      issue: async () => iam.assumeAgency(agency, await base.get()),
    };
    this.from = assumed ?? chosen.issuer;
    this.opened = assumed ? new Renewing(assumed, runtime.clock, onIssued) : base;
    return this.opened;
  }
}

/** What the choice already asked for is not asked for again. */
function firstIssued({ issuer, issued }: Chosen): Issuer {
  let first = issued;
  return {
    ...issuer,
    issue: () => {
      const credentials = first;
      first = undefined;
      return credentials ? Promise.resolve(credentials) : issuer.issue();
    },
  };
}

function secretsOf(credentials: Credentials): string[] {
  if (credentials.kind === "token") return [credentials.token];
  const { accessKey, secretKey, securityToken } = credentials;
  return [accessKey, secretKey, ...(securityToken === undefined ? [] : [securityToken])];
}
