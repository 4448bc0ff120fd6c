import type { Estimate } from './types.js';

const levels = 6;
/** Relative spacing of float32 numbers. */
const FLOAT32_EPSILON = 2 ** -23;

/**
 * f'(0) by central differences at h, h/2, h/4, ... and Richardson's extrapolation of them, the entry that differs least
 * from its neighbours; `error` is that difference, or f's float32 rounding over the step where this is larger.
 *
 * A large first step is meant: extrapolation takes care of the curvature, and rounding falls with h.
 *
 * @see Ridders (1982), Accurate computation of F'(x) and F'(x)F''(x).
 */
export async function extrapolatedDifference(
  f: (x: number) => Promise<number>,
  firstStep: number,
): Promise<Estimate> {
  let best: Estimate = { value: Number.NaN, error: Number.POSITIVE_INFINITY };
  let above: number[] = [];
  for (let level = 0; level < levels; level++) {
    const h = firstStep / 2 ** level;
    const [forward, backward] = [await f(h), await f(-h)];
    const rounding = (FLOAT32_EPSILON * Math.max(Math.abs(forward), Math.abs(backward))) / h;
    const row = [(forward - backward) / (2 * h)];
    for (const [k, coarse] of above.entries()) {
      const fine = row[k] as number;
      // Cancels the error's term in h^(2k+2).
      const value = fine + (fine - coarse) / (4 ** (k + 1) - 1);
      row.push(value);
      const error = Math.max(Math.abs(value - fine), Math.abs(value - coarse), rounding);
      if (error < best.error) best = { value, error };
    }
    above = row;
  }
  return best;
}
