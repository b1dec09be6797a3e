import { hssError, Refusal } from "./answers.js";
import type { EventQuery } from "./wire.js";

const INT64_MAX = 9_223_372_036_854_775_807n;
const MAX_OFFSET = 2_000_000;

export interface PageRequest {
  query: EventQuery;
  offset: number;
  limit: number;
}

/** Decoded name and value pairs. `+` is a space, as in every form decoder. @throws URIError on a broken escape */
export function decodePairs(rawQuery: string): [string, string][] {
  const decode = (text: string): string => decodeURIComponent(text.replaceAll("+", " "));
  return rawQuery
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [decode(pair), ""] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
    });
}

/**
 * Checks a query string as the document says. Where the document contradicts itself (it marks begin_time, end_time, offset and
 * limit as mandatory, and at the same time gives limit a default and excludes the times beside last_days) none is mandatory:
 * the vendor's own Terraform provider sends neither time and succeeds.
 * @throws Refusal 400
 */
export function parsePageRequest(projectId: string, rawQuery: string, maxWindowSeconds: number): PageRequest {
  const given = single(rawQuery);
  const lastDays = integer(given, "last_days", 1, 30);
  const [beginMs, endMs] = window(given, lastDays !== undefined, maxWindowSeconds);
  return {
    query: {
      projectId: length(projectId, "project_id", 256),
      enterpriseProjectId: text(given, "enterprise_project_id", 256) ?? "0",
      lastDays,
      beginMs,
      endMs,
      hostName: text(given, "host_name", 256),
      hostIp: text(given, "host_ip", 256),
      privateIp: text(given, "private_ip", 128),
      handleStatus: handleStatus(given),
    },
    offset: integer(given, "offset", 0, MAX_OFFSET) ?? 0,
    limit: integer(given, "limit", 10, 200) ?? 10,
  };
}

type Given = ReadonlyMap<string, string>;

function invalid(message: string): Refusal {
  return new Refusal(hssError("HSS.0001", `invalid parameter: ${message}`));
}

function single(rawQuery: string): Given {
  const given = new Map<string, string>();
  try {
    for (const [name, value] of decodePairs(rawQuery)) {
      if (given.has(name)) throw invalid(`${name} is given more than once`);
      given.set(name, value);
    }
  } catch (error) {
    if (error instanceof URIError) {
      throw new Refusal(hssError("HSS.0002", "failed to parse the parameters: broken percent-encoding"));
    }
    throw error;
  }
  return given;
}

function length(value: string, name: string, max: number): string {
  const characters = [...value].length;
  if (characters < 1 || characters > max) throw invalid(`${name} must have 1 to ${max} characters`);
  return value;
}

function text(given: Given, name: string, max: number): string | undefined {
  const value = given.get(name);
  return value === undefined ? undefined : length(value, name, max);
}

function integer(given: Given, name: string, min: number, max: number): number | undefined {
  const value = given.get(name);
  if (value === undefined) return undefined;
  const number = /^-?\d{1,15}$/.test(value) ? Number(value) : NaN;
  if (!(number >= min && number <= max)) throw invalid(`${name} must be an integer from ${min} to ${max}`);
  return number;
}

function handleStatus(given: Given): "handled" | "unhandled" | undefined {
  const value = given.get("handle_status");
  if (value === undefined || value === "handled" || value === "unhandled") return value;
  throw invalid("handle_status must be handled or unhandled");
}

function window(given: Given, hasLastDays: boolean, maxSeconds: number): [begin?: number, end?: number] {
  const begin = milliseconds(given, "begin_time");
  const end = milliseconds(given, "end_time");
  if (begin === undefined && end === undefined) return [];
  if (begin === undefined || end === undefined) throw invalid("begin_time and end_time must be given together");
  // The vendor's Go client can't leave them out: its plain zeros mean "not given".
  if (begin === 0 && end === 0) return [];
  if (hasLastDays) throw invalid("last_days excludes begin_time and end_time");
  if (end < begin) throw invalid("end_time is before begin_time");
  if (end - begin > maxSeconds * 1000) throw invalid(`end_time is more than ${maxSeconds} seconds after begin_time`);
  return [begin, end];
}

/**
 * The document says that these are "accurate to seconds" in a service whose other times are milliseconds and whose sister APIs
 * take 13 digits: both are understood, told apart by size (10^12 seconds would be the year 33658).
 */
function milliseconds(given: Given, name: string): number | undefined {
  const value = given.get(name);
  if (value === undefined) return undefined;
  if (!/^\d{1,19}$/.test(value) || BigInt(value) > INT64_MAX) {
    throw invalid(`${name} must be an integer from 0 to ${INT64_MAX}`);
  }
  const number = Number(value);
  return number >= 1e12 ? number : number * 1000;
}
