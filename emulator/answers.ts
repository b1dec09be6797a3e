import type { WireValue } from "./json.js";
import { toJson } from "./json.js";

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

/** A request that ends in an error answer. */
export class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super(answer.body);
  }
}

export function json(status: number, body: WireValue, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: toJson(body) };
}

/** The form in which HSS itself refuses: HTTP 400 for nearly everything, the code tells. */
export function hssError(code: string, message: string): Answer {
  return json(400, { error_code: code, error_description: message, error_msg: message });
}

/** The form of the gateway in front of HSS. */
export function gatewayError(status: number, code: string, message: string, requestId: string, headers = {}): Answer {
  return json(status, { error_msg: message, error_code: code, request_id: requestId }, headers);
}

/** The form of IAM. */
export function iamError(status: number, code: string, message: string): Answer {
  return json(status, { error: { code, message, title: status === 401 ? "Unauthorized" : "Bad Request" } });
}
