import { normaliseHash } from "./hash.js";
import type { ReviewedHash } from "./rule.js";

/** A hash as rules and evidence compare it. */
export function sameHash(text: string): string {
  const outcome = normaliseHash(text);
  return "hash" in outcome ? outcome.hash : text.trim().toLowerCase();
}

/** The reviews of an entry or a rule, by hash. */
export function reviewsByHash(items: readonly (string | ReviewedHash)[]): ReadonlyMap<string, ReviewedHash[]> {
  const reviews = new Map<string, ReviewedHash[]>();
  for (const item of items) {
    const review = typeof item === "string" ? { hash: sameHash(item) } : { ...item, hash: sameHash(item.hash) };
    reviews.set(review.hash, [...(reviews.get(review.hash) ?? []), review]);
  }
  return reviews;
}

/** A moment that can't be read has passed. */
export const hasExpired = (review: { readonly expires?: string }, now: number): boolean =>
  review.expires !== undefined && !(Date.parse(review.expires) > now);

/** Of several reviews: one that holds before one that has expired, then one with a reason, then the one that holds longest. */
export function bestReview(all: readonly ReviewedHash[], now: number): ReviewedHash | undefined {
  const until = ({ expires }: ReviewedHash) => (expires === undefined ? Infinity : Date.parse(expires));
  const rank = (review: ReviewedHash) => (hasExpired(review, now) ? 0 : 2) + (isReasoned(review) ? 1 : 0);
  return [...all].sort((a, b) => rank(b) - rank(a) || until(b) - until(a) || 0)[0];
}

/** Whether it gives a reason that somebody can read: letters or digits that are drawn. */
export const isReasoned = ({ reason = "" }: ReviewedHash): boolean =>
  /[\p{L}\p{N}]/u.test(reason.replace(/\p{Default_Ignorable_Code_Point}/gu, ""));

export const reviewText = ({ hash, reason, reviewer, expires }: ReviewedHash, asked: string): string =>
  `listed${hash === asked ? "" : ` as ${hash}`}${reviewer ? ` by ${reviewer}` : ""}${expires ? ` until ${expires}` : ""}${reason ? `, because ${reason}` : ""}`;
