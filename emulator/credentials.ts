import { createHash, randomBytes } from "node:crypto";

export interface KeyPair {
  accessKey: string;
  secretKey: string;
  /** Only temporary pairs have one, and they don't work without it. */
  securityToken?: string;
  /** Epoch milliseconds. */
  expires: number;
}

/** What the emulator accepts: the fixed credentials and every temporary one that it issued. */
export class Credentials {
  private readonly pairs = new Map<string, KeyPair>();
  // By digest, so that looking one up tells nothing about the characters of another.
  private readonly tokens = new Map<string, number>();

  constructor(accessKey: string, secretKey: string, token: string) {
    this.pairs.set(accessKey, { accessKey, secretKey, expires: Infinity });
    this.tokens.set(digest(token), Infinity);
  }

  pair(accessKey: string): KeyPair | undefined {
    return this.pairs.get(accessKey);
  }

  /** Epoch milliseconds; undefined for a token that was never issued. */
  tokenExpiry(token: string): number | undefined {
    return this.tokens.get(digest(token));
  }

  issueToken(expires: number): string {
    const token = `sample-token-${randomBytes(24).toString("base64url")}`;
    this.tokens.set(digest(token), expires);
    return token;
  }

  issuePair(expires: number): Required<KeyPair> {
    const pair = {
      accessKey: `HSTASAMPLE${randomBytes(5).toString("hex").toUpperCase()}`,
      secretKey: randomBytes(20).toString("hex"),
      securityToken: `sample-security-token-${randomBytes(24).toString("base64url")}`,
      expires,
    };
    this.pairs.set(pair.accessKey, pair);
    return pair;
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
