import { fc } from "../../support/properties.js";
import { regionOf } from "../../../provider/hss/cloud.js";
import { hssEndpoint, identityEndpoint, parseEndpoint, regionEndpoint } from "../../../provider/hss/endpoint.js";

const origin = (text: string, paths?: string[]): string => {
  const parsed = parseEndpoint(text, paths);
  return "url" in parsed ? parsed.url.origin : parsed.reason;
};

test.each([
  ["cn-north-4", "https://hss.cn-north-4.myhuaweicloud.com"],
  ["my-kualalumpur-1", "https://hss.my-kualalumpur-1.myhuaweicloud.com"],
  ["eu-west-101", "https://hss.eu-west-101.myhuaweicloud.eu"],
  ["eu-west-0", "https://hss.eu-west-0.myhuaweicloud.com"],
])("region %s is at %s", (region, expected) => {
  expect(regionEndpoint("hss", region).origin).toBe(expected);
  expect(regionOf(new URL(expected))).toBe(region);
});

test.each(["", "cn", "CN-NORTH-4", "cn-north-4.evil.example", "cn-north-4/", "cn north", "a@b-c", "cn-", "-cn-north"])(
  "%j is no region",
  (region) => {
    expect(() => regionEndpoint("hss", region)).toThrow(/region/);
  },
);

test.each([
  ["https://hss.cn-north-4.myhuaweicloud.com", "https://hss.cn-north-4.myhuaweicloud.com"],
  ["https://hss.cn-north-4.myhuaweicloud.com/", "https://hss.cn-north-4.myhuaweicloud.com"],
  ["HTTPS://HSS.example.com:443", "https://hss.example.com"],
  ["https://hss.example.com:8443", "https://hss.example.com:8443"],
  ["https://10.1.2.3", "https://10.1.2.3"],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ["http://127.9.8.7", "http://127.9.8.7"],
  ["http://localhost:1", "http://localhost:1"],
  ["http://[::1]:8080", "http://[::1]:8080"],
])("%s is taken", (text, expected) => {
  expect(origin(text)).toBe(expected);
});

test.each([
  ["", /origin/],
  ["hss.cn-north-4.myhuaweicloud.com", /origin/],
  ["ftp://hss.example.com", /origin/],
  ["https://", /origin/],
  ["https:hss.example.com", /origin/],
  ["https://hss.example.com?x=1", /query/],
  ["https://hss.example.com#x", /fragment/],
  ["https://hss.example.com/v5", /path/],
  ["https://hss.example.com//", /path/],
  ["https://user:pw@hss.example.com", /user name/],
  ["https://hss.cn-north-4.myhuaweicloud.com@evil.example/", /user name/],
  ["https://@hss.example.com", /user name/],
  ["https://hss.example.com\\@evil.example", /origin/],
  ["https://hss.example.com\\evil", /origin/],
  ["https://2852039166/", /metadata/],
  ["https://0xa9fea9fe", /metadata/],
  ["https://167772161", /10\.0\.0\.1/],
  ["https://169.254.169.254", /metadata/],
  ["https://[fe80::1]", /metadata/],
  ["https://[::ffff:169.254.169.254]", /metadata/],
  ["https://[::ffff:a9fe:a9fe]", /metadata/],
  ["https://[fd00:ec2::254]", /metadata/],
  ["https://0.0.0.0", /no single machine/],
  ["https://[::]", /no single machine/],
  ["https://255.255.255.255", /no single machine/],
  ["https://hss.example.com.", /dot/],
  ["http://hss.example.com", /https/],
  ["http://127.1", /127\.0\.0\.1/],
  ["http://2130706433", /127\.0\.0\.1/],
  ["http://127.0.0.1.evil.example", /https/],
  ["http://localhost.evil.example", /https/],
  ["http://[::ffff:127.0.0.1]", /single machine/],
  ["https://hss。example.com", /hss\.example\.com/],
  ["https://ⓗss.example.com", /hss\.example\.com/],
  ["https://hss%2eexample.com", /hss\.example\.com/],
  [" https://hss.example.com", /origin/],
  ["https://hss.exa\tmple.com", /hss\.example\.com/],
])("%j is refused", (text, reason) => {
  expect(origin(text)).toMatch(reason);
});

