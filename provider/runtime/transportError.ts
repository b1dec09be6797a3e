import { TransportError } from "../errors.js";
import { printable } from "../text.js";

/** One line for a failed exchange: with whom, why, and what to do where that is known. `timeoutMs` where time ran out. */
export function transportError(url: URL, error: unknown, timeoutMs?: number): TransportError {
  if (timeoutMs !== undefined) {
    return new TransportError(`${url.origin}: timed out: no whole answer within ${timeoutMs / 1000} s`);
  }
  const { code, message } = innermost(error);
  const known = reasons.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1];
  const reason = known ?? "no whole answer arrived";
  return new TransportError(`${url.origin}: ${reason}${code === "" ? "" : ` (${printable(code, 64)})`}`, {
    cause: withoutUrls(code, message),
  });
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, "connection refused: nothing listens there"],
  [/ENOTFOUND|EAI_/, "the host name can't be resolved (DNS)"],
  [/UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT/, "no connection could be made in time; if a proxy is needed, set HTTPS_PROXY"],
  [/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/, "there is no route to the host"],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|LEAF_SIGNATURE|ISSUER/,
    "TLS: the certificate is not trusted; set caFile where it is issued by an own authority",
  ],
  [/ERR_SSL|ERR_TLS|EPROTO|UND_ERR_PRX_TLS/, "TLS: no secure connection could be made"],
  [/Proxy response \(407\)/, "the proxy asks for a user name and password: check HTTPS_PROXY"],
  [/[Pp]roxy/, "the proxy refused the connection: check HTTPS_PROXY and NO_PROXY"],
  [/UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH/, "the connection was closed before the answer was whole"],
  [/ECONNRESET|EPIPE/, "the connection was reset before the answer was whole"],
  [/UND_ERR_HEADERS_OVERFLOW/, "the headers of the answer are too long"],
  [/HPE_|HTTPParserError/, "the answer is no HTTP"],
  [/UND_ERR_INVALID_ARG/, "the request can't be sent: a header or the address holds what HTTP can't carry"],
];

interface Failure {
  readonly code: string;
  readonly message: string;
}

/** The failure that a wrapper is about; of several addresses that were tried, the first's. */
function innermost(error: unknown, depth = 0): Failure {
  if (typeof error !== "object" || error === null) return { code: "", message: "" };
  const { name, code, message, cause, errors } = error as Partial<NodeJS.ErrnoException> & { errors?: unknown[] };
  const inner = errors?.[0] ?? cause;
  if (code === undefined && inner !== undefined && depth < 5) return innermost(inner, depth + 1);
  return { code: typeof code === "string" ? code : "", message: `${name}: ${message}` };
}

/** The cause as a plain error: undici's own may carry a request's headers, or a proxy's address with its password. */
function withoutUrls(code: string, message: string): Error {
  const text = printable(message.replace(/\/\/[^/\s@]*@/g, "//"));
  return Object.assign(new Error(text), code === "" ? {} : { code });
}
