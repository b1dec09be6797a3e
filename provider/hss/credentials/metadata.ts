import { CredentialsError, ResponseError, ServiceError, TransportError } from "../../errors.js";
import type { HttpRequest, HttpResponse, Runtime } from "../../runtime/runtime.js";
import { parseJson } from "../../values.js";
import { growingRedactor, redactError } from "../../redact.js";
import { serviceError } from "../refusal.js";
import { retried, temporaryKeys } from "./iam.js";
import type { IamSettings, Issuer } from "./types.js";

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
  private answers = false;
  private readonly redact = growingRedactor(() => (this.session ? [this.session.token] : []));

  constructor(
    private readonly settings: Pick<IamSettings, "maxRetries" | "deadlineSeconds">,
    private readonly runtime: Runtime,
  ) {}

  /** Throws `NoMetadata` where there is no such service, or it has no agency. */
  async issue(signal: AbortSignal) {
    const operation = `reading ${name}`;
    try {
      const body = await retried(operation, this.settings, this.runtime, signal, (own) => this.keys(operation, own));
      return temporaryKeys(operation, parseJson(body));
    } catch (error) {
      if (error instanceof ServiceError)
        throw new NoMetadata(`${name}: no keys (HTTP ${error.status}); an agency has to be set for the server`, {
          cause: error,
        });
      if (error instanceof TransportError || error instanceof ResponseError)
        throw new NoMetadata(`${name}: no answer`, { cause: error });
      throw error;
    }
  }

  private async keys(operation: string, signal: AbortSignal): Promise<string> {
    let response = await this.get(signal);
    if (response.status === 401 && !response.body.includes("Please configure Cloud Service Agency first")) {
      this.session = undefined;
      response = await this.get(signal);
    }
    if (response.status === 200) return response.body;
    const error = serviceError(operation, response, parseJson(response.body), this.runtime.clock.now(), "IAM");
    throw redactError(error, this.redact);
  }

  private async get(signal: AbortSignal): Promise<HttpResponse> {
    const token = await this.token(signal);
    return this.send("GET", keyPath, token === undefined ? {} : { "x-metadata-token": token }, signal);
  }

  /** Undefined where the service only knows version 1. */
  private async token(signal: AbortSignal): Promise<string | undefined> {
    const now = this.runtime.clock.now();
    if (this.session && this.session.until > now) return this.session.token;
    const headers = { "x-metadata-token-ttl-seconds": String(tokenSeconds) };
    const { status, body } = await this.send("PUT", tokenPath, headers, signal);
    if (status !== 200 || !/^[\x21-\x7e]+$/.test(body.trim())) return undefined;
    this.session = { token: body.trim(), until: now + (tokenSeconds - 300) * 1000 };
    return this.session.token;
  }

  private async send(
    method: HttpRequest["method"],
    path: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const url = new URL(path, origin);
    const request = { method, url, headers, timeoutMs, maxBodyBytes: 65_536, signal };
    try {
      const response = await this.runtime.transport.send(request);
      this.answers = true;
      return response;
    } catch (error) {
      // most machines have no such service: only one that has answered before is worth another attempt
      if (this.answers || !(error instanceof TransportError || error instanceof ResponseError)) throw error;
      throw new NoMetadata(`${name}: no answer`, { cause: error });
    }
  }
}
