import { CredentialsError, ServiceError } from "../../../provider/errors.js";
import { isRefusedCredential, serviceError, ThrottledError } from "../../../provider/hss/refusal.js";

const answered = (status: number, body: string, headers: Record<string, string> = {}) => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    parsed = undefined;
  }
  return serviceError("listing", { status, headers, body }, parsed, 0);
};

test.each([
  [
    "HSS's own",
    '{"error_code":"HSS.1019","error_description":"group gone","error_msg":"no group"}',
    "HSS.1019",
    "no group",
  ],
  ["the older HSS", '{"error_code":"00000010","error_description":"denied"}', "00000010", "denied"],
  ["the gateway's", '{"error_msg":"bad","error_code":"APIGW.0101","request_id":"r1"}', "APIGW.0101", "bad"],
  ["IAM's, nested", '{"error":{"code":"IAM.1","message":"who"}}', "IAM.1", "who"],
  ["camelCase", '{"errorCode":"X","errorMsg":"y"}', "X", "y"],
  ["plain", '{"code":7,"message":"seven"}', "7", "seven"],
])("%s form", (_, body, errorCode, serviceMessage) => {
  expect(answered(400, body)).toMatchObject({ status: 400, errorCode, serviceMessage });
});

test("one line with code, words, request id and what to do, without the canonical request", () => {
  const error = answered(
    401,
    '{"error_msg":"Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:GET|/v5|x-security-token:canary","error_code":"APIGW.0301","request_id":"r2"}',
    { "x-request-id": "r1" },
  );
  expect(error.message).toBe(
    "listing: APIGW.0301 Incorrect IAM authentication information: verify aksk signature fail (HTTP 401, request id r1); check accessKey and secretKey (with securityToken for temporary keys) or token, and that they are valid for this region",
  );
});

test("HTML and an empty body leave the status to speak", () => {
  expect(answered(404, "<html>").message).toBe(
    "listing: no reason given (HTTP 404); check endpoint and region: this address does not serve HSS",
  );
  expect(answered(500, "")).toMatchObject({ message: "listing: no reason given (HTTP 500)", errorCode: undefined });
});

test("hostile words of a service are made printable", () => {
  expect(answered(400, '{"error_code":"A","error_msg":"x\\u001b[31m\\n::set-output"}').message).toContain(
    "A x\\u{1b}[31m\\u{a}:\\u{3a}set-output",
  );
});

test("a 429, its code, or a Retry-After is a refusal for coming too fast", () => {
  const limited =
    '{"error_msg":"The throttling threshold has been reached: policy user over ratelimit,limit:5,time:1 minute","error_code":"APIGW.0308"}';
  expect(answered(429, limited)).toBeInstanceOf(ThrottledError);
  expect(answered(429, limited)).toMatchObject({ hint: { limit: { requests: 5, perMs: 60_000 } } });
  expect(answered(503, "", { "retry-after": "3" })).toMatchObject({ hint: { retryAfterMs: 3000 } });
  expect(answered(400, '{"error_code":"HSS.0001"}')).not.toBeInstanceOf(ThrottledError);
  expect(answered(400, '{"error_code":"HSS.0001"}')).toBeInstanceOf(ServiceError);
});

test("words without a code are the service's words all the same", () => {
  expect(answered(400, '{"message":"only words"}').message).toBe("listing: only words (HTTP 400)");
});

test("a redirect names its target, without what a query might hold, and what to check", () => {
  const error = answered(302, "<html>", { location: "https://login.example.com/sso?ticket=canary" });
  expect(error.message).toBe(
    "listing: redirected to https://login.example.com/sso, which is not followed: check endpoint and region, and what answers in between (a proxy, a login page) (HTTP 302)",
  );
});

test("what authenticates was refused: a 401 of the service, or of IAM as the cause", () => {
  const refused = (status: number) => new ServiceError("refused", { status });
  expect(isRefusedCredential(refused(401))).toBe(true);
  expect(isRefusedCredential(refused(403))).toBe(false);
  expect(isRefusedCredential(new CredentialsError("logging in", { cause: refused(401) }))).toBe(true);
  expect(isRefusedCredential(new CredentialsError("logging in", { cause: refused(400) }))).toBe(false);
  expect(isRefusedCredential(new Error("no", { cause: refused(401) }))).toBe(false);
});

test.each<[number, string, RegExp]>([
  [403, "{}", /permission for this in IAM; an agency must delegate/],
  [404, "{}", /check authUrl and region/],
  [401, '{"error_code":"IAM.0001"}', /check userName, password and domainName/],
  [302, "", /which is not followed: check authUrl and region/],
])("IAM's refusals are met with IAM's advice: %d %s", (status, body, advice) => {
  const parsed: unknown = body === "" ? undefined : JSON.parse(body);
  const { message } = serviceError("logging in", { status, headers: {}, body }, parsed, 0, "IAM");
  expect(message).toMatch(advice);
  expect(message).not.toMatch(/HSS|endpoint/);
});
