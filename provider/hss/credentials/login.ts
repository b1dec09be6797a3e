import { CredentialsError } from "../../errors.js";
import { askIdentity, at, textAt, timeAt, type IdentityAnswer, type IdentityContext } from "./identity.js";
import type { AccessKeys, Agency, Credentials, Token } from "./types.js";

export interface Login {
  readonly userName: string;
  readonly password: string;
  readonly domainName?: string;
  readonly domainId?: string;
}

/** `POST /v3/auth/tokens`: an IAM user's password for a token of the project, valid for 24 hours. */
export async function passwordToken(context: IdentityContext, login: Login, signal?: AbortSignal): Promise<Token> {
  const operation = "logging in to IAM";
  const { userName: name, password, domainName, domainId } = login;
  const domain = domainId === undefined ? { name: domainName } : { id: domainId };
  const identity = { methods: ["password"], password: { user: { name, password, domain } } };
  const body = { auth: { identity, scope: scope(context, domain) } };
  const answer = await askIdentity(
    context,
    { operation, service: "iam", method: "POST", path: "/v3/auth/tokens?nocatalog=true", body },
    signal,
  );
  return subjectToken(operation, answer);
}

/** `POST /v3.0/OS-AUTH/id-token/tokens`, then temporary keys for the token: an identity that another provider vouches for. */
export async function idTokenKeys(
  context: IdentityContext,
  { idpId, idToken }: { idpId: string; idToken: string },
  signal?: AbortSignal,
): Promise<AccessKeys> {
  const operation = "exchanging the OIDC id token at IAM";
  const scoped = scope(context, undefined);
  const answer = await askIdentity(
    context,
    {
      operation,
      service: "iam",
      method: "POST",
      path: "/v3.0/OS-AUTH/id-token/tokens",
      headers: { "x-idp-id": idpId },
      body: { auth: { id_token: { id: idToken }, ...(scoped && { scope: scoped }) } },
    },
    signal,
  );
  const subject = subjectToken(operation, answer);
  context.remember?.(subject.token);
  return keysForToken(context, subject, signal);
}

async function keysForToken(context: IdentityContext, { token }: Token, signal?: AbortSignal): Promise<AccessKeys> {
  const operation = "getting temporary access keys from IAM";
  const body = { auth: { identity: { methods: ["token"], token: { id: token, duration_seconds: 3600 } } } };
  const path = "/v3.0/OS-CREDENTIAL/securitytokens";
  const answer = await askIdentity(context, { operation, service: "iam", method: "POST", path, body }, signal);
  return temporaryKeys(operation, answer.body);
}

const defaultDuration = 3600;
/** STS gives no longer where temporary keys ask. */
const longestChained = 3600;

/** Temporary keys of another account's agency: from STS (v5) where only the account's id is known, else from IAM (v3). */
export function assumeAgency(
  context: IdentityContext,
  agency: Agency,
  credentials: Credentials,
  signal?: AbortSignal,
): Promise<AccessKeys> {
  const { domainName, domainId } = agency;
  return domainName === undefined && domainId !== undefined && credentials.kind === "aksk"
    ? assumeBySts(context, { ...agency, domainId }, credentials, signal)
    : assumeByIam(context, agency, credentials, signal);
}

async function assumeByIam(
  context: IdentityContext,
  { agencyName, domainName, domainId, durationSeconds = defaultDuration }: Agency,
  credentials: Credentials,
  signal?: AbortSignal,
): Promise<AccessKeys> {
  const operation = "assuming the agency at IAM";
  const domain = domainName === undefined ? { domain_id: domainId } : { domain_name: domainName };
  const role = { agency_name: agencyName, ...domain, duration_seconds: durationSeconds };
  const body = { auth: { identity: { methods: ["assume_role"], assume_role: role } } };
  const path = "/v3.0/OS-CREDENTIAL/securitytokens";
  const answer = await askIdentity(
    context,
    { operation, service: "iam", method: "POST", path, body, credentials },
    signal,
  );
  return temporaryKeys(operation, answer.body);
}

async function assumeBySts(
  context: IdentityContext,
  { agencyName, domainId, durationSeconds = defaultDuration }: Agency & { domainId: string },
  credentials: AccessKeys,
  signal?: AbortSignal,
): Promise<AccessKeys> {
  const operation = "assuming the agency at STS";
  const longest = credentials.securityToken === undefined ? durationSeconds : longestChained;
  const body = {
    agency_urn: `iam::${domainId}:agency:${agencyName}`,
    agency_session_name: "pulumi-hss",
    duration_seconds: Math.min(durationSeconds, longest),
  };
  const path = "/v5/agencies/assume";
  const answer = await askIdentity(
    context,
    { operation, service: "sts", method: "POST", path, body, credentials },
    signal,
  );
  return {
    kind: "aksk",
    accessKey: textAt(operation, answer.body, "credentials", "access_key_id"),
    secretKey: textAt(operation, answer.body, "credentials", "secret_access_key"),
    securityToken: textAt(operation, answer.body, "credentials", "security_token"),
    expiresAt: timeAt(answer.body, "credentials", "expiration"),
  };
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

function subjectToken(operation: string, { headers, body }: IdentityAnswer): Token {
  const token = headers["x-subject-token"];
  if (!token) throw new CredentialsError(`${operation}: the answer holds no X-Subject-Token`);
  return { kind: "token", token, expiresAt: timeAt(at(body, "token"), "expires_at") };
}

/** HSS is a project's service: its tokens are for the project, by id, or by name, which the region's main project has too. */
function scope({ settings }: IdentityContext, domain: object | undefined): object | undefined {
  const { projectId, projectName, region } = settings;
  if (projectId !== undefined) return { project: { id: projectId } };
  const name = projectName ?? region;
  if (name !== undefined) return { project: { name } };
  return domain && { domain };
}
