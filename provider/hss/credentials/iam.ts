import { ConfigurationError, CredentialsError, ResponseError, TransportError } from "../../errors.js";
import type { HttpRequest, HttpResponse, Runtime } from "../../runtime/runtime.js";
import { printable } from "../../text.js";
import { at, parseJson } from "../../values.js";
import { identityEndpoint } from "../endpoint.js";
import { parseRefusal, requestIdOf, serviceErrorMessage } from "../refusal.js";
import { encodeQuery, sign } from "../signing.js";
import type { AccessKeys, Agency, Credentials, CredentialSource, IamSettings, Token } from "./types.js";

export interface Login {
  readonly userName: string;
  readonly password: string;
  readonly domainName?: string;
  readonly domainId?: string;
}

interface IamCall {
  /** For messages: `logging in to IAM`. */
  readonly operation: string;
  readonly service?: "iam" | "sts";
  readonly method?: "GET" | "POST";
  /** With the query, encoded. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Signs the request, or is sent as `X-Auth-Token`; absent where the body authenticates. */
  readonly credentials?: Credentials;
}

interface IamAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const maxBodyBytes = 4 * 1024 * 1024;
/** Attempts after the first, for failures that pass. */
const retries = 2;
/** A clock that is further off than this makes a signature invalid, or soon will. */
const clockTolerance = 60_000;
const defaultDuration = 3600;
/** STS gives no longer where temporary keys ask. */
const longestChained = 3600;
const temporaryKeysPath = "/v3.0/OS-CREDENTIAL/securitytokens";

/** IAM and STS as far as credentials need them. They are only asked and never told to create anything. */
export class Iam {
  constructor(
    private readonly settings: IamSettings,
    private readonly runtime: Runtime,
    /** Told every secret that passes by and is not part of the credentials themselves. */
    private readonly remember: (secret: string) => void = () => undefined,
  ) {}

  /** `POST /v3/auth/tokens`: an IAM user's password for a token of the project, valid for 24 hours. */
  async passwordToken({ userName: name, password, domainName, domainId }: Login): Promise<Token> {
    const operation = "logging in to IAM";
    const domain = domainId === undefined ? { name: domainName } : { id: domainId };
    const identity = { methods: ["password"], password: { user: { name, password, domain } } };
    const body = { auth: { identity, scope: this.scope(domain) } };
    return subjectToken(operation, await this.ask({ operation, path: "/v3/auth/tokens?nocatalog=true", body }));
  }

  /** `POST /v3.0/OS-AUTH/id-token/tokens`, then temporary keys for the token: an identity that another provider vouches for. */
  async idTokenKeys(idpId: string, idToken: string): Promise<AccessKeys> {
    this.remember(idToken);
    const operation = "exchanging the OIDC id token at IAM";
    const scope = this.scope();
    const answer = await this.ask({
      operation,
      path: "/v3.0/OS-AUTH/id-token/tokens",
      headers: { "x-idp-id": idpId },
      body: { auth: { id_token: { id: idToken }, ...(scope && { scope }) } },
    });
    const { token } = subjectToken(operation, answer);
    this.remember(token);
    return this.temporaryKeys("getting temporary access keys from IAM", {
      methods: ["token"],
      token: { id: token, duration_seconds: 3600 },
    });
  }

  /** Temporary keys of another account's agency: from STS (v5) where only the account's id is known, else from IAM (v3). */
  assumeAgency(agency: Agency, credentials: Credentials): Promise<AccessKeys> {
    const { agencyName, domainName, domainId, durationSeconds = defaultDuration } = agency;
    if (domainName === undefined && domainId !== undefined && credentials.kind === "aksk")
      return this.assumeBySts({ agencyName, domainId, durationSeconds }, credentials);
    const domain = domainName === undefined ? { domain_id: domainId } : { domain_name: domainName };
    const role = { agency_name: agencyName, ...domain, duration_seconds: durationSeconds };
    const identity = { methods: ["assume_role"], assume_role: role };
    return this.temporaryKeys("assuming the agency at IAM", identity, credentials);
  }

  private async assumeBySts(
    { agencyName, domainId, durationSeconds }: Required<Omit<Agency, "domainName">>,
    credentials: AccessKeys,
  ): Promise<AccessKeys> {
    const operation = "assuming the agency at STS";
    const longest = credentials.securityToken === undefined ? durationSeconds : longestChained;
    const body = {
      agency_urn: `iam::${domainId}:agency:${agencyName}`,
      agency_session_name: "pulumi-hss",
      duration_seconds: Math.min(durationSeconds, longest),
    };
    const answer = await this.ask({ operation, service: "sts", path: "/v5/agencies/assume", body, credentials });
    return {
      kind: "aksk",
      accessKey: textAt(operation, answer.body, "credentials", "access_key_id"),
      secretKey: textAt(operation, answer.body, "credentials", "secret_access_key"),
      securityToken: textAt(operation, answer.body, "credentials", "security_token"),
      expiresAt: timeAt(answer.body, "credentials", "expiration"),
    };
  }

  private async temporaryKeys(operation: string, identity: object, credentials?: Credentials): Promise<AccessKeys> {
    const body = { auth: { identity } };
    return temporaryKeys(operation, (await this.ask({ operation, path: temporaryKeysPath, body, credentials })).body);
  }

  /** The ids of the projects of that name: `GET /v3/projects?name=`. */
  async projectIds(name: string, credentials: Credentials): Promise<string[]> {
    const operation = "looking up the project id at IAM";
    const path = `/v3/projects?${encodeQuery([["name", name]])}`;
    const projects = at((await this.ask({ operation, method: "GET", path, credentials })).body, "projects");
    return Array.isArray(projects) ? projects.map((project) => textAt(operation, project, "id")) : [];
  }

