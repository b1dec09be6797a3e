import { ConfigurationError, CredentialsError, ResponseError, ServiceError, TransportError } from "../../errors.js";
import { growingRedactor, redactError } from "../../redact.js";
import { startDeadline } from "../../runtime/deadline.js";
import type { HttpRequest, Runtime } from "../../runtime/runtime.js";
import { printable } from "../../text.js";
import { at, parseJson } from "../../values.js";
import { ClockSkew } from "../clockSkew.js";
import { identityEndpoint } from "../endpoint.js";
import { exchange } from "../exchange.js";
import { serviceError } from "../refusal.js";
import { createRetryBudget, withRetries } from "../retry.js";
import { encodeQuery } from "../signing.js";
import { withRenewal } from "./renewing.js";
import type { AccessKeys, Agency, Credentials, CredentialSource, IamSettings, Token } from "./types.js";

export interface Login {
  readonly userName?: string;
  /** Instead of the name; needs no account. */
  readonly userId?: string;
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
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

interface IamAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const maxBodyBytes = 4 * 1024 * 1024;
const defaultDuration = 3600;
/** STS gives no longer where temporary keys ask. */
const longestChained = 3600;
const temporaryKeysPath = "/v3.0/OS-CREDENTIAL/securitytokens";

/** IAM and STS as far as credentials need them. They are only asked, never made to create anything. */
export class Iam {
  private readonly skew = new ClockSkew();
  private readonly redact = growingRedactor(() => [...this.secrets]);

  constructor(
    private readonly settings: IamSettings,
    private readonly runtime: Runtime,
    /** For masking; secrets that pass by are added. */
    private readonly secrets: Set<string>,
  ) {}

  /** `POST /v3/auth/tokens`: an IAM user's password for a token of the project, valid for 24 hours. */
  async passwordToken(login: Login, signal: AbortSignal): Promise<Token> {
    const { userName: name, userId: id, password, domainName, domainId } = login;
    const operation = "logging in to IAM";
    const named = domainId === undefined ? { name: domainName } : { id: domainId };
    const domain = (domainId ?? domainName) === undefined ? undefined : named;
    const user = id === undefined ? { name, password, domain } : { id, password };
    const identity = { methods: ["password"], password: { user } };
    const body = { auth: { identity, scope: this.scope(domain) } };
    return subjectToken(operation, await this.ask({ operation, path: "/v3/auth/tokens?nocatalog=true", body, signal }));
  }

  /** `POST /v3.0/OS-AUTH/id-token/tokens`, then temporary keys for the token: an identity that another provider vouches for. */
  async idTokenKeys(idpId: string, idToken: string, signal: AbortSignal): Promise<AccessKeys> {
    this.secrets.add(idToken);
    const operation = "exchanging the OIDC id token at IAM";
    const scope = this.scope();
    const answer = await this.ask({
      operation,
      path: "/v3.0/OS-AUTH/id-token/tokens",
      headers: { "x-idp-id": idpId },
      body: { auth: { id_token: { id: idToken }, ...(scope && { scope }) } },
      signal,
    });
    const { token } = subjectToken(operation, answer);
    this.secrets.add(token);
    const identity = { methods: ["token"], token: { id: token, duration_seconds: 3600 } };
    return this.temporaryKeys({ operation: "getting temporary access keys from IAM", signal }, identity);
  }

  /** Temporary keys of another account's agency: from STS (v5) where only the account's id is known, else from IAM (v3). */
  assumeAgency(agency: Agency, credentials: Credentials, signal: AbortSignal): Promise<AccessKeys> {
    const { agencyName, domainName, domainId, durationSeconds = defaultDuration } = agency;
    if (domainName === undefined && domainId !== undefined && credentials.kind === "aksk")
      return this.assumeBySts({ agencyName, domainId, durationSeconds }, credentials, signal);
    const domain = domainName === undefined ? { domain_id: domainId } : { domain_name: domainName };
    const role = { agency_name: agencyName, ...domain, duration_seconds: durationSeconds };
    const identity = { methods: ["assume_role"], assume_role: role };
    return this.temporaryKeys({ operation: "assuming the agency at IAM", credentials, signal }, identity);
  }

  private async assumeBySts(
    { agencyName, domainId, durationSeconds }: Required<Omit<Agency, "domainName">>,
    credentials: AccessKeys,
    signal: AbortSignal,
  ): Promise<AccessKeys> {
    const operation = "assuming the agency at STS";
    const longest = credentials.securityToken === undefined ? durationSeconds : longestChained;
    const body = {
      agency_urn: `iam::${domainId}:agency:${agencyName}`,
      agency_session_name: "pulumi-hss",
      duration_seconds: Math.min(durationSeconds, longest),
    };
    const answer = await this.ask({
      operation,
      service: "sts",
      path: "/v5/agencies/assume",
      body,
      credentials,
      signal,
    });
    return {
      kind: "aksk",
      accessKey: textAt(operation, answer.body, "credentials", "access_key_id"),
      secretKey: textAt(operation, answer.body, "credentials", "secret_access_key"),
      securityToken: textAt(operation, answer.body, "credentials", "security_token"),
      expiresAt: timeAt(answer.body, "credentials", "expiration"),
    };
  }

