import type { Estimate } from './types.js';

const levels = 6;
/** Relative spacing of float32 numbers. */
const FLOAT32_EPSILON = 2 ** -23;

/**
 * f'(0) by central differences at h, h/2, h/4, ... and Richardson's extrapolation of them: the entry that differs least
 * from its neighbours, or from float32 rounding if this is larger.
 *
 * A large first step is meant: extrapolation takes care of the curvature, and rounding falls with h. Its `error` is that
 * least difference, or how far the entries of smaller steps stand from the value beyond their own rounding: kinks of f
 * within h bend the coarse entries alike, and only the fine ones tell.
 *
 * @see Ridders (1982), Accurate computation of F'(x) and F'(x)F''(x).
 */
export async function extrapolatedDifference(
  f: (x: number) => Promise<number>,
  firstStep: number,
): Promise<Estimate> {
  const bests: Entry[] = [];
  let above: number[] = [];
  for (let level = 0; level < levels; level++) {
    const h = firstStep / 2 ** level;
    const [forward, backward] = [await f(h), await f(-h)];
    const rounding = (FLOAT32_EPSILON * Math.max(Math.abs(forward), Math.abs(backward))) / h;
    const row = [(forward - backward) / (2 * h)];
    let best: Entry = { value: Number.NaN, error: Number.POSITIVE_INFINITY, rounding };
    for (const [k, coarse] of above.entries()) {
      const fine = row[k] as number;
      // Cancels the error's term in h^(2k+2).
      const value = fine + (fine - coarse) / (4 ** (k + 1) - 1);
      row.push(value);
      const error = Math.max(Math.abs(value - fine), Math.abs(value - coarse), rounding);
      if (error < best.error) best = { value, error, rounding };
    }
    bests.push(best);
    above = row;
  }
  const chosen = bests.reduce((least, entry) => (entry.error < least.error ? entry : least));
  const finer = bests.slice(bests.indexOf(chosen) + 1);
  const beyond = finer.map(({ value, rounding }) => Math.abs(value - chosen.value) - rounding);
  return { value: chosen.value, error: Math.max(chosen.error, ...beyond) };
}

interface Entry extends Estimate {
  /** What float32 leaves of the step's difference. */
  readonly rounding: number;
}
