import { expectWithin } from './expect-within.js';

/** Sums of products in float64, and the sums of their absolute values: what rounding is measured against. */
export interface Sums {
  readonly values: Float64Array;
  readonly magnitudes: Float64Array;
}

/**
 * Expects float32 sums of `terms` products to be within the rounding of any order of summation:
 * |got − exact| <= n·u / (1 − n·u) · Σ|terms| with u = 2⁻²⁴ (Higham, Accuracy and Stability, §3.1). n counts one
 * rounding per product, one per addition, and two more for what is merged and stored.
 */
export function expectRounding(got: ArrayLike<number>, exact: Sums, terms: number): void {
  const unit = 2 ** -24;
  const operations = 2 * terms + 2;
  expectWithin((operations * unit) / (1 - operations * unit), got, exact.values, exact.magnitudes);
}
