import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { ConfigurationError } from "../errors.js";
import { isRecord, parseJson } from "../values.js";

/**
 * A signed statement: a DSSE envelope around it, by Ed25519 or ECDSA P-256.
 *
 * https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */

export const payloadType = "application/vnd.in-toto+json";

/** The bytes that are signed: the type is among them. */
export function preAuthEncoding(body: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.byteLength} `;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Of a PEM text. Throws a `ConfigurationError` for anything else, so that it is told before a read begins. */
export function signingKeyOf(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw bad("is not a private key in PEM without a passphrase");
  }
  return usable(key);
}

export function verificationKeyOf(pem: string): KeyObject {
  try {
    return usable(createPublicKey(pem));
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw bad("is not a public key in PEM");
  }
}

function usable(key: KeyObject): KeyObject {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const isUsable = key.asymmetricKeyType === "ed25519" || (key.asymmetricKeyType === "ec" && curve === "prime256v1");
  if (!isUsable) throw bad(`is a key for ${key.asymmetricKeyType ?? "another purpose"}; take Ed25519 or ECDSA P-256`);
  return key;
}

const bad = (reason: string) => new ConfigurationError([{ property: "signingKey", reason }]);

/** As Python's securesystemslib names a key: the digest of its canonical JSON. */
export function keyIdOf(key: KeyObject): string {
  const open = key.type === "private" ? createPublicKey(key) : key;
  const isEd25519 = key.asymmetricKeyType === "ed25519";
  const [type, scheme] = isEd25519 ? ["ed25519", "ed25519"] : ["ecdsa", "ecdsa-sha2-nistp256"];
  const value = isEd25519
    ? Buffer.from(open.export({ format: "jwk" }).x ?? "", "base64url").toString("hex")
    : open.export({ type: "spki", format: "pem" }).toString();
  // their canonical form leaves line breaks as they are
  const text = `{"keytype":"${type}","keyval":{"public":"${value}"},"scheme":"${scheme}"}`;
  return createHash("sha256").update(text).digest("hex");
}

export function envelopeOf(body: Uint8Array, key: KeyObject): string {
  const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  const signature = sign(algorithm, preAuthEncoding(body), key);
  return envelopeWith(body, keyIdOf(key), signature);
}

export const envelopeWith = (body: Uint8Array, keyid: string, signature: Uint8Array): string =>
  `${JSON.stringify({
    payload: Buffer.from(body).toString("base64"),
    payloadType,
    signatures: [{ keyid, sig: Buffer.from(signature).toString("base64") }],
  })}\n`;

export interface Envelope {
  readonly body: Buffer;
  readonly signatures: readonly { readonly keyid: string; readonly signature: Buffer }[];
}

/** Undefined for anything that is no such envelope of a statement. */
export function readEnvelope(text: string): Envelope | undefined {
  const envelope = parseJson(text);
  if (!isRecord(envelope) || envelope["payloadType"] !== payloadType) return undefined;
  const { payload, signatures } = envelope;
  if (typeof payload !== "string" || !Array.isArray(signatures)) return undefined;
  return {
    body: Buffer.from(payload, "base64"),
    signatures: signatures.filter(isRecord).map(({ keyid, sig }) => ({
      keyid: typeof keyid === "string" ? keyid : "",
      signature: Buffer.from(typeof sig === "string" ? sig : "", "base64"),
    })),
  };
}

export function isSignedBy({ body, signatures }: Envelope, key: KeyObject): boolean {
  const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return signatures.some(({ signature }) => verify(algorithm, preAuthEncoding(body), key, signature));
}
