import type { ObservedEvent } from "./event.js";
import { isMaliciousClass, maliceOf } from "./malice.js";
import { said } from "./sighting.js";

/** The API's words for what was decided about an event. */
export const documentedMethods = ["mark_as_trust", "mark_as_suspicious", "isolate_and_kill"] as const;
export const documentedStatuses = ["handled", "unhandled"] as const;

/** What was decided about an event: `none` is known to be nothing, `unknown` may be anything. */
export type Handling = (typeof documentedMethods)[number] | "none" | "unknown";

export function handlingOf({
  handleStatus,
  handleMethod,
}: Pick<ObservedEvent, "handleStatus" | "handleMethod">): Handling {
  if (said(handleMethod) === undefined) return handleStatus === "unhandled" ? "none" : "unknown";
  return documentedMethods.find((word) => word === handleMethod) ?? "unknown";
}

/** How many events speak against a file, by what they say. */
export interface Doubts {
  readonly maliciousCount: number;
  readonly unknownNameCount: number;
  readonly killedCount: number;
  readonly distrustedCount: number;
  readonly unknownHandlingCount: number;
}

export type DoubtKind = keyof Doubts;

/** Whether it is a decision against a file, or malice, and not only something that an event does not say. */
export const isLastingDoubt = (kind: DoubtKind): boolean =>
  kind !== "unknownNameCount" && kind !== "unknownHandlingCount";

/** In the order in which reasons list them. */
export const doubtKinds = [
  "maliciousCount",
  "unknownNameCount",
  "killedCount",
  "distrustedCount",
  "unknownHandlingCount",
] as const satisfies readonly DoubtKind[];

const sentences: Readonly<Record<DoubtKind, string>> = {
  maliciousCount: "reported as malicious",
  unknownNameCount: "reported under an event name that is not known to be harmless",
  killedCount: "isolated and killed",
  distrustedCount: "handled otherwise than by trust",
  unknownHandlingCount: "handled in a way that the event does not say",
};

/** One sentence for each kind of doubt there is. */
export const doubtSentences = (doubts: Partial<Doubts>): string[] =>
  doubtKinds.flatMap((kind) => {
    const count = doubts[kind] ?? 0;
    return count > 0 ? [`${sentences[kind]} (${count} event${count === 1 ? "" : "s"})`] : [];
  });

/** What one event says against the files it names; nothing for most. */
export function doubtsOf(event: ObservedEvent): DoubtKind[] {
  const doubts: DoubtKind[] = [];
  const malice = isMaliciousClass(said(event.eventClassId)) ? "yes" : maliceOf(said(event.eventName));
  if (malice === "yes") doubts.push("maliciousCount");
  if (malice === "unknown") doubts.push("unknownNameCount");
  const handling = handlingOf(event);
  const method = said(event.handleMethod)?.trim().toLowerCase();
  if (handling === "none" || handling === "mark_as_trust") return doubts;
  if (method === "isolate_and_kill") doubts.push("killedCount");
  else if (method === undefined || method.includes("*")) doubts.push("unknownHandlingCount");
  else doubts.push("distrustedCount");
  return doubts;
}
