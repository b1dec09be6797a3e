import { gatewayError, iamError, json, Refusal, type Answer } from "./answers.js";
import { authenticate, equal } from "./authentication.js";
import type { Credentials } from "./credentials.js";
import { decodePairs } from "./query.js";
import type { RawRequest } from "./signature.js";

/** Who may log in; every value has a sample as default. */
export interface IdentityOptions {
  userName?: string;
  userId?: string;
  password?: string;
  domainName?: string;
  domainId?: string;
  agencyName?: string;
  /** The project that every name of a project leads to, unless `projects` says otherwise. */
  projectId?: string;
  /** What `GET /v3/projects?name=` finds: ids by name. */
  projects?: Readonly<Record<string, readonly string[]>>;
  idpId?: string;
  idToken?: string;
}

export const SAMPLE_IDENTITY: Required<Omit<IdentityOptions, "projects">> = {
  userName: "sample-user",
  userId: "7c1d2e3f4a5b4c6d8e9f0a1b2c3d4e5f",
  password: "sample-password",
  domainName: "sample-account",
  domainId: "5a3b1e0c7d2f4a6b8c9d0e1f2a3b4c5d",
  agencyName: "sample-agency",
  projectId: "0123456789abcdef0123456789abcdef",
  idpId: "sample-idp",
  idToken: "sample.id.token",
};

export interface IdentityApi {
  options: IdentityOptions;
  credentials: Credentials;
  lifetimeSeconds?: number;
  now: () => number;
}

type Fields = Record<string, unknown>;
type Route = (api: IdentityApi, request: RawRequest, requestId: string) => Answer;

const ROUTES: Readonly<Record<string, Route>> = {
  "POST /v3/auth/tokens": createToken,
  "POST /v3.0/OS-CREDENTIAL/securitytokens": createSecurityToken,
  "GET /v3/projects": listProjects,
  "GET /v3/auth/domains": listDomains,
  "POST /v3.0/OS-AUTH/id-token/tokens": exchangeIdToken,
  "POST /v5/agencies/assume": assumeAgency,
  "GET /v5/caller-identity": callerIdentity,
};

export function isIdentityPath(rawPath: string): boolean {
  return Object.keys(ROUTES).some((route) => route.slice(route.indexOf(" ") + 1) === rawPath);
}

/** IAM and STS, as far as a reader of events needs them. @throws Refusal */
export function answerIdentity(api: IdentityApi, request: RawRequest, requestId: string): Answer {
  const route = ROUTES[`${request.method} ${request.rawPath}`];
  if (!route)
    return gatewayError(405, "APIGW.0101", `The API does not support the method ${request.method}`, requestId);
  return route(api, request, requestId);
}

function createToken(api: IdentityApi, request: RawRequest, requestId: string): Answer {
  const identity = at(body(request), "auth", "identity");
  const methods = identity.methods;
  if (!Array.isArray(methods)) throw new Refusal(iamError(400, "IAM.0011", "auth.identity.methods is missing"));
  if (methods.includes("password")) {
    const user = at(identity, "password", "user");
    const known = sample(api);
    const domain = at(user, "domain");
    const isNamed =
      same(user.name, known.userName) &&
      (domain.id === undefined ? same(domain.name, known.domainName) : same(domain.id, known.domainId));
    const right =
      same(user.password, known.password) && (user.id === undefined ? isNamed : same(user.id, known.userId));
    if (!right) throw new Refusal(iamError(401, "IAM.0001", "The username or password is wrong."));
  } else if (methods.includes("assume_role")) {
    authenticate(request, api.credentials, api.now(), requestId);
    checkAgency(api, at(identity, "assume_role"));
  } else {
    throw new Refusal(iamError(400, "IAM.0011", "auth.identity.methods must be password or assume_role"));
  }
  return tokenAnswer(api, methods);
}

function exchangeIdToken(api: IdentityApi, request: RawRequest): Answer {
  const known = sample(api);
  const idToken = at(body(request), "auth", "id_token").id;
  if (!same(request.headers["x-idp-id"], known.idpId) || !same(idToken, known.idToken)) {
    throw new Refusal(iamError(401, "IAM.0006", "The ID token or the identity provider is wrong."));
  }
  return tokenAnswer(api, ["mapped"]);
}

function createSecurityToken(api: IdentityApi, request: RawRequest, requestId: string): Answer {
  const identity = at(body(request), "auth", "identity");
  const methods = Array.isArray(identity.methods) ? identity.methods : [];
  if (methods.includes("assume_role")) {
    authenticate(request, api.credentials, api.now(), requestId);
    const role = at(identity, "assume_role");
    checkAgency(api, role);
    return json(201, { credential: temporaryKeys(api, duration(role.duration_seconds, 900, 86_400)) });
  }
  const wanted = at(identity, "token");
  const token = typeof wanted.id === "string" ? wanted.id : request.headers["x-auth-token"];
  const headers = { ...request.headers, authorization: undefined, "x-auth-token": token };
  authenticate({ ...request, headers }, api.credentials, api.now(), requestId);
  return json(201, { credential: temporaryKeys(api, duration(wanted.duration_seconds, 900, 86_400)) });
}

