/** A closed interval that a metaparameter stays in. */
export type Interval = readonly [low: number, high: number];

/**
 * How one metaparameter λ is written as a number θ that an optimizer may move freely: λ = value(θ).
 * `value` always lands inside the interval.
 */
export interface Transform {
  readonly name: string;
  value(free: number, interval: Interval): number;
  free(value: number, interval: Interval): number;
  /** dλ/dθ at θ. */
  slope(free: number, interval: Interval): number;
}
