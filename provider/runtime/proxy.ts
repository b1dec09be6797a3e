import { BlockList, isIP } from "node:net";
import { ConfigurationError } from "../errors.js";
import { isLinkLocal, isLoopback } from "./address.js";
import type { Env } from "./runtime.js";

export interface Proxy {
  readonly url: URL;
  /** That names it: `HTTPS_PROXY`. */
  readonly variable: string;
}

/**
 * The proxy for an address: `HTTPS_PROXY` for https, `HTTP_PROXY` for http, else `ALL_PROXY`, unless `NO_PROXY` exempts it; the
 * lower-case names win, and one that is set to nothing means none. Neither this machine nor the metadata service beside it
 * is reached through one. Throws `ConfigurationError` for a proxy that can't be used.
 */
export function proxyFor(url: URL, env: Env): Proxy | undefined {
  if (isLoopback(url.hostname) || isLinkLocal(url.hostname)) return undefined;
  const variable = [url.protocol === "https:" ? "https_proxy" : "http_proxy", "all_proxy"]
    .map((name) => variableOf(name, env))
    .find((name) => name !== undefined);
  const text = variable === undefined ? "" : (env[variable] ?? "").trim();
  if (variable === undefined || text === "") return undefined;
  if (isExempt(url, env[variableOf("no_proxy", env) ?? ""] ?? "")) return undefined;
  // the value is not repeated: it may hold a password
  const refused = (reason: string) => new ConfigurationError([{ property: variable, reason }]);
  if (/^socks[45]?[ah]?:/i.test(text)) {
    throw refused(
      `is a SOCKS proxy, which is not supported: set ${url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY"} to an HTTP proxy, or exempt ${url.hostname} by NO_PROXY`,
    );
  }
  const address = proxyAddress(text);
  if (!/^https?:/i.test(address) || !URL.canParse(address))
    throw refused("must be the address of an HTTP proxy, like http://proxy.example.com:3128");
  return { url: new URL(address), variable };
}

/** The variable as it is written in this shell. In a CGI process the upper-case `HTTP_PROXY` is a header of whoever asks. */
function variableOf(name: string, env: Env): string | undefined {
  if (env[name] !== undefined) return name;
  const upper = name.toUpperCase();
  if (env[upper] === undefined || (upper === "HTTP_PROXY" && env.REQUEST_METHOD !== undefined)) return undefined;
  return upper;
}

const withUser = /^([a-z][a-z0-9+.-]*:\/\/)?([^@]*(?:@[^@]*)*)@([^@]*)$/i;

/**
 * A proxy's address; curl and the tools in Go also take one without its scheme. The password may be written as it is: only what
 * would end it too early is coded.
 */
function proxyAddress(text: string): string {
  const [, scheme = "http://", user, host = ""] = withUser.exec(text) ?? [];
  if (user === undefined || /^:?\/\//.test(user)) return text.replace(/^(?=[^/]+\/?$)/, "http://");
  const coded = user.replace(/%(?![0-9a-f]{2})/gi, "%25").replace(/[/?#\\[\]\s]/g, encodeURIComponent);
  return `${scheme}${coded}@${host}`;
}

/**
 * `example.com`, `.example.com` and `*.example.com` mean the host and those below it, `10.0.0.0/8` the addresses of a network;
 * a port limits an entry to it. Names are not looked up.
 */
function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const actualPort = port || (protocol === "https:" ? "443" : "80");
  const host = hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === "*") return true;
      const [, named = entry, only] = /^([^:]*|\[.*\]):(\d+)$/.exec(entry) ?? [];
      const domain = named
        .replace(/^\[(.*)\]$/, "$1")
        .replace(/^\*?\./, "")
        .replace(/\.$/, "");
      if (domain === "" || (only !== undefined && only !== actualPort)) return false;
      return host === domain || isWithin(host, domain) || (isIP(host) === 0 && host.endsWith(`.${domain}`));
    });
}

/** Whether an IP address is another spelling of `network`, or in it. */
function isWithin(address: string, network: string): boolean {
  const family = isIP(address);
  const [base = "", length] = network.split("/");
  if (family === 0 || isIP(base) !== family) return false;
  const bits = length === undefined ? (family === 4 ? 32 : 128) : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
  if (!(bits <= (family === 4 ? 32 : 128))) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(base, bits, type);
  return list.check(address, type);
}

/** The `Proxy-Authorization` header for a proxy whose address has a user name or a password. */
export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64");
  return { "proxy-authorization": `Basic ${pair}` };
}

/** The proxies' passwords for redaction, as they are written, coded and decoded, of proxies that can't be used too. */
export function proxyPasswords(env: Env): string[] {
  return ["https_proxy", "http_proxy", "all_proxy"]
    .flatMap((name) => [env[name], env[name.toUpperCase()]])
    .flatMap((text = "") => {
      const [, , user = ""] = withUser.exec(text.trim()) ?? [];
      const colon = user.indexOf(":");
      const written = colon < 0 ? "" : user.slice(colon + 1);
      const address = proxyAddress(text.trim());
      const coded = URL.canParse(address) ? new URL(address).password : "";
      return [written, coded, decoded(written)].filter((password) => password !== "");
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
