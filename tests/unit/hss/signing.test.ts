import { createHash, createHmac } from "node:crypto";
import { fc } from "../../support/properties.js";
import { authorization, canonicalRequest, encode, encodeQuery, sdkDate, sign } from "../../../provider/hss/signing.js";
import { sha256 } from "../../../provider/sha256.js";

const project = "77b6a44cba5143ab91d13ab9a8ff44fd";
const marker = "13551d6b-755d-4757-b956-536f674975c0";

interface Vector {
  id: string;
  method: string;
  url: string;
  date: string;
  /** Signed ones, without x-sdk-date. */
  headers: Record<string, string>;
  body?: string;
  canonicalHash: string;
  signature: string;
  key?: { accessKey: string; secretKey: string };
}

const own = {
  begin_time: 1_700_000_000_000,
  end_time: 1_700_086_400_000,
  limit: 200,
  offset: 0,
  enterprise_project_id: "all_granted_eps",
  host_name: "web 1/中文",
};
const ownProject = "0123456789abcdef0123456789abcdef";
const ownUrl = `https://hss.cn-north-4.myhuaweicloud.com/v5/${ownProject}/app/event?${encodeQuery(Object.entries(own))}`;
const example = { host: "service.region.example.com" };
const testRegion = { host: "service.test-region-1.myhuaweicloud.com" };
const endpoint = { host: "service.endpoint.myhuaweicloud.com" };

// from the vendor's signing guide and the tests of its SDKs for Java, Python and Go
const vectors: Vector[] = [
  {
    id: "doc",
    method: "GET",
    url: `https://service.region.example.com/v1/${project}/vpcs?limit=2&marker=${marker}`,
    date: "20191115T033655Z",
    headers: { "content-type": "application/json", ...example },
    key: { accessKey: "QTWAOYTTINDUT2QVKYUC", secretKey: "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc" },
    canonicalHash: "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
    signature: "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
  },
  {
    id: "java1",
    method: "GET",
    url: `https://service.region.example.com/v1/${project}/vpcs?limit=2&marker=${marker}`,
    date: "20191115T033655Z",
    headers: example,
    canonicalHash: "0e84e7853cf87931d965c80e83bffb15aa865326db3a6f57aa2560a7601dfe18",
    signature: "fd95e7da6f695cfb4cabbb9d6b0968aec155bc576b064835282473539ae9ea1d",
  },
  {
    id: "java2",
    method: "POST",
    url: `https://service.region.example.com/v1/${project}/vpc/123`,
    date: "20191115T033655Z",
    headers: example,
    body: '{"key":"value"}',
    canonicalHash: "79be7a43859f485df125c417ebb8821754c7ed42f6742ce8b0fd74b2b303446d",
    signature: "b5649aa774f6cac7437631662f08815fc65c70e40e486df6db2436ce68902771",
  },
  {
    id: "java3",
    method: "GET",
    url: "https://service.region.example.com",
    date: "20191115T033655Z",
    headers: { host: "example.com" },
    canonicalHash: "845f5f053e69e0d7cdf17c143bd6ffbc72d7be020b93b6ca2da8022efee7d6b8",
    signature: "919ad8b75d4ad49da0d377e63ee21c4a7a54b752f6bf2878b4adbe9c19927da6",
  },
  {
    id: "java4",
    method: "GET",
    url: `https://service.test-region-1.myhuaweicloud.com/v1/${project}/vpcs`,
    date: "20191115T033655Z",
    headers: testRegion,
    canonicalHash: "2a9f333d9f534e4c46461f1c5b8b5bf819d14619054aa34c7591f9768293e929",
    signature: "fbfa53d70fa0dec48f511be2e9e522172f9dca6d56f8856d12d7e575b978d9be",
  },
  {
    id: "java5",
    method: "POST",
    url: `https://service.test-region-1.myhuaweicloud.com/v1/${project}/vpc/123`,
    date: "20191115T033655Z",
    headers: testRegion,
    body: '{"key":"value"}',
    canonicalHash: "8458ceb14ace76d37d8e86be118e869c3aae695262113457aa9b1d5821dcd3c3",
    signature: "f65c535f8f86d95e963fbd795d6d41dbf59e675a8b4ae161356cf8cd93f1ec4c",
  },
  {
    id: "py1",
    method: "GET",
    url: "https://service.endpoint.myhuaweicloud.com/resources?size=1",
    date: "20200608T023900Z",
    headers: endpoint,
    canonicalHash: "de94dd1e1ccdb730b403ce35d7e14f7c7b04337f6def1c3a3a2ba936852b133f",
    signature: "cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842",
  },
  {
    id: "py2",
    method: "POST",
    url: "https://service.endpoint.myhuaweicloud.com/resources?size=1",
    date: "20200608T023900Z",
    headers: endpoint,
    body: '{"name":"test","id":1}',
    canonicalHash: "2b1b2515e48cb55e043ff2ec5b93d3f13ec287e1da1d7a2e4e14b0611a341969",
    signature: "436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f",
  },
  {
    id: "go1",
    method: "GET",
    url: "https://example.huaweicloud.com/path?limit=1",
    date: "20060102T150405Z",
    headers: {},
    canonicalHash: "85c3b7730f308aee452b16138a42a914397e43a8f0d732dfa521c0ef2afa98a4",
    signature: "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624",
  },
  {
    id: "go2",
    method: "POST",
    url: "https://example.huaweicloud.com/path?key=value",
    date: "20060102T150405Z",
    headers: {},
    body: '{"Name":"test","Id":1}\n',
    canonicalHash: "13f75ff5f5216199f986c7e7f2f77834d5e160ad9e46f37319816dc72ba7eeab",
    signature: "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59",
  },
  {
    id: "own",
    method: "GET",
    url: ownUrl,
    date: "20231115T000000Z",
    headers: {
      host: "hss.cn-north-4.myhuaweicloud.com",
      "x-project-id": ownProject,
      "x-security-token": "tok",
    },
    canonicalHash: "2a3c26fd1cdbb3d9f663f514db735201a310bd22acabef88736622b6a02ffbfa",
    signature: "821b3d8fa0fdce2ddd39a79a9d2d6de75613b2b83d0eb55cacd68fca54686b77",
  },
];

