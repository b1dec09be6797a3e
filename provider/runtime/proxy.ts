type Env = Readonly<Record<string, string | undefined>>;

/** A proxy's address; curl and the tools in Go take one without its scheme, too. */
const proxyAddress = (text: string): string => text.trim().replace(/^(?=[^/]+$)/, "http://");

/** Of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; the lower-case names win. Empty where there is none. */
export function proxies(env: Env): { httpProxy: string; httpsProxy: string; noProxy: string } {
  const read = (name: string) => env[name.toLowerCase()] ?? env[name] ?? "";
  const exempt = read("NO_PROXY");
  return {
    httpProxy: proxyAddress(read("HTTP_PROXY")),
    httpsProxy: proxyAddress(read("HTTPS_PROXY")),
    noProxy: exempt.split(/[\s,]+/).includes("*") ? "*" : exempt,
  };
}

/** The passwords in them, as they are written and as they are meant. */
export function proxyPasswords(env: Env): string[] {
  return ["HTTPS_PROXY", "HTTP_PROXY"]
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
