/** Beyond these, a count is a typing error: it would run out of memory or of days. */
export const runLimits = { runs: 10_000, firstRun: 10_000, epochs: 1_000_000 } as const;

/** The largest number that a run can have. */
export const largestRun = runLimits.firstRun + runLimits.runs - 1;