function assumeAgency(api: IdentityApi, request: RawRequest, requestId: string): Answer {
  authenticate(request, api.credentials, api.now(), requestId);
  const wanted = body(request);
  const known = sample(api);
  if (!same(wanted.agency_urn, `iam::${known.domainId}:agency:${known.agencyName}`)) {
    throw new Refusal(
      json(403, { error_code: "PAP5.0020", error_msg: "the agency does not exist or may not be assumed" }),
    );
  }
  if (typeof wanted.agency_session_name !== "string" || wanted.agency_session_name === "") {
    throw new Refusal(json(400, { error_code: "PAP5.0011", error_msg: "agency_session_name is missing" }));
  }
  const max = request.headers["x-security-token"] === undefined ? 43_200 : 3600;
  const keys = temporaryKeys(api, duration(wanted.duration_seconds, 900, max) ?? 3600);
  return json(200, {
    assumed_agency: { urn: `sts::${known.domainId}:assumed-agency:${known.agencyName}` },
    credentials: {
      access_key_id: keys.access,
      secret_access_key: keys.secret,
      security_token: keys.securitytoken,
      expiration: keys.expires_at,
    },
  });
}

function listProjects(api: IdentityApi, request: RawRequest, requestId: string): Answer {
  authenticate(request, api.credentials, api.now(), requestId);
  const { projects, projectId } = api.options;
  const name = new Map(decodePairs(request.rawQuery)).get("name") ?? "cn-north-4";
  const ids = projects ? (projects[name] ?? []) : [projectId ?? SAMPLE_IDENTITY.projectId];
  return json(200, {
    projects: ids.map((id) => ({ id, name, enabled: true, domain_id: sample(api).domainId })),
    links: {},
  });
}

function listDomains(api: IdentityApi, request: RawRequest, requestId: string): Answer {
  authenticate(request, api.credentials, api.now(), requestId);
  return json(200, { domains: [{ id: sample(api).domainId, name: sample(api).domainName, enabled: true }] });
}

function callerIdentity(api: IdentityApi, request: RawRequest, requestId: string): Answer {
  authenticate(request, api.credentials, api.now(), requestId);
  return json(200, {
    account_id: sample(api).domainId,
    principal_id: "sample",
    principal_urn: "iam::sample:user:sample",
  });
}

/** Temporary keys in the form of IAM and of the metadata service; times with microseconds, as IAM writes them. */
export function temporaryKeys(
  api: Pick<IdentityApi, "credentials" | "lifetimeSeconds" | "now">,
  seconds?: number,
): { access: string; secret: string; securitytoken: string; expires_at: string } {
  const pair = api.credentials.issuePair(expiry(api, seconds));
  return {
    access: pair.accessKey,
    secret: pair.secretKey,
    securitytoken: pair.securityToken,
    expires_at: iamTime(pair.expires),
  };
}

function tokenAnswer(api: IdentityApi, methods: string[]): Answer {
  const expires = expiry(api);
  const known = sample(api);
  const domain = { id: known.domainId, name: known.domainName };
  const token = {
    expires_at: iamTime(expires),
    issued_at: iamTime(api.now()),
    methods,
    user: { id: "8f1d0a52b1c94f2d9c0a7d0e35c6f1ab", name: known.userName, domain },
    project: { id: known.projectId, name: "cn-north-4", domain },
    roles: [],
    catalog: [],
  };
  return json(201, { token }, { "X-Subject-Token": api.credentials.issueToken(expires) });
}

function expiry(api: Pick<IdentityApi, "lifetimeSeconds" | "now">, seconds = 86_400): number {
  return api.now() + (api.lifetimeSeconds ?? seconds) * 1000;
}

function iamTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}

function checkAgency(api: IdentityApi, role: Fields): void {
  const known = sample(api);
  // golangsdk still sends the older name.
  const name = role.agency_name ?? role.xrole_name;
  const domain =
    role.domain_id === undefined ? same(role.domain_name, known.domainName) : same(role.domain_id, known.domainId);
  if (!domain || !same(name, known.agencyName)) {
    throw new Refusal(iamError(404, "IAM.0004", `Could not find agency: ${String(name)}.`));
  }
}

function duration(value: unknown, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Refusal(iamError(400, "IAM.0011", `duration_seconds must be an integer from ${min} to ${max}`));
}

function sample(api: IdentityApi): Required<Omit<IdentityOptions, "projects">> {
  return { ...SAMPLE_IDENTITY, ...api.options };
}

function same(value: unknown, expected: string): boolean {
  return typeof value === "string" && equal(value, expected);
}

function body(request: RawRequest): Fields {
  try {
    return fields(JSON.parse(request.body.toString()));
  } catch {
    throw new Refusal(iamError(400, "IAM.0010", "The request body is no JSON."));
  }
}

function at(object: Fields, ...names: string[]): Fields {
  return names.reduce((inner, name) => fields(inner[name]), object);
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
