import { randomBytes } from "node:crypto";
import { json, type Answer } from "./answers.js";
import type { Credentials } from "./credentials.js";
import { temporaryKeys } from "./identity.js";
import type { RawRequest } from "./signature.js";

const TOKEN_PATH = "/meta-data/latest/api/token";
const KEY_PATH = "/openstack/latest/securitykey";

export function isMetadataPath(rawPath: string): boolean {
  return rawPath === TOKEN_PATH || rawPath === KEY_PATH;
}

/** The metadata service of a virtual machine, on the emulator's own address: version 2 with a token, version 1 without. */
export class MetadataService {
  private readonly sessions = new Map<string, number>();

  constructor(
    private readonly options: {
      credentials: Credentials;
      lifetimeSeconds?: number;
      now: () => number;
      /** `v2`: keys only against a token. `v1`: the token path does not exist. `both`: as most machines have it. */
      version: "v1" | "v2" | "both";
    },
  ) {}

  answer(request: RawRequest): Answer {
    const { now, version } = this.options;
    if (request.rawPath === TOKEN_PATH) {
      if (version === "v1") return json(404, { error: "not found" });
      if (request.method !== "PUT") return json(405, { error: "method not allowed" });
      const seconds = Number(request.headers["x-metadata-token-ttl-seconds"]);
      if (!(seconds >= 1 && seconds <= 21_600)) return json(400, { error: "bad X-Metadata-Token-Ttl-Seconds" });
      const token = randomBytes(32).toString("base64url");
      this.sessions.set(token, now() + seconds * 1000);
      return { status: 200, headers: { "Content-Type": "text/plain" }, body: token };
    }
    if (request.method !== "GET") return json(405, { error: "method not allowed" });
    const token = request.headers["x-metadata-token"];
    if (typeof token === "string" ? !this.valid(token) : version === "v2") return json(401, { error: "Unauthorized" });
    return json(200, { credential: temporaryKeys(this.options) });
  }

  private valid(token: string): boolean {
    return (this.sessions.get(token) ?? 0) > this.options.now();
  }
}
