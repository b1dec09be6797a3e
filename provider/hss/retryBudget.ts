/** What retries may cost in one read, so that a dead service fails fast while a few faults are healed. */
export interface RetryBudget {
  /** Pays for a retry; false where the budget is used up. */
  spend(timedOut?: boolean): boolean;
  /** Gives back what a retry that helped has cost; a success without retries earns a little. */
  earn(retriesPaid: number): void;
  readonly left: number;
}

export interface RetryBudgetOptions {
  /** Default 500: a hundred retries that do not help. */
  readonly capacity?: number;
  /** Default 5. */
  readonly cost?: number;
  /** Default 10: what timed out has cost time already. */
  readonly timeoutCost?: number;
}

/** The token bucket of the AWS SDKs' standard mode: a tenth of failures never empties it, a dead service soon does. */
export function createRetryBudget({
  capacity = 500,
  cost = 5,
  timeoutCost = 10,
}: RetryBudgetOptions = {}): RetryBudget {
  let left = capacity;
  return {
    get left() {
      return left;
    },
    spend(timedOut = false) {
      const price = timedOut ? timeoutCost : cost;
      if (left < price) return false;
      left -= price;
      return true;
    },
    earn(retriesPaid) {
      left = Math.min(capacity, left + (retriesPaid > 0 ? retriesPaid * cost : 1));
    },
  };
}
