import { ConfigurationError } from "../../../provider/errors.js";
import { proxyAuthorization, proxyFor } from "../../../provider/runtime/proxy.js";

const hss = "https://hss.cn-north-4.myhuaweicloud.com";
const proxyOf = (url: string, env: Record<string, string>): string | undefined => proxyFor(new URL(url), env)?.host;

test.each<[string, Record<string, string>, string | undefined]>([
  [hss, {}, undefined],
  [hss, { HTTPS_PROXY: "http://a:3128" }, "a:3128"],
  [hss, { HTTPS_PROXY: " a:3128 " }, "a:3128"],
  [hss, { HTTPS_PROXY: "https://a" }, "a"],
  [hss, { HTTPS_PROXY: "http://a:1", https_proxy: "http://b:2" }, "b:2"],
  [hss, { HTTPS_PROXY: "http://a:1", https_proxy: "" }, undefined],
  [hss, { HTTP_PROXY: "http://a:1" }, "a:1"],
  [hss, { HTTP_PROXY: "http://a:1", HTTPS_PROXY: "http://b:2" }, "b:2"],
  ["http://example.com", { HTTPS_PROXY: "http://a:1" }, undefined],
  ["http://example.com", { HTTP_PROXY: "http://a:1", HTTPS_PROXY: "http://b:2" }, "a:1"],
  ["http://127.0.0.1:8080", { HTTP_PROXY: "http://a:1" }, undefined],
  ["http://localhost", { HTTP_PROXY: "http://a:1" }, undefined],
  ["http://169.254.169.254", { HTTP_PROXY: "http://a:1" }, undefined],
])("%s with %j goes through %s", (url, env, expected) => {
  expect(proxyOf(url, env)).toBe(expected);
});

test.each<[string, string, boolean]>([
  [hss, "*", true],
  [hss, "example.com,*", true],
  [hss, "myhuaweicloud.com", true],
  [hss, ".myhuaweicloud.com", true],
  [hss, "*.MyHuaweiCloud.com", true],
  [hss, "hss.cn-north-4.myhuaweicloud.com", true],
  [hss, "a.com b.com\tmyhuaweicloud.com", true],
  [hss, "huaweicloud.com", false],
  [hss, "hss.cn-north-4", false],
  [hss, "", false],
  [hss, ".", false],
  [hss, "myhuaweicloud.com:443", true],
  [hss, "myhuaweicloud.com:80", false],
  [`${hss}:8443`, "myhuaweicloud.com:8443", true],
  ["https://[2001:db8::1]", "2001:db8::1", true],
  ["https://[2001:db8::1]", "[2001:db8::1]:443", true],
  ["https://[2001:db8::1]", "[2001:db8::1]:80", false],
  ["https://[2001:db8::1]", "2001:db8::2", false],
])("%s with NO_PROXY=%s: exempt is %s", (url, noProxy, exempt) => {
  expect(proxyOf(url, { HTTPS_PROXY: "http://a:1", NO_PROXY: noProxy }) === undefined).toBe(exempt);
});

test.each(["://user:CANARY@x", "socks5://user:CANARY@x:1080", "ftp://CANARY", "http://"])(
  "%s is refused without being repeated, and only where it would be used",
  (address) => {
    const env = { HTTPS_PROXY: address };
    expect(proxyOf("http://127.0.0.1", env)).toBeUndefined();
    expect(() => proxyOf(hss, env)).toThrow(ConfigurationError);
    expect(() => proxyOf(hss, env)).toThrow(
      /^hss configuration: HTTPS_PROXY: must be the address of an HTTP proxy, like http:\/\/proxy\.example\.com:3128$/,
    );
  },
);

test.each([
  ["http://a", undefined],
  ["http://user:p%40ss@a", "user:p@ss"],
  ["http://user@a", "user:"],
  ["http://user:100%25%zz@a", "user:100%25%zz"],
])("%s: %s is sent", (address, pair) => {
  const expected = pair === undefined ? {} : { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
  expect(proxyAuthorization(new URL(address))).toEqual(expected);
});
