import { bucketError } from "../../../provider/archive/bucketErrors.js";
import { bucketPlace } from "../../../provider/archive/bucketPlace.js";
import { AbortedError, TransportError } from "../../../provider/errors.js";

const origin = new URL("https://obs.cn-north-4.myhuaweicloud.com");
const what = "archive s3://evidence: can't read manifests/00000001.json";
const obs = bucketPlace("s3://evidence", { region: "cn-north-4" });
const aws = bucketPlace("s3://evidence", {});
const made = (error: unknown, place = obs, signal?: AbortSignal) =>
  bucketError(error, {
    what,
    place,
    origin,
    redact: (text) => text.replaceAll("SECRET", "[secret]"),
    ...(signal && { signal }),
  });
const refused = (status: number, name: string, message: string, headers: Record<string, string> = {}) =>
  Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: status },
    $response: { statusCode: status, headers },
  });

test.each<[string, unknown, typeof obs, string, string]>([
  [
    "a missing right",
    refused(403, "AccessDenied", "Access Denied", { "x-obs-request-id": "0000018A" }),
    obs,
    "HSS_SERVICE",
    "AccessDenied Access Denied (HTTP 403, request id 0000018A); the account needs obs:bucket:ListBucket, obs:object:GetObject, obs:object:PutObject and obs:object:DeleteObject here",
  ],
  [
    "a missing bucket",
    refused(404, "NoSuchBucket", "The specified bucket does not exist."),
    obs,
    "HSS_SERVICE",
    "NoSuchBucket The specified bucket does not exist. (HTTP 404); make the bucket, or check its name and archiveEndpoint",
  ],
  [
    "a wrong key, which the store repeats",
    refused(403, "SignatureDoesNotMatch", "no match for SECRET\n::error::"),
    aws,
    "HSS_SERVICE",
    "SignatureDoesNotMatch no match for [secret]\\u{a}:\\u{3a}error:\\u{3a} (HTTP 403); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (with AWS_SESSION_TOKEN), or AWS_PROFILE",
  ],
  [
    "a bucket elsewhere",
    refused(301, "PermanentRedirect", "use the other endpoint"),
    aws,
    "HSS_SERVICE",
    "PermanentRedirect use the other endpoint (HTTP 301); the bucket is in another region: set archiveEndpoint to the address of object storage there",
  ],
  [
    "no words at all",
    refused(503, "Unknown", "UnknownError"),
    obs,
    "HSS_SERVICE",
    "it was refused (HTTP 503); try again later",
  ],
  [
    "no S3",
    refused(200, "SyntaxError", "Unexpected tag"),
    obs,
    "HSS_RESPONSE",
    "obs.cn-north-4.myhuaweicloud.com gave an answer that no object storage gives (HTTP 200): check archiveEndpoint",
  ],
  [
    "nobody there",
    Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
    obs,
    "HSS_TRANSPORT",
    "https://obs.cn-north-4.myhuaweicloud.com: connection refused: nothing listens there (ECONNREFUSED)",
  ],
  [
    "silence",
    Object.assign(new Error("the client's own words"), { name: "TimeoutError" }),
    obs,
    "HSS_TRANSPORT",
    "https://obs.cn-north-4.myhuaweicloud.com: no whole answer in time (requestTimeoutSeconds)",
  ],
  [
    "what our own connections say",
    Object.assign(new Error("wrapped"), {
      cause: new TransportError("https://x: TLS: the certificate is not trusted"),
    }),
    obs,
    "HSS_TRANSPORT",
    "https://x: TLS: the certificate is not trusted",
  ],
  [
    "no keys",
    Object.assign(new Error("Could not load credentials from any providers"), { name: "CredentialsProviderError" }),
    aws,
    "HSS_CREDENTIALS",
    "no keys were found (Could not load credentials from any providers): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (with AWS_SESSION_TOKEN), or AWS_PROFILE",
  ],
])("%s", (_, error, place, code, text) => {
  const told = made(error, place);
  expect([told.code, told.message]).toEqual([code, `${what}: ${text}`]);
});

test("parts of a refusal are there, and nothing that was signed", () => {
  const error = Object.assign(refused(403, "SignatureDoesNotMatch", "no"), {
    StringToSign: "SECRET",
    AWSAccessKeyId: "SECRET",
  });
  const told = made(error);
  expect(told).toMatchObject({ status: 403, errorCode: "SignatureDoesNotMatch", serviceMessage: "no" });
  expect(JSON.stringify([told, told.cause, told.stack])).not.toContain("SECRET");
});

test("an abort is told as one, with its reason where that is an error of this package", () => {
  const late = new TransportError("too late");
  expect(made(new Error("x"), obs, AbortSignal.abort(late))).toBe(late);
  expect(made(new Error("x"), obs, AbortSignal.abort())).toBeInstanceOf(AbortedError);
});
