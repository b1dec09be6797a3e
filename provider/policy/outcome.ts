/** What is known of a condition. `unknown`: the evidence does not say. */
export type Outcome = "yes" | "no" | "unknown";

/** `yes` if all are, `no` if any is; all of nothing is `yes`. */
export function all(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes("no")) return "no";
  return outcomes.includes("unknown") ? "unknown" : "yes";
}

/** `yes` if any is, `no` if all are; any of nothing is `no`. */
export function any(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes("yes")) return "yes";
  return outcomes.includes("unknown") ? "unknown" : "no";
}

/** The answer that all of them give; `unknown` where they differ, or where there are none. */
export function agreed(outcomes: readonly Outcome[]): Outcome {
  const [first = "unknown"] = outcomes;
  return outcomes.every((outcome) => outcome === first) ? first : "unknown";
}
