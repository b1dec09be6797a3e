import { join } from "node:path";
import { ConfigurationError, TransportError } from "../errors.js";
import { repeatedPath } from "../repeated.js";
import type { Env, Files, Log, Transport } from "./runtime.js";
import { isCertificateCode } from "./transportError.js";

const pem = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/;

/** A certificate instead of the name of its file. */
export const isPem = (text: string): boolean => pem.test(text);

/** `~/` is the home directory, as shells have it. */
export const expandHome = (path: string, home: string): string =>
  /^~[/\\]/.test(path) ? join(home, path.slice(2)) : path;

interface TrustOptions {
  /** A file, or the PEM text itself. */
  readonly caFile?: string;
  readonly files: Pick<Files, "home" | "readText">;
  readonly env: Env;
  readonly log: Pick<Log, "warn">;
}

/** The authorities (PEM) to trust beside the usual ones: of `caFile`, and of `SSL_CERT_FILE`, which OpenSSL's tools read. */
export async function authorities({ caFile, files, env, log }: TrustOptions): Promise<string | undefined> {
  const read = (path: string) => files.readText(expandHome(path, files.home));
  const own = caFile === undefined || isPem(caFile) ? caFile : await read(caFile);
  if (caFile !== undefined && (own === undefined || !isPem(own))) {
    const what = isPem(caFile) ? "the text" : repeatedPath(caFile);
    const reason = own === undefined ? `there is no file ${what}` : `${what} holds no certificate in PEM form`;
    throw new ConfigurationError([{ property: "caFile", reason }]);
  }
  const { SSL_CERT_FILE: shells } = env;
  const others = shells === undefined || shells === "" ? undefined : await read(shells).catch(() => "");
  if (shells && (others === undefined || !isPem(others)))
    log.warn(`hss: SSL_CERT_FILE is not followed: ${repeatedPath(shells)} holds no certificate in PEM form`);
  const all = [own, others].filter((text) => text !== undefined && isPem(text));
  return all.length === 0 ? undefined : all.join("\n");
}

/** A check that failed for want of an authority, or because the one that is there has been replaced. */
const isUntrusted = (error: unknown): boolean =>
  error instanceof TransportError && isCertificateCode(String((error.cause as { code?: unknown } | undefined)?.code));

/** A transport that reads its authorities again where a certificate is refused: whoever renews one writes it to the same file. */
export async function trustingTransport(
  options: TrustOptions,
  open: (ca: string | undefined) => Transport,
): Promise<Transport> {
  let ca = await authorities(options);
  let transport = open(ca);
  return {
    async send(request) {
      const used = transport;
      try {
        return await used.send(request);
      } catch (error) {
        if (!isUntrusted(error)) throw error;
        const fresh = await authorities(options);
        if (fresh !== ca) {
          ca = fresh;
          transport = open(fresh);
        }
        if (used === transport) throw error;
        return transport.send(request);
      }
    },
  };
}