  private async temporaryKeys(call: Omit<IamCall, "path" | "body">, identity: object): Promise<AccessKeys> {
    const { body } = await this.ask({ ...call, path: temporaryKeysPath, body: { auth: { identity } } });
    return temporaryKeys(call.operation, body);
  }

  /** The ids of the projects of that name: `GET /v3/projects?name=`. */
  async projectIds(name: string, credentials: Credentials, signal: AbortSignal): Promise<string[]> {
    const operation = "looking up the project id at IAM";
    const path = `/v3/projects?${encodeQuery([["name", name]])}`;
    const projects = at((await this.ask({ operation, method: "GET", path, credentials, signal })).body, "projects");
    return Array.isArray(projects) ? projects.map((project) => textAt(operation, project, "id")) : [];
  }

  /** HSS is a project's service: its tokens are for the project, by id, or by name, which the region's main project has too. */
  private scope(domain?: object): object | undefined {
    const { projectId, projectName, region, assumeRole } = this.settings;
    // the project is then the other account's, where this user is unknown
    if (assumeRole !== undefined)
      return domain ? { domain } : region === undefined ? undefined : { project: { name: region } };
    if (projectId !== undefined) return { project: { id: projectId } };
    const name = projectName ?? region;
    return name === undefined ? domain && { domain } : { project: { name } };
  }

  /** The answer of a 2xx. Throws `CredentialsError` for a refusal or where no complete answer came. */
  private async ask(call: IamCall): Promise<IamAnswer> {
    const { operation, signal } = call;
    try {
      return await retried(operation, this.settings, this.runtime, signal, (own) =>
        this.attempt({ ...call, signal: own }),
      );
    } catch (error) {
      if (error instanceof ServiceError) throw new CredentialsError(error.message, { cause: error });
      if (error instanceof TransportError || error instanceof ResponseError)
        throw new CredentialsError(`${operation}: ${error.message}`, { cause: error });
      throw error;
    }
  }

  private async attempt(call: IamCall): Promise<IamAnswer> {
    const { operation, service = "iam", method = "POST", path, body, headers, credentials, signal } = call;
    const { settings, runtime, skew } = this;
    const request: HttpRequest = {
      method,
      url: new URL(path, identityEndpoint(service, settings)),
      headers: { accept: "application/json", "content-type": "application/json;charset=utf8", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      timeoutMs: settings.requestTimeoutSeconds * 1000,
      maxBodyBytes,
      signal,
    };
    try {
      return await exchange({ ...runtime, skew }, request, credentials, ({ response, receivedAt }) => {
        const answer = parseJson(response.body);
        if (response.status >= 200 && response.status < 300) return { headers: response.headers, body: answer };
        throw serviceError(operation, response, answer, receivedAt, "IAM");
      });
    } catch (error) {
      // before it is logged: the service may repeat what it was sent
      throw redactError(error, this.redact);
    }
  }
}

/** Attempts within the settings' patience. */
export async function retried<T>(
  what: string,
  { maxRetries, deadlineSeconds }: Pick<IamSettings, "maxRetries" | "deadlineSeconds">,
  runtime: Runtime,
  signal: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(runtime.clock, deadlineSeconds, { what }, signal);
  try {
    const budget = createRetryBudget();
    return await withRetries(() => attempt(deadline.signal), { ...runtime, deadline, maxRetries, budget, what });
  } finally {
    deadline.end();
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
  signal: AbortSignal,
): Promise<string> {
  const problem = (property: string, reason: string) => new ConfigurationError([{ property, reason }]);
  const name = settings.projectName ?? settings.region;
  if (name === undefined) throw problem("projectId", "is needed, or projectName or region to look it up by");
  const ids = await withRenewal(source, signal, (credentials) =>
    new Iam(settings, runtime, new Set(source.secrets())).projectIds(name, credentials, signal),
  );
  if (ids.length === 1 && ids[0] !== undefined) return ids[0];
  const property = settings.projectName === undefined ? "projectId" : "projectName";
  const found = ids.length === 0 ? "no project" : `${ids.length} projects`;
  throw problem(property, `IAM knows ${found} named ${printable(name, 64)} for these credentials: set projectId`);
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

/** What an answer must hold. Throws `CredentialsError` for anything but a non-empty string. */
function textAt(operation: string, value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  if (typeof found === "string" && found !== "") return found;
  throw new CredentialsError(`${operation}: the answer holds no ${path.join(".")}`);
}

/** Milliseconds since the epoch; undefined for anything but a time. IAM writes microseconds. */
function timeAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  const time = typeof found === "string" ? Date.parse(found.replace(/(\.\d{3})\d+/, "$1")) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