  /** HSS is a project's service: its tokens are for the project, by id, or by name, which the region's main project has too. */
  private scope(domain?: object): object | undefined {
    const { projectId, projectName, region } = this.settings;
    if (projectId !== undefined) return { project: { id: projectId } };
    const name = projectName ?? region;
    return name === undefined ? domain && { domain } : { project: { name } };
  }

  /** The answer of a 2xx. Throws `CredentialsError` for a refusal or where no whole answer came after three attempts. */
  private async ask(call: IamCall): Promise<IamAnswer> {
    const { clock, random } = this.runtime;
    let clockOffset = 0;
    let corrected = false;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.send(call, clockOffset);
      if (outcome instanceof TransportError || outcome instanceof ResponseError) {
        if (attempt >= retries) throw new CredentialsError(`${call.operation}: ${outcome.message}`, { cause: outcome });
      } else {
        const body = parseJson(outcome.body);
        if (outcome.status >= 200 && outcome.status < 300) return { headers: outcome.headers, body };
        const passing = outcome.status === 429 || outcome.status >= 500;
        const offset = clockDifference(outcome, clock.now());
        if (outcome.status === 401 && !corrected && call.credentials?.kind === "aksk" && offset !== undefined) {
          corrected = true;
          clockOffset = offset;
          continue;
        }
        if (!passing || attempt >= retries) throw refusal(call.operation, outcome, body);
      }
      await clock.sleep(1000 * 2 ** attempt * (0.5 + random() / 2));
    }
  }

  private async send(
    { service = "iam", method = "POST", path, body, headers = {}, credentials }: IamCall,
    clockOffset: number,
  ): Promise<HttpResponse | TransportError | ResponseError> {
    const { settings, runtime } = this;
    const url = new URL(path, identityEndpoint(service, settings));
    const common = { accept: "application/json", "content-type": "application/json;charset=utf8", ...headers };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const date = new Date(runtime.clock.now() + clockOffset);
    const proof: Record<string, string> =
      credentials === undefined
        ? {}
        : credentials.kind === "token"
          ? { "x-auth-token": credentials.token }
          : sign({ method, url, headers: common, body: text }, credentials, date);
    const request: HttpRequest = {
      method,
      url,
      headers: { ...common, ...proof },
      body: text,
      timeoutMs: settings.requestTimeoutSeconds * 1000,
      maxBodyBytes,
    };
    try {
      return await runtime.transport.send(request);
    } catch (error) {
      if (error instanceof TransportError || error instanceof ResponseError) return error;
      throw error;
    }
  }
}

/**
 * The id of the project that is called `projectName`, or like the region. Throws `ConfigurationError` unless IAM knows
 * exactly one; none is ever created.
 */
export async function projectIdByName(
  settings: IamSettings,
  runtime: Runtime,
  source: CredentialSource,
): Promise<string> {
  const problem = (property: string, reason: string) => new ConfigurationError([{ property, reason }]);
  const name = settings.projectName ?? settings.region;
  if (name === undefined) throw problem("projectId", "is needed, or projectName or region to look it up by");
  const ids = await new Iam(settings, runtime).projectIds(name, await source.get());
  if (ids.length === 1 && ids[0] !== undefined) return ids[0];
  const property = settings.projectName === undefined ? "projectId" : "projectName";
  const found = ids.length === 0 ? "no project" : `${ids.length} projects`;
  throw problem(property, `IAM knows ${found} named ${printable(name, 64)} for these credentials: set projectId`);
}

function refusal(operation: string, response: HttpResponse, body: unknown): CredentialsError {
  const said = { ...parseRefusal(body) };
  const requestId = requestIdOf(response, said);
  return new CredentialsError(serviceErrorMessage(operation, response.status, { ...said, requestId }));
}

/** How far the service's clock is ahead, in milliseconds; undefined where it does not tell or is close enough. */
function clockDifference({ headers }: HttpResponse, now: number): number | undefined {
  const date = headers.age === undefined ? Date.parse(headers.date ?? "") : NaN;
  const difference = date - now;
  return Math.abs(difference) > clockTolerance ? difference : undefined;
}

/** The form in which IAM and the metadata service give temporary keys. */
export function temporaryKeys(operation: string, body: unknown): AccessKeys {
  return {
    kind: "aksk",
    accessKey: textAt(operation, body, "credential", "access"),
    secretKey: textAt(operation, body, "credential", "secret"),
    securityToken: textAt(operation, body, "credential", "securitytoken"),
    expiresAt: timeAt(body, "credential", "expires_at"),
  };
}

function subjectToken(operation: string, { headers, body }: IamAnswer): Token {
  const token = headers["x-subject-token"];
  if (!token) throw new CredentialsError(`${operation}: the answer holds no X-Subject-Token`);
  return { kind: "token", token, expiresAt: timeAt(body, "token", "expires_at") };
}

/** What an answer must hold. Throws `CredentialsError` where it is no text. */
function textAt(operation: string, value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  if (typeof found === "string" && found !== "") return found;
  throw new CredentialsError(`${operation}: the answer holds no ${path.join(".")}`);
}

/** Milliseconds since the epoch; undefined for what is no time. IAM writes microseconds. */
function timeAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  const time = typeof found === "string" ? Date.parse(found.replace(/(\.\d{3})\d+/, "$1")) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