const toDate = (text: string): Date =>
  new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
const defaultKey = { accessKey: "AccessKey", secretKey: "SecretKey" };

describe("published vectors", () => {
  test.each(vectors)("$id: canonical request and signature", (vector) => {
    const signed: Record<string, string> = { ...vector.headers, "x-sdk-date": vector.date };
    const { method, body } = vector;
    const canonical = canonicalRequest({ method, url: new URL(vector.url), headers: signed, body });
    expect(sha256(canonical)).toBe(vector.canonicalHash);
    const key = vector.key ?? defaultKey;
    expect(authorization(canonical, signed, key).authorization).toBe(
      `SDK-HMAC-SHA256 Access=${key.accessKey}, SignedHeaders=${Object.keys(signed).sort().join(";")}, Signature=${vector.signature}`,
    );
  });

  // `sign` itself decides what it signs: host and x- headers, which is what these vectors have
  const whole = vectors.filter(({ headers }) => headers.host !== undefined && headers["content-type"] === undefined);
  test.each(whole)("$id: sign", (vector) => {
    const { "x-security-token": securityToken, ...headers } = vector.headers;
    const { method, body, date } = vector;
    const given = { ...headers, test_underscore: "TEST_VALUE", x_under: "1", "content-type": "application/json" };
    const key = { ...defaultKey, securityToken };
    const added = sign({ method, url: new URL(vector.url), headers: given, body }, key, toDate(date));
    expect(added.authorization).toContain(`Signature=${vector.signature}`);
    expect(added["x-sdk-date"]).toBe(date);
    expect(added["x-security-token"]).toBe(securityToken);
  });

  test("the query-escape vector", () => {
    const parameters: [string, string | number | boolean][] = [
      ["limit", 1],
      ["enable", true],
      ["test", "一 (&=?!#%.*)"],
      ["path", decodeURIComponent("%2Ftmp%2F123")],
      ["multi", 3],
      ["multi", 1],
      ["multi", 2],
    ];
    const expected =
      "enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29";
    expect(encodeQuery(parameters)).toBe(expected);
  });
});

