import { ConfigurationError } from "../errors.js";
import { isLinkLocal, isLoopback } from "./address.js";
import type { Env } from "./runtime.js";

const names = ["HTTPS_PROXY", "HTTP_PROXY"];

/** A proxy's address; curl and the tools in Go also take one without its scheme. */
const proxyAddress = (text: string): string => text.trim().replace(/^(?=[^/]+$)/, "http://");

/**
 * The proxy for an address, of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; the lower-case names win. Neither this machine
 * nor the metadata service beside it is reached through one.
 */
export function proxyFor(url: URL, env: Env): URL | undefined {
  if (isLoopback(url.hostname) || isLinkLocal(url.hostname)) return undefined;
  const read = (name: string) => env[name.toLowerCase()] ?? env[name] ?? "";
  const name = names.slice(url.protocol === "https:" ? 0 : 1).find((candidate) => read(candidate) !== "");
  if (name === undefined || isExempt(url, read("NO_PROXY"))) return undefined;
  const address = proxyAddress(read(name));
  // the value is not repeated: it may hold a password
  if (!/^https?:/i.test(address) || !URL.canParse(address)) {
    const reason = "must be the address of an HTTP proxy, like http://proxy.example.com:3128";
    throw new ConfigurationError([{ property: name, reason }]);
  }
  return new URL(address);
}

/** `example.com`, `.example.com` and `*.example.com` mean the host and those below it; a port limits them to it. */
function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const actualPort = port || (protocol === "https:" ? "443" : "80");
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === "*") return true;
      const [, host = entry, only] = /^([^:]*|\[.*\]):(\d+)$/.exec(entry) ?? [];
      const domain = host.replace(/^\*?\./, "");
      if (domain === "" || (only !== undefined && only !== actualPort)) return false;
      return hostname === domain || hostname === `[${domain}]` || hostname.endsWith(`.${domain}`);
    });
}

/** The `Proxy-Authorization` header for a proxy whose address has a user name or a password. */
export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64");
  return { "proxy-authorization": `Basic ${pair}` };
}

/** The proxies' passwords for redaction, both percent-encoded and decoded. */
export function proxyPasswords(env: Env): string[] {
  return names
    .flatMap((name) => [env[name], env[name.toLowerCase()]])
    .flatMap((text) => {
      const address = proxyAddress(text ?? "");
      if (!URL.canParse(address)) return [];
      const { password } = new URL(address);
      return password === "" ? [] : [password, decoded(password)];
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
