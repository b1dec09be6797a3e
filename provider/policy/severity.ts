/** The API's words, least to most severe. */
export const severities = ["Security", "Low", "Medium", "High", "Critical"] as const;
export type Severity = (typeof severities)[number];

/** Position in the order; a word that the API does not know counts as worse than the worst. */
export const severityRank = (word: string): number => {
  const rank = severities.indexOf(word as Severity);
  return rank < 0 ? severities.length : rank;
};

export const bySeverity = (a: string, b: string): number =>
  severityRank(a) - severityRank(b) || (a < b ? -1 : a > b ? 1 : 0);
