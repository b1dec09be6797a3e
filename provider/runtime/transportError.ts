import { TransportError } from "../errors.js";
import { duration, printable } from "../text.js";
import type { Progress } from "./connector.js";

type Where = Pick<Progress, "doing" | "proxy" | "certificate">;

/** One line for a failed exchange: the peer, the reason and, where known, what to do. */
export function transportError(url: URL, error: unknown, { proxy, certificate }: Where): TransportError {
  const { code, message } = innermost(error);
  const reason =
    untrusted(code, proxy?.url ?? url, certificate) ??
    reasons.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1] ??
    "no whole answer arrived";
  const peer = proxy === undefined ? url.origin : `${url.origin}: proxy ${proxy.url.host} (${proxy.variable})`;
  return new TransportError(`${peer}: ${reason}${code === "" ? "" : ` (${printable(code, 64)})`}`, {
    cause: withoutUrls(code, message),
  });
}

/** The same for an exchange that timed out. */
export function timedOut(url: URL, timeoutMs: number, { doing, proxy }: Where): TransportError {
  const who = proxy === undefined ? "" : ` (proxy ${proxy.url.host} of ${proxy.variable})`;
  const hint = doing === "connecting" && !proxy ? "; if a proxy is needed, set HTTPS_PROXY" : "";
  const text = `timed out after ${duration(timeoutMs)} while ${doing}${who}${hint}`;
  return new TransportError(`${url.origin}: ${text}`, {
    cause: Object.assign(new Error(text), { code: "ETIMEDOUT" }),
  });
}

/** Whether a failure's code is about the certificate that was shown. */
export const isCertificateCode = (code: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO_|LEAF_SIGNATURE|ISSUER/.test(code);

/** What is wrong with a certificate, by whom it is signed, and the setting that helps; undefined where it is not about one. */
function untrusted(code: string, { hostname }: URL, certificate: Where["certificate"]): string | undefined {
  if (!isCertificateCode(code)) return undefined;
  const { issuer, subjectaltname = "", valid_from: from, valid_to: to } = { ...certificate };
  const name = [issuer?.CN ?? issuer?.O].flat()[0];
  const signed = name === undefined ? "" : ` (signed by ${printable(name, 128)})`;
  if (/EXPIRED/.test(code)) return `TLS: the certificate${signed} expired on ${printable(to ?? "an unknown day", 64)}`;
  if (/NOT_YET_VALID/.test(code))
    return `TLS: the certificate${signed} is valid from ${printable(from ?? "an unknown day", 64)} only: check this machine's clock`;
  if (/ALTNAME/.test(code)) {
    const names = printable(subjectaltname.replace(/(?:DNS|IP Address):/g, ""), 256) || "another host";
    return `TLS: the certificate${signed} is for ${names}, not for ${hostname}: check endpoint, and what answers in between`;
  }
  return `TLS: the certificate is not trusted${signed}: where a private authority or a company's proxy signed it, set caFile (HW_CACERT), NODE_EXTRA_CA_CERTS or SSL_CERT_FILE to that authority's certificate`;
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, "connection refused: nothing listens there"],
  [/ENOTFOUND|EAI_/, "the host name can't be resolved (DNS)"],
  [/ETIMEDOUT/, "no connection could be made in time; if a proxy is needed, set HTTPS_PROXY"],
  [/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/, "there is no route to the host"],
  [/ERR_SSL|ERR_TLS|EPROTO/, "TLS: no secure connection could be made"],
  [/HTTP_407/, "a user name and a password are required: check HTTPS_PROXY"],
  [/HTTP_\d/, "it refuses to connect to this host: check HTTPS_PROXY and NO_PROXY"],
  [/UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH/, "the connection was closed before the answer was whole"],
  [/ECONNRESET|EPIPE/, "the connection was reset before the answer was whole"],
  [/UND_ERR_HEADERS_OVERFLOW/, "the headers of the answer are too long"],
  [/HPE_|HTTPParserError/, "the answer is not HTTP"],
  [/UND_ERR_INVALID_ARG/, "the request can't be sent: a header or the address holds what HTTP can't carry"],
];

interface Failure {
  readonly code: string;
  readonly message: string;
}

/** The error at the bottom of the wrappers. */
function innermost(error: unknown, depth = 0): Failure {
  if (typeof error !== "object" || error === null) return { code: "", message: "" };
  const { name, code, message, cause } = error as Partial<NodeJS.ErrnoException>;
  if (code === undefined && cause !== undefined && depth < 5) return innermost(cause, depth + 1);
  return { code: typeof code === "string" ? code : "", message: `${name}: ${message}` };
}

/** The cause as a plain error: undici's own may carry a request's headers, or a proxy's address with its password. */
function withoutUrls(code: string, message: string): Error {
  const text = printable(message.replace(/\/\/[^/\s@]*@/g, "//"));
  return Object.assign(new Error(text), code === "" ? {} : { code });
}
