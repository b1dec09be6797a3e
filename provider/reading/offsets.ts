import { maxOffset, maxPageSize, minPageSize } from "../hss/request.js";

/** Rows that neighbouring pages share, at least. With 20 a quiet read of 200,000 events would cost more than 1.2 requests a page. */
const overlap = 15;

export interface PageRange {
  readonly offset: number;
  readonly limit: number;
}

export const firstPage: PageRange = { offset: 0, limit: maxPageSize };

/** The longest list whose end can still be looked at. */
export const maxReachable = maxOffset;

/**
 * A page from `target` on, or a little before: its offset is a multiple of its limit where that costs little, because some
 * services round an offset down to one. It is to show more than `shared` rows after `target`.
 */
export function pageFrom(target: number, pageSize: number, shared = 0): PageRange {
  const start = Math.max(0, Math.min(target, maxOffset));
  let best: PageRange = { offset: start, limit: pageSize };
  let most = shared + (pageSize - shared) / 3;
  for (let limit = pageSize; limit >= minPageSize; limit--) {
    const gain = limit - (start % limit);
    if (gain > most) {
      most = gain;
      best = { offset: start - (start % limit), limit };
    }
  }
  return best;
}

/**
 * The pages that continue a list which is known up to `end` until `total`; no more than `most`, no fewer than one. The first
 * one shows a row before the group of equal times with which the known part ends.
 */
export function* pagesTo(
  end: number,
  lastGroup: number,
  total: number,
  pageSize: number,
  most = Infinity,
): Generator<PageRange> {
  const shared = Math.min(overlap, Math.floor(pageSize / 2));
  let known = Math.min(end, lastGroup - 1 + shared);
  for (let count = 0; count === 0 || (known < total && count < most); count++) {
    const page = pageFrom(known - shared, pageSize, shared);
    yield page;
    const reached = page.offset + page.limit;
    if (reached <= known) return;
    known = reached;
  }
}

/** How many pages that will be. */
export const countPages = (end: number, total: number, pageSize: number): number =>
  end >= total ? 0 : Math.ceil((total - end) / Math.max(1, pageSize - 1.4 * overlap));

/**
 * A look at the last rows of a list that ends at `end`: it can answer with fewer than ten rows only where the list really
 * ends there, since no service caps its pages below ten. About five leave room for a few that come or go meanwhile, and a
 * large limit for many.
 */
export function endLook(end: number): PageRange {
  let best: PageRange | undefined;
  for (const rows of [5, 6, 4, 7, 3, 8, 2, 9, 1]) {
    for (let limit = maxPageSize; limit >= minPageSize && rows < end; limit--) {
      if ((end - rows) % limit === 0 && limit > (best?.limit ?? 0)) best = { offset: end - rows, limit };
    }
  }
  // of ten rows: the page behind them
  return best ?? { offset: end, limit: minPageSize };
}
