import { gatewayError, hssError, json, Refusal, type Answer } from "./answers.js";
import { authenticate } from "./authentication.js";
import type { Credentials } from "./credentials.js";
import { toJson } from "./json.js";
import { parsePageRequest } from "./query.js";
import type { RawRequest } from "./signature.js";
import type { Throttle } from "./throttle.js";
import type { EventSource } from "./wire.js";

export interface EventsApi {
  source: EventSource;
  credentials: Credentials;
  throttle?: Throttle;
  projectId?: string;
  maxWindowSeconds: number;
  now: () => number;
}

const PATH = /^\/v5\/([^/]*)\/app\/event\/?$/;

export function isEventsPath(rawPath: string): boolean {
  return PATH.test(rawPath);
}

/** Answers one request as gateway and service do, in their order: route, who, how often, then what. @throws Refusal */
export async function answerEvents(
  api: EventsApi,
  request: RawRequest,
  requestId: string,
  arrivedAt: number,
): Promise<Answer> {
  if (request.method !== "GET") {
    const message = `The API does not support the method ${request.method}`;
    return gatewayError(405, "APIGW.0101", message, requestId, { Allow: "GET" });
  }
  authenticate(request, api.credentials, api.now(), requestId);
  api.throttle?.admit(requestId, arrivedAt);
  const { query, offset, limit } = parsePageRequest(projectOf(request.rawPath), request.rawQuery, api.maxWindowSeconds);
  if (api.projectId !== undefined && query.projectId !== api.projectId) {
    throw new Refusal(hssError("HSS.0010", "access denied: the credentials do not belong to this project"));
  }
  const [total, events] = [await api.source.total(query), await api.source.page(query, offset, limit)];
  return { ...json(200, {}), body: `{"total_num":${total},"data_list":${toJson(events)}}` };
}

function projectOf(rawPath: string): string {
  const raw = PATH.exec(rawPath)?.[1] ?? "";
  try {
    return decodeURIComponent(raw);
  } catch {
    throw new Refusal(hssError("HSS.0002", "failed to parse the parameters: broken percent-encoding"));
  }
}
