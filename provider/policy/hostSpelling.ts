import { isIP, isIPv6 } from "node:net";

/** The addresses in a text, each in one spelling: several may stand in one field, and IPv6 has many ways to write one. */
export const addressesIn = (text: string): string[] =>
  /^[\d.]*$/.test(text) ? (text === "" ? [] : [text]) : text.split(/[\s,;]+/).flatMap((one) => address(one) ?? []);

function address(text: string): string | undefined {
  if (text === "") return undefined;
  const bare = text.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  const ip = bare.replace(/%.*$/, "");
  if (!isIPv6(ip)) return bare;
  const canonical = new URL(`http://[${ip}]/`).hostname.slice(1, -1);
  const [, high = "", low = ""] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(canonical) ?? [];
  if (high === "") return canonical;
  const bits = (parseInt(high, 16) << 16) | parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}

/** A server's name without what does not count: case, blanks, the dot that ends a full name. */
export const hostNameOf = (text: string): string => text.trim().toLowerCase().replace(/\.$/, "");

/** The first label of a name with a domain; undefined if it has none. */
export function withoutDomain(name: string): string | undefined {
  const dot = name.indexOf(".");
  return dot <= 0 || isIP(name) !== 0 ? undefined : name.slice(0, dot);
}