test("whatever is taken is exactly what was written", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webUrl(),
        fc.string().map((text) => `https://${text}`),
      ),
      (text) => {
        const parsed = parseEndpoint(text);
        if ("reason" in parsed) return;
        const { url } = parsed;
        expect(
          text
            .toLowerCase()
            .replace(/\/$/, "")
            .replace(/:(443)?$/, ""),
        ).toBe(url.origin);
        expect(url.href).toBe(`${url.origin}/`);
      },
    ),
  );
});

test("an allowed path is dropped", () => {
  expect(origin("https://iam.cn-north-4.myhuaweicloud.com/v3", ["/v3"])).toBe(
    "https://iam.cn-north-4.myhuaweicloud.com",
  );
  expect(origin("https://iam.cn-north-4.myhuaweicloud.com/v3/", ["/v3"])).toBe(
    "https://iam.cn-north-4.myhuaweicloud.com",
  );
  expect(origin("https://iam.cn-north-4.myhuaweicloud.com/v3/x", ["/v3"])).toMatch(/path/);
});

describe("which address is used", () => {
  test("HSS: the endpoint, else the region's, else an error that says what to set", () => {
    const endpoint = new URL("http://127.0.0.1:1");
    expect(hssEndpoint({ endpoint, region: "cn-north-4" })).toBe(endpoint);
    expect(hssEndpoint({ region: "cn-north-4" }).href).toBe("https://hss.cn-north-4.myhuaweicloud.com/");
    expect(() => hssEndpoint({})).toThrow(/hss:region/);
  });

  test("IAM and STS: authUrl, else the region's, else that of the endpoint's region", () => {
    const authUrl = new URL("https://iam.cn-east-3.myhuaweicloud.com");
    expect(identityEndpoint("iam", { authUrl, region: "cn-north-4" }).origin).toBe(authUrl.origin);
    expect(identityEndpoint("sts", { authUrl }).origin).toBe("https://sts.cn-east-3.myhuaweicloud.com");
    const own = new URL("http://127.0.0.1:1");
    expect(identityEndpoint("sts", { authUrl: own }).origin).toBe(own.origin);
    expect(identityEndpoint("iam", { region: "eu-west-101" }).origin).toBe("https://iam.eu-west-101.myhuaweicloud.eu");
    const endpoint = new URL("https://hss.cn-north-4.myhuaweicloud.com");
    expect(identityEndpoint("iam", { endpoint }).origin).toBe("https://iam.cn-north-4.myhuaweicloud.com");
    expect(() => identityEndpoint("iam", { endpoint: own })).toThrow(/authUrl/);
    expect(() => identityEndpoint("iam", { endpoint: own, region: "cn-north-4" })).toThrow(/authUrl/);
  });

  test("another cloud: by its domain, with or without regions in its addresses", () => {
    const cloud = "hc.partner.example";
    expect(hssEndpoint({ region: "ru-moscow-1", cloud }).origin).toBe("https://hss.ru-moscow-1.hc.partner.example");
    expect(identityEndpoint("sts", { region: "ru-moscow-1", cloud }).origin).toBe(
      "https://sts.ru-moscow-1.hc.partner.example",
    );
    const endpoint = new URL("https://hss.ru-moscow-1.hc.partner.example");
    expect(identityEndpoint("iam", { endpoint, region: "ru-moscow-2" }).origin).toBe(
      "https://iam.ru-moscow-2.hc.partner.example",
    );
    const flat = new URL("https://hss.partner.example");
    expect(identityEndpoint("iam", { endpoint: flat, region: "cn-north-4" }).origin).toBe(
      "https://iam.partner.example",
    );
  });

  test.each<[string, string, boolean]>([
    ["https://hss.cn-north-4.myhuaweicloud.com", "https://iam.myhuaweicloud.com", true],
    ["https://hss.cn-north-4.myhuaweicloud.com", "https://iam.cn-east-3.myhuaweicloud.com", true],
    ["https://hss.eu-west-101.myhuaweicloud.eu", "https://iam.myhuaweicloud.com", false],
    ["https://hss.cn-north-4.myhuaweicloud.com", "https://iam.eu-de.otc.t-systems.com", false],
    ["https://hss.cn-north-4.myhuaweicloud.com", "https://iam.cn-north-4.evilmyhuaweicloud.com", false],
    ["https://hss.cn-north-4.myhuaweicloud.com", "https://iam.cn-north-4.myhuaweicloud.com.evil.example", false],
    ["https://hss.internal.example.com", "https://iam.example.com", true],
    ["https://hss.com", "https://iam.com", false],
    ["https://hss.eu-de.otc.t-systems.com", "https://iam.eu-nl.otc.t-systems.com", true],
    ["https://hss.cn-north-4.myhuaweicloud.com", "https://iam.com", false],
    // a company's domain is no region of the suffix that anybody may have a domain below
    ["https://hss.acme-cloud.co.uk", "https://iam.evil-cloud.co.uk", false],
    ["https://hss.acme-cloud.com.br", "https://iam.evil-cloud.com.br", false],
    ["https://hss.acme-cloud.com.my", "https://iam.com.my", false],
    ["https://hss.ac-me-1.co.jp", "https://iam.ev-il-1.co.jp", false],
    ["https://hss.cn-north-4.co.uk", "https://iam.cn-east-3.co.uk", false],
    ["https://hss.acme-cloud.co.uk", "https://iam.acme-cloud.co.uk", true],
    ["https://hss.ru-moscow-1.acme.co.uk", "https://iam.acme.co.uk", true],
    ["https://hss.acme-cloud.example", "https://iam.evil-cloud.example", false],
    ["https://hss.acme-cloud.partner.example", "https://iam.evil-cloud.partner.example", false],
    // the configured region is one, whatever it is called
    ["https://hss.cn-north-4.partner.example", "https://iam.partner.example", true],
    ["https://10.1.2.3", "https://10.1.2.4", false],
    ["https://10.1.2.3", "https://10.1.2.3:8443", true],
    ["http://127.0.0.1:1", "http://localhost:2", true],
    ["http://127.0.0.1:1", "https://iam.cn-north-4.myhuaweicloud.com", false],
  ])("%s and %s: one cloud is %s", (endpoint, authUrl, same) => {
    const settings = { endpoint: new URL(endpoint), authUrl: new URL(authUrl), region: "cn-north-4" };
    const act = () => identityEndpoint("iam", settings);
    if (same) expect(act().origin).toBe(new URL(authUrl).origin);
    else expect(act).toThrow(/authUrl: leads to .* of another cloud/);
  });

  test.each([undefined, "cn-north-4"])("authUrl of another cloud than the region's: region %s", (region) => {
    const authUrl = new URL("https://iam.partner.example");
    const act = () => identityEndpoint("iam", { authUrl, region });
    if (region === undefined) expect(act().host).toBe("iam.partner.example");
    else expect(act).toThrow(/authUrl: leads to iam\.partner\.example, and region to hss\.cn-north-4/);
  });

  test.each([
    ["https://hss.acme-cloud.co.uk", "uk-south-1", "iam.acme-cloud.co.uk"],
    ["https://hss.acme-cloud.com.my", undefined, "iam.acme-cloud.com.my"],
    ["https://hss.eu-de.partner.example", "eu-de", "iam.eu-de.partner.example"],
    ["https://hss.eu-de.otc.t-systems.com", "eu-nl", "iam.eu-nl.otc.t-systems.com"],
  ])("%s, region %s: IAM is at %s", (endpoint, region, host) => {
    expect(identityEndpoint("iam", { endpoint: new URL(endpoint), region }).host).toBe(host);
  });

  test("cloud and endpoint of two clouds", () => {
    const endpoint = new URL("https://hss.cn-north-4.myhuaweicloud.com");
    expect(() => identityEndpoint("iam", { endpoint, region: "cn-north-4", cloud: "partner.example" })).toThrow(
      /cloud: leads to/,
    );
  });
});
