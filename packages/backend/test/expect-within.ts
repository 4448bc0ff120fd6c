import { expect } from 'vitest';

/** Expects each value to be within `bound` · its terms of the exact one; terms are what was added up, without signs. */
export function expectWithin(
  bound: number,
  got: ArrayLike<number>,
  exact: ArrayLike<number>,
  terms: ArrayLike<number>,
): void {
  expect(got.length).toBe(exact.length);
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    const ratio = Math.abs(got[i]! - exact[i]!) / (bound * terms[i]! + Number.MIN_VALUE);
    if (!(ratio <= worst)) worst = ratio;
  }
  expect(worst, 'largest error, in units of its bound').toBeLessThanOrEqual(1);
}
