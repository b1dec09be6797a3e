import { createHash } from "node:crypto";
import { canonicalRequest, parseAuthorization, verifies, type RawRequest } from "../../../emulator/signature.js";

// Vectors that the vendor publishes: its signing guide, and the tests of its Java, Python and Go clients.
const PROJECT = "77b6a44cba5143ab91d13ab9a8ff44fd";
const VPCS = `/v1/${PROJECT}/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0`;
const HOST = "service.region.example.com";

interface Vector {
  name: string;
  accessKey?: string;
  secretKey?: string;
  method?: string;
  target: string;
  date: string;
  headers: Record<string, string>;
  body?: string;
  canonicalHash: string;
  signature: string;
}

const VECTORS: Vector[] = [
  {
    name: "guide",
    accessKey: "QTWAOYTTINDUT2QVKYUC",
    secretKey: "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
    target: VPCS,
    date: "20191115T033655Z",
    headers: { host: HOST, "content-type": "application/json" },
    canonicalHash: "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
    signature: "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
  },
  {
    name: "java1",
    target: VPCS,
    date: "20191115T033655Z",
    headers: { host: HOST },
    canonicalHash: "0e84e7853cf87931d965c80e83bffb15aa865326db3a6f57aa2560a7601dfe18",
    signature: "fd95e7da6f695cfb4cabbb9d6b0968aec155bc576b064835282473539ae9ea1d",
  },
  {
    name: "java2",
    method: "POST",
    target: `/v1/${PROJECT}/vpc/123`,
    date: "20191115T033655Z",
    headers: { host: HOST },
    body: '{"key":"value"}',
    canonicalHash: "79be7a43859f485df125c417ebb8821754c7ed42f6742ce8b0fd74b2b303446d",
    signature: "b5649aa774f6cac7437631662f08815fc65c70e40e486df6db2436ce68902771",
  },
  {
    name: "python1",
    target: "/resources?size=1",
    date: "20200608T023900Z",
    headers: { host: "service.endpoint.myhuaweicloud.com" },
    canonicalHash: "de94dd1e1ccdb730b403ce35d7e14f7c7b04337f6def1c3a3a2ba936852b133f",
    signature: "cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842",
  },
  {
    name: "go1",
    target: "/path?limit=1",
    date: "20060102T150405Z",
    headers: {},
    canonicalHash: "85c3b7730f308aee452b16138a42a914397e43a8f0d732dfa521c0ef2afa98a4",
    signature: "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624",
  },
];

function rawRequest(vector: Vector): RawRequest {
  const [rawPath = "", rawQuery = ""] = vector.target.split("?");
  return {
    method: vector.method ?? "GET",
    rawPath,
    rawQuery,
    headers: { ...vector.headers, "x-sdk-date": vector.date },
    body: Buffer.from(vector.body ?? ""),
  };
}

test.each(VECTORS)("vector $name", (vector) => {
  const signedHeaders = [...Object.keys(vector.headers), "x-sdk-date"];
  const canonical = canonicalRequest(rawRequest(vector), signedHeaders);
  expect(createHash("sha256").update(canonical).digest("hex")).toBe(vector.canonicalHash);
  const { accessKey = "AccessKey", secretKey = "SecretKey", signature } = vector;
  const authorization = { algorithm: "SDK-HMAC-SHA256" as const, accessKey, signedHeaders, signature };
  expect(verifies(authorization, vector.date, canonical, secretKey)).toBe(true);
  expect(verifies(authorization, vector.date, canonical, `${secretKey}x`)).toBe(false);
});

test("derived key vector python1", () => {
  const vector = VECTORS.find(({ name }) => name === "python1")!;
  const header =
    "V11-HMAC-SHA256 Credential=AccessKey/20200608/test-region-1/demo, SignedHeaders=host;x-sdk-date, " +
    "Signature=f7dfee056692e58dede80fc80cb89bbfabf45552dd7cd8d18a0a13484455b98e";
  const authorization = parseAuthorization(header)!;
  expect(authorization).toMatchObject({ accessKey: "AccessKey", info: "20200608/test-region-1/demo" });
  const canonical = canonicalRequest(rawRequest(vector), authorization.signedHeaders);
  expect(verifies(authorization, vector.date, canonical, "SecretKey")).toBe(true);
});

test("a query is compared decoded, sorted and encoded anew", () => {
  const rawQuery = "test=%e4%b8%80+(%26%3d?!%23%25.*)&path=%2Ftmp%2F123&multi=3&multi=1&multi=2&limit=1&enable=true";
  const request = { ...rawRequest(VECTORS[0]!), rawQuery };
  expect(canonicalRequest(request, []).split("\n")[2]).toBe(
    "enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29",
  );
});

test.each(["", "Bearer x", "SDK-HMAC-SHA256 Access=a", "SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=zz"])(
  "no authorization: %s",
  (header) => expect(parseAuthorization(header)).toBeUndefined(),
);
