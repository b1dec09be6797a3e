import type { ReadTime } from "../../provider/reading/query.js";

/**
 * The event list of a service that behaves as badly as real ones do, made from plain data and deterministic: the same
 * description and the same requests give the same answers. It keeps the truth that a read is held to.
 */
export interface ModelDescription {
  readonly seed: number;
  /** Different events in the span when the read begins. */
  readonly events: number;
  readonly time: ReadTime;
  readonly behaviours: Behaviours;
}

/** Absent means well-behaved: exact count, newest first, no lag, nothing moves, ids that tell events apart, whole pages. */
export interface Behaviours {
  readonly count?: CountBehaviour;
  readonly lag?: Lag;
  /** `arbitrary`: by something that no answer shows. */
  readonly order?: "newest" | "oldest" | "arbitrary";
  readonly ties?: Ties;
  readonly arrivalsNew?: Pace;
  readonly arrivalsOld?: Pace;
  readonly arrivalsMiddle?: Pace;
  readonly deletions?: Pace;
  readonly status?: Pace;
  /** An old event gets the present time, and in an order by time moves to the new end. */
  readonly recurrence?: Pace;
  readonly swaps?: Pace;
  /** One event moves within the list, its time unchanged. */
  readonly moves?: Pace;
  readonly ids?: Ids;
  /** The share of events whose process is another event's too. */
  readonly sharedProcesses?: number;
  readonly copies?: { readonly share: number; readonly far: boolean };
  readonly pages?: PageCap;
  /** The offset is rounded down to a multiple of the limit. */
  readonly roundedOffset?: boolean;
  /** Beyond the end: the last page, by page number or by rows. */
  readonly beyondEnd?: "page" | "rows";
  /** This answer repeats the one before it; the next one where that lagged, since one answer may be behind, not two. */
  readonly repeatedAnswer?: number;
  /** Milliseconds from one request to the next; the window of `lastDays` slides by as much, and holds events at its old end. */
  readonly sliding?: number;
  readonly windows?: WindowFault;
  /** What `end_time` includes of its second: the first instant, or all of it. */
  readonly endSecond?: "instant" | "whole";
}

export type CountBehaviour =
  | { readonly kind: "capped"; readonly at: number }
  /** Off by up to `error` of it: anew each time, or by the same part always. */
  | { readonly kind: "approximate"; readonly error: number; readonly steady: boolean }
  /** As of an earlier request, the first off by `off`; never refreshed for 0. */
  | { readonly kind: "cached"; readonly refresh: number; readonly off: number }
  | { readonly kind: "distinct" };

/** One answer from a replica that is behind. */
export interface Lag {
  /** By number; or the first that shows the end of the list, or the `after`-th after that. */
  readonly answer: number | "end" | { readonly after: number };
  /** What it has lost: rows, a share of the list, or what changed in the last so many requests. */
  readonly lost: { readonly rows: number } | { readonly share: number } | { readonly requests: number };
  readonly at: "new" | "old";
}

/** Groups of up to `group` events of one time. Their order differs by request or by replica, or is stable. */
export interface Ties {
  readonly group: number;
  readonly order: "request" | "replica" | "stable";
  readonly replicas?: number;
}

/** When things change. All moments are between two answers. */
export type Pace =
  /** So many changes a request, on average. */
  | { readonly each: number }
  /** Before this request. */
  | { readonly before: number; readonly size: number }
  /** Before any request, with this chance. */
  | { readonly chance: number; readonly size: number }
  /** At the moments that hurt: before the look that reaches the end, after it, before each look back at the first page. */
  | { readonly when: "reachingEnd" | "afterEnd" | "lookingBack"; readonly size: number };

export type Ids =
  | { readonly kind: "masked" | "starred" | "missing"; readonly share: number }
  /** Two different events of one id, so many rows apart. */
  | { readonly kind: "equal"; readonly share: number; readonly apart: number };

export type PageCap = { readonly most: number } | { readonly random: true };

/** Windows longer than so many seconds count too many; shorter ones hold nothing, some of their rows, or all. */
export interface WindowFault {
  readonly longerThan: number;
  readonly count: number;
  readonly list: "all" | "none";
  readonly parts: "all" | "some" | "none";
}

const inexactCounts = ["capped", "approximate", "cached"];

/** Half a page: a longer group of equal times gives a reader no order to hold on to. */
export const longestFairTie = (pages: PageCap | undefined): number =>
  pages === undefined ? 100 : "random" in pages ? 5 : Math.min(100, pages.most / 2);

/**
 * Why no reader could be right about such a service: two of them, with different lists, could give the same answers.
 * What a reader says of these proves nothing.
 */
export function unfair({ behaviours: b, time }: Pick<ModelDescription, "behaviours" | "time">): string | undefined {
  if (b.windows && b.windows.parts !== "all" && longestWindow(time) <= b.windows.longerThan)
    return "every window that is asked for hides rows";
  if (b.ties && b.ties.order !== "stable" && b.ties.group > longestFairTie(b.pages))
    return "shuffled groups of equal times longer than half a page";
  const moves = b.swaps ?? b.moves;
  const countSaysNothing = b.copies !== undefined || (b.count !== undefined && inexactCounts.includes(b.count.kind));
  const adds = b.arrivalsNew ?? b.arrivalsOld ?? b.arrivalsMiddle;
  if (moves && b.deletions && (countSaysNothing || adds))
    return "one event moves within the list while another vanishes, and the count can't tell";
  return undefined;
}

/** In seconds, what a reader asks for first. */
const longestWindow = (time: ReadTime): number =>
  "lastDays" in time
    ? time.lastDays * 86_400
    : Math.min(2 * 86_400, Math.ceil(time.end / 1000) - Math.floor(time.begin / 1000));

/** Whether a reader can be expected to end with `complete: true`; of others it may say so only where it is true. */
export const readable = ({ behaviours: b }: Pick<ModelDescription, "behaviours">): boolean =>
  b.windows === undefined && !(b.ties && b.ties.group > longestFairTie(b.pages));
