import { expect } from 'vitest';

/** Sums of products in float64, and the sums of their absolute values: what rounding is measured against. */
export interface Sums {
  readonly values: Float64Array;
  readonly magnitudes: Float64Array;
}

/**
 * Expects float32 sums of `terms` products to be within the rounding of any order of summation:
 * |got − exact| <= n·u / (1 − n·u) · Σ|terms| with u = 2⁻²⁴ (Higham, Accuracy and Stability, §3.1). n counts one
 * rounding a product, one an addition, and two more for what is merged and stored.
 */
export function expectRounding(got: ArrayLike<number>, exact: Sums, terms: number): void {
  const unit = 2 ** -24;
  const operations = 2 * terms + 2;
  const bound = (operations * unit) / (1 - operations * unit);
  expect(got.length).toBe(exact.values.length);
  let worst = 0;
  for (const [i, value] of exact.values.entries()) {
    const error = Math.abs((got[i] as number) - value);
    const allowed = bound * (exact.magnitudes[i] as number) + Number.MIN_VALUE;
    const ratio = error / allowed;
    if (!(ratio <= worst)) worst = ratio;
  }
  expect(worst, 'largest error, in units of the rounding bound').toBeLessThanOrEqual(1);
}
