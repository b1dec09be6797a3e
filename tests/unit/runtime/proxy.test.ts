import { ConfigurationError } from "../../../provider/errors.js";
import { proxyAuthorization, proxyFor, proxyPasswords } from "../../../provider/runtime/proxy.js";

const hss = "https://hss.cn-north-4.myhuaweicloud.com";
const proxyOf = (url: string, env: Record<string, string>): string | undefined => proxyFor(new URL(url), env)?.url.host;

test.each<[string, Record<string, string>, string | undefined]>([
  [hss, {}, undefined],
  [hss, { HTTPS_PROXY: "http://a:3128" }, "a:3128"],
  [hss, { HTTPS_PROXY: " a:3128 " }, "a:3128"],
  [hss, { HTTPS_PROXY: "https://a" }, "a"],
  [hss, { HTTPS_PROXY: "http://a:1", https_proxy: "http://b:2" }, "b:2"],
  [hss, { HTTPS_PROXY: "http://a:1", https_proxy: "" }, undefined],
  [hss, { HTTP_PROXY: "http://a:1" }, undefined],
  [hss, { ALL_PROXY: "http://a:1" }, "a:1"],
  [hss, { ALL_PROXY: "http://a:1", all_proxy: "http://b:2" }, "b:2"],
  [hss, { ALL_PROXY: "http://a:1", HTTPS_PROXY: "http://b:2" }, "b:2"],
  [hss, { ALL_PROXY: "http://a:1", https_proxy: "" }, undefined],
  [hss, { ALL_PROXY: "socks5://a:1", HTTPS_PROXY: "http://b:2" }, "b:2"],
  [hss, { ALL_PROXY: "socks5://a:1", NO_PROXY: "*" }, undefined],
  ["http://example.com", { ALL_PROXY: "http://a:1" }, "a:1"],
  ["http://example.com", { HTTP_PROXY: "http://a:1", REQUEST_METHOD: "GET" }, undefined],
  ["http://example.com", { http_proxy: "http://a:1", REQUEST_METHOD: "GET" }, "a:1"],
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
  ["https://[2001:db8::1]", "2001:0db8:0::1", true],
  ["https://[2001:db8::1]", "2001:db8::/32", true],
  ["https://[2001:db8::1]", "[2001:db8::]/32", false],
  ["https://[2001:db9::1]", "2001:db8::/32", false],
  ["https://10.1.2.3", "10.0.0.0/8", true],
  ["https://10.1.2.3", " 192.168.0.0/16 , 10.1.2.0/24 ", true],
  ["https://10.1.2.3", "10.1.2.0/30", true],
  ["https://10.1.2.5", "10.1.2.0/30", false],
  ["https://10.1.2.3", "10.1.2.3", true],
  ["https://10.1.2.3", "0.0.0.0/0", true],
  ["https://10.1.2.3", "10.0.0.0/33", false],
  ["https://10.1.2.3", "10.0.0.0/", false],
  ["https://10.1.2.3", "2.3", false],
  ["https://10.1.2.3", "::/0", false],
  [hss, "10.0.0.0/8", false],
  [hss, "myhuaweicloud.com.", true],
])("%s with NO_PROXY=%s: exempt is %s", (url, noProxy, exempt) => {
  expect(proxyOf(url, { HTTPS_PROXY: "http://a:1", NO_PROXY: noProxy }) === undefined).toBe(exempt);
});

test.each(["://user:CANARY@x", "ftp://CANARY", "http://"])(
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

test.each(["socks", "socks4", "socks4a", "socks5", "socks5h", "SOCKS5"])("%s is refused in words", (scheme) => {
  const address = `${scheme}://user:CANARY@x:1080`;
  expect(() => proxyOf(hss, { HTTPS_PROXY: address })).toThrow(/HTTPS_PROXY: is a SOCKS proxy.*NO_PROXY/);
  expect(() => proxyOf(hss, { all_proxy: address })).toThrow(/all_proxy: is a SOCKS proxy.*set HTTPS_PROXY/);
  expect(() => proxyOf(hss, { all_proxy: address })).not.toThrow(/CANARY/);
  expect(proxyPasswords({ all_proxy: address })).toContain("CANARY");
});

test.each([
  ["http://user:p@ss:w0rd@a:1", "user:p@ss:w0rd"],
  ["http://user:p#a/s?s@a:1", "user:p#a/s?s"],
  ["user:p#ss@a:1", "user:p#ss"],
  ["http://user:p%23ss@a:1", "user:p#ss"],
  ["http://user:100%@a:1", "user:100%"],
  ["http://CORP%5Cuser:p[a]ss@a:1", "CORP\\user:p[a]ss"],
  ["http://user:pä ss@a:1", "user:pä ss"],
])("%s: its password is sent and known as a secret", (address, pair) => {
  const proxy = proxyFor(new URL(hss), { HTTPS_PROXY: address });
  expect(proxy?.url.host).toBe("a:1");
  expect(proxyAuthorization(proxy?.url as URL)).toEqual({
    "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}`,
  });
  expect(proxyPasswords({ HTTPS_PROXY: address })).toContain(pair.slice(pair.indexOf(":") + 1));
});

test.each([
  ["http://a", undefined],
  ["http://user:p%40ss@a", "user:p@ss"],
  ["http://user@a", "user:"],
  ["http://user:100%25%zz@a", "user:100%25%zz"],
])("%s: %s is sent", (address, pair) => {
  const expected = pair === undefined ? {} : { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
  expect(proxyAuthorization(new URL(address))).toEqual(expected);
});
