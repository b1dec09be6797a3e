import { createHash } from "node:crypto";
import type { EventRecord } from "../hss/event.js";
import { canonicalJson, type Plain } from "../policy/canonical.js";

/**
 * Which rows of two reads, weeks apart, are one event. The server that an event names goes on living: it gets another name,
 * address or agent, and its old events may tell the new ones. So an event with an id is known by that and by what happened;
 * one without, or with a masked id, by all that it says but for its handling and the server's state.
 */
export function eventKey(event: EventRecord): Buffer {
  return digest(hasId(event) ? happening(event) : content(event));
}

/** Of an event that shares its `eventKey` with another one of the same read. */
export const contentKey = (event: EventRecord): Buffer => digest(content(event));

/** How it was handled: the state of an event that its history tells. */
export function eventState(event: EventRecord): Buffer {
  const { handleStatus, handleMethod, handleTime, operateAcceptList } = event;
  return digest({ handleStatus, handleMethod, handleTime, operateAcceptList });
}

const hasId = ({ eventId }: EventRecord): boolean =>
  eventId !== undefined && eventId.trim() !== "" && !eventId.includes("*");

function happening(event: EventRecord): unknown {
  const { eventId, eventClassId, eventType, eventName, occurTime, policyId, processInfo, operateDetailList } = event;
  const { hostId = event.resourceInfo?.hostId, resourceInfo } = event;
  const { containerId, podUid } = resourceInfo ?? {};
  const what = { eventId, eventClassId, eventType, eventName, occurTime, policyId, processInfo, operateDetailList };
  return { ...what, hostId, containerId, podUid };
}

const passing = [
  ...["handleStatus", "handleMethod", "handleTime", "handledAt", "operateAcceptList"],
  ...["hostStatus", "agentStatus", "protectStatus"],
];

const content = (event: EventRecord): unknown =>
  Object.fromEntries(Object.entries(event).filter(([name]) => !passing.includes(name)));

const digest = (value: unknown): Buffer =>
  createHash("sha256")
    .update(canonicalJson(value as Plain))
    .digest();
