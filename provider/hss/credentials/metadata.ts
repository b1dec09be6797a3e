import { CredentialsError, ResponseError, TransportError } from "../../errors.js";
import type { HttpRequest, HttpResponse, Runtime } from "../../runtime/runtime.js";
import { parseJson } from "../../values.js";
import { temporaryKeys } from "./iam.js";
import type { Issuer } from "./types.js";

const origin = "http://169.254.169.254";
const name = "the metadata service of this cloud server";
const tokenPath = "/meta-data/latest/api/token";
const keyPath = "/openstack/latest/securitykey";
const tokenSeconds = 21_600;
/** A machine of the vendor's answers at once; any other never. */
const timeoutMs = 2000;

/** No metadata service, or one that has no keys: not an error while other places are still to be asked. */
export class NoMetadata extends CredentialsError {}

/** Keys of the agency of the cloud server this runs on: metadata version 2 with a session token, else version 1. */
export class MetadataIssuer implements Issuer {
  readonly account = ["metadata"];
  readonly renewable = true;
  private session: { token: string; until: number } | undefined;

  constructor(private readonly runtime: Runtime) {}

  /** Throws `NoMetadata` where there is no such service, or it has no agency. */
  async issue() {
    let response = await this.keys();
    if (response.status === 401 && !response.body.includes("Please configure Cloud Service Agency first")) {
      this.session = undefined;
      response = await this.keys();
    }
    if (response.status !== 200) {
      throw new NoMetadata(`${name}: no keys (HTTP ${response.status}); an agency has to be set for the server`);
    }
    return temporaryKeys(`reading ${name}`, parseJson(response.body));
  }

  private async keys(): Promise<HttpResponse> {
    const token = await this.token();
    return this.send("GET", keyPath, token === undefined ? {} : { "x-metadata-token": token });
  }

  /** Undefined where the service only knows version 1. */
  private async token(): Promise<string | undefined> {
    const now = this.runtime.clock.now();
    if (this.session && this.session.until > now) return this.session.token;
    const headers = { "x-metadata-token-ttl-seconds": String(tokenSeconds) };
    const { status, body } = await this.send("PUT", tokenPath, headers);
    if (status !== 200 || !/^[\x21-\x7e]+$/.test(body.trim())) return undefined;
    this.session = { token: body.trim(), until: now + (tokenSeconds - 300) * 1000 };
    return this.session.token;
  }

  private async send(
    method: HttpRequest["method"],
    path: string,
    headers: Record<string, string>,
  ): Promise<HttpResponse> {
    const url = new URL(path, origin);
    try {
      return await this.runtime.transport.send({ method, url, headers, timeoutMs, maxBodyBytes: 65_536 });
    } catch (error) {
      if (!(error instanceof TransportError || error instanceof ResponseError)) throw error;
      throw new NoMetadata(`${name}: none answers`, { cause: error });
    }
  }
}
