/** A line over the positions 0, 1, ..., n − 1 of a history. */
export interface Line {
  readonly slope: number;
  /** The line's value at position 0. */
  readonly intercept: number;
}

/** The line that minimises Σ_z (v_z − intercept − slope·z)², z = 0, ..., n − 1; flat if n is 1. */
export function leastSquaresLine(values: readonly number[]): Line {
  const middle = (values.length - 1) / 2;
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  let covariance = 0;
  let variance = 0;
  values.forEach((value, z) => {
    covariance += (z - middle) * (value - average);
    variance += (z - middle) ** 2;
  });
  const slope = variance > 0 ? covariance / variance : 0;
  return { slope, intercept: average - slope * middle };
}