test("a body's hash that a header declares is taken from there", () => {
  const headers = { "x-sdk-content-sha256": "UNSIGNED-PAYLOAD", "x-sdk-date": "20200608T023900Z" };
  const canonical = canonicalRequest({ method: "post", url: new URL("https://a.example/"), headers, body: "x" });
  expect(canonical.endsWith("\nUNSIGNED-PAYLOAD")).toBe(true);
  expect(canonical.startsWith("POST\n/\n\n")).toBe(true);
});

test("header values are trimmed, a port belongs to the host, the date has whole seconds", () => {
  const url = new URL("http://127.0.0.1:8080/a");
  const added = sign(
    { method: "GET", url, headers: { "x-project-id": " p " } },
    defaultKey,
    new Date(1_700_000_000_999),
  );
  expect(added["x-sdk-date"]).toBe("20231114T221320Z");
  const canonical = `GET\n/a/\n\nhost:127.0.0.1:8080\nx-project-id:p\nx-sdk-date:20231114T221320Z\n\nhost;x-project-id;x-sdk-date\n${sha256("")}`;
  const toSign = `SDK-HMAC-SHA256\n20231114T221320Z\n${createHash("sha256").update(canonical).digest("hex")}`;
  const signature = createHmac("sha256", "SecretKey").update(toSign).digest("hex");
  expect(added.authorization).toContain(signature);
  expect(sdkDate(new Date(0))).toBe("19700101T000000Z");
});

describe("encoding", () => {
  test("all ASCII punctuation", () => {
    const punctuation = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)).filter(
      (char) => !/[A-Za-z0-9]/.test(char),
    );
    for (const char of punctuation) {
      const hex = char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
      expect(encode(char)).toBe("-_.~".includes(char) ? char : `%${hex}`);
    }
  });

  test("any well-formed text: only unreserved characters and escapes, and it decodes to itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const encoded = encode(text);
        expect(encoded).toMatch(/^(?:[A-Za-z0-9_.~-]|%[0-9A-F]{2})*$/);
        expect(decodeURIComponent(encoded)).toBe(text);
        const bytes = [...Buffer.from(text)].map((byte) => {
          const char = String.fromCharCode(byte);
          return /[A-Za-z0-9_.~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
        });
        expect(encoded).toBe(bytes.join(""));
      }),
    );
  });

  test.each(["\ud800", "a\udc00b", "\udc00\ud800"])("half of a surrogate pair is refused", (text) => {
    expect(() => encode(text)).toThrow(/surrogate/);
    expect(() => encodeQuery([["host_name", text]])).toThrow(expect.objectContaining({ code: "HSS_ARGUMENT" }));
  });

  test("what is sent is what is signed, through URL and back", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (parameters) => {
        const query = encodeQuery(parameters);
        const url = new URL(`https://hss.example.com/v5/${encode("p(1)")}/app/event?${query}`);
        expect(url.search.slice(1)).toBe(query);
        const [, path, canonicalQuery] = canonicalRequest({ method: "GET", url, headers: {} }).split("\n");
        expect(canonicalQuery).toBe(query);
        expect(path).toBe("/v5/p%281%29/app/event/");
      }),
    );
  });

  test("names are sorted by code point, not by UTF-16 unit", () => {
    expect(
      encodeQuery([
        ["\u{1f600}", "1"],
        ["\uffee", "2"],
      ]),
    ).toBe("%EF%BF%AE=2&%F0%9F%98%80=1");
  });

  test("a broken escape is no URL that can be signed", () => {
    const url = new URL("https://a.example/%E4?x=%zz");
    expect(() => canonicalRequest({ method: "GET", url, headers: {} })).toThrow(/broken percent-encoding/);
  });
});
