import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { z } from "zod";
import {
  envelopeOf,
  envelopeWith,
  keyIdOf,
  preAuthEncoding,
  signingKeyOf,
  verificationKeyOf,
} from "../archive/dsse.js";
import { ConfigurationError, SigningError, type Problem } from "../errors.js";
import { commandWords } from "../runtime/commandWords.js";
import { runCommand } from "../runtime/runCommand.js";
import type { Env } from "../runtime/runtime.js";
import { printable } from "../text.js";

/** Who signs, as functions that make evidence take it. */
export const signingArguments = {
  signingKey: z.string("takes a private key as PEM, or the name of its file").optional().meta({
    secret: true,
    description:
      "Private key, Ed25519 or ECDSA P-256, as PEM text or the name of its file; default the environment's `HSS_SIGNING_KEY`. Without one nothing is signed.",
  }),
  signWith: z.string("takes a command that signs").optional().meta({
    description:
      "Command that signs instead of a key here: it gets the bytes on standard input and prints the signature, as base64 or as bytes. It is not run by a shell, and is asked for a trial signature before the service is read. Put no secret into it.",
  }),
  publicKey: z.string("takes a public key as PEM, or the name of its file").optional().meta({
    description:
      "Public key of `signWith`, as PEM text or the name of its file: each signature is checked by it, and the envelope carries its id.",
  }),
};

type SigningArguments = Pick<SignerOptions, keyof typeof signingArguments>;

/** What does not go together. */
export function checkSigning({ signingKey, signWith, publicKey }: SigningArguments, problems: Problem[]): void {
  if (signWith === undefined) {
    if (publicKey !== undefined)
      problems.push({ property: "publicKey", reason: "is the key of signWith, which is not given" });
    return;
  }
  if (signingKey !== undefined) problems.push({ property: "signWith", reason: "excludes signingKey" });
  try {
    commandWords(signWith);
  } catch (error) {
    problems.push({ property: "signWith", reason: (error as Error).message });
  }
}

/** Who signs statements: a key that is here, or a command that has one elsewhere. */
export interface Signer {
  /** For the name of the snapshot's folder: the beginning of the key's id, or a word. */
  readonly mark: string;
  readonly publicKey?: KeyObject;
  /** Throws where it can't sign, before the service is asked; a key that is here was checked when it was read. */
  tryOut(): Promise<void>;
  /** The statement in its envelope, as text. */
  envelope(statement: Uint8Array): Promise<string>;
}

export interface SignerOptions {
  /** PEM, or the name of its file. */
  readonly signingKey?: string | undefined;
  readonly signWith?: string | undefined;
  readonly publicKey?: string | undefined;
  readonly env: Env;
  readonly signal?: AbortSignal;
}

/** Undefined where nothing signs. Throws a `ConfigurationError` for a key that can't be used. */
export async function signerOf(options: SignerOptions): Promise<Signer | undefined> {
  const { signWith, publicKey, env } = options;
  if (signWith !== undefined) {
    const pem = publicKey === undefined ? undefined : await pemOf("publicKey", publicKey);
    return commandSigner(commandWords(signWith), pem === undefined ? undefined : publicKeyOf(pem), options);
  }
  const given = options.signingKey ?? env["HSS_SIGNING_KEY"];
  return given === undefined || given === "" ? undefined : keySigner(signingKeyOf(await pemOf("signingKey", given)));
}

const digestFor = (key: KeyObject): "sha256" | null => (key.asymmetricKeyType === "ed25519" ? null : "sha256");

function keySigner(key: KeyObject): Signer {
  const keyid = keyIdOf(key);
  return {
    mark: keyid.slice(0, 8),
    publicKey: createPublicKey(key),
    tryOut: () => Promise.resolve(),
    envelope: (body) => Promise.resolve(envelopeOf(body, key)),
  };
}

/** Long enough for somebody to touch a security key. */
const timeoutMs = 120_000;
const maxBytes = 1 << 16;

/** In the form of DSSE, with a type that no reader takes for a statement. */
const trial = Buffer.from("DSSEv1 10 text/plain 37 Can this command sign? Signs nothing.");

function commandSigner(words: readonly string[], publicKey: KeyObject | undefined, options: SignerOptions): Signer {
  const { env, signal } = options;
  // arguments may hold what is nobody's business
  const program = printable(basename(words[0] ?? ""), 64);
  const keyid = publicKey ? keyIdOf(publicKey) : "";

  async function signed(bytes: Buffer): Promise<Buffer> {
    const { stdout, stderr, failure } = await runCommand(words, {
      ...{ input: bytes, env, timeoutMs, maxBytes },
      ...(signal && { signal }),
    });
    const fail = (what: string) => new SigningError(`signWith: ${program} ${what}`);
    if (failure !== undefined) {
      const said = stderr.trim().split("\n").at(-1)?.trim() ?? "";
      throw fail(`${failure}${said === "" ? "" : `: ${printable(said, 200)}`}`);
    }
    if (stdout.toString("latin1").trim() === "") throw fail("printed no signature");
    const signature = signatureIn(stdout);
    if (!signature)
      throw fail("printed something else than a signature: Ed25519, or ECDSA P-256 in DER, as base64 or as its bytes");
    if (publicKey && !verify(digestFor(publicKey), bytes, publicKey, signature))
      throw fail("printed a signature that is not by publicKey");
    return signature;
  }

  return {
    mark: keyid === "" ? "signed" : keyid.slice(0, 8),
    ...(publicKey && { publicKey }),
    tryOut: async () => void (await signed(trial)),
    envelope: async (body) => envelopeWith(body, keyid, await signed(preAuthEncoding(body))),
  };
}

/** As base64, its lines broken or not, or as bytes; undefined for what is neither kind of signature. */
function signatureIn(printed: Buffer): Buffer | undefined {
  const text = printed.toString("latin1");
  const joined = text.replace(/\r?\n/g, "").trim();
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(joined) ? Buffer.from(joined, "base64") : printed;
  return bytes.length === 64 || isDer(bytes) ? bytes : undefined;
}

/** A sequence of two integers, and nothing after it. */
function isDer(bytes: Buffer): boolean {
  if (bytes.length < 8 || bytes.length > 72 || bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2) return false;
  const second = 4 + (bytes[3] ?? 0);
  return bytes[2] === 2 && bytes[second] === 2 && second + 2 + (bytes[second + 1] ?? 0) === bytes.length;
}

function publicKeyOf(pem: string): KeyObject {
  try {
    return verificationKeyOf(pem);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(error.problems.map(({ reason }) => ({ property: "publicKey", reason })));
  }
}

async function pemOf(property: "signingKey" | "publicKey", given: string): Promise<string> {
  if (/^\s*-----BEGIN /.test(given)) return given;
  try {
    return await readFile(resolve(given), "utf8");
  } catch {
    const kind = property === "signingKey" ? "private" : "public";
    throw new ConfigurationError([
      { property, reason: `names no file that can be read, and is no ${kind} key in PEM` },
    ]);
  }
}
