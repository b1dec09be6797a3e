import { createHash, createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import {
  startEmulator,
  SAMPLE_IDENTITY,
  type Emulator,
  type EmulatorOptions,
  type Fault,
} from "../../emulator/index.js";
import { endsWithin } from "../support/timing.js";

const PROJECT = "0123456789abcdef0123456789abcdef";
const NOW = Date.UTC(2024, 10, 12, 9, 30, 15, 250);

type Json = Record<string, unknown>;

let emulator: Emulator;
const start = async (options: EmulatorOptions = {}): Promise<Emulator> => (emulator = await startEmulator(options));
afterEach(() => emulator?.close());

function get(query: string, headers: Record<string, string> = { "X-Auth-Token": emulator.token }): Promise<Response> {
  return fetch(`${emulator.url}/v5/${PROJECT}/app/event${query && "?"}${query}`, { headers });
}

async function bodyOf(response: Promise<Response>, status: number): Promise<Json> {
  const answer = await response;
  expect(answer.status).toBe(status);
  expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
  return (await answer.json()) as Json;
}

/** Signs as the vendor's guide says; what is on the wire here needs no encoding. */
function sign(
  path: string,
  query: string,
  more: { accessKey?: string; secretKey?: string; at?: number; method?: string; body?: string } & Record<
    string,
    unknown
  > = {},
  extra: Record<string, string> = {},
): Record<string, string> {
  const date = new Date(more.at ?? Date.now()).toISOString().replace(/[-:]|\.\d+/g, "");
  const headers: Record<string, string> = { host: emulator.url.slice(7), "x-sdk-date": date, ...extra };
  const names = Object.keys(headers).sort();
  const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
  const canonical = [
    more.method ?? "GET",
    `${path}/`,
    query.split("&").sort().join("&"),
    names.map((name) => `${name}:${headers[name]}\n`).join(""),
    names.join(";"),
    sha256(more.body ?? ""),
  ].join("\n");
  const signature = createHmac("sha256", more.secretKey ?? emulator.secretKey)
    .update(`SDK-HMAC-SHA256\n${date}\n${sha256(canonical)}`)
    .digest("hex");
  const access = more.accessKey ?? emulator.accessKey;
  const { host: _, ...sent } = headers;
  const Authorization = `SDK-HMAC-SHA256 Access=${access}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...sent, Authorization };
}

const EVENTS = `/v5/${PROJECT}/app/event`;

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(emulator.url + path, { method: "POST", body: JSON.stringify(body), headers });
}

describe("events", () => {
  test("24 pages of 200 hold 4,715 different events, newest first", async () => {
    await start();
    const seen = new Map<string, number>();
    for (let page = 0; page < 24; page++) {
      const body = await bodyOf(get(`last_days=30&limit=200&offset=${page * 200}`), 200);
      expect(body.total_num).toBe(4715);
      for (const event of body.data_list as Json[]) seen.set(String(event.event_id), Number(event.occur_time));
    }
    expect(seen.size).toBe(4715);
    const times = [...seen.values()];
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect((await bodyOf(get("limit=200&offset=4800"), 200)).data_list).toEqual([]);
    expect(((await bodyOf(get(""), 200)).data_list as Json[]).length).toBe(10);
  });

  test("int64 values arrive digit for digit", async () => {
    await start({ dataset: [{ event_id: "a", occur_time: Date.now(), handle_time: 9223372036854775807n }] });
    expect(await (await get("")).text()).toContain('"handle_time":9223372036854775807}');
  });

  test("parameters are refused in the document's words", async () => {
    await start();
    expect(await bodyOf(get("limit=5"), 400)).toEqual({
      error_code: "HSS.0001",
      error_description: "invalid parameter: limit must be an integer from 10 to 200",
      error_msg: "invalid parameter: limit must be an integer from 10 to 200",
    });
  });

  test("unknown paths, other methods and other projects", async () => {
    await start({ projectId: PROJECT });
    expect(await bodyOf(fetch(`${emulator.url}/v5/${PROJECT}/app/events`), 404)).toMatchObject({
      error_code: "APIGW.0101",
      request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    await bodyOf(post(EVENTS, {}), 405);
    const other = fetch(`${emulator.url}/v5/other/app/event`, { headers: { "X-Auth-Token": emulator.token } });
    expect(await bodyOf(other, 400)).toMatchObject({ error_code: "HSS.0010" });
  });

  test("events change between two requests", async () => {
    await start({ events: 100 });
    const [added] = emulator.insert(1);
    const [removed] = await emulator.remove([String(added!.event_id)]);
    expect(removed).toBe(added!.event_id);
    emulator.insert(2);
    const [handled] = await emulator.handle(1, "mark_as_trust");
    const body = await bodyOf(get(""), 200);
    expect(body.total_num).toBe(102);
    expect((body.data_list as Json[])[0]).toMatchObject({ event_id: handled, handle_method: "mark_as_trust" });
  });

  test("a dataset with its own functions", async () => {
    const page = jest.fn(() => [{ event_id: "x" }]);
    await start({ dataset: { total: () => 7, page } });
    expect(await bodyOf(get("last_days=2&offset=3"), 200)).toEqual({ total_num: 7, data_list: [{ event_id: "x" }] });
    expect(page).toHaveBeenCalledWith(expect.objectContaining({ projectId: PROJECT, lastDays: 2 }), 3, 10);
  });

  test("records what it was asked", async () => {
    await start({ now: () => NOW });
    await get("limit=20");
    expect(emulator.requests).toEqual([
      expect.objectContaining({
        area: "events",
        method: "GET",
        path: EVENTS,
        query: "limit=20",
        status: 200,
        startedAt: NOW,
      }),
    ]);
    expect(emulator.stats).toMatchObject({ requests: 1, byStatus: { 200: 1 } });
  });
});

describe("authentication", () => {
  const unauthorized = async (headers: Record<string, string>, query = "limit=10"): Promise<string> => {
    const body = await bodyOf(get(query, headers), 401);
    expect(body).toMatchObject({ error_code: "APIGW.0301", request_id: expect.any(String) });
    expect(body.error_msg).toMatch(/^Incorrect IAM authentication information: /);
    return String(body.error_msg).replace("Incorrect IAM authentication information: ", "");
  };

  test("a valid signature passes, with or without further signed headers", async () => {
    await start();
    await bodyOf(get("limit=10&offset=0", sign(EVENTS, "limit=10&offset=0")), 200);
    await bodyOf(get("limit=10", sign(EVENTS, "limit=10", {}, { "x-project-id": PROJECT })), 200);
  });

  test("anything else is told apart", async () => {
    await start();
    expect(await unauthorized({})).toBe("x-auth-token not found");
    expect(await unauthorized({ "X-Auth-Token": `${emulator.token}x` })).toBe("decrypt token fail");
    expect(await unauthorized({ Authorization: "SDK-HMAC-SHA256 nonsense" })).toBe("authorization format error");
    expect(await unauthorized(sign(EVENTS, "limit=10", { accessKey: "NOBODY" }))).toMatch(/ak:NOBODY,err:ak not exist/);
    const echo = /^verify aksk signature fail, canonicalRequest:GET\|\/v5\/\w+\/app\/event\/\|limit=10\|/;
    expect(await unauthorized(sign(EVENTS, "limit=10", { secretKey: "wrong" }))).toMatch(echo);
    expect(await unauthorized(sign(EVENTS, "limit=11"))).toMatch(echo);
    const { "x-sdk-date": _, ...undated } = sign(EVENTS, "limit=10");
    expect(await unauthorized(undated)).toMatch(/x-sdk-date not found/);
  });

  test("the signature is valid for 15 minutes of the emulator's clock, which every answer tells", async () => {
    await start({ now: () => NOW });
    const at = (minutes: number): Record<string, string> =>
      sign(EVENTS, "limit=10", { at: Math.floor(NOW / 1000) * 1000 + minutes * 60_000 });
    await bodyOf(get("limit=10", at(-14)), 200);
    await bodyOf(get("limit=10", at(14)), 200);
    expect(await unauthorized(at(-16))).toBe(
      "verify aksk signature fail, signature expired, signature time:20241112T091415Z,server time:20241112T093015Z",
    );
    expect(await unauthorized(at(16))).toMatch(/signature expired/);
    expect((await get("limit=10", {})).headers.get("date")).toBe("Tue, 12 Nov 2024 09:30:15 GMT");
  });
});

describe("flow control", () => {
  test.each([
    ["none", null],
    ["seconds", "60"],
    ["date", "Tue, 12 Nov 2024 09:31:16 GMT"],
  ] as const)("the sixth call of a minute is refused; Retry-After: %s", async (retryAfter, header) => {
    let now = NOW;
    await start({ now: () => now, flowControl: { limit: 5, perSeconds: 60, retryAfter } });
    for (let call = 0; call < 5; call++) await bodyOf(get(""), 200);
    const refused = await get("");
    expect(refused.headers.get("retry-after")).toBe(header);
    expect(await refused.json()).toEqual({
      error_msg: "The throttling threshold has been reached: policy user over ratelimit,limit:5,time:1 minute",
      error_code: "APIGW.0308",
      request_id: refused.headers.get("x-request-id"),
    });
    expect(refused.status).toBe(429);
    now += 60_000;
    await bodyOf(get(""), 200);
  });
});

describe("faults", () => {
  const withFault = (fault: Fault): Promise<Emulator> => start({ faults: (_, n) => (n === 1 ? fault : undefined) });

  const readText = async (): Promise<string> => (await get("limit=10")).text();

  test.each<[Fault, RegExp | string]>([
    [{ kind: "reset" }, "fails"],
    [{ kind: "resetMidBody" }, "fails"],
    [{ kind: "cut", framing: "length" }, "fails"],
    [{ kind: "cut", framing: "chunked" }, "fails"],
    [{ kind: "cut", framing: "close" }, /^\{"total_num":4715,[^]*[^}]$/],
    [{ kind: "understatedLength" }, /^\{"total_num":4715,[^]*[^}]$/],
    [{ kind: "halfJson" }, /^\{"total_num":4715,/],
    [{ kind: "html" }, /^<html>/],
    [{ kind: "body", body: Buffer.from("ok") }, /^ok$/],
    [{ kind: "errorInOk" }, /"error_code":"HSS.1004"/],
    [{ kind: "edit", edit: (body) => body.replace("4715", "4716") }, /"total_num":4716/],
    [{ kind: "delay", ms: 20 }, /"total_num":4715/],
    [{ kind: "drip", bytes: 4000, everyMs: 1 }, /^\{"total_num":4715,[^]*\}$/],
    [{ kind: "status", status: 503, body: { error_code: "HSS.0041" } }, /^\{"error_code":"HSS.0041"\}$/],
  ])("%j, and the next request is whole", async (fault, expected) => {
    await withFault(fault);
    if (expected instanceof RegExp) expect(await readText()).toMatch(expected);
    else await expect(readText()).rejects.toThrow();
    expect(JSON.parse(await readText())).toMatchObject({ total_num: 4715 });
    expect(emulator.stats.faults).toBe(1);
  });

  test.each<Fault>([{ kind: "silence" }, { kind: "stall" }, { kind: "drip" }])(
    "%j ends when the emulator closes",
    async (fault) => {
      await withFault(fault);
      const hanging = expect(readText()).rejects.toThrow();
      await new Promise((resolve) => setTimeout(resolve, 100));
      await endsWithin(1000, emulator.close());
      await hanging;
    },
  );
});

describe("identity", () => {
  const { userName, password, domainName, domainId, agencyName, idpId, idToken } = SAMPLE_IDENTITY;
  const login = (secret = password): Promise<Response> =>
    post("/v3/auth/tokens?nocatalog=true", {
      auth: {
        identity: {
          methods: ["password"],
          password: { user: { name: userName, password: secret, domain: { name: domainName } } },
        },
        scope: { project: { name: "cn-north-4" } },
      },
    });
  const assume = { methods: ["assume_role"], assume_role: { agency_name: agencyName, domain_name: domainName } };

  test("a password gives a token that works until it expires", async () => {
    let now = NOW;
    await start({ now: () => now, credentialLifetimeSeconds: 600 });
    const response = await login();
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ token: { expires_at: "2024-11-12T09:40:15.250000Z" } });
    const headers = { "X-Auth-Token": response.headers.get("x-subject-token")! };
    await bodyOf(get("", headers), 200);
    now += 600_000;
    expect((await bodyOf(get("", headers), 401)).error_msg).toMatch(
      /token expires, expires_at:2024-11-12T09:40:15.250Z/,
    );
    expect(await bodyOf(login("wrong"), 401)).toMatchObject({ error: { code: "IAM.0001" } });
  });

  test("an agency gives a token or temporary keys, which need their security token", async () => {
    let now = NOW;
    await start({ now: () => now });
    const auth = { "X-Auth-Token": emulator.token };
    const token = await post("/v3/auth/tokens", { auth: { identity: assume } }, auth);
    await bodyOf(get("", { "X-Auth-Token": token.headers.get("x-subject-token")! }), 200);
    const path = "/v3.0/OS-CREDENTIAL/securitytokens";
    const asked = { auth: { identity: { ...assume, assume_role: { ...assume.assume_role, duration_seconds: 900 } } } };
    const at = Math.floor(NOW / 1000) * 1000;
    const signed = sign(path, "", { method: "POST", body: JSON.stringify(asked), at });
    const { credential } = (await bodyOf(post(path, asked, signed), 201)) as { credential: Record<string, string> };
    expect(credential.expires_at).toBe("2024-11-12T09:45:15.250000Z");
    const keys = { accessKey: credential.access!, secretKey: credential.secret!, at };
    const security = { "x-security-token": credential.securitytoken! };
    await bodyOf(get("limit=10", sign(EVENTS, "limit=10", keys, security)), 200);
    // Terraform's client signs before it adds the token: it travels unsigned.
    await bodyOf(get("limit=10", { ...sign(EVENTS, "limit=10", keys), ...security }), 200);
    await bodyOf(get("limit=10", sign(EVENTS, "limit=10", keys)), 401);
    await bodyOf(get("limit=10", sign(EVENTS, "limit=10", keys, { "x-security-token": "other" })), 401);
    now += 900_000;
    const late = await bodyOf(get("limit=10", sign(EVENTS, "limit=10", { ...keys, at: now }, security)), 401);
    expect(late.error_msg).toMatch(/security token expires/);
  });

  test("STS, OIDC, projects and a token's keys", async () => {
    await start();
    const auth = { "X-Auth-Token": emulator.token };
    const urn = `iam::${domainId}:agency:${agencyName}`;
    const sts = await bodyOf(post("/v5/agencies/assume", { agency_urn: urn, agency_session_name: "s" }, auth), 200);
    const { access_key_id, secret_access_key, security_token } = sts.credentials as Record<string, string>;
    const keys = { accessKey: access_key_id!, secretKey: secret_access_key! };
    await bodyOf(get("limit=10", sign(EVENTS, "limit=10", keys, { "x-security-token": security_token! })), 200);

    const oidc = await post(
      "/v3.0/OS-AUTH/id-token/tokens",
      { auth: { id_token: { id: idToken } } },
      { "X-Idp-Id": idpId },
    );
    const subject = oidc.headers.get("x-subject-token")!;
    const identity = { methods: ["token"], token: { id: subject, duration_seconds: 3600 } };
    const exchanged = await bodyOf(post("/v3.0/OS-CREDENTIAL/securitytokens", { auth: { identity } }), 201);
    expect(Object.keys(exchanged.credential as Json).sort()).toEqual([
      "access",
      "expires_at",
      "secret",
      "securitytoken",
    ]);

    const projects = await bodyOf(fetch(`${emulator.url}/v3/projects?name=cn-north-4`, { headers: auth }), 200);
    expect(projects.projects).toEqual([expect.objectContaining({ id: PROJECT, name: "cn-north-4" })]);
    await bodyOf(fetch(`${emulator.url}/v3/projects?name=cn-north-4`), 401);
    await bodyOf(post("/v3/projects", {}, auth), 405);
  });

  test("the metadata service of a machine, both versions", async () => {
    await start({ metadataVersion: "v2" });
    const key = (headers = {}): Promise<Response> => fetch(`${emulator.url}/openstack/latest/securitykey`, { headers });
    await bodyOf(key(), 401);
    const ttl = { "X-Metadata-Token-Ttl-Seconds": "21600" };
    const session = await fetch(`${emulator.url}/meta-data/latest/api/token`, { method: "PUT", headers: ttl });
    const { credential } = await bodyOf(key({ "X-Metadata-Token": await session.text() }), 200);
    const { access, secret, securitytoken } = credential as Record<string, string>;
    const signed = sign(
      EVENTS,
      "limit=10",
      { accessKey: access!, secretKey: secret! },
      { "x-security-token": securitytoken! },
    );
    await bodyOf(get("limit=10", signed), 200);
    await emulator.close();
    await start({ metadataVersion: "v1" });
    expect((await fetch(`${emulator.url}/meta-data/latest/api/token`, { method: "PUT", headers: ttl })).status).toBe(
      404,
    );
    await bodyOf(key(), 200);
  });
});

test("paths and queries that need encoding verify as well", async () => {
  await start();
  const query = "host_name=web%201%2F%E4%B8%AD";
  await bodyOf(get(query, sign(EVENTS, query)), 200);
});

test("many requests on one connection, and hundreds at once", async () => {
  await start({ events: 500 });
  const answers = await Promise.all(Array.from({ length: 200 }, () => get("limit=10").then((answer) => answer.json())));
  expect(answers.every((answer) => (answer as Json).total_num === 500)).toBe(true);
  expect(emulator.stats.requests).toBe(200);
});

test("a request that never ends does not keep close() waiting", async () => {
  await start();
  const request = httpRequest(`${emulator.url}${EVENTS}`, { method: "POST", headers: { "Content-Length": "10" } });
  const ended = new Promise((resolve) => request.once("error", resolve));
  request.write("half");
  await new Promise((resolve) => setTimeout(resolve, 50));
  await emulator.close();
  await ended;
});
